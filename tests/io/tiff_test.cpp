#include "mote/io/tiff.h"

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using files::TiffPageSpec;
using testing::HasSubstr;

std::string write_one(const TiffPageSpec& page, const char* mode = "w") {
  const std::string path = files::folder() + "one.tif";
  files::write_tiff(path, {page}, mode);
  return path;
}

template <typename T>
std::vector<T> values(const Image& image) {
  EXPECT_EQ(image.byte_count(), image.size().area() * static_cast<int64_t>(sizeof(T)));
  return {image.as<T>(), image.as<T>() + image.size().area()};
}

template <typename T>
std::vector<T> first_values(const TiffPageSpec& page) {
  return values<T>(open_tiff(write_one(page))->read(0).image);
}

template <typename T>
std::vector<uint8_t> as_bytes(const std::vector<T>& numbers) {
  std::vector<uint8_t> bytes(numbers.size() * sizeof(T));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

std::vector<uint8_t> noise(size_t count) {
  std::mt19937 random(5);
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) {
    byte = static_cast<uint8_t>(random());
  }
  return bytes;
}

struct Layout {
  uint16_t compression;
  uint16_t predictor;
  uint32_t tile;
  const char* mode;
};

class EveryLayout : public testing::TestWithParam<Layout> {};

TEST_P(EveryLayout, GivesTheSamePixels) {
  const auto [compression, predictor, tile, mode] = GetParam();
  TiffPageSpec page{.height = 37,
                    .width = 50,
                    .bits = 16,
                    .compression = compression,
                    .predictor = predictor,
                    .tile = tile,
                    .bytes = noise(2 * 37 * 50)};

  const Image image = open_tiff(write_one(page, mode))->read(0).image;

  EXPECT_EQ(image.type(), SampleType::kUint16);
  EXPECT_EQ(as_bytes(values<uint16_t>(image)), page.bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Tiff, EveryLayout,
    testing::Values(Layout{COMPRESSION_NONE, 0, 0, "w"}, Layout{COMPRESSION_NONE, 0, 16, "wb"},
                    Layout{COMPRESSION_LZW, 2, 0, "w8"}, Layout{COMPRESSION_LZW, 1, 16, "w"},
                    Layout{COMPRESSION_ADOBE_DEFLATE, 2, 0, "wb"},
                    Layout{COMPRESSION_ADOBE_DEFLATE, 0, 32, "w"},
                    Layout{COMPRESSION_PACKBITS, 0, 0, "w8b"}, Layout{COMPRESSION_ZSTD, 2, 16, "w"},
                    Layout{COMPRESSION_LZMA, 0, 0, "w"}));

TEST(Tiff, TurnsColourIntoLuma) {
  const std::vector<uint8_t> rgba{255, 0, 0, 9, 0, 255, 0, 9, 7, 7, 7, 9};

  EXPECT_EQ(
      first_values<uint8_t>(
          {.height = 1, .width = 3, .samples = 4, .photometric = PHOTOMETRIC_RGB, .bytes = rgba}),
      (std::vector<uint8_t>{76, 150, 7}));
  EXPECT_EQ(first_values<uint8_t>({.height = 1,
                                   .width = 2,
                                   .samples = 3,
                                   .photometric = PHOTOMETRIC_RGB,
                                   .planar = PLANARCONFIG_SEPARATE,
                                   .bytes = {255, 7, 0, 7, 0, 7}}),
            (std::vector<uint8_t>{76, 7}));
  EXPECT_EQ(first_values<uint16_t>({.height = 1,
                                    .width = 1,
                                    .bits = 16,
                                    .samples = 3,
                                    .photometric = PHOTOMETRIC_RGB,
                                    .bytes = as_bytes<uint16_t>({65535, 0, 0})}),
            (std::vector<uint16_t>{19595}));
}

TEST(Tiff, TurnsOtherColourSpacesIntoLuma) {
  const TiffPageSpec cmyk{.height = 2,
                          .width = 2,
                          .samples = 4,
                          .photometric = PHOTOMETRIC_SEPARATED,
                          .bytes = {0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 128, 0, 255, 255, 0}};
  const TiffPageSpec lab{.height = 1,
                         .width = 2,
                         .samples = 3,
                         .photometric = PHOTOMETRIC_CIELAB,
                         .bytes = {255, 0, 0, 0, 0, 0}};
  const TiffPageSpec rgb_of_float{.height = 1,
                                  .width = 1,
                                  .bits = 32,
                                  .format = SAMPLEFORMAT_IEEEFP,
                                  .samples = 3,
                                  .photometric = PHOTOMETRIC_RGB,
                                  .bytes = as_bytes<float>({1, 0.5F, 0})};

  EXPECT_EQ(first_values<uint8_t>(cmyk), (std::vector<uint8_t>{255, 0, 127, 76}));
  // Lab white is the reference white of the conversion, near 255.
  EXPECT_GE(first_values<uint8_t>(lab)[0], 240);
  EXPECT_EQ(first_values<uint8_t>(lab)[1], 0);
  EXPECT_FLOAT_EQ(first_values<float>(rgb_of_float)[0], 0.5925F);
}

TEST(Tiff, TurnsAPaletteIntoLuma) {
  std::vector<uint16_t> palette(3 * 256, 0);
  palette[1] = 0xFFFF;  // index 1 is red
  palette[2] = 0x8080;  // index 2 is grey
  palette[256 + 2] = 0x8080;
  palette[512 + 2] = 0x8080;

  EXPECT_EQ(first_values<uint8_t>({.height = 1,
                                   .width = 3,
                                   .photometric = PHOTOMETRIC_PALETTE,
                                   .palette = palette,
                                   .bytes = {0, 1, 2}}),
            (std::vector<uint8_t>{0, 76, 128}));
}

TEST(Tiff, InvertsWhereWhiteIsZero) {
  EXPECT_EQ(first_values<uint8_t>({.height = 1,
                                   .width = 8,
                                   .bits = 1,
                                   .photometric = PHOTOMETRIC_MINISWHITE,
                                   .bytes = {0b01100001}}),
            (std::vector<uint8_t>{1, 0, 0, 1, 1, 1, 1, 0}));
  EXPECT_EQ(first_values<uint16_t>({.height = 1,
                                    .width = 2,
                                    .bits = 16,
                                    .photometric = PHOTOMETRIC_MINISWHITE,
                                    .bytes = as_bytes<uint16_t>({0, 65535})}),
            (std::vector<uint16_t>{65535, 0}));
}

TEST(Tiff, TakesImageJsStoredValuesWhateverItsLookUpTable) {
  const std::string imagej = "ImageJ=1.53t\n";

  EXPECT_EQ(first_values<uint8_t>({.height = 1,
                                   .width = 3,
                                   .photometric = PHOTOMETRIC_PALETTE,
                                   .description = imagej,
                                   .palette = std::vector<uint16_t>(3 * 256, 0x1234),
                                   .bytes = {0, 1, 2}}),
            (std::vector<uint8_t>{0, 1, 2}));
  EXPECT_EQ(first_values<uint8_t>({.height = 1,
                                   .width = 3,
                                   .photometric = PHOTOMETRIC_MINISWHITE,
                                   .description = imagej,
                                   .bytes = {0, 1, 2}}),
            (std::vector<uint8_t>{0, 1, 2}));
}

TEST(Tiff, UnpacksSignedAndHalfPrecisionSamples) {
  EXPECT_EQ(first_values<int8_t>(
                {.height = 1, .width = 2, .bits = 4, .format = SAMPLEFORMAT_INT, .bytes = {0x7F}}),
            (std::vector<int8_t>{7, -1}));
  EXPECT_EQ(first_values<float>({.height = 1,
                                 .width = 3,
                                 .bits = 16,
                                 .format = SAMPLEFORMAT_IEEEFP,
                                 .bytes = as_bytes<uint16_t>({0x3C00, 0xC000, 0x0001})}),
            (std::vector<float>{1, -2, 5.9604645e-8F}));
}

TEST(Tiff, ReadsColourThatIsCompressedAsJpeg) {
  const Image image = open_tiff(write_one({.height = 32,
                                           .width = 32,
                                           .samples = 3,
                                           .photometric = PHOTOMETRIC_YCBCR,
                                           .compression = COMPRESSION_JPEG,
                                           .rows_per_strip = 16,
                                           .bytes = std::vector<uint8_t>(3 * 32 * 32, 100)}))
                          ->read(0)
                          .image;

  EXPECT_THAT(values<uint8_t>(image),
              testing::Each(testing::AllOf(testing::Ge(98), testing::Le(102))));
}

Error refusal(const TiffPageSpec& page) {
  try {
    open_tiff(write_one(page));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "opened";
  return Error(ErrorKind::kUsage, "none");
}

TEST(Tiff, RefusesByNameWhatItDoesNotRead) {
  const Error wide = refusal({.bits = 40});
  const Error complex = refusal({.bits = 64, .format = SAMPLEFORMAT_COMPLEXIEEEFP});
  const Error channels = refusal({.samples = 5});
  const Error deep_colour = refusal({.bits = 32, .samples = 3, .photometric = PHOTOMETRIC_RGB});

  for (const Error& error : {wide, complex, channels, deep_colour}) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported) << error.what();
  }
  EXPECT_THAT(wide.what(), HasSubstr("40-bit unsigned integer"));
  EXPECT_THAT(complex.what(), HasSubstr("64-bit complex"));
  EXPECT_THAT(channels.what(), HasSubstr("5 grey samples"));
  EXPECT_THAT(deep_colour.what(), HasSubstr("3 samples of uint32"));
}

