#include <algorithm>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/io/csv.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/pipeline/noisy_recording.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::TemporaryFolder;

/// Frames and particles of a recording.
class LittleData : public ::testing::TestWithParam<std::tuple<int64_t, size_t>> {
 protected:
  void SetUp() override {
    const auto [frames, particles] = GetParam();
    std::vector<synthetic::Disc> discs = {{30, 30, 9}, {30, 70, 8}};
    discs.resize(particles);
    write_noisy_recording(folder_ / "recording.tif", {64, 96}, frames,
                          [&discs](int64_t) { return discs; });
  }

  JobResult track() {
    Job job;
    job.recording.path = folder_ / "recording.tif";
    job.recording.pixel_size = "0.2nm";
    job.recording.frame_interval = "0.1s";
    job.output = folder_ / "run";
    job.overlay.enabled = false;
    return run(job);
  }

  /// Those that have a header line alone.
  std::vector<std::string> empty_tables() const {
    std::vector<std::string> empty;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "run")) {
      const std::string name = entry.path().filename().string();
      const std::string text = name.ends_with(".csv") ? read_file(entry.path().string()) : "";
      if (std::count(text.begin(), text.end(), '\n') == 1 && name != "size_curves.csv") {
        empty.push_back(name);
      }
    }
    return empty;
  }

  std::vector<std::string> notes() const {
    return nlohmann::json::parse(read_file(folder_ / "run/run.json")).at("notes");
  }

  TemporaryFolder folder_;
};

TEST_P(LittleData, RunsToTheEndAndSaysWhyTablesAreEmpty) {
  const auto [frames, particles] = GetParam();

  const JobResult result = track();

  EXPECT_EQ(result.frames, frames);
  for (const std::string& table : empty_tables()) {
    EXPECT_THAT(notes(), Contains(StartsWith("no rows in " + table + ": ")));
    EXPECT_THAT(read_file(folder_ / "run/report.html"), HasSubstr("no rows in " + table));
  }
}

TEST_P(LittleData, HasAReasonInPlaceOfEveryFit) {
  track();

  for (const auto& row : io::csv_cells(read_file(folder_ / "run/growth.csv"), {"n", "verdict"})) {
    EXPECT_EQ(row[0], "");
    EXPECT_THAT(row[1], HasSubstr("n not determined: "));
  }
  for (const auto& row :
       io::csv_cells(read_file(folder_ / "run/motion.csv"), {"d_px2_per_frame", "note"})) {
    EXPECT_EQ(row[0], "");
    EXPECT_EQ(row[1], "fewer than 20 displacements");
  }
  for (const auto& row :
       io::csv_cells(read_file(folder_ / "run/sizes.csv"), {"lognormal_p", "flags"})) {
    EXPECT_EQ(row[0], "");
    EXPECT_THAT(row[1], HasSubstr("few_particles"));
  }
}

INSTANTIATE_TEST_SUITE_P(Recordings, LittleData,
                         ::testing::Combine(::testing::Values(1, 2, 5),
                                            ::testing::Values(0U, 1U, 2U)));

}  // namespace
}  // namespace mote::pipeline
