#include "mote/pipeline/file.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/file_size_limit.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::ThrowsMessage;
using testing_support::FileSizeLimit;
using testing_support::TemporaryFolder;

TEST(WriteFile, TakesThePlaceOfWhatWasThere) {
  const TemporaryFolder folder;
  write_file(folder / "table.csv", "old");

  write_file(folder / "table.csv", "new");

  EXPECT_EQ(read_file(folder / "table.csv"), "new");
  EXPECT_FALSE(exists(folder / "table.csv.part"));
}

TEST(WriteFile, LeavesWhatWasThereWhereTheDiskIsFull) {
  const TemporaryFolder folder;
  const std::string path = folder / "table.csv";
  write_file(path, "old");
  const FileSizeLimit limit(1000);

  EXPECT_THAT([&] { write_file(path, std::string(2000, 'x')); },
              ThrowsMessage<Error>(path + ": cannot be written: File too large"));
  EXPECT_EQ(read_file(path), "old");
  EXPECT_FALSE(exists(path + ".part"));
}

TEST(WriteFile, LeavesNothingWhereItCannotTakeItsPlace) {
  const TemporaryFolder folder;
  const std::string path = folder / "table.csv";
  std::filesystem::create_directory(path);

  EXPECT_THAT([&] { write_file(path, "new"); },
              ThrowsMessage<Error>(path + ": cannot be renamed into place: Is a directory"));
  EXPECT_FALSE(exists(path + ".part"));
}

TEST(RequireFree, RefusesWhatIsThereUnlessForced) {
  const TemporaryFolder folder;
  const std::string path = folder / "table.csv";
  EXPECT_NO_THROW(require_free(path, false));
  write_file(path, "old");

  EXPECT_NO_THROW(require_free(path, true));
  EXPECT_THAT([&] { require_free(path, false); },
              ThrowsMessage<Error>(path + ": is there already; --force overwrites it"));
}

TEST(Renamed, NamesEveryMentionOfThePath) {
  const Error error(ErrorKind::kResource, ".a.part: .a.part/b: cannot be made");

  const Error told = renamed(error, ".a.part", "a");

  EXPECT_STREQ(told.what(), "a: a/b: cannot be made");
  EXPECT_EQ(told.kind(), ErrorKind::kResource);
}

}  // namespace
}  // namespace mote::pipeline
