#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/pipeline/noisy_recording.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;
using testing_support::TemporaryFolder;

constexpr Size kField{64, 96};
constexpr int64_t kFrames = 12;

class LogRun : public ::testing::Test {
 protected:
  LogRun() {
    write_noisy_recording(folder_ / "recording.tif", kField, kFrames, [](int64_t) {
      return std::vector<synthetic::Disc>{{30, 30, 9}, {30, 70, 8}};
    });
    write_file(folder_ / "log.csv", "time_s,temperature_k\n0,300\n1,310\n");
    job_.recording.path = folder_ / "recording.tif";
    job_.recording.frame_interval = "0.1s";
    job_.recording.log = folder_ / "log.csv";
    job_.output = folder_ / "run";
    job_.overlay.enabled = false;
    job_.report = false;
    job_.figures = false;
  }

  std::vector<std::string> cells(const std::string& run, const std::string& column) const {
    std::vector<std::string> out;
    for (const auto& row : io::csv_cells(read_file(folder_ / (run + "/frames.csv")), {column})) {
      out.push_back(row.front());
    }
    return out;
  }

  TemporaryFolder folder_;
  Job job_;
};

TEST_F(LogRun, PutsItsReadingsIntoFramesCsv) {
  const JobResult result = run(job_);

  EXPECT_THAT(cells("run", "temperature_k"), ElementsAre("300", "301", "302", "303", "304", "305",
                                                         "306", "307", "308", "309", "310", ""));
  EXPECT_THAT(result.warnings, Contains(HasSubstr("1 of 12 frames lie outside of it")));
  const auto json = nlohmann::json::parse(read_file(folder_ / "run/run.json"));
  EXPECT_EQ(json.at("log").at("columns"), nlohmann::json({"temperature_k"}));
}

TEST_F(LogRun, CountsTimeOverTheRecordingWhateverFramesAreUsed) {
  job_.recording.frames = "4:8";
  job_.recording.average = 2;

  run(job_);

  EXPECT_THAT(cells("run", "temperature_k"), ElementsAre("304.5", "306.5"));
}

TEST_F(LogRun, GoesOnWhereNoFrameLiesWithinTheLog) {
  write_file(folder_ / "log.csv", "time_s,temperature_k\n100,300\n101,310\n");

  const JobResult result = run(job_);

  EXPECT_EQ(result.frames, kFrames);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("no frame lies within it")));
  EXPECT_THAT(read_file(folder_ / "run/frames.csv"), Not(HasSubstr("temperature_k")));
}

TEST_F(LogRun, IsRefusedWithoutTimesOfTheFrames) {
  job_.recording.frame_interval = "";

  EXPECT_THAT([this] { run(job_); }, ThrowsMessage<Error>(HasSubstr("give --frame-interval")));
}

TEST_F(LogRun, IsNotResumedWithAnotherLog) {
  std::atomic<bool> cancel = false;
  const JobContext context{.progress = [&](const ProgressEvent&) { cancel = true; },
                           .cancel = &cancel};
  EXPECT_THROW(run(job_, context), Cancelled);
  write_file(folder_ / "log.csv", "time_s,temperature_k\n0,300\n1,320\n");
  job_.resume = true;

  EXPECT_THAT([this] { run(job_); }, ThrowsMessage<Error>(HasSubstr("input")));
}

TEST_F(LogRun, MayBeGivenALogAfterwards) {
  job_.recording.log = "";
  run(job_);
  Job measure;
  measure.command = Command::kMeasure;
  measure.labels = folder_ / "run";
  measure.recording.log = folder_ / "log.csv";
  measure.output = folder_ / "again";

  run(measure);

  EXPECT_THAT(cells("again", "temperature_k"), Contains("305"));
  EXPECT_THAT(cells("again", "n_instances"), Each("2"));
}

TEST_F(LogRun, LosesTheColumnsOfALogThatIsReplaced) {
  run(job_);
  write_file(folder_ / "other.csv", "time_s,p (mbar)\n0,1\n2,3\n");
  Job measure;
  measure.command = Command::kMeasure;
  measure.labels = folder_ / "run";
  measure.recording.log = folder_ / "other.csv";
  measure.output = folder_ / "again";

  run(measure);

  EXPECT_THAT(cells("again", "p_mbar"), Contains("1.5"));
  EXPECT_THAT(read_file(folder_ / "again/frames.csv"), Not(HasSubstr("temperature_k")));
}

}  // namespace
}  // namespace mote::pipeline
