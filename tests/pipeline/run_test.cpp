#include <atomic>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/demo_recording.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using testing_support::TemporaryFolder;

// A small recording is made once for all tests.
class Run : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    write_demo({.output = *folder_ / "demo",
                .demo = {.seed = 2, .frames = 120, .height = 384, .width = 384}});
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  static Job job(const std::string& output) {
    Job job;
    job.recording.path = *folder_ / "demo/recording.tif";
    job.output = *folder_ / output;
    job.recording.frames = "0:60";
    job.overlay.enabled = false;
    return job;
  }

  // Runs until `frames` frames are done, then cancels.
  static void run_until(const Job& job, int64_t frames) {
    std::atomic<bool> cancel = false;
    const JobContext context{
        .progress = [&](const ProgressEvent& event) { cancel = cancel || event.done >= frames; },
        .cancel = &cancel};
    EXPECT_THROW(run(job, context), Cancelled);
  }

  static void expect_same_tables(const std::string& a, const std::string& b) {
    for (const char* name :
         {"particles.csv", "tracks.csv", "events.csv", "necks.csv", "neck_fits.csv", "frames.csv",
          "drift.csv", "motion.csv", "msd.csv", "growth.csv", "rates.csv", "survival.csv",
          "budget.csv", "labels.tif"}) {
      EXPECT_EQ(read_file(*folder_ / (a + "/" + name)), read_file(*folder_ / (b + "/" + name)))
          << name;
    }
  }

  static TemporaryFolder* folder_;
};

TemporaryFolder* Run::folder_ = nullptr;

TEST_F(Run, GivesTheSameFilesWhateverTheNumberOfThreads) {
  Job one = job("one");
  one.threads = 1;
  Job four = job("four");
  four.threads = 4;

  run(one);
  run(four);

  expect_same_tables("one", "four");
}

TEST_F(Run, ThatWasStoppedTwiceEndsWithTheSameFiles) {
  run(job("whole"));
  Job stopped = job("stopped");
  run_until(stopped, 1);
  stopped.resume = true;
  run_until(stopped, 30);

  run(stopped);

  expect_same_tables("whole", "stopped");
}

TEST_F(Run, CannotBeResumedWithOtherOptions) {
  Job stopped = job("other_options");
  run_until(stopped, 1);
  stopped.resume = true;
  stopped.threshold.min_diameter_px = 9;

  EXPECT_THAT([&] { run(stopped); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("min-diameter-px")));
}

TEST_F(Run, WithADamagedCheckpointIsRefusedAndNotGuessed) {
  Job stopped = job("damaged");
  run_until(stopped, 20);
  const std::string path = stopped.output + "/.mote/checkpoint";
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  write_file(path, bytes);
  stopped.resume = true;

  EXPECT_THROW(run(stopped), Error);
}

TEST_F(Run, WithADamagedJournalIsRefusedAndNotPublished) {
  Job stopped = job("damaged_journal");
  stopped.checkpoint_ms = 0;  // or a quick pass 1 has none, and starts anew whatever the journal
  run_until(stopped, 30);
  const std::string path = stopped.output + "/.mote/journal";
  std::string bytes = read_file(path);
  bytes[bytes.size() / 3] ^= 1;
  write_file(path, bytes);
  stopped.resume = true;

  EXPECT_THAT([&] { run(stopped); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("is damaged")));
  EXPECT_FALSE(fs::exists(stopped.output + "/run.json"));
}

TEST_F(Run, ThatIsFinishedIsNotResumedAsAnother) {
  Job finished = job("finished");
  run(finished);
  finished.resume = true;
  EXPECT_EQ(run(finished).frames, 60);
  finished.threshold.sigma_px = 5;

  EXPECT_THAT([&] { run(finished); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("sigma-px")));
}

TEST_F(Run, MayBeResumedWithoutItsOverlay) {
  Job stopped = job("overlay");
  stopped.overlay.enabled = true;
  run_until(stopped, 30);
  stopped.resume = true;
  stopped.overlay.enabled = false;

  EXPECT_NO_THROW(run(stopped));
}

TEST_F(Run, NotesTheNumberOfParticlesInAFrameAndNotInAllAndDoesNotWarnOfIt) {
  const JobResult result = run(job("noted"));
  const auto written = nlohmann::json::parse(read_file(*folder_ / "noted/run.json"));

  EXPECT_GT(result.instances, 60 * 9);
  EXPECT_THAT(result.warnings, ::testing::Not(::testing::Contains(::testing::HasSubstr("ISO"))));
  EXPECT_THAT(written["notes"].at(0).get<std::string>(),
              ::testing::ContainsRegex("^sizes of [0-9][0-9]? particles of .* ISO 13322-1:2004"));
}

