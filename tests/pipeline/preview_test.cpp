#include "mote/pipeline/preview.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

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

/// A drawn frame as the only one of a TIFF.
void write_still(const std::string& path, const Grid<float>& drawn) {
  Image image(drawn.size(), SampleType::kFloat32);
  std::copy(drawn.values().begin(), drawn.values().end(), image.as<float>());
  io::TiffWriter writer(path, {.frames = 1});
  writer.write(image);
  writer.close();
}

/// Dark discs on a background that is uneven from side to side.
Grid<float> uneven_field(uint64_t seed) {
  Grid<float> field =
      synthetic::image({256, 256}, synthetic::scattered({256, 256}, 6, 9, 0.08, 6, seed),
                       {.noise_sd = 4, .seed = seed});
  for (int64_t y = 0; y < field.height(); ++y) {
    for (int64_t x = 0; x < field.width(); ++x) {
      field(y, x) += static_cast<float>(0.4 * static_cast<double>(x));
    }
  }
  return field;
}

TEST(Preview, CountsInEveryCellWhatTheRunCountsWithItsOptions) {
  const TemporaryFolder folder;
  Job job;
  job.command = Command::kSegment;
  job.recording.path = folder / "still.tif";
  job.output = folder / "preview.png";
  write_still(job.recording.path, uneven_field(1));
  Job plain = job;
  plain.output = folder / "plain";
  Job lower = job;
  lower.output = folder / "lower";

  const PreviewResult shown = preview(job);
  const std::string& options = shown.variants.at(3).first;
  ASSERT_THAT(options, testing::StartsWith("--threshold-offset -"));
  lower.threshold.threshold_offset =
      std::stod(options.substr(std::string("--threshold-offset ").size()));

  EXPECT_EQ(shown.variants.at(4).first, "");
  EXPECT_EQ(shown.variants.at(4).second, run(plain).instances);
  EXPECT_EQ(shown.variants.at(3).second, run(lower).instances);
}

TEST(Preview, ProposesToSegmentStillsThatDoNotResembleOneAnother) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "stills");
  for (uint64_t i = 0; i < 4; ++i) {
    const auto field = synthetic::image(
        {128, 128}, {{.y_px = 20.0 + 28.0 * static_cast<double>(i), .x_px = 60, .radius_px = 14}},
        {.noise_sd = 4, .seed = i + 1});
    write_still(folder / ("stills/" + std::to_string(i) + ".tif"), field);
  }
  Job job;
  job.recording.path = folder / "stills";
  job.output = folder / "preview.png";

  const PreviewResult shown = preview(job);

  EXPECT_THAT(shown.command, testing::StartsWith("mote segment"));
  EXPECT_THAT(shown.warnings, testing::Contains(testing::HasSubstr("do not resemble")));
}

}  // namespace
}  // namespace mote::pipeline
