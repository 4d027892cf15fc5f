#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/drawn_dm.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::ElementsAre;
using testing::HasSubstr;

// One frame as DigitalMicrograph's In-situ software writes it, whose first sample is `value`.
void write_frame(const std::string& folder, int second, int frame, int16_t value) {
  const std::string where = fmt::format("{}run/Hour_00/Minute_00/Second_{:02d}/", folder, second);
  std::filesystem::create_directories(where);
  const DmTag image = dm_image(
      {{.count = 2, .scale = 0.5F, .unit = "nm"}, {.count = 1, .scale = 0.5F, .unit = "nm"}}, 1,
      dm_array("Data", 2, 2, bytes_of(value) + bytes_of(value)));
  files::write(
      fmt::format("{}run_Hour_00_Minute_00_Second_{:02d}_Frame_{:04d}.dm4", where, second, frame),
      dm_file({.version = 4}, {dm_group("ImageList", {image})}));
}

std::string recording(const std::vector<std::pair<int, int>>& frames) {
  const std::string folder = files::folder();
  int16_t value = 0;
  for (const auto& [second, frame] : frames) {
    write_frame(folder, second, frame, value++);
  }
  return folder + "run";
}

TEST(InSitu, ReadsTheFramesOfAllSecondsWithTheirTimes) {
  const auto source = open_frames(recording({{0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 0}, {1, 1}}));

  const RecordingInfo& info = source->info();
  EXPECT_EQ(info.format, "DM4 In-situ folder");
  EXPECT_EQ(info.frames, 6);
  EXPECT_EQ(info.files.size(), 6);
  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 0.5);
  ASSERT_TRUE(info.frame_interval);
  EXPECT_DOUBLE_EQ(info.frame_interval->seconds, 0.25);
  EXPECT_TRUE(info.warnings.empty());
  EXPECT_EQ(source->read(5).image.as<int16_t>()[0], 5);
  EXPECT_EQ(source->read(5).time_s, 1.25);
}

TEST(InSitu, ReportsMissingFramesAndKeepsTheTimesOfTheOthers) {
  const auto source = open_frames(recording({{0, 0}, {0, 3}, {2, 0}, {2, 1}}));

  EXPECT_EQ(source->read(1).time_s, 0.75);
  EXPECT_EQ(source->read(2).time_s, 2);
  EXPECT_THAT(source->info().warnings,
              ElementsAre(AllOf(HasSubstr("6 frames are missing"), HasSubstr("2 before frame 1"),
                                HasSubstr("4 before frame 2"))));
}

TEST(InSitu, AllowsRatesThatAreNoWholeNumbers) {
  const auto source = open_frames(recording({{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 0}}));

  EXPECT_TRUE(source->info().warnings.empty());
}

TEST(InSitu, NamesTheDamagedFrame) {
  const std::string folder = recording({{0, 0}, {0, 1}});
  files::write(
      folder + "/Hour_00/Minute_00/Second_00/run_Hour_00_Minute_00_Second_00_Frame_0001.dm4",
      "damaged");

  try {
    open_frames(folder)->read(1);
    FAIL() << "read";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("Second_00_Frame_0001.dm4"));
  }
}

TEST(InSitu, RefusesAFolderOfHoursWithoutFrames) {
  const std::string folder = files::folder();
  std::filesystem::create_directories(folder + "run/Hour_00/Minute_00");

  EXPECT_THROW(open_frames(folder + "run"), Error);
}

}  // namespace
}  // namespace mote::io
