#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/damage.h"
#include "tests/io/drawn_mrc.h"
#include "tests/io/files.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<FrameSource> open_drawn(const std::string& bytes, const ReadOptions& options = {},
                                        const std::string& name = "drawn.mrc") {
  return opened(name, bytes, options);
}

Error error_of(const std::string& bytes) {
  return thrown_by([&] { open_drawn(bytes)->read(0); });
}

std::vector<float> values(const Image& image) {
  const Grid<float> grid = to_float32(image);
  return {grid.values().begin(), grid.values().end()};
}

struct ModeCase {
  int32_t mode;
  SampleType type;
  std::function<std::string(std::endian)> samples;  // 0 to 5
};

class MrcModes : public testing::TestWithParam<ModeCase> {};

TEST_P(MrcModes, AreReadInBothByteOrders) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const MrcSpec spec{
        .columns = 3, .rows = 2, .sections = 1, .mode = GetParam().mode, .order = order};

    const Frame frame = open_drawn(mrc_file(spec, GetParam().samples(order)))->read(0);

    EXPECT_EQ(frame.image.type(), GetParam().type);
    EXPECT_THAT(values(frame.image), ElementsAre(0, 1, 2, 3, 4, 5));
  }
}

template <typename T>
std::string six(std::endian order) {
  return counting<T>(6, order);
}

std::string six_halves(std::endian order) {
  std::string bytes;
  for (const uint16_t half : {0x0000, 0x3C00, 0x4000, 0x4200, 0x4400, 0x4500}) {
    bytes += bytes_of(half, order);
  }
  return bytes;
}

// Each row begins a byte: 0 1 2 -, 3 4 5 -.
std::string six_nibbles(std::endian) {
  return "\x10\x02\x43\x05";
}

INSTANTIATE_TEST_SUITE_P(All, MrcModes,
                         testing::Values(ModeCase{0, SampleType::kInt8, six<int8_t>},
                                         ModeCase{1, SampleType::kInt16, six<int16_t>},
                                         ModeCase{2, SampleType::kFloat32, six<float>},
                                         ModeCase{6, SampleType::kUint16, six<uint16_t>},
                                         ModeCase{12, SampleType::kFloat32, six_halves},
                                         ModeCase{101, SampleType::kUint8, six_nibbles}));

TEST(Mrc, ReadsASeriesWithItsPixelSizeInNanometres) {
  const auto source = open_drawn(mrc_series());
  const Frame last = source->read(1);

  const RecordingInfo& info = source->info();
  EXPECT_EQ(info.format, "MRC");
  EXPECT_EQ(info.frames, 2);
  EXPECT_EQ(info.size, (Size{.height = 3, .width = 4}));
  ASSERT_TRUE(info.pixel_size);
  EXPECT_NEAR(info.pixel_size->x_nm, 0.2, 1e-12);
  EXPECT_NEAR(info.pixel_size->y_nm, 0.2, 1e-12);
  EXPECT_EQ(info.pixel_size->source, "MRC header");
  EXPECT_TRUE(info.warnings.empty());
  EXPECT_EQ(last.image.as<int16_t>()[0], 12);
}

TEST(Mrc, TakesThePixelSizeAlongTheAxesThatColumnsAndRowsRunAlong) {
  const auto source =
      open_drawn(mrc_series({.grid = {72, 40, 12}, .cell_a = {72, 80, 36}, .axes = {3, 1, 2}}));

  ASSERT_TRUE(source->info().pixel_size);
  EXPECT_NEAR(source->info().pixel_size->x_nm, 0.3, 1e-7);  // z: 36 Å by 12
  EXPECT_NEAR(source->info().pixel_size->y_nm, 0.1, 1e-7);  // x: 72 Å by 72
}

TEST(Mrc, TakesNoPixelSizeFromAnEmptyOrNegativeCell) {
  EXPECT_FALSE(open_drawn(mrc_series({.cell_a = {0, 0, 0}}))->info().pixel_size);
  EXPECT_FALSE(open_drawn(mrc_series({.cell_a = {-40, -30, 0}}))->info().pixel_size);
  EXPECT_FALSE(open_drawn(mrc_series({.grid = {0, 0, 0}}))->info().pixel_size);
}

TEST(Mrc, WarnsOfExactlyOneAngstrom) {
  const auto source = open_drawn(mrc_series({.cell_a = {4, 3, 2}}));

  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("exactly 1 Å")));
}

TEST(Mrc, WarnsOfPixelsThatAreSkewed) {
  const auto source = open_drawn(mrc_series({.angles_deg = {90, 90, 60}}));

  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("at 60.00 degrees")));
}

TEST(Mrc, TakesTheSlicesOfAVolumeForFramesUnlessZIsGiven) {
  const std::string bytes = mrc_series({.space_group = 1});

  const auto frames = open_drawn(bytes);
  const auto slice = open_drawn(bytes, {.z = 1});
  const auto stack = open_drawn(bytes, {}, "stack.mrcs");

  EXPECT_EQ(frames->info().frames, 2);
  EXPECT_THAT(frames->info().warnings, ElementsAre(HasSubstr("slices of a volume")));
  EXPECT_EQ(slice->info().frames, 1);
  EXPECT_EQ(slice->read(0).image.as<int16_t>()[0], 12);
  EXPECT_TRUE(stack->info().warnings.empty());
}