TEST(Tiff, ReadsIntegersOf24BitsInEitherByteOrder) {
  const std::string path = files::folder() + "triples.tif";
  for (const char* mode : {"wl", "wb"}) {
    files::write_tiff(path,
                      {{.height = 1,
                        .width = 3,
                        .bits = 24,
                        .format = SAMPLEFORMAT_INT,
                        .bytes = {1, 2, 3, 0xFF, 0xFF, 0xFF, 0, 0, 0x80}}},
                      mode);

    const Image image = open_frames(path)->read(0).image;

    ASSERT_EQ(image.type(), SampleType::kInt32);
    EXPECT_THAT(std::vector<int32_t>(image.as<int32_t>(), image.as<int32_t>() + 3),
                testing::ElementsAre(0x030201, -1, -0x800000));
  }
}

TEST(Tiff, ReadsIntegersBetween16And32BitsMostSignificantBitFirst) {
  const std::string path = files::folder() + "packed.tif";
  files::write_tiff(
      path, {{.height = 2, .width = 3, .bits = 31, .bytes = {0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 4, 0,
                                                             0,    0,    8,    0x80, 0, 0, 1, 0, 0,
                                                             0,    0,    0,    0,    0, 0}}});

  const Image image = open_frames(path)->read(0).image;

  ASSERT_EQ(image.type(), SampleType::kUint32);
  EXPECT_THAT(std::vector<uint32_t>(image.as<uint32_t>(), image.as<uint32_t>() + 6),
              testing::ElementsAre(0x7FFFFFFF, 1, 1, 0x40000000, 0x40000000, 0));
}

