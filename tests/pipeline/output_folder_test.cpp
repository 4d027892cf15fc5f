#include "mote/pipeline/output_folder.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using testing_support::TemporaryFolder;

TEST(OutputFolder, ShowsNothingUntilEverythingIsDone) {
  const TemporaryFolder folder;
  OutputFolder output(folder.path(), false, false);

  write_file(output.stage() + "/run.json", "{}");
  const bool before = fs::exists(folder / "run.json");
  output.publish();

  EXPECT_FALSE(before);
  EXPECT_TRUE(fs::exists(folder / "run.json"));
  EXPECT_FALSE(fs::exists(folder / ".mote"));
}

TEST(OutputFolder, RefusesAFinishedRunWithoutForce) {
  const TemporaryFolder folder;
  write_file(folder / "run.json", "{}");

  EXPECT_THAT([&] { OutputFolder(folder.path(), false, false); },
              ThrowsMessage<Error>(HasSubstr("overwrite it with --force")));
}

TEST(OutputFolder, RefusesAnUnfinishedRunWithoutResume) {
  const TemporaryFolder folder;
  fs::create_directories(folder / ".mote");
  write_file(folder / ".mote/journal", "");

  EXPECT_THAT([&] { OutputFolder(folder.path(), false, false); },
              ThrowsMessage<Error>(HasSubstr("continue it with --resume")));
}

TEST(OutputFolder, RefusesToResumeWhereNothingWasBegun) {
  const TemporaryFolder folder;

  EXPECT_THAT([&] { OutputFolder(folder.path(), false, true); },
              ThrowsMessage<Error>(HasSubstr("no unfinished run")));
}

TEST(OutputFolder, HasNothingToDoWhereAFinishedRunIsResumed) {
  const TemporaryFolder folder;
  write_file(folder / "run.json", "{}");

  const OutputFolder output(folder.path(), false, true);

  EXPECT_TRUE(output.finished());
}

TEST(OutputFolder, KeepsTheEarlierRunUntilTheNewOneIsDone) {
  const TemporaryFolder folder;
  const std::string old = R"({"files": ["overlay.mp4"]})";
  write_file(folder / "run.json", old);
  write_file(folder / "overlay.mp4", "old");
  OutputFolder output(folder.path(), true, false);
  write_file(output.stage() + "/run.json", "new");
  const std::string meanwhile = read_file(folder / "run.json");

  output.publish();

  EXPECT_EQ(meanwhile, old);
  EXPECT_EQ(read_file(folder / "run.json"), "new");
  EXPECT_FALSE(fs::exists(folder / "overlay.mp4")) << "a file of the earlier run was left";
}

TEST(OutputFolder, LeavesFilesThatAreNotItsOwn) {
  const TemporaryFolder folder;
  write_file(folder / "notes.txt", "mine");
  OutputFolder output(folder.path(), true, false);
  write_file(output.stage() + "/run.json", "new");

  output.publish();

  EXPECT_EQ(read_file(folder / "notes.txt"), "mine");
}

TEST(OutputFolder, RefusesFilesOfARunsNamesThatAreOfNoRun) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "labels");
  write_file(folder / "labels/mine.tif", "mine");

  EXPECT_THAT([&] { OutputFolder(folder.path(), false, false); },
              ThrowsMessage<Error>(HasSubstr("/labels: would be overwritten")));
}

TEST(OutputFolder, KeepsWhatNoRunWroteEvenWithForce) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "overlays");
  write_file(folder / "overlays/mine.png", "mine");
  OutputFolder output(folder.path(), true, false);
  write_file(output.stage() + "/run.json", "new");

  output.publish();

  EXPECT_TRUE(fs::exists(folder / "overlays/mine.png"));
}

TEST(OutputFolder, IsKeptApartFromTheInputs) {
  const TemporaryFolder folder;
  write_file(folder / "labels.tif", "");

  EXPECT_THAT([&] { require_apart({folder / "labels.tif"}, folder.path()); },
              ThrowsMessage<Error>(HasSubstr("is an input of this run")));
  EXPECT_NO_THROW(require_apart({folder / "recording.tif"}, folder.path()));
  EXPECT_NO_THROW(require_apart({folder / "labels.tif"}, folder / "out"));
}

TEST(OutputFolder, ResumesFromNothingWhereAKillCameBeforeTheJournal) {
  const TemporaryFolder folder;
  fs::create_directories(folder / ".mote");

  const OutputFolder output(folder.path(), false, true);

  EXPECT_FALSE(output.resuming());
  EXPECT_FALSE(output.finished());
}

TEST(OutputFolder, IsWrittenByOneRunAtATime) {
  const TemporaryFolder folder;
  const OutputFolder first(folder.path(), false, false);

  EXPECT_THAT([&] { OutputFolder(folder.path(), true, false); },
              ThrowsMessage<Error>(HasSubstr("another mote")));
}

TEST(OutputFolder, RefusesAFileInItsPlace) {
  const TemporaryFolder folder;
  write_file(folder / "file", "");

  EXPECT_THAT([&] { OutputFolder(folder / "file", false, false); },
              ThrowsMessage<Error>(HasSubstr("is a file")));
}

}  // namespace
}  // namespace mote::pipeline
