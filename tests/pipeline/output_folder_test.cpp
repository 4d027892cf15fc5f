#include "mote/pipeline/output_folder.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/fate.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;
using testing_support::Fate;
using testing_support::fate_at_each_call;
using testing_support::fate_of;
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

TEST(OutputFolder, BeginsAnewWhereAKillCameBeforeTheJournal) {
  const TemporaryFolder folder;
  fs::create_directories(folder / ".mote");

  for (const bool resume : {true, false}) {
    const OutputFolder output(folder.path(), false, resume);

    EXPECT_FALSE(output.resuming());
    EXPECT_FALSE(output.finished());
  }
}

TEST(OutputFolder, HasNothingToDoWhereAKillLeftLittleOfAFinishedRun) {
  const TemporaryFolder folder;
  write_file(folder / "run.json", "{}");
  fs::create_directories(folder / ".mote");
  write_file(folder / ".mote/lock", "");

  const OutputFolder output(folder.path(), false, true);

  EXPECT_TRUE(output.finished());
  EXPECT_FALSE(fs::exists(folder / ".mote"));
}

/// As write_file, but without waiting for the disk.
void put(const std::string& path, std::string_view content) {
  std::ofstream(path) << content;
}

/// A run that is to replace another, with files and a folder of either name.
class Replacing {
 public:
  Replacing() {
    put(folder_ / "run.json", R"({"files": ["overlay.mp4", "figures", "journal.mote"]})");
    put(folder_ / "overlay.mp4", "old");
    put(folder_ / "journal.mote", "old");
    fs::create_directory(folder_ / "figures");
    put(folder_ / "figures/old.svg", "old");
  }

  /// All but publishing.
  std::unique_ptr<OutputFolder> begun() const {
    auto output = std::make_unique<OutputFolder>(folder_.path(), true, false);
    put(output->journal(), "new");
    stage(*output);
    return output;
  }

  /// What the next run with --resume does.
  void resume() const {
    OutputFolder output(folder_.path(), false, true);
    if (!output.finished()) {
      EXPECT_EQ(read_file(output.journal()), "new");
      stage(output);
      output.publish();
    }
  }

  void expect_whole() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      files[fs::relative(entry.path(), folder_.path())] =
          entry.is_directory() ? "folder" : read_file(entry.path());
    }
    EXPECT_THAT(files,
                UnorderedElementsAre(Pair("run.json", kRun), Pair("tracks.csv", "new"),
                                     Pair("figures", "folder"), Pair("figures/new.svg", "new"),
                                     Pair("journal.mote", "new")));
  }

 private:
  static constexpr const char* kRun = R"({"files": ["tracks.csv", "figures", "journal.mote"]})";

  static void stage(OutputFolder& output) {
    const std::string stage = output.stage();
    put(stage + "/tracks.csv", "new");
    fs::create_directory(stage + "/figures");
    put(stage + "/figures/new.svg", "new");
    put(stage + "/run.json", kRun);
  }

  TemporaryFolder folder_;
};

/// Kills a run on its way into each system call of its publishing: after what `next` does, the
/// folder must be whole.
void expect_whole_after_each_kill(const std::function<void(const Replacing&)>& next) {
  const Fate last = fate_at_each_call([&](int call) {
    const Replacing run;
    std::unique_ptr<OutputFolder> output = run.begun();

    const Fate fate = fate_of([&] { output->publish(); }, call);
    output.reset();
    next(run);

    run.expect_whole();
    return fate;
  });
  if (last == Fate::kUntraced) {
    GTEST_SKIP() << "a process may not be traced here";
  }
  EXPECT_EQ(last, Fate::kEnded);
}

TEST(OutputFolder, LosesNothingWhereverAKillFallsWhileItPublishes) {
  expect_whole_after_each_kill([](const Replacing& run) { run.resume(); });
}

TEST(OutputFolder, ReplacesARunThatWasKilledWhileItPublished) {
  expect_whole_after_each_kill([](const Replacing& run) { run.begun()->publish(); });
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
