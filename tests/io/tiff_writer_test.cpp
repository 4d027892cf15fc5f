#include "mote/io/tiff_writer.h"

#include <cstring>
#include <filesystem>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

Image noise(Size size, SampleType type, unsigned seed) {
  Image image(size, type);
  std::mt19937 random(seed);
  for (int64_t i = 0; i < image.byte_count(); ++i) {
    // Not 0x7F or 0xFF, so that no float is a NaN, which differs from itself.
    image.bytes()[i] = static_cast<std::byte>(random() % 120);
  }
  return image;
}

class EverySampleType : public testing::TestWithParam<SampleType> {};

TEST_P(EverySampleType, ComesBackAsItWasWritten) {
  const std::string path = files::folder() + "noise.tif";
  const std::vector<Image> pages{noise({300, 401}, GetParam(), 1),
                                 noise({300, 401}, GetParam(), 2)};

  TiffWriter writer(path, {.frames = 2});
  writer.write(pages[0]);
  writer.write(pages[1]);
  writer.close();

  const auto source = open_frames(path);
  EXPECT_EQ(source->info().frames, 2);
  EXPECT_EQ(source->info().type, GetParam());
  EXPECT_EQ(source->read(1).image, pages[1]);
  EXPECT_EQ(source->read(0).image, pages[0]);
  EXPECT_TRUE(source->info().warnings.empty());
}

INSTANTIATE_TEST_SUITE_P(TiffWriter, EverySampleType,
                         testing::Values(SampleType::kUint8, SampleType::kInt8, SampleType::kUint16,
                                         SampleType::kInt16, SampleType::kUint32,
                                         SampleType::kInt32, SampleType::kFloat32,
                                         SampleType::kFloat64));

TEST(TiffWriter, KeepsCalibration) {
  const std::string path = files::folder() + "calibrated.tif";
  const TiffWriterOptions options{
      .pixel_size =
          PixelSize{.y_nm = 0.21, .x_nm = 1.0 / 3, .relative_uncertainty = {}, .source = "test"},
      .frame_interval = FrameInterval{.seconds = 0.04, .source = "test"},
      .frames = 2};

  TiffWriter writer(path, options);
  writer.write(LabelImage({4, 5}, 1));
  writer.write(LabelImage({4, 5}, 2));
  writer.close();

  const RecordingInfo info = open_frames(path)->info();
  EXPECT_EQ(info.format, "ImageJ TIFF");
  EXPECT_EQ(info.frames, 2);
  ASSERT_TRUE(info.pixel_size && info.frame_interval);
  EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 0.21);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 1.0 / 3);
  EXPECT_DOUBLE_EQ(info.frame_interval->seconds, 0.04);
}

TEST(TiffWriter, WritesBigTiffWhereClassicCouldBeTooSmall) {
  const std::string path = files::folder() + "big.tif";
  const Image page = noise({20, 30}, SampleType::kUint16, 1);

  TiffWriter writer(path, {.frames = 3, .bytes_expected = 5'000'000'000});
  writer.write(page);
  writer.write(page);
  writer.close();

  const auto source = open_frames(path);
  EXPECT_EQ(source->info().format, "ImageJ BigTIFF");
  EXPECT_EQ(source->read(1).image, page);
}

TEST(TiffWriter, WritesWithoutCompressionToo) {
  const std::string path = files::folder() + "plain.tif";
  const Image page = noise({20, 30}, SampleType::kUint16, 1);

  TiffWriter writer(path, {.frames = 3, .compress = false});
  for (int i = 0; i < 3; ++i) {
    writer.write(page);
  }
  writer.close();

  const auto source = open_frames(path);
  EXPECT_EQ(source->info().frames, 3);
  EXPECT_TRUE(source->info().warnings.empty());
  EXPECT_EQ(source->read(2).image, page);
}

TEST(TiffWriter, GivesTheSameBytesTwice) {
  const std::string folder = files::folder();

  for (const char* name : {"a.tif", "b.tif"}) {
    TiffWriter writer(folder + name, {.frames = 1});
    writer.write(noise({64, 64}, SampleType::kUint8, 3));
    writer.close();
  }

  EXPECT_EQ(files::read(folder + "a.tif"), files::read(folder + "b.tif"));
}

TEST(TiffWriter, LeavesASoundFileWhereItIsCutOff) {
  const std::string path = files::folder() + "killed.tif";
  const Image page = noise({64, 64}, SampleType::kUint8, 3);

  TiffWriter writer(path, {.frames = 100});
  writer.write(page);
  writer.write(page);

  const auto source = open_frames(path);
  EXPECT_EQ(source->info().frames, 2);
  EXPECT_EQ(source->read(1).image, page);
  EXPECT_EQ(source->info().warnings.size(), 1);
}

ErrorKind kind_of_failure(const std::string& path) {
  try {
    TiffWriter writer(path, {});
    writer.write(noise({64, 64}, SampleType::kUint8, 3));
    writer.close();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::kUsage;
}

TEST(TiffWriter, SaysWhereItCannotWrite) {
  EXPECT_EQ(kind_of_failure("/nonexistent/labels.tif"), ErrorKind::kResource);
  EXPECT_EQ(kind_of_failure(files::folder()), ErrorKind::kResource);
}

TEST(TiffWriter, SaysWhereTheDiskIsFull) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full";
  }
  EXPECT_EQ(kind_of_failure("/dev/full"), ErrorKind::kResource);
}

}  // namespace
}  // namespace mote::io