TEST_F(Run, TakesNoOffsetFromADriftFile) {
  std::string plain = "frame,drift_y_px,drift_x_px\n";
  std::string offset = plain;
  for (int i = 0; i < 60; ++i) {
    plain += fmt::format("{},{},{}\n", i, 0.125 * i, -0.0625 * i);
    offset += fmt::format("{},{},{}\n", i, 128 + 0.125 * i, -64 - 0.0625 * i);
  }
  write_file(*folder_ / "plain.csv", plain);
  write_file(*folder_ / "offset.csv", offset);
  Job from_zero = job("from_zero");
  from_zero.drift_from = *folder_ / "plain.csv";
  Job from_elsewhere = job("from_elsewhere");
  from_elsewhere.drift_from = *folder_ / "offset.csv";

  run(from_zero);
  run(from_elsewhere);

  for (const char* name : {"/drift.csv", "/particles.csv", "/tracks.csv"}) {
    EXPECT_EQ(read_file(from_zero.output + name), read_file(from_elsewhere.output + name)) << name;
  }
}

TEST_F(Run, TellsWarningsThatDifferInNumbersAloneInOneLine) {
  Job noisy = job("noisy");
  noisy.threshold.sigma_px = 4;

  const JobResult result = run(noisy);

  EXPECT_THAT(result.warnings,
              ::testing::Contains(::testing::StartsWith("60 frames, first frame 0: the Gaussian")));
  EXPECT_LE(result.warnings.size(), 4u);
}

TEST_F(Run, DrawsFiguresThatDoNotDependOnThreadsAndNotesThoseThatHaveNothingToShow) {
  Job one = job("figures_one");
  one.threads = 1;
  Job four = job("figures_four");
  four.threads = 4;

  run(one);
  run(four);

  int64_t files = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(*folder_ / "figures_one/figures")) {
    const std::string name = entry.path().filename();
    EXPECT_EQ(read_file(entry.path()), read_file(*folder_ / ("figures_four/figures/" + name)))
        << name;
    ++files;
  }
  const auto notes = nlohmann::json::parse(read_file(*folder_ / "figures_one/run.json"))["notes"];
  EXPECT_THAT(notes, testing::Contains("no figure temperature: frames carry no temperature"));
  int64_t missing = 0;
  for (const auto& note : notes) {
    missing += note.get<std::string>().starts_with("no figure ") ? 1 : 0;
  }
  EXPECT_EQ(files, 3 * (11 - missing));
  EXPECT_TRUE(fs::exists(*folder_ / "figures_one/figures/radii.pdf"));
}

TEST_F(Run, DrawsNoFiguresWhereNoneAreWanted) {
  Job without = job("without_figures");
  without.figures = false;

  run(without);

  EXPECT_FALSE(fs::exists(*folder_ / "without_figures/figures"));
  EXPECT_EQ(read_file(*folder_ / "without_figures/run.json").find("no figure"), std::string::npos);
}

TEST_F(Run, SaysInRunJsonWhatItDid) {
  const JobResult result = run(job("said"));

  const auto said = nlohmann::json::parse(read_file(*folder_ / "said/run.json"));

  EXPECT_EQ(said["schema"], 1);
  EXPECT_EQ(said["command"], "track");
  EXPECT_EQ(said["recording"]["frames_used"], 60);
  EXPECT_EQ(said["counts"]["tracks"], result.tracks);
  EXPECT_EQ(said["recording"]["pixel_size"]["y_nm"], 0.2);
  EXPECT_EQ(said["options"]["min-diameter-px"], job("").threshold.min_diameter_px);
  EXPECT_GE(said["detection_limit_px"], 3);
  EXPECT_LT(said["detection_limit_px"], 10);
  EXPECT_DOUBLE_EQ(said["detection_limit_nm"].get<double>(),
                   0.2 * said["detection_limit_px"].get<double>());
  EXPECT_EQ(said["edge_model"]["shape"], "flat");
  EXPECT_EQ(said["options"]["max-distance-px"], 0);
  EXPECT_EQ(said["link_reach_px"], 20);
  for (const auto& file : said["files"]) {
    EXPECT_TRUE(fs::exists(*folder_ / ("said/" + file.get<std::string>()))) << file;
  }
}

TEST_F(Run, OfTheTruthMeasuresEveryTrackOfTheTruth) {
  Job measured = job("measured");
  measured.command = Command::kMeasure;
  measured.labels = *folder_ / "demo/truth/labels.tif";
  measured.recording.frames = "";

  const JobResult result = run(measured);

  const std::string truth = read_file(*folder_ / "demo/truth/tracks.csv");
  const auto rows = std::count(truth.begin(), truth.end(), '\n') - 1;
  EXPECT_GT(rows, 5);
  EXPECT_LE(result.tracks, rows);  // a track that is always covered has no label of its own
  EXPECT_GE(result.tracks, rows - 2);
  EXPECT_GT(result.events, 5);
}

}  // namespace
}  // namespace mote::pipeline
