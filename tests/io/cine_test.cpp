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
  return opened("drawn.cine", bytes);
}

std::string message(const std::string& bytes) {
  return thrown_by([&] { open_drawn(bytes); }).what();
}

TEST(Cine, ReadsImagesFromTheirLastRowOnWithStampsAndExposure) {
  const auto source = open_drawn(cine_file());
  const Frame last = source->read(1);

  EXPECT_EQ(source->info().format, "CINE");
  EXPECT_EQ(source->info().frames, 2);
  EXPECT_EQ(source->info().size, (Size{.height = 3, .width = 4}));
  EXPECT_EQ(source->info().exposure_s, 0.125);
  EXPECT_EQ(last.image.as<uint16_t>()[0], 20);
  EXPECT_EQ(last.image.as<uint16_t>()[11], 15);
  EXPECT_EQ(last.time_s, 0.25);
}

TEST(Cine, KeepsTheRowsWhereTheHeightIsNegative) {
  EXPECT_EQ(open_drawn(cine_file({.height = -3}))->read(0).image.as<uint16_t>()[11], 11);
}

TEST(Cine, TakesTheCamerasFrameRateWhereThereAreNoStamps) {
  const auto source = open_drawn(cine_file({.stamps = false}));

  EXPECT_FALSE(source->read(1).time_s);
  ASSERT_TRUE(source->info().frame_interval);
  EXPECT_DOUBLE_EQ(source->info().frame_interval->seconds, 0.002);
  EXPECT_EQ(source->info().frame_interval->source, "CINE frame rate");
}

TEST(Cine, RefusesCompressedPackedAndColourImages) {
  EXPECT_THAT(message(cine_file({.compression = 1})), HasSubstr("compression 1, packing 0"));
  EXPECT_THAT(message(cine_file({.packing = 256})), HasSubstr("compression 0, packing 256"));
  EXPECT_THAT(message(cine_file({.colours = 3})), HasSubstr("colour filter 3"));
  EXPECT_THAT(message(cine_file({.bits = 24})), HasSubstr("24 bits a pixel"));
}

TEST(Cine, RefusesATableThatClaimsMoreThanTheFileHolds) {
  std::string bytes = cine_file();
  put(bytes, 20, uint32_t{1'000'000'000});

  EXPECT_THAT(message(bytes), HasSubstr("claims 1000000000 images"));
}

TEST(Cine, ReadsTheImagesThatAFileHoldsWhichWasCutOff) {
  const std::string bytes = cine_file({.images = 4});

  const auto whole = open_drawn(bytes);
  const auto cut = open_drawn(bytes.substr(0, bytes.size() - 33));  // an image takes 32

  EXPECT_TRUE(whole->info().warnings.empty());
  EXPECT_EQ(cut->info().frames, 2);
  EXPECT_THAT(cut->info().warnings, ElementsAre("the header says 4 images, the file holds 2"));
  EXPECT_EQ(cut->read(1).image.as<uint16_t>()[11], 15);
}

TEST(Cine, RefusesAFileThatEndsBeforeItsFirstImageDoes) {
  const std::string bytes = cine_file({.images = 2});

  EXPECT_THAT(message(bytes.substr(0, bytes.size() - 33)), HasSubstr("claims 2 images"));
}

TEST(Cine, SurvivesEveryCutAndDamagedByte) {
  const damage::Tally cut = damage::cut(cine_file());
  const damage::Tally flipped = damage::flip(cine_file(), 4000);

  EXPECT_GT(cut.refused, 1000);
  EXPECT_GT(flipped.refused, 50);
  EXPECT_GT(flipped.read, 1000);
}

}  // namespace
}  // namespace mote::io
