// PNG and JPEG: mote/io/png.h, mote/io/jpeg.h and mote/io/picture_file.h.
#include <vector>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/jpeg.h"
#include "mote/io/picture_file.h"
#include "mote/io/png.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

std::vector<uint8_t> bytes_of(const Image& image) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(image.bytes());
  return {bytes, bytes + image.byte_count()};
}

TEST(Png, KeepsTheNumbersOfGreyOfEveryDepth) {
  const std::string path = files::folder() + "grey.png";

  files::write_png_file(path, {.height = 1, .width = 8, .bits = 1, .bytes = {0b01100001}});
  EXPECT_EQ(bytes_of(open_png(path)->read(0).image),
            (std::vector<uint8_t>{0, 1, 1, 0, 0, 0, 0, 1}));
  files::write_png_file(path, {.height = 1, .width = 4, .bits = 2, .bytes = {0b00011011}});
  EXPECT_EQ(bytes_of(open_png(path)->read(0).image), (std::vector<uint8_t>{0, 1, 2, 3}));
  files::write_png_file(path, {.height = 1, .width = 2, .bits = 4, .bytes = {0x3C}});
  EXPECT_EQ(bytes_of(open_png(path)->read(0).image), (std::vector<uint8_t>{3, 12}));
  files::write_png_file(path, {.height = 1, .width = 2, .bits = 16, .bytes = {0x12, 0x34, 0, 9}});
  const Image deep = open_png(path)->read(0).image;
  ASSERT_EQ(deep.type(), SampleType::kUint16);
  EXPECT_EQ(deep.as<uint16_t>()[0], 0x1234);
  EXPECT_EQ(deep.as<uint16_t>()[1], 9);
}

TEST(Png, TurnsColourIntoLumaAndIgnoresAlpha) {
  const std::string path = files::folder() + "colour.png";

  files::write_png_file(path, {.height = 1,
                               .width = 2,
                               .colour_type = PNG_COLOR_TYPE_RGB_ALPHA,
                               .bytes = {255, 0, 0, 9, 7, 7, 7, 0}});
  EXPECT_TRUE(open_png(path)->info().colour);
  EXPECT_EQ(bytes_of(open_png(path)->read(0).image), (std::vector<uint8_t>{76, 7}));
  files::write_png_file(
      path,
      {.height = 1, .width = 2, .colour_type = PNG_COLOR_TYPE_GRAY_ALPHA, .bytes = {5, 200, 6, 0}});
  EXPECT_FALSE(open_png(path)->info().colour);
  EXPECT_EQ(bytes_of(open_png(path)->read(0).image), (std::vector<uint8_t>{5, 6}));
  files::write_png_file(path, {.height = 1,
                               .width = 2,
                               .colour_type = PNG_COLOR_TYPE_PALETTE,
                               .palette = {{1, 1, 1}, {0, 255, 0}},
                               .bytes = {1, 0}});
  EXPECT_EQ(bytes_of(open_png(path)->read(0).image), (std::vector<uint8_t>{150, 1}));
  files::write_png_file(path, {.height = 1,
                               .width = 1,
                               .bits = 16,
                               .colour_type = PNG_COLOR_TYPE_RGB,
                               .bytes = {0xFF, 0xFF, 0, 0, 0, 0}});
  EXPECT_EQ(open_png(path)->read(0).image.as<uint16_t>()[0], 19595);  // 0.299 * 65535, rounded
}

TEST(Png, ReadsInterlacedFiles) {
  const std::string path = files::folder() + "interlaced.png";
  std::vector<uint8_t> pixels(31 * 17);
  for (size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<uint8_t>(i * 7);
  }

  files::write_png_file(
      path, {.height = 17, .width = 31, .interlace = PNG_INTERLACE_ADAM7, .bytes = pixels});

  EXPECT_EQ(bytes_of(open_png(path)->read(0).image), pixels);
}

TEST(Png, TakesNoResolutionForAPixelSize) {
  const std::string path = files::folder() + "print.png";

  files::write_png_file(path, {.height = 1, .width = 1, .at_300_dpi = true, .bytes = {1}});

  EXPECT_FALSE(open_png(path)->info().pixel_size);
}

Picture gradient() {
  Picture picture({40, 60});
  for (int64_t y = 0; y < 40; ++y) {
    for (int64_t x = 0; x < 60; ++x) {
      picture(y, x) = {static_cast<uint8_t>(x * 4), static_cast<uint8_t>(y * 6), 90};
    }
  }
  return picture;
}

double luma(const Rgb& colour) {
  return 0.299 * colour.r + 0.587 * colour.g + 0.114 * colour.b;
}

TEST(PictureFile, WritesPngThatComesBack) {
  const std::string path = files::folder() + "picture.png";
  const Picture picture = gradient();

  write_png(path, picture);

  const Image image = open_png(path)->read(0).image;
  ASSERT_EQ(image.size(), picture.size());
  for (int64_t i = 0; i < picture.size().area(); ++i) {
    EXPECT_NEAR(image.as<uint8_t>()[i], luma(picture.data()[i]), 0.5 + 1e-9);
  }
}

TEST(PictureFile, WritesJpegThatComesBackNearly) {
  const std::string path = files::folder() + "picture.jpg";
  const Picture picture = gradient();
  const std::vector<uint8_t> bytes = encode_jpeg(picture, 95);

  files::write(path, std::string(bytes.begin(), bytes.end()));

  const auto source = open_jpeg(path);
  EXPECT_TRUE(source->info().colour);
  const Image image = source->read(0).image;
  ASSERT_EQ(image.size(), picture.size());
  for (int64_t i = 0; i < picture.size().area(); ++i) {
    EXPECT_NEAR(image.as<uint8_t>()[i], luma(picture.data()[i]), 4);
  }
}

TEST(PictureFile, GivesTheSameBytesTwice) {
  EXPECT_EQ(encode_png(gradient()), encode_png(gradient()));
  EXPECT_EQ(encode_jpeg(gradient()), encode_jpeg(gradient()));
}

TEST(PictureFile, RefusesAnEmptyPicture) {
  EXPECT_THROW(encode_png(Picture()), Error);
  EXPECT_THROW(encode_jpeg(Picture()), Error);
}

TEST(PictureFile, SaysWhereItCannotWrite) {
  EXPECT_THROW(write_png("/nonexistent/picture.png", gradient()), Error);
}

}  // namespace
}  // namespace mote::io
