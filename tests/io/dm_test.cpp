#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/damage.h"
#include "tests/io/drawn_dm.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::HasSubstr;

std::unique_ptr<FrameSource> open_drawn(const std::string& bytes, const ReadOptions& options = {}) {
  return opened("drawn.dm", bytes, options);
}

Error error_of(const std::string& bytes) {
  return thrown_by([&] { open_drawn(bytes)->read(0); });
}

std::string one_image(DmTag image, const DmSpec& spec = {}) {
  return dm_file(spec, {dm_group("ImageList", {std::move(image)})});
}

struct TypeCase {
  int data_type;
  int encoded;
  int bytes;
  SampleType type;
  std::function<std::string(std::endian)> samples;  // 0 to 5
};

class DmTypes : public testing::TestWithParam<TypeCase> {};

TEST_P(DmTypes, AreReadInBothVersionsAndByteOrders) {
  for (const int version : {3, 4}) {
    for (const std::endian order : {std::endian::little, std::endian::big}) {
      const TypeCase& type = GetParam();
      const std::string bytes =
          one_image(dm_image({{.count = 3}, {.count = 2}}, type.data_type,
                             dm_array("Data", type.encoded, 6, type.samples(order)), order),
                    {.version = version, .order = order});

      const Frame frame = open_drawn(bytes)->read(0);

      EXPECT_EQ(frame.image.type(), type.type);
      EXPECT_EQ(frame.image.size(), (Size{.height = 2, .width = 3}));
      const Grid<float> values = to_float32(frame.image);
      EXPECT_THAT(std::vector<float>(values.values().begin(), values.values().end()),
                  testing::ElementsAre(0, 1, 2, 3, 4, 5));
    }
  }
}

template <typename T>
std::string six(std::endian order) {
  return counting<T>(6, order);
}

INSTANTIATE_TEST_SUITE_P(All, DmTypes,
                         testing::Values(TypeCase{1, 2, 2, SampleType::kInt16, six<int16_t>},
                                         TypeCase{2, 6, 4, SampleType::kFloat32, six<float>},
                                         TypeCase{6, 10, 1, SampleType::kUint8, six<uint8_t>},
                                         TypeCase{7, 3, 4, SampleType::kInt32, six<int32_t>},
                                         TypeCase{9, 9, 1, SampleType::kInt8, six<int8_t>},
                                         TypeCase{10, 4, 2, SampleType::kUint16, six<uint16_t>},
                                         TypeCase{11, 5, 4, SampleType::kUint32, six<uint32_t>},
                                         TypeCase{12, 7, 8, SampleType::kFloat64, six<double>},
                                         TypeCase{39, 11, 8, SampleType::kFloat64, six<int64_t>},
                                         TypeCase{40, 12, 8, SampleType::kFloat64, six<uint64_t>}));

TEST(Dm, ReadsASeriesWithItsTimesAndLeavesTheThumbnailOut) {
  const auto source = open_drawn(dm_series());
  const Frame last = source->read(1);

  const RecordingInfo& info = source->info();
  EXPECT_EQ(info.format, "DM3");
  EXPECT_EQ(info.frames, 2);
  EXPECT_EQ(info.size, (Size{.height = 3, .width = 4}));
  ASSERT_TRUE(info.frame_interval);
  EXPECT_DOUBLE_EQ(info.frame_interval->seconds, 0.25);
  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 0.5);
  EXPECT_EQ(info.pixel_size->source, "DM3");
  EXPECT_TRUE(info.warnings.empty());
  EXPECT_EQ(last.image.as<int16_t>()[0], 12);
}

TEST(Dm, LeavesAnUnnamedThumbnailOut) {
  const DmTag thumbnail =
      dm_image({{.count = 1}, {.count = 1}}, 23, dm_array("Data", 3, 1, std::string(4, '\7')));
  const DmTag image = dm_counting_image({{.count = 3}, {.count = 2}});

  const auto source = open_drawn(dm_file({}, {dm_group("ImageList", {thumbnail, image})}));

  EXPECT_EQ(source->info().size, (Size{.height = 2, .width = 3}));
}

TEST(Dm, ReadsTheFirstOfSeveralImagesAndNamesTheOthers) {
  const DmTag first = dm_counting_image({{.count = 3}, {.count = 2}});
  const DmTag plot = dm_counting_image({{.count = 5}});

  const auto source = open_drawn(dm_file({}, {dm_group("ImageList", {plot, first})}));

  EXPECT_EQ(source->info().size, (Size{.height = 2, .width = 3}));
  ASSERT_EQ(source->info().warnings.size(), 1);
  EXPECT_THAT(source->info().warnings[0], HasSubstr("one dimension, of 5 values"));
}

TEST(Dm, TakesAxesInDifferentUnits) {
  const auto source = open_drawn(one_image(dm_counting_image(
      {{.count = 3, .scale = 1, .unit = "nm"}, {.count = 2, .scale = 2, .unit = "A"}})));

  ASSERT_TRUE(source->info().pixel_size);
  EXPECT_DOUBLE_EQ(source->info().pixel_size->x_nm, 1);
  EXPECT_DOUBLE_EQ(source->info().pixel_size->y_nm, 0.2);
}

TEST(Dm, TellsTheOriginOfColumnsAndRowsAlone) {
  const auto source = open_drawn(one_image(dm_counting_image(
      {{.count = 3}, {.count = 2, .origin = -171}, {.count = 4, .origin = 5, .unit = "s"}})));

  EXPECT_EQ(source->info().instrument.at("origin x, y"), "0 px, -171 px");
}

