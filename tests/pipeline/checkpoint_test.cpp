#include "mote/pipeline/checkpoint.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing_support::TemporaryFolder;

TEST(Checkpoint, GivesBackItsStateAndTheJournalsLength) {
  const TemporaryFolder folder;
  const std::string path = folder / "checkpoint";
  CheckpointWriter writer(path, 1);

  writer.write("state ");
  writer.write("of all");
  writer.publish(1234);

  const auto checkpoint = read_checkpoint(path);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->state, "state of all");
  EXPECT_EQ(checkpoint->journal_bytes, 1234);
}

TEST(Checkpoint, ThatIsNotPublishedLeavesTheOneBefore) {
  const TemporaryFolder folder;
  const std::string path = folder / "checkpoint";
  {
    CheckpointWriter first(path, 1);
    CheckpointWriter second(path, 2);
    first.write("first");
    second.write("second");
    first.publish(10);
  }

  EXPECT_EQ(read_checkpoint(path)->state, "first");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Checkpoint, IsRefusedCutOffAnywhere) {
  const TemporaryFolder folder;
  const std::string path = folder / "checkpoint";
  CheckpointWriter writer(path, 1);
  writer.write("state");
  writer.publish(10);
  const std::string whole = read_file(path);

  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    write_file(path, whole.substr(0, bytes));
    EXPECT_THROW(read_checkpoint(path), Error) << bytes << " bytes";
  }
}

}  // namespace
}  // namespace mote::pipeline