std::vector<uint8_t> bytes_of_wide(const std::vector<int64_t>& values) {
  std::vector<uint8_t> bytes(8 * values.size());
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(Tiff, ReadsWideIntegersAsFloat64) {
  const std::string path = files::folder() + "wide.tif";
  for (const uint16_t predictor : {uint16_t{0}, uint16_t{PREDICTOR_HORIZONTAL}}) {
    files::write_tiff(
        path,
        {{.height = 2,
          .width = 2,
          .bits = 64,
          .format = SAMPLEFORMAT_INT,
          .compression = static_cast<uint16_t>(predictor != 0 ? COMPRESSION_LZW : COMPRESSION_NONE),
          .predictor = predictor,
          .bytes = bytes_of_wide({-5, 0, 9007199254740992, -9007199254740992})}});

    const Image image = open_frames(path)->read(0).image;

    ASSERT_EQ(image.type(), SampleType::kFloat64);
    EXPECT_THAT(std::vector<double>(image.as<double>(), image.as<double>() + 4),
                testing::ElementsAre(-5, 0, 9007199254740992, -9007199254740992));
  }
}

TEST(Tiff, RefusesIntegersBeyondFloat64) {
  const std::string path = files::folder() + "wide.tif";
  files::write_tiff(path, {{.height = 1, .width = 1, .bits = 64, .bytes = bytes_of_wide({-1})}});

  EXPECT_THAT([&] { open_frames(path)->read(0); },
              testing::ThrowsMessage<Error>(HasSubstr("18446744073709551615: mote reads 64-bit")));
}

TEST(Tiff, RefusesWideIntegersThatAreTurnedOver) {
  const Error error = refusal({.bits = 64, .photometric = PHOTOMETRIC_MINISWHITE});

  EXPECT_THAT(error.what(), HasSubstr("64-bit integers in which 0 is white"));
}

TEST(Tiff, LeavesOutThumbnailsAndMasks) {
  const std::string path = files::folder() + "thumbnails.tif";
  files::write_tiff(path, {{.bytes = std::vector<uint8_t>(60, 1)},
                           {.height = 2, .width = 2, .subfile_type = FILETYPE_REDUCEDIMAGE},
                           {.bytes = std::vector<uint8_t>(60, 2)},
                           {.subfile_type = FILETYPE_MASK}});

  const auto source = open_tiff(path);

  ASSERT_EQ(source->info().frames, 2);
  EXPECT_EQ(source->read(1).image.as<uint8_t>()[0], 2);
}

TEST(Tiff, GivesPagesTheirOwnSize) {
  const std::string path = files::folder() + "sizes.tif";
  files::write_tiff(path, {{}, {.height = 3, .width = 7, .bits = 16}});

  const auto source = open_tiff(path);

  EXPECT_EQ(source->info().size, (Size{6, 10}));
  EXPECT_EQ(source->read(1).image.size(), (Size{3, 7}));
  EXPECT_EQ(source->read(1).image.type(), SampleType::kUint16);
}

// Pages that hold their own number.
std::vector<TiffPageSpec> numbered(int count, const std::string& description) {
  std::vector<TiffPageSpec> pages;
  for (int i = 0; i < count; ++i) {
    pages.push_back(
        {.height = 2, .width = 3, .bytes = std::vector<uint8_t>(6, static_cast<uint8_t>(i))});
  }
  pages[0].description = description;
  return pages;
}

int number(const std::string& path, const ReadOptions& options, int64_t frame) {
  return open_tiff(path, options)->read(frame).image.as<uint8_t>()[0];
}

TEST(Tiff, FollowsImageJsOrderOfChannelsSlicesAndFrames) {
  const std::string path = files::folder() + "hyperstack.tif";
  files::write_tiff(path, numbered(24,
                                   "ImageJ=1.53t\nimages=24\nchannels=2\nslices=3\nframes=4\n"
                                   "hyperstack=true\n"));

  const RecordingInfo info = open_tiff(path)->info();

  EXPECT_EQ(info.channels, 2);
  EXPECT_EQ(info.slices, 3);
  EXPECT_EQ(info.frames, 4);
  EXPECT_EQ(number(path, {.channel = 1, .z = 2}, 3), 23);
  EXPECT_EQ(number(path, {.channel = 0, .z = 1}, 2), 14);
}

TEST(Tiff, OpensSeveralChannelsForInfoButReadsNoneUnchosen) {
  const std::string path = files::folder() + "channels.tif";
  files::write_tiff(path, numbered(4, "ImageJ=1.53t\nimages=4\nchannels=2\nframes=2\n"));
  const auto source = open_tiff(path);

  try {
    source->read(0);
    FAIL() << "read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error.what(), "2 channels: expected one, from 0 to 1, by --channel");
  }
  EXPECT_THROW(open_tiff(path, {.channel = 2}), Error);
  EXPECT_THROW(open_tiff(path, {.channel = 0, .z = 1}), Error);
}

RecordingInfo imagej_info(const std::string& lines, float resolution,
                          uint16_t unit = RESUNIT_NONE) {
  const std::string path = files::folder() + "imagej.tif";
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_XRESOLUTION, resolution);
  TIFFSetField(tiff, TIFFTAG_YRESOLUTION, resolution / 2);
  TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, unit);
  files::write_tiff_page(tiff, {.description = lines});
  TIFFClose(tiff);
  return open_tiff(path)->info();
}