TEST(Mrc, IsKnownWithoutMapByItsStamp) {
  EXPECT_EQ(open_drawn(mrc_series({.map = false}))->info().format, "MRC");
}

TEST(Mrc, BelievesSizesRatherThanACopiedStamp) {
  std::string bytes = mrc_series({.order = std::endian::big});
  put_text(bytes, 212, "\x44\x44");

  const Frame frame = open_drawn(bytes)->read(0);

  EXPECT_EQ(frame.image.as<int16_t>()[5], 5);
}

TEST(Mrc, TakesBytesForUnsignedWhereTheHeaderOrImodSaysSo) {
  const MrcSpec spec{.columns = 1, .rows = 1, .sections = 1, .mode = 0};
  std::string bright = mrc_file(spec, "\xC8");
  put(bright, 80, 200.0F);
  std::string imod = mrc_file(spec, "\xC8");
  put(imod, 152, int32_t{1146047817});

  EXPECT_EQ(open_drawn(bright)->read(0).image.as<uint8_t>()[0], 200);
  EXPECT_EQ(open_drawn(imod)->info().type, SampleType::kUint8);
}

TEST(Mrc, ReadsFeisExtendedHeader) {
  const double second = 1.0 / 86400;
  const auto source = open_drawn(
      mrc_series({.cell_a = {4, 3, 2},
                  .extended = fei_block({.days = 45000}) + fei_block({.days = 45000 + 2 * second}),
                  .extended_type = "FEI1"}));

  const RecordingInfo& info = source->info();
  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 0.2);
  EXPECT_EQ(info.pixel_size->source, "FEI extended header");
  EXPECT_EQ(info.exposure_s, 0.5);
  EXPECT_EQ(info.instrument.at("microscope"), "Titan");
  EXPECT_EQ(info.instrument.at("voltage"), "300000 V");
  EXPECT_THAT(info.warnings, testing::Contains(HasSubstr("taken is the latter")));
  ASSERT_TRUE(source->read(1).time_s);
  EXPECT_NEAR(*source->read(1).time_s, 2, 1e-5);  // days are kept to 0.6 µs
}

TEST(Mrc, TakesNoTimesThatStandStill) {
  const auto source =
      open_drawn(mrc_series({.extended = fei_block({}) + fei_block({}), .extended_type = "FEI2"}));

  EXPECT_FALSE(source->read(0).time_s);
}

TEST(Mrc, RefusesAnExtendedHeaderWithoutABlock) {
  const Error error =
      error_of(mrc_series({.extended = std::string(16, '\0'), .extended_type = "FEI1"}));

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("claims blocks of 0"));
}

TEST(Mrc, ReadsWhatDirectElectronWritesBeside) {
  const std::string folder = files::folder();
  files::write(folder + "run_movie.mrc", mrc_series({.cell_a = {-40, -30, 0}}));
  files::write(folder + "run_info.txt",
               "Frames Per Second = 50\nAutosave Movie Sum Count   = 2\nScan - Enable = Disable\n"
               "Specimen Pixel Size X (nanometers) = 0.1\n"
               "Specimen Pixel Size Y (nanometers) = 0.2\r\n=\n = 3\nA =\n");

  const RecordingInfo info = open_frames(folder + "run_movie.mrc")->info();

  ASSERT_TRUE(info.frame_interval);
  EXPECT_DOUBLE_EQ(info.frame_interval->seconds, 0.04);
  EXPECT_EQ(info.frame_interval->source, "run_info.txt");
  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 0.2);
}

TEST(Mrc, TakesThePointsOfAScanForNoFramesInTime) {
  const std::string folder = files::folder();
  files::write(folder + "run_movie.mrc", mrc_series());
  files::write(folder + "run_info.txt", "Frames Per Second = 50\nScan - Enable = Enable\n");

  const RecordingInfo info = open_frames(folder + "run_movie.mrc")->info();

  EXPECT_FALSE(info.frame_interval);
  EXPECT_FALSE(info.pixel_size);
  EXPECT_THAT(info.warnings, ElementsAre(HasSubstr("points of a scan")));
}

TEST(Mrc, RefusesComplexNumbersAndUnknownModes) {
  EXPECT_THAT(error_of(mrc_series({.mode = 4})).what(), HasSubstr("MRC mode 4, complex numbers"));
  EXPECT_THAT(error_of(mrc_series({.mode = 99})).what(), HasSubstr("MRC mode 99: mote reads 0, 1"));
}

TEST(Mrc, RefusesAHeaderThatClaimsMoreThanTheFileHolds) {
  const Error error = error_of(mrc_series().substr(0, 1024 + 30));

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("claims 2 images of 4 x 3 px of int16"));
}

TEST(Mrc, SurvivesEveryCut) {
  EXPECT_EQ(damage::cut(mrc_series()).read, 0);
}

TEST(Mrc, SurvivesEveryDamagedByte) {
  const std::string bytes =
      mrc_series({.extended = fei_block({}) + fei_block({.days = 45001}), .extended_type = "FEI1"});

  const damage::Tally tally = damage::flip(bytes, 1500);

  EXPECT_GT(tally.refused, 50);
  EXPECT_GT(tally.read, 1000);
}

}  // namespace
}  // namespace mote::io
