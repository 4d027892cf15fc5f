#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/damage.h"
#include "tests/io/drawn_ser.h"
#include "tests/io/files.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<FrameSource> open_drawn(const std::string& bytes) {
  return opened("drawn_1.ser", bytes);
}

Error error_of(const std::string& bytes) {
  return thrown_by([&] { open_drawn(bytes)->read(1); });
}

TEST(Ser, ReadsASeriesOfBothVersionsFromTheLastRowOn) {
  for (const uint16_t version : {0x210, 0x220}) {
    const auto source = open_drawn(ser_file({.version = version}));
    const Frame last = source->read(1);

    const RecordingInfo& info = source->info();
    EXPECT_EQ(info.format, "SER (TIA)");
    EXPECT_EQ(info.frames, 2);
    EXPECT_EQ(info.size, (Size{.height = 3, .width = 4}));
    ASSERT_TRUE(info.pixel_size);
    EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 0.5);
    EXPECT_EQ(last.image.as<int16_t>()[0], 20);  // the last row comes first
    EXPECT_EQ(last.image.as<int16_t>()[11], 15);
  }
}

TEST(Ser, ReadsTheImagesThatAFileHoldsWhichWasCutOff) {
  const std::string bytes = ser_file({.elements = 4, .finished = 4});

  const auto cut = open_drawn(bytes.substr(0, bytes.size() - 9));  // a stamp takes 8

  EXPECT_TRUE(open_drawn(bytes)->info().warnings.empty());
  EXPECT_EQ(cut->info().frames, 3);
  EXPECT_THAT(cut->info().warnings, ElementsAre("the header says 4 images, the file holds 3"));
  EXPECT_EQ(cut->read(2).time_s, 6);
}

TEST(Ser, TakesStampsThatAreSecondsApart) {
  const auto source = open_drawn(ser_file({.elements = 3, .finished = 3, .step_s = 4}));

  EXPECT_EQ(source->read(0).time_s, 0);
  EXPECT_EQ(source->read(2).time_s, 8);
}

TEST(Ser, TakesTheMeanOfWholeSecondsOverALongSeries) {
  const auto source = open_drawn(ser_file({.elements = 61, .finished = 61, .step_s = 1}));

  EXPECT_FALSE(source->read(1).time_s);
  ASSERT_TRUE(source->info().frame_interval);
  EXPECT_DOUBLE_EQ(source->info().frame_interval->seconds, 1);
  EXPECT_EQ(source->info().frame_interval->source, "SER time stamps, mean");
}

TEST(Ser, TakesNoIntervalFromAFewWholeSeconds) {
  const auto source = open_drawn(ser_file({.elements = 5, .finished = 5, .step_s = 1}));

  EXPECT_FALSE(source->info().frame_interval);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("count whole seconds and span 4 s")));
}

TEST(Ser, TakesFrameTimeAndMicroscopeFromTheEmiFileBeside) {
  const std::string folder = files::folder();
  files::write(folder + "run_1.ser", ser_file({.elements = 5, .finished = 5, .step_s = 0}));
  files::write(folder + "run.emi",
               "\1\2<ObjectInfo><AcceleratingVoltage>200000</AcceleratingVoltage><Label>Mode"
               "</Label><Value> STEM</Value><Unit></Unit><Label>Defocus</Label><Value>0.2</Value>"
               "<Unit>um</Unit><FrameTime>0.2</FrameTime></ObjectInfo>");

  const RecordingInfo info = open_frames(folder + "run_1.ser")->info();

  ASSERT_TRUE(info.frame_interval);
  EXPECT_DOUBLE_EQ(info.frame_interval->seconds, 0.2);
  EXPECT_EQ(info.frame_interval->source, "EMI frame time");
  EXPECT_EQ(info.instrument.at("voltage"), "200000 V");
  EXPECT_EQ(info.instrument.at("mode"), "STEM");
  EXPECT_EQ(info.metadata.at("Defocus"), "0.2 um");
}

TEST(Ser, TakesNoFrameTimeThatTheStampsContradict) {
  const std::string folder = files::folder();
  files::write(folder + "run_1.ser", ser_file({.elements = 11, .finished = 11, .step_s = 1}));
  files::write(folder + "run.emi", "<ObjectInfo><FrameTime>0.2</FrameTime></ObjectInfo>");

  EXPECT_FALSE(open_frames(folder + "run_1.ser")->info().frame_interval);
}

TEST(Ser, OpensBesideABrokenEmiFile) {
  const std::string folder = files::folder();
  files::write(folder + "run_1.ser", ser_file());
  files::write(folder + "run.emi", "<ObjectInfo><Label>a</Label><Value>");

  EXPECT_EQ(open_frames(folder + "run_1.ser")->info().frames, 2);
}

TEST(Ser, ReadsOnlyWhatWasFinished) {
  EXPECT_EQ(open_drawn(ser_file({.elements = 5, .finished = 3}))->info().frames, 3);
}

TEST(Ser, TakesNoPixelSizeFromADiffractionPattern) {
  const auto source = open_drawn(ser_file({.x_m = 1e8, .y_m = 1e8}));

  EXPECT_FALSE(source->info().pixel_size);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("diffraction pattern, in 1/m")));
}

TEST(Ser, TakesThePointsOfAScanForNoFramesInTime) {
  const auto source = open_drawn(ser_file({.dimensions = 2}));

  EXPECT_FALSE(source->info().pixel_size);
  EXPECT_FALSE(source->read(1).time_s);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("points of a scan")));
}

TEST(Ser, RefusesSpectraComplexNumbersAndOtherVersions) {
  EXPECT_THAT(error_of(ser_file({.kind = 0x4120})).what(), HasSubstr("spectra or profiles"));
  EXPECT_THAT(error_of(ser_file({.type = 9})).what(), HasSubstr("SER data type 9, complex"));
  EXPECT_THAT(error_of(ser_file({.version = 0x300})).what(), HasSubstr("SER version 0x300"));
}

TEST(Ser, RefusesAHeaderThatClaimsMoreThanTheFileHolds) {
  std::string many = ser_file();
  put(many, 14, int32_t{1'000'000'000});
  put(many, 18, int32_t{1'000'000'000});

  EXPECT_THAT(error_of(many).what(), HasSubstr("claims 1000000000 images"));
  EXPECT_THAT(error_of(ser_file({.elements = 0, .finished = 0})).what(), HasSubstr("claims"));
}

TEST(Ser, TellsAnElementOfAnotherSize) {
  std::string bytes = ser_file();
  put(bytes, bytes.size() - 8 - 24 - 8, int32_t{5});

  EXPECT_THAT(error_of(bytes).what(), HasSubstr("it has 5 x 3 px of type 5, the first 4 x 3"));
}

TEST(Ser, RefusesAnOffsetAtTheEndOfAllNumbers) {
  std::string bytes = ser_file({.version = 0x220});
  put(bytes, 34, INT64_MAX - 1);

  EXPECT_THAT(error_of(bytes).what(), HasSubstr("points to byte 9223372036854775806"));
}

TEST(Ser, SurvivesEveryCutAndDamagedByte) {
  const damage::Tally cut = damage::cut(ser_file());
  const damage::Tally flipped = damage::flip(ser_file({.version = 0x220}), 4000);

  EXPECT_GT(cut.refused, 100);
  EXPECT_GT(flipped.refused, 100);
  EXPECT_GT(flipped.read, 100);
}

}  // namespace
}  // namespace mote::io
