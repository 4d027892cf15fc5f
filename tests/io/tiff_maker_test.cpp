#include <filesystem>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/open.h"
#include "tests/io/damage.h"
#include "tests/io/drawn_tiff.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RecordingInfo info_of(const std::vector<TiffTag>& tags) {
  const std::string path = files::folder() + "drawn.tif";
  files::write(path, tiff_with_tags(512, tags));
  return open_frames(path)->info();
}

const std::string kFei =
    "[Beam]\r\nHV=5000\r\n[Scan]\r\nPixelWidth=2e-009\r\nPixelHeight=3e-009\r\n"
    "[Image]\r\nResolutionX=512\r\nPixelWidth=7\r\n[System]\r\nSystemType=Helios\r\n";

TEST(TiffMaker, ReadsFeisPixelSizeInMetres) {
  const RecordingInfo info = info_of({tiff_text(34682, kFei)});

  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 2);
  EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 3);
  EXPECT_EQ(info.pixel_size->source, "FEI tags");
  EXPECT_EQ(info.instrument.at("microscope"), "Helios");
  EXPECT_EQ(info.instrument.at("voltage"), "5000 V");
}

TEST(TiffMaker, TakesNoFeiPixelSizeOfAnImageOfAnotherWidth) {
  std::string scaled = kFei;
  scaled.replace(scaled.find("512"), 3, "999");

  const RecordingInfo info = info_of({tiff_text(34682, scaled)});

  EXPECT_FALSE(info.pixel_size);
  EXPECT_THAT(info.warnings, ElementsAre(HasSubstr("999 px wide, this one has 512")));
}

TEST(TiffMaker, ReadsOlympussPixelSize) {
  const std::string path = files::folder() + "drawn.tif";
  files::write(path, tiff_of_olympus(-9, 0.25, 0.5, 6e5));

  const RecordingInfo info = open_frames(path)->info();

  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 0.25);
  EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 0.5);
  EXPECT_EQ(info.pixel_size->source, "Olympus SIS tags");
  EXPECT_EQ(info.instrument.at("magnification"), "600000");
}

TEST(TiffMaker, PassesOverDamagedOlympusStructures) {
  const std::string path = files::folder() + "drawn.tif";
  const std::string sound = tiff_of_olympus(-9, 0.25, 0.5, 6e5);
  for (const std::string& bytes : {sound.substr(0, sound.size() - 20), tiff_of_olympus(30, 1, 1, 1),
                                   tiff_of_olympus(-9, -1, 1, 1)}) {
    files::write(path, bytes);

    EXPECT_FALSE(open_frames(path)->info().pixel_size);
  }
}

TEST(TiffMaker, ReadsTvipssHeaders) {
  const std::string path = files::folder() + "drawn.tif";
  files::write(path, tiff_of_tvips());

  const RecordingInfo info = open_frames(path)->info();

  EXPECT_EQ(info.instrument, (std::map<std::string, std::string>{{"date", "2017-04-12"},
                                                                 {"detector", "FC"},
                                                                 {"magnification", "32000"},
                                                                 {"microscope", "T"},
                                                                 {"time", "09:01:17"},
                                                                 {"title", "Au"},
                                                                 {"voltage", "99000 V"}}));
  EXPECT_DOUBLE_EQ(info.exposure_s.value(), 0.4);
}

TEST(TiffMaker, PassesOverTvipssHeadersThatAreCutOff) {
  const std::string path = files::folder() + "drawn.tif";
  const std::string sound = tiff_of_tvips();
  files::write(path, sound.substr(0, sound.size() - 1));

  EXPECT_THAT(open_frames(path)->info().instrument, IsEmpty());
}

TEST(TiffMaker, TellsTheAxesOfAStreakCamera) {
  const RecordingInfo info =
      info_of({tiff_text(270,
                         "[Application],Software=\"HPD-TA\"\r\n[Scaling],ScalingXUnit=\"nm\","
                         "ScalingYUnit=\"ps\"")});

  EXPECT_FALSE(info.pixel_size);
  EXPECT_THAT(info.warnings, ElementsAre(HasSubstr("columns in nm and rows in ps")));
}