TEST(Tiff, ReadsImageJsUnitsHoweverTheyAreWritten) {
  for (const char* unit : {"micron", "um", "\\u00B5m", "\xB5m", "µm"}) {
    const RecordingInfo info = imagej_info(std::string("ImageJ=1.53t\nunit=") + unit + "\n", 4);

    ASSERT_TRUE(info.pixel_size) << unit;
    EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 250) << unit;
    EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 500) << unit;
  }
  EXPECT_DOUBLE_EQ(imagej_info("ImageJ=1.53t\nunit=nm\n", 4).pixel_size.value().x_nm, 0.25);
}

TEST(Tiff, TakesNoPixelSizeWithoutAUnitOfLength) {
  EXPECT_FALSE(imagej_info("ImageJ=1.53t\n", 4).pixel_size);
  EXPECT_FALSE(imagej_info("ImageJ=1.53t\nunit=pixel\n", 4).pixel_size);
  EXPECT_FALSE(imagej_info("ImageJ=1.53t\nunit=inch\n", 300, RESUNIT_INCH).pixel_size);
  EXPECT_FALSE(imagej_info("ImageJ=1.53t\nunit=nm\n", 0).pixel_size);
}

TEST(Tiff, TakesFintervalButNotFpsForTheFrameInterval) {
  const RecordingInfo interval = imagej_info("ImageJ=1.53t\nfps=7\nfinterval=0.5\n", 1);
  const RecordingInfo minutes = imagej_info("ImageJ=1.53t\nfinterval=2\ntunit=min\n", 1);
  const RecordingInfo rate = imagej_info("ImageJ=1.53t\nfps=7\n", 1);

  EXPECT_DOUBLE_EQ(interval.frame_interval.value().seconds, 0.5);
  EXPECT_DOUBLE_EQ(minutes.frame_interval.value().seconds, 120);
  EXPECT_FALSE(rate.frame_interval);
  ASSERT_EQ(rate.warnings.size(), 1);
  EXPECT_THAT(rate.warnings[0], HasSubstr("playback rate"));
}

