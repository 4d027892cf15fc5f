#include "mote/pipeline/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/timing.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using testing_support::TemporaryFolder;
using Json = nlohmann::ordered_json;

TEST(Options, ComeBackFromTheirJson) {
  Job job;
  job.threshold.sigma_px = 2.25;
  job.threshold.polarity = segment::Polarity::kBright;
  job.recording.channel = 1;
  job.overlay.enabled = false;

  Job back;
  options_from_json(options_to_json(job), back);

  EXPECT_EQ(options_to_json(back), options_to_json(job));
  EXPECT_NE(options_to_json(back), options_to_json(Job{}));
}

TEST(Options, NameTheKeyThatIsNotKnown) {
  Job job;

  EXPECT_THAT(
      [&] {
        options_from_json(Json{{"sigma_px", 2}}, job);
      },
      ThrowsMessage<Error>("option 'sigma_px' is not known to this command"));
}

TEST(Options, OfTheTrackerAreNotKnownToSegment) {
  Job job;
  job.command = Command::kSegment;

  EXPECT_THAT(
      [&] {
        options_from_json(Json{{"max-gap", "1 frame"}}, job);
      },
      ThrowsMessage<Error>(HasSubstr("'max-gap'")));
}

TEST(Options, NameTheValueOfTheWrongType) {
  Job job;

  EXPECT_THAT(
      [&] {
        options_from_json(Json{{"bin", 1.5}}, job);
      },
      ThrowsMessage<Error>("option 'bin' is 1.5: expected a whole number"));
  EXPECT_THAT(
      [&] {
        options_from_json(Json{{"polarity", "blue"}}, job);
      },
      ThrowsMessage<Error>(HasSubstr("expected one of auto, dark, bright")));
}

TEST(Options, AreReadFromToml) {
  const TemporaryFolder folder;
  write_file(folder / "a.toml", "sigma-px = 2\npolarity = \"dark\" # a comment\nsplit = false\n");
  Job job;

  options_from_json(read_options_toml(folder / "a.toml"), job);

  EXPECT_EQ(job.threshold.sigma_px, 2);
  EXPECT_EQ(job.threshold.polarity, segment::Polarity::kDark);
  EXPECT_FALSE(job.threshold.split);
}

TEST(Options, NameTheLineOfATomlFileThatIsNotToml) {
  const TemporaryFolder folder;
  write_file(folder / "a.toml", "sigma-px = 2\nsplit = = 1\n");

  EXPECT_THAT([&] { read_options_toml(folder / "a.toml"); },
              ThrowsMessage<Error>(HasSubstr("a.toml: line 2")));
}

TEST(Options, AreNotReadFromAJsonThatIsNoRun) {
  const TemporaryFolder folder;
  write_file(folder / "run.json", "[1, 2]");

  EXPECT_THAT([&] { read_options_of_run(folder / "run.json"); },
              ThrowsMessage<Error>(HasSubstr("expected the run.json of a mote run")));
}

TEST(Options, AreNotReadFromAFolder) {
  const TemporaryFolder folder;

  EXPECT_THAT([&] { read_options_toml(folder.path()); },
              ThrowsMessage<Error>(HasSubstr(folder.path() + ": is a folder")));
}

TEST(TrackerTime, TurnsFramesIntoSecondsWhereTheIntervalIsKnown) {
  EXPECT_DOUBLE_EQ(tracker_time("--max-gap", "3 frames", {.seconds = true, .per_frame = 0.04}),
                   0.12);
  EXPECT_DOUBLE_EQ(tracker_time("--max-gap", "0.5s", {.seconds = true, .per_frame = 0.04}), 0.5);
  EXPECT_DOUBLE_EQ(tracker_time("--max-gap", "3 frames", {}), 3);
}

TEST(TrackerTime, RefusesSecondsWhereNoIntervalIsKnown) {
  EXPECT_THAT([] { tracker_time("--max-gap", "0.5s", {}); },
              ThrowsMessage<Error>(HasSubstr("give --frame-interval")));
}

TEST(TrackerTime, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "soon", "-1 frames", "nan", "3 nm", "3 frames more", "1000001 frames"}) {
    EXPECT_THROW(tracker_time("--max-gap", text, {}), Error) << text;
  }
}

}  // namespace
}  // namespace mote::pipeline
