#include "mote/pipeline/montage.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/io/open.h"
#include "mote/pipeline/demo_recording.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::TemporaryFolder;

// A small recording is made and tracked once for all tests.
class MontageOfARun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    for (const uint64_t seed : {2, 3}) {
      write_demo({.output = *folder_ / ("demo" + std::to_string(seed)),
                  .demo = {.seed = seed, .frames = 120, .height = 384, .width = 384}});
    }
    Job job;
    job.recording.path = *folder_ / "demo2/recording.tif";
    job.output = *folder_ / "run";
    job.overlay.enabled = false;
    job.report = false;
    run(job);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  static MontageOptions options(int64_t event, const std::string& name) {
    return {.run = *folder_ / "run", .event = event, .output = *folder_ / name};
  }

  // Number and frame of the first event of a type.
  static std::pair<int64_t, int64_t> first(const std::string& type) {
    for (const auto& row :
         io::csv_cells(read_file(*folder_ / "run/events.csv"), {"event", "type", "frame"})) {
      if (row[1] == type) {
        return {std::stoll(row[0]), std::stoll(row[2])};
      }
    }
    return {0, 0};
  }

  static void expect_error(const MontageOptions& options, ErrorKind kind, const char* message) {
    try {
      montage(options);
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }

  static TemporaryFolder* folder_;
};

TemporaryFolder* MontageOfARun::folder_ = nullptr;

TEST_F(MontageOfARun, ShowsFramesBeforeAndAfterTheEventAtOneSize) {
  const auto [event, frame] = first("contact");
  ASSERT_GT(event, 0);
  MontageOptions wanted = options(event, "contact.png");
  wanted.before = 2;
  wanted.after = 3;
  wanted.columns = 5;

  const MontageResult result = montage(wanted);

  EXPECT_THAT(result.frames, ElementsAre(frame - 2, frame - 1, frame, frame + 1, frame + 2));
  const Size size = io::open_frames(result.picture)->info().size;
  EXPECT_GE(size.height, 320);
  EXPECT_EQ(size.width, 5 * size.height + 4 * 6);  // and the gaps between
}

TEST_F(MontageOfARun, GivesTheSameBytesAgain) {
  const int64_t event = first("contact").first;

  montage(options(event, "a.png"));
  montage(options(event, "b.png"));

  EXPECT_EQ(read_file(*folder_ / "a.png"), read_file(*folder_ / "b.png"));
}

TEST_F(MontageOfARun, StopsAtTheEndsOfTheRecording) {
  const auto [event, frame] = first("contact");
  MontageOptions wanted = options(event, "ends.png");
  wanted.before = 3;
  wanted.after = 3;
  wanted.step = 40;

  for (const int64_t shown : montage(wanted).frames) {
    EXPECT_TRUE(shown >= 0 && shown < 120) << shown;
  }
}

TEST_F(MontageOfARun, SaysWhichEventsThereAre) {
  expect_error(options(9999, "no.png"), ErrorKind::kNotFound, "has no event 9999; it has 1 to ");
}

TEST_F(MontageOfARun, SaysHowToNameARecordingThatHasMoved) {
  MontageOptions moved = options(1, "moved.png");
  moved.recording = *folder_ / "elsewhere.tif";

  expect_error(moved, ErrorKind::kNotFound, "not there any more; say where with --recording");
}

TEST_F(MontageOfARun, TakesARecordingThatHasMoved) {
  fs::create_directory(*folder_ / "moved");
  fs::copy_file(*folder_ / "demo2/recording.tif", *folder_ / "moved/recording.tif");
  MontageOptions moved = options(1, "moved.png");
  moved.recording = *folder_ / "moved/recording.tif";

  montage(moved);

  EXPECT_TRUE(fs::exists(*folder_ / "moved.png"));
}

TEST_F(MontageOfARun, RefusesAnotherRecording) {
  MontageOptions other = options(1, "other.png");
  other.recording = *folder_ / "demo3/recording.tif";

  expect_error(other, ErrorKind::kUsage, "not what the run was made of");
}

TEST_F(MontageOfARun, OverwritesNothingUnasked) {
  write_file(*folder_ / "mine.png", "mine");

  expect_error(options(1, "mine.png"), ErrorKind::kUsage, "--force");

  EXPECT_EQ(read_file(*folder_ / "mine.png"), "mine");
}

TEST_F(MontageOfARun, RefusesOptionsOutOfRange) {
  MontageOptions none = options(1, "none.png");
  none.before = 0;
  none.after = 0;

  expect_error(none, ErrorKind::kUsage, "--after 0");
}

}  // namespace
}  // namespace mote::pipeline
