#include "mote/pipeline/staged_output.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST(StagedOutput, TakesThePlaceOfWhatWasThere) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "out");
  write_file(folder / "out/a.txt", "old");

  const StagedOutput stage(folder / "out/", true, {"*.txt"});
  stage.make_folder();
  write_file(stage.path() + "/b.txt", "new");
  stage.publish();

  EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
  EXPECT_THAT(names_in(folder / "out"), ElementsAre("b.txt"));
}

TEST(StagedOutput, PutsAFileInThePlaceOfAFolderAndBack) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "out");

  const StagedOutput file(folder / "out", true);
  write_file(file.path(), "file");
  file.publish();
  const std::string content = read_file(folder / "out");
  const StagedOutput again(folder / "out", true);
  again.make_folder();
  again.publish();

  EXPECT_EQ(content, "file");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
  EXPECT_TRUE(fs::is_directory(folder / "out"));
}

TEST(StagedOutput, LeavesNothingThatWasNotPublished) {
  const TemporaryFolder folder;
  {
    const StagedOutput stage(folder / "out", false);
    stage.make_folder();
  }

  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(StagedOutput, RefusesWhatItMustNotReplace) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "out");
  write_file(folder / "out/notes", "mine");

  EXPECT_THAT([&] { StagedOutput(folder / "out", false); },
              ThrowsMessage<Error>(HasSubstr("--force overwrites it")));
  EXPECT_THAT([&] { StagedOutput(folder / "out", true, {"*.txt"}); },
              ThrowsMessage<Error>(HasSubstr("holds notes")));
  EXPECT_THAT([&] { StagedOutput(folder / "none/out", false); },
              ThrowsMessage<Error>(HasSubstr("there is no such folder")));
  EXPECT_EQ(read_file(folder / "out/notes"), "mine");
}

}  // namespace
}  // namespace mote::pipeline