TEST(TiffMaker, ScalesZeisssPixelToTheWidthThatIsStored) {
  const RecordingInfo info = info_of(
      {tiff_text(34118,
                 "0\r\n0\r\n0\r\n5.824988e-009\r\nAP_PIXEL_SIZE\r\nPixel Size = 5.825 nm\r\n"
                 "AP_WIDTH\r\nWidth = 5.965 \xB5m\r\nAP_MAG\r\nMag =  50.00 K X\r\n")});

  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 11.649976);
  EXPECT_EQ(info.instrument.at("magnification"), "50.00 K X");
}

TEST(TiffMaker, PrefersZeisssImagePixelSize) {
  const RecordingInfo info = info_of({tiff_text(34118,
                                                "0\r\n0\r\n0\r\n1e-9\r\nAP_IMAGE_PIXEL_SIZE\r\n"
                                                "Image Pixel Size = 3.5 nm\r\n")});

  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 3.5);
}

TEST(TiffMaker, TakesNoZeissPixelThatTheFieldContradicts) {
  const RecordingInfo info =
      info_of({tiff_text(34118,
                         "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 3.5 nm\r\n"
                         "AP_WIDTH\r\nWidth = 50 \xB5m\r\n")});

  EXPECT_FALSE(info.pixel_size);
  EXPECT_THAT(info.warnings, ElementsAre(HasSubstr("none is taken")));
}

TEST(TiffMaker, ReadsDigitalMicrographsAxes) {
  const RecordingInfo info = info_of({tiff_text(65003, "nm"), tiff_text(65004, "\xB5m"),
                                      tiff_double(65009, 0.5), tiff_double(65010, 0.001)});

  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 0.5);
  EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 1);
}

TEST(TiffMaker, ReadsJeolsDetectorAndMagnification) {
  const RecordingInfo info = info_of({tiff_text(
      270,
      "<?xml version=\"1.0\"?><TemReporter><Instruments>JEM-ARM200F</Instruments>"
      "<DateTime>2019-11-27T16:11:26+09:00</DateTime><SelectorUnitString>X</SelectorUnitString>"
      "<DrawImageInformation><Width>512</Width><PixelsPerMeter><Horizontal>4000</Horizontal>"
      "<Vertical>4000</Vertical></PixelsPerMeter></DrawImageInformation>"
      "<SelectorValue>50000</SelectorValue></TemReporter>")});

  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 5);
  EXPECT_EQ(info.pixel_size->source, "JEOL description");
  EXPECT_EQ(info.instrument.at("microscope"), "JEM-ARM200F");
  EXPECT_EQ(info.instrument.at("date"), "2019-11-27T16:11:26+09:00");
}

TEST(TiffMaker, AgreesWithOthersOnRealFiles) {
  const std::string folder = MOTE_SOURCE_DIR "/../shared/data/formats-tiff/em_";
  if (!std::filesystem::exists(folder + "FEI-Helios-Ebeam-16bits.tif")) {
    GTEST_SKIP() << "needs ../shared/data";
  }
  const auto pixel_nm = [&](const char* file) {
    const auto size = open_frames(folder + file)->info().pixel_size;
    return size ? size->x_nm : 0;
  };

  EXPECT_NEAR(pixel_nm("FEI-Helios-Ebeam-16bits.tif"), 3372.4, 1e-6);
  EXPECT_NEAR(pixel_nm("test_tiff_Zeiss_SEM_512pix.tif"), 11.649976, 1e-9);
  EXPECT_NEAR(pixel_nm("test_loading_image_saved_with_DM.tif"), 168.67469251, 1e-6);
  // Others take the 93 dots an inch of the TIFF, which are rounded from 3642 a metre: 0.5 % less.
  EXPECT_NEAR(pixel_nm("JEOL-SightX-TEM-mag-dummy.tif"), 1e9 / 3642 / 150000, 1e-9);
  EXPECT_EQ(pixel_nm("test_hamamatsu_streak_SCAN.tif"), 0);  // axes of time and wavelength
}

TEST(TiffMaker, SurvivesEveryDamagedByte) {
  const damage::Tally tally = damage::flip(
      tiff_with_tags(8, {tiff_text(34118,
                                   "0\r\n0\r\n0\r\n1e-9\r\nAP_PIXEL_SIZE\r\nPixel Size = 1 "
                                   "nm\r\n"),
                         tiff_text(34682, kFei), tiff_text(65003, "nm"), tiff_text(65004, "nm"),
                         tiff_double(65009, 1), tiff_double(65010, 1)}),
      4000);

  EXPECT_GT(tally.read, 1000);
}

}  // namespace
}  // namespace mote::io
