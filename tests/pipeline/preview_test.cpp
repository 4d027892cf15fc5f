#include "mote/pipeline/preview.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/tiff_writer.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing_support::TemporaryFolder;

/// Three frames of two discs that overlap by a neck of the given width over their diameter.
std::string pair_of_discs(const TemporaryFolder& folder, double neck_ratio) {
  constexpr double kRadiusPx = 24;
  const double apart = 2 * kRadiusPx * std::sqrt(1 - neck_ratio * neck_ratio);
  const std::string path = folder / "pair.tif";
  io::TiffWriter writer(path, {.frames = 3});
  for (uint64_t frame = 0; frame < 3; ++frame) {
    const Grid<float> drawn =
        synthetic::image({128, 160},
                         {{.y_px = 64, .x_px = 80 - apart / 2, .radius_px = kRadiusPx},
                          {.y_px = 64, .x_px = 80 + apart / 2, .radius_px = kRadiusPx}},
                         {.noise_sd = 3, .seed = frame + 1});
    Image image(drawn.size(), SampleType::kFloat32);
    std::copy(drawn.values().begin(), drawn.values().end(), image.as<float>());
    writer.write(image);
  }
  writer.close();
  return path;
}

class PreviewOfNeck : public testing::TestWithParam<double> {};

TEST_P(PreviewOfNeck, CountsWhatTheRunCounts) {
  const TemporaryFolder folder;
  Job job;
  job.recording.path = pair_of_discs(folder, GetParam());
  job.output = folder / "preview.png";
  Job tracked = job;
  tracked.output = folder / "result";
  tracked.overlay.enabled = false;

  const PreviewResult shown = preview(job);

  EXPECT_EQ(3 * shown.particles.front(), run(tracked).instances);
}

INSTANTIATE_TEST_SUITE_P(Preview, PreviewOfNeck, testing::Values(0.3, 0.45, 0.55, 0.65, 0.8));

TEST(Preview, HandsTheNeckRatioOnToTheCommandThatItPrints) {
  const TemporaryFolder folder;
  Job job;
  job.recording.path = pair_of_discs(folder, 0.5);
  job.output = folder / "preview.png";
  job.still_join_ratio = 0.75;

  EXPECT_THAT(preview(job).command, testing::HasSubstr("--join-neck-ratio 0.75"));
}

}  // namespace
}  // namespace mote::pipeline
