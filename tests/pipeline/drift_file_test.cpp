#include "mote/pipeline/drift_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using testing_support::TemporaryFolder;

std::string write(const TemporaryFolder& folder, const std::string& text) {
  write_file(folder / "drift.csv", text);
  return folder / "drift.csv";
}

TEST(DriftFile, IsReadByTheNamesOfItsColumns) {
  const TemporaryFolder folder;
  const std::string path =
      write(folder, "frame,time_s,drift_x_px,drift_y_px\n0,,0,0\n1,0.1,1.5,-2\n");

  const auto rows = read_drift_file(path, 2);

  EXPECT_EQ(rows[1].shift, (Point{-2, 1.5}));
  EXPECT_TRUE(rows[1].ok);
}

TEST(DriftFile, NamesTheColumnThatIsMissing) {
  const TemporaryFolder folder;
  const std::string path = write(folder, "frame,dy\n0,0\n");

  EXPECT_THAT([&] { read_drift_file(path, 1); }, ThrowsMessage<Error>(HasSubstr("drift_y_px")));
}

TEST(DriftFile, NamesTheCellThatIsNoNumber) {
  const TemporaryFolder folder;
  const std::string path = write(folder, "frame,drift_y_px,drift_x_px\n0,0,oops\n");

  EXPECT_THAT([&] { read_drift_file(path, 1); },
              ThrowsMessage<Error>(HasSubstr("line 2: drift_x_px is 'oops'")));
}

TEST(DriftFile, RefusesAnotherNumberOfFrames) {
  const TemporaryFolder folder;
  const std::string path = write(folder, "frame,drift_y_px,drift_x_px\n0,0,0\n");

  EXPECT_THAT([&] { read_drift_file(path, 2); },
              ThrowsMessage<Error>(HasSubstr("has 1 frames, the recording 2")));
}

TEST(DriftFile, ThatIsNotThereNamesTheOtherChoices) {
  EXPECT_THAT([] { read_drift_file("suport", 2); },
              ThrowsMessage<Error>(HasSubstr("expected support, all, particles, none")));
}

}  // namespace
}  // namespace mote::pipeline