// As ImageJ saves over 4 GB: one directory, the images behind it in one piece.
std::string write_in_one_piece(int images, const char* mode) {
  const std::string path = files::folder() + "piece.tif";
  files::write_tiff(path,
                    {{.height = 8,
                      .width = 5,
                      .bits = 16,
                      .rows_per_strip = 8,
                      .description = "ImageJ=1.53t\nimages=" + std::to_string(images) +
                                     "\nframes=" + std::to_string(images) + "\n"}},
                    mode);
  // libtiff puts the pixels in front of the directory: the images go to the end of the file.
  std::string bytes = files::read(path);
  const bool big_endian = bytes[0] == 'M';
  const size_t data_at = bytes.size();
  for (int i = 0; i < images * 40; ++i) {
    const auto value = static_cast<uint16_t>(i / 40);
    bytes += static_cast<char>(big_endian ? value >> 8 : value & 255);
    bytes += static_cast<char>(big_endian ? value & 255 : value >> 8);
  }
  // The strip offset is the one field 273.
  const std::string tag =
      big_endian ? std::string("\x01\x11\0\x04", 4) : std::string("\x11\x01\x04\0", 4);
  const size_t entry = bytes.find(tag);
  for (size_t i = 0; i < 4; ++i) {
    bytes[entry + 8 + i] = static_cast<char>(data_at >> 8 * (big_endian ? 3 - i : i));
  }
  files::write(path, bytes);
  return path;
}

TEST(Tiff, ReadsImageJStacksWithOneDirectory) {
  for (const char* mode : {"w", "wb"}) {
    const auto source = open_tiff(write_in_one_piece(300, mode));

    ASSERT_EQ(source->info().frames, 300) << mode;
    EXPECT_TRUE(source->info().warnings.empty());
    EXPECT_EQ(values<uint16_t>(source->read(299).image), std::vector<uint16_t>(40, 299));
    EXPECT_EQ(values<uint16_t>(source->read(0).image), std::vector<uint16_t>(40, 0));
  }
}

TEST(Tiff, KeepsTheWholeImagesOfAnImageJStackThatIsCutOff) {
  const std::string path = write_in_one_piece(10, "w");
  const std::string whole = files::read(path);
  files::write(path, whole.substr(0, whole.size() - 200));  // two images and a half

  const auto source = open_tiff(path);

  EXPECT_EQ(source->info().frames, 8);
  EXPECT_EQ(source->info().warnings.size(), 1);
  EXPECT_EQ(source->read(6).image.as<uint16_t>()[0], 6);
  EXPECT_THROW(source->read(7), Error);
}

std::string ome(const std::string& pixels, const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- <Pixels SizeT=\"9\"/> --><ome:OME "
         "xmlns:ome=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><ome:Image>"
         "<ome:Pixels " +
         pixels + ">" + inside + "</ome:Pixels></ome:Image></ome:OME>";
}