TEST(Dm, TakesNoPixelSizeFromReciprocalUnits) {
  const auto source = open_drawn(
      one_image(dm_counting_image({{.count = 3, .unit = "1/nm"}, {.count = 2, .unit = "1/nm"}})));

  EXPECT_FALSE(source->info().pixel_size);
  ASSERT_EQ(source->info().warnings.size(), 1);
  EXPECT_THAT(source->info().warnings[0], HasSubstr("diffraction pattern"));
}

TEST(Dm, TakesAThirdAxisInLengthForSlicesWhereZIsGiven) {
  const std::string bytes =
      one_image(dm_counting_image({{.count = 3}, {.count = 2}, {.count = 4, .unit = "um"}}));

  const auto frames = open_drawn(bytes);
  const auto slice = open_drawn(bytes, {.z = 2});

  EXPECT_EQ(frames->info().frames, 4);
  EXPECT_THAT(frames->info().warnings, testing::ElementsAre(HasSubstr("slices of a volume")));
  EXPECT_EQ(slice->info().frames, 1);
  EXPECT_EQ(slice->info().slices, 4);
  EXPECT_EQ(slice->read(0).image.as<int16_t>()[0], 12);
}

TEST(Dm, TurnsColourIntoGrey) {
  const std::string pixel = {0, 0, static_cast<char>(200), 0};  // blue, green, red, alpha

  const Frame frame = open_drawn(one_image(dm_image({{.count = 1}, {.count = 1}}, 23,
                                                    dm_array("Data", 3, 1, pixel))))
                          ->read(0);

  EXPECT_EQ(frame.image.as<uint8_t>()[0], 60);
}

TEST(Dm, ReadsFilesWhoseCalibrationAndTypeWereRemoved) {
  const DmTag bare = dm_group(
      "", {dm_group("ImageData",
                    {dm_array("Data", 4, 6, counting<uint16_t>(6)),
                     dm_group("Dimensions", {dm_number("", 5, 3), dm_number("", 5, 2)})})});

  const auto source = open_drawn(one_image(bare));

  EXPECT_EQ(source->info().type, SampleType::kUint16);
  EXPECT_FALSE(source->info().pixel_size);
  EXPECT_EQ(source->read(0).image.as<uint16_t>()[5], 5);
}

TEST(Dm, RefusesComplexNumbersByName) {
  const auto image = [](int type) {
    return one_image(
        dm_image({{.count = 1}, {.count = 1}}, type, dm_array("Data", 7, 2, std::string(16, 0))));
  };

  EXPECT_THAT(error_of(image(3)).what(), HasSubstr("complex numbers (DM data type 3)"));
  EXPECT_THAT(error_of(image(27)).what(), HasSubstr("packed complex numbers (DM data type 27)"));
  EXPECT_EQ(error_of(image(27)).kind(), ErrorKind::kUnsupported);
}

TEST(Dm, RefusesSpectraAndFourDimensions) {
  const std::string spectrum =
      one_image(dm_counting_image({{.count = 8, .unit = "eV"}, {.count = 1}}));
  const std::string four =
      one_image(dm_counting_image({{.count = 2}, {.count = 2}, {.count = 2}, {.count = 2}}));

  EXPECT_THAT(error_of(spectrum).what(), HasSubstr("an axis in eV: a spectrum"));
  EXPECT_THAT(error_of(four).what(), HasSubstr("4 dimensions"));
}

TEST(Dm, RefusesAnImageWithoutDimensionsOrWithoutImages) {
  const DmTag bare =
      dm_group("", {dm_group("ImageData", {dm_array("Data", 4, 6, counting<uint16_t>(6))})});

  EXPECT_THAT(error_of(one_image(bare)).what(), HasSubstr("the image has no Dimensions"));
  EXPECT_THAT(error_of(dm_file({}, {})).what(), HasSubstr("holds no image"));
}

TEST(Dm, RefusesDimensionsThatClaimMoreThanTheData) {
  const DmTag image = dm_image({{.count = 1000}, {.count = 1000}, {.count = 1000}}, 1,
                               dm_array("Data", 2, 6, counting<int16_t>(6)));

  const Error error = error_of(one_image(image));

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("has 12 bytes"));
}

TEST(Dm, RefusesAnArrayThatClaimsMoreThanTheFile) {
  const DmTag image = dm_image({{.count = 3}, {.count = 2}}, 1,
                               dm_array("Data", 2, 1'000'000'000, counting<int16_t>(6)));

  EXPECT_THAT(error_of(one_image(image)).what(), HasSubstr("claims 1000000000 values of 2 bytes"));
}

TEST(Dm, RefusesTagsThatNestBeyondReason) {
  DmTag nested = dm_group("a", {});
  for (int i = 0; i < 100; ++i) {
    nested = dm_group("a", {nested});
  }

  EXPECT_THAT(error_of(dm_file({}, {nested})).what(), HasSubstr("nest deeper than 64"));
}

TEST(Dm, RefusesA64BitIntegerThatFloat64DoesNotHold) {
  const std::string wide = bytes_of((int64_t{1} << 53) + 1);
  const DmTag image = dm_image({{.count = 1}, {.count = 1}}, 39, dm_array("Data", 11, 1, wide));

  const Error error = error_of(one_image(image));

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("up to 2^53"));
}

TEST(Dm, RefusesEveryFileThatIsCutWithinItsTags) {
  for (const int version : {3, 4}) {
    const std::string whole = dm_series({.version = version});
    const damage::Tally tally = damage::cut(whole.substr(0, whole.size() - 8));

    EXPECT_EQ(tally.read, 0);
  }
}

TEST(Dm, SurvivesEveryDamagedByte) {
  const damage::Tally tally = damage::flip(dm_series({.version = 4}), 4000);

  EXPECT_GT(tally.refused, 1000);
  EXPECT_GT(tally.read, 1000);
}

}  // namespace
}  // namespace mote::io
