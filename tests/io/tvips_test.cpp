#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/damage.h"
#include "tests/io/drawn_tvips.h"
#include "tests/io/files.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::ElementsAre;
using testing::HasSubstr;

std::string series(const TvipsSpec& spec = {}) {
  return tvips_header(spec) + tvips_frames(spec, 0, 3);
}

std::unique_ptr<FrameSource> open_drawn(const std::string& bytes) {
  return opened("drawn_000.tvips", bytes);
}

TEST(Tvips, ReadsBothVersionsWithTheirStamps) {
  for (const uint32_t version : {1U, 2U}) {
    const auto source = open_drawn(series({.version = version}));
    const Frame last = source->read(2);

    EXPECT_EQ(source->info().format, "TVIPS");
    EXPECT_EQ(source->info().frames, 3);
    EXPECT_EQ(source->info().size, (Size{.height = 3, .width = 4}));
    EXPECT_EQ(last.image.as<uint16_t>()[0], 24);
    ASSERT_TRUE(last.time_s);
    EXPECT_NEAR(*last.time_s, 0.5, 1e-6);
  }
}

TEST(Tvips, GoesOnInTheFilesBeside) {
  const std::string folder = files::folder();
  files::write(folder + "run_000.tvips", tvips_header() + tvips_frames({}, 0, 2));
  files::write(folder + "run_001.tvips", tvips_frames({}, 2, 3));
  files::write(folder + "run_002.tvips", tvips_frames({}, 5, 1));
  files::write(folder + "run_004.tvips", tvips_frames({}, 6, 1));

  const auto source = open_frames(folder + "run_000.tvips");

  EXPECT_EQ(source->info().frames, 6);
  EXPECT_EQ(source->info().files.size(), 3);
  EXPECT_EQ(source->read(2).image.as<uint16_t>()[0], 24);
  EXPECT_EQ(source->read(5).image.as<uint16_t>()[0], 60);
  EXPECT_NEAR(source->read(5).time_s.value(), 1.25, 1e-6);
}

TEST(Tvips, TakesNoStampsThatStandStill) {
  EXPECT_FALSE(open_drawn(series({.step_ms = 0}))->read(1).time_s);
}

TEST(Tvips, SaysThatAPixelSizeIsNotTaken) {
  const auto image = open_drawn(series({.pixel_nm = 15500}));
  const auto diffraction = open_drawn(series({.pixel_nm = 15500, .mode = 2}));

  EXPECT_FALSE(image->info().pixel_size);
  EXPECT_THAT(image->info().warnings, ElementsAre(HasSubstr("15500 nm a pixel")));
  EXPECT_THAT(diffraction->info().warnings, ElementsAre(HasSubstr("diffraction patterns")));
}

TEST(Tvips, LeavesOutAnImageThatTheFileEndsIn) {
  const std::string whole = series();

  const auto source = open_drawn(whole.substr(0, whole.size() - 5));

  EXPECT_EQ(source->info().frames, 2);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("ends within an image")));
}

TEST(Tvips, RefusesOtherVersionsSamplesAndHeaders) {
  const auto message = [](const TvipsSpec& spec) -> std::string {
    return thrown_by([&] { open_drawn(tvips_header(spec) + std::string(1000, '\0')); }).what();
  };

  EXPECT_THAT(message({.version = 3}), HasSubstr("TVIPS version 3"));
  EXPECT_THAT(message({.bits = 32}), HasSubstr("samples of 32 bits"));
  EXPECT_THAT(message({.frame_header_bytes = 4}), HasSubstr("frame headers of 4 bytes"));
  EXPECT_THAT(message({.width = 60000, .height = 60000}), HasSubstr("holds no image of 60000"));
}

TEST(Tvips, DoesNotCallAFirstFileThatIsCutOffALaterOne) {
  const std::string path = files::folder() + "run_000.tvips";
  files::write(path, tvips_header().substr(0, 40));

  EXPECT_THAT(thrown_by([&] { open_frames(path); }).what(), HasSubstr("named .tvips, but cut off"));
}

TEST(Tvips, AdvisesToOpenTheFirstFile) {
  const std::string path = files::folder() + "run_001.tvips";
  files::write(path, tvips_frames({}, 2, 3));

  EXPECT_THROW(
      {
        try {
          open_frames(path);
        } catch (const Error& error) {
          EXPECT_THAT(error.what(), HasSubstr("open its _000.tvips"));
          throw;
        }
      },
      Error);
}

TEST(Tvips, SurvivesEveryCutAndDamagedByte) {
  const damage::Tally cut = damage::cut(series());
  const damage::Tally flipped = damage::flip(series(), 4000);

  EXPECT_GT(cut.refused, 255);
  EXPECT_GT(flipped.refused, 20);
  EXPECT_GT(flipped.read, 1000);
}

}  // namespace
}  // namespace mote::io
