#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/io/files.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::TemporaryFolder;

constexpr int64_t kFrames = 40;

/// Stamps that come twice (frame 8), go back (frame 15) and are missing (frames 20 and 21).
std::string stamps() {
  std::string planes;
  for (int64_t frame = 0; frame < kFrames; ++frame) {
    if (frame == 20 || frame == 21) {
      continue;
    }
    const double seconds = frame == 8 ? 3.5 : frame == 15 ? 2 : 0.5 * static_cast<double>(frame);
    planes += fmt::format("<Plane TheC='0' TheZ='0' TheT='{}' DeltaT='{}'/>", frame, seconds);
  }
  return "<?xml version=\"1.0\"?><OME "
         "xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image><Pixels "
         "DimensionOrder='XYZCT' SizeC='1' SizeZ='1' SizeT='40' PhysicalSizeX='0.2' "
         "PhysicalSizeXUnit='nm' PhysicalSizeY='0.2' PhysicalSizeYUnit='nm'><TiffData/>" +
         planes + "</Pixels></Image></OME>";
}

/// Two particles, one of which shrinks.
void write_recording(const std::string& path) {
  std::vector<io::files::TiffPageSpec> pages;
  for (int64_t frame = 0; frame < kFrames; ++frame) {
    const double radius_px = 12 - 0.1 * static_cast<double>(frame);
    const Grid<float> image =
        synthetic::image({64, 96}, {{30, 30, 9}, {30, 70, radius_px}},
                         {.noise_sd = 2, .seed = static_cast<uint64_t>(frame) + 1});
    std::vector<uint8_t> bytes;
    for (const float grey : image.values()) {
      bytes.push_back(static_cast<uint8_t>(std::lround(grey)));
    }
    pages.push_back({.height = 64, .width = 96, .bytes = std::move(bytes)});
  }
  pages.front().description = stamps();
  io::files::write_tiff(path, pages);
}

TEST(ContradictoryTimes, AreToldAndTheRunGoesOn) {
  const TemporaryFolder folder;
  write_recording(folder / "recording.ome.tif");
  Job job;
  job.recording.path = folder / "recording.ome.tif";
  job.output = folder / "run";
  job.overlay.enabled = false;

  const JobResult result = run(job);

  EXPECT_EQ(result.frames, kFrames);
  EXPECT_EQ(result.tracks, 2);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("2 of 40 frames have no time stamp")));
  EXPECT_THAT(result.warnings, Contains(HasSubstr("time stamps do not rise in 2 of 40 frames")));
  for (const auto& entry : std::filesystem::directory_iterator(folder / "run")) {
    if (entry.path().extension() == ".csv") {
      EXPECT_THAT(read_file(entry.path().string()), Not(HasSubstr("nan"))) << entry.path();
      EXPECT_THAT(read_file(entry.path().string()), Not(HasSubstr(",inf"))) << entry.path();
    }
  }
}

}  // namespace
}  // namespace mote::pipeline
