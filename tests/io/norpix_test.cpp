#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/open.h"
#include "tests/io/damage.h"
#include "tests/io/drawn_cameras.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<FrameSource> open_drawn(const std::string& bytes) {
  return opened("drawn.seq", bytes);
}

std::string message(const std::string& bytes) {
  return thrown_by([&] { open_drawn(bytes); }).what();
}

TEST(Norpix, ReadsImagesWithTheirStamps) {
  const auto source = open_drawn(norpix_file());
  const Frame last = source->read(2);

  EXPECT_EQ(source->info().format, "Norpix SEQ");
  EXPECT_EQ(source->info().frames, 3);
  EXPECT_EQ(source->info().size, (Size{.height = 3, .width = 4}));
  EXPECT_EQ(source->info().instrument.at("title"), "ab");
  EXPECT_EQ(last.image.as<uint8_t>()[0], 24);
  EXPECT_NEAR(last.time_s.value(), 0.08, 1e-6);
}

TEST(Norpix, ReadsOlderVersionsWithMilliseconds) {
  const auto source = open_drawn(norpix_file({.version = 4}));

  EXPECT_EQ(source->read(2).image.as<uint8_t>()[11], 35);
  EXPECT_NEAR(source->read(1).time_s.value(), 0.04, 1e-6);
}

TEST(Norpix, TakesNoPlaybackRateForTheInterval) {
  const auto source = open_drawn(norpix_file({.step_ms = 0}));

  EXPECT_FALSE(source->info().frame_interval);
  EXPECT_FALSE(source->read(1).time_s);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("(25 Hz) is one of playback")));
}

TEST(Norpix, ReadsWhatTheFileHoldsOfWhatItsHeaderSays) {
  std::string bytes = norpix_file();
  put(bytes, 572, uint32_t{500});

  const auto source = open_drawn(bytes);

  EXPECT_EQ(source->info().frames, 3);
  EXPECT_THAT(source->info().warnings,
              testing::Contains(HasSubstr("says 500 images, the file holds 3")));
}

TEST(Norpix, RefusesColourOtherDepthsAndContradictions) {
  EXPECT_THAT(message(norpix_file({.kind = 200})), HasSubstr("image format 200, compression 0"));
  EXPECT_THAT(message(norpix_file({.bits = 24})), HasSubstr("samples of 24 bits"));
  EXPECT_THAT(message(norpix_file({.step = 6})), HasSubstr("claims 12 in steps of 6"));
  EXPECT_THAT(message(norpix_file({.frames = 0})), HasSubstr("claims 0 images"));
}

TEST(Norpix, SurvivesEveryCutAndDamagedByte) {
  const damage::Tally cut = damage::cut(norpix_file({.version = 4}));
  const damage::Tally flipped = damage::flip(norpix_file({.version = 4}), 1300);

  EXPECT_GT(cut.refused, 1000);
  EXPECT_GT(flipped.refused, 50);
  EXPECT_GT(flipped.read, 1000);
}

}  // namespace
}  // namespace mote::io
