#include "mote/pipeline/staged_output.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/file_size_limit.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using testing_support::FileSizeLimit;
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

  StagedOutput(folder / "out/", true, {"*.txt"}).publish_folder([](const std::string& path) {
    write_file(path + "/b.txt", "new");
  });

  EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
  EXPECT_THAT(names_in(folder / "out"), ElementsAre("b.txt"));
}

TEST(StagedOutput, PutsAFileInThePlaceOfAFolderAndBack) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "out");

  StagedOutput(folder / "out", true).publish([](const std::string& path) {
    write_file(path, "file");
  });
  const std::string content = read_file(folder / "out");
  StagedOutput(folder / "out", true).publish_folder([](const std::string&) {});

  EXPECT_EQ(content, "file");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
  EXPECT_TRUE(fs::is_directory(folder / "out"));
}

TEST(StagedOutput, LeavesNothingOfWhatCouldNotBeWritten) {
  const TemporaryFolder folder;
  const FileSizeLimit limit(1000);

  EXPECT_THAT(
      [&] {
        StagedOutput(folder / "out", false).publish_folder([](const std::string& path) {
          write_file(path + "/a.txt", "fits");
          write_file(path + "/b.txt", std::string(2000, 'x'));
        });
      },
      ThrowsMessage<Error>(folder / "out/b.txt: cannot be written: File too large"));
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(StagedOutput, KeepsTheFileThatWasThereWhereANewOneCouldNotBeWritten) {
  const TemporaryFolder folder;
  write_file(folder / "out", "old");
  const FileSizeLimit limit(1000);

  EXPECT_THAT(
      [&] {
        StagedOutput(folder / "out", true).publish([](const std::string& path) {
          write_file(path, std::string(2000, 'x'));
        });
      },
      ThrowsMessage<Error>(folder / "out: cannot be written: File too large"));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
  EXPECT_EQ(read_file(folder / "out"), "old");
}

TEST(StagedOutput, RefusesWhatItMustNotReplace) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "out");
  write_file(folder / "out/notes", "mine");
  write_file(folder / "file", "mine");

  EXPECT_THAT([&] { StagedOutput(folder / "file/", false); },
              ThrowsMessage<Error>(HasSubstr("--force overwrites it")));
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