TEST(Tiff, ReadsOmesCalibrationAndTimeStamps) {
  const std::string path = files::folder() + "calibrated.ome.tif";
  files::write_tiff(
      path,
      numbered(3, ome("DimensionOrder='XYZCT' SizeC='1' SizeZ='1' SizeT='3' "
                      "PhysicalSizeX='0.25' PhysicalSizeXUnit='nm' PhysicalSizeY='0.0005' "
                      "TimeIncrement='40' TimeIncrementUnit='ms'",
                      "<ome:TiffData/>"
                      "<ome:Plane TheC='0' TheZ='0' TheT='0' DeltaT='1' ExposureTime='0.02'/>"
                      "<ome:Plane TheC='0' TheZ='0' TheT='1' DeltaT='1041' DeltaTUnit='ms'/>")));

  const auto source = open_tiff(path);

  ASSERT_TRUE(source->info().pixel_size && source->info().frame_interval);
  EXPECT_DOUBLE_EQ(source->info().pixel_size->x_nm, 0.25);
  EXPECT_DOUBLE_EQ(source->info().pixel_size->y_nm, 0.5);
  EXPECT_DOUBLE_EQ(source->info().frame_interval->seconds, 0.04);
  EXPECT_DOUBLE_EQ(source->info().exposure_s.value(), 0.02);
  EXPECT_DOUBLE_EQ(source->read(1).time_s.value(), 1.041);
  EXPECT_FALSE(source->read(2).time_s);
}

TEST(Tiff, FollowsOmesDimensionOrder) {
  const std::string path = files::folder() + "order.ome.tif";
  files::write_tiff(path, numbered(12, ome("DimensionOrder='XYTCZ' SizeC='2' SizeZ='2' SizeT='3'",
                                           "<ome:TiffData IFD='0' PlaneCount='12'/>")));

  EXPECT_EQ(open_tiff(path)->info().frames, 3);
  EXPECT_EQ(number(path, {.channel = 0, .z = 0}, 2), 2);
  EXPECT_EQ(number(path, {.channel = 1, .z = 0}, 0), 3);
  EXPECT_EQ(number(path, {.channel = 0, .z = 1}, 0), 6);
  EXPECT_EQ(number(path, {.channel = 1, .z = 1}, 2), 11);
}

TEST(Tiff, FollowsOmesDirectoryOfEachPlane) {
  const std::string path = files::folder() + "planes.ome.tif";
  files::write_tiff(path, numbered(2, ome("DimensionOrder='XYZCT' SizeC='1' SizeZ='1' SizeT='2'",
                                          "<ome:TiffData IFD='1' FirstT='0'/>"
                                          "<ome:TiffData IFD='0' FirstT='1'/>")));

  EXPECT_EQ(number(path, {}, 0), 1);
  EXPECT_EQ(number(path, {}, 1), 0);
}

TEST(Tiff, ReadsThePlanesOfThisFileWhereOmeSpreadsThemOverSeveral) {
  const std::string path = files::folder() + "b.ome.tif";
  files::write_tiff(
      path,
      numbered(2, ome("DimensionOrder='XYZCT' SizeC='1' SizeZ='1' SizeT='4'",
                      "<ome:TiffData IFD='0' FirstT='0' PlaneCount='2'>"
                      "<ome:UUID FileName='b.ome.tif'>urn:uuid:1</ome:UUID></ome:TiffData>"
                      "<ome:TiffData IFD='0' FirstT='2' PlaneCount='2'>"
                      "<ome:UUID FileName='c.ome.tif'>urn:uuid:2</ome:UUID></ome:TiffData>")));

  const auto source = open_tiff(path);

  EXPECT_EQ(source->info().frames, 2);
  EXPECT_THAT(source->info().warnings, testing::Contains(HasSubstr("2 files")));
}

TEST(Tiff, SurvivesOmeXmlThatClaimsTooMuchOrBreaksOff) {
  const std::string path = files::folder() + "claims.ome.tif";
  files::write_tiff(path, numbered(2, ome("DimensionOrder='XYZCT' SizeT='900000000'", "")));
  EXPECT_EQ(open_tiff(path)->info().frames, 2);

  files::write_tiff(path, numbered(2, "<OME><Image><Pixels SizeT='2' SizeC='"));
  EXPECT_EQ(open_tiff(path)->info().frames, 2);

  files::write_tiff(path, numbered(2, ome("SizeT='2'", "<ome:TiffData IFD='7'/>")));
  EXPECT_THROW(open_tiff(path), Error);
}

TEST(Tiff, FrameOutOfRangeIsAUsageError) {
  const auto source = open_tiff(write_one({}));

  for (const int64_t index : {int64_t{-1}, int64_t{1}}) {
    try {
      source->read(index);
      FAIL() << "read";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
}

}  // namespace
}  // namespace mote::io
