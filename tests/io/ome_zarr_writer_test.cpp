#include "mote/io/ome_zarr_writer.h"

#include <cstring>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/files.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

// Every byte is its place, times `step`.
Image drawn_image(Size size, SampleType type, int step) {
  Image image(size, type);
  for (int64_t i = 0; i < image.byte_count(); ++i) {
    image.bytes()[i] = static_cast<std::byte>(i * step % 251);
  }
  return image;
}

class OmeZarrWriterTest : public testing::TestWithParam<int> {};

TEST_P(OmeZarrWriterTest, WritesEverySampleTypeWithoutLoss) {
  const std::string folder = files::folder();
  for (const auto type :
       {SampleType::kUint8, SampleType::kInt8, SampleType::kUint16, SampleType::kInt16,
        SampleType::kUint32, SampleType::kInt32, SampleType::kFloat32, SampleType::kFloat64}) {
    const std::string path = folder + std::string(name(type)) + ".ome.zarr";
    const Image first = drawn_image({5, 7}, type, 3);
    const Image second = drawn_image({5, 7}, type, 7);
    OmeZarrWriter writer(path, {.zarr_version = GetParam()});

    writer.write(first);
    writer.write(second);
    writer.close();
    const auto source = open_frames(path);

    EXPECT_EQ(source->info().frames, 2);
    EXPECT_EQ(std::memcmp(source->read(0).image.bytes(), first.bytes(), 35), 0);
    EXPECT_EQ(source->read(0).image.type(), type);
    EXPECT_TRUE(source->read(1).image == second ||
                std::memcmp(source->read(1).image.bytes(), second.bytes(),
                            static_cast<size_t>(second.byte_count())) == 0);
  }
}

TEST_P(OmeZarrWriterTest, KeepsCalibration) {
  const std::string path = files::folder() + "a.ome.zarr";
  OmeZarrWriter writer(path, {.pixel_size = PixelSize{.y_nm = 0.21, .x_nm = 0.3},
                              .frame_interval = FrameInterval{.seconds = 0.04},
                              .zarr_version = GetParam()});
  writer.write(Image({4, 4}, SampleType::kUint8));
  writer.close();

  const RecordingInfo info = open_frames(path)->info();

  ASSERT_TRUE(info.pixel_size);
  EXPECT_EQ(info.pixel_size->y_nm, 0.21);
  EXPECT_EQ(info.pixel_size->x_nm, 0.3);
  ASSERT_TRUE(info.frame_interval);
  EXPECT_EQ(info.frame_interval->seconds, 0.04);
  EXPECT_TRUE(info.warnings.empty());
}

TEST_P(OmeZarrWriterTest, WritesNoCalibrationThatItDoesNotKnow) {
  const std::string path = files::folder() + "a.ome.zarr";
  OmeZarrWriter writer(path, {.zarr_version = GetParam()});
  writer.write(Image({4, 4}, SampleType::kUint8));
  writer.close();

  const RecordingInfo info = open_frames(path)->info();

  EXPECT_FALSE(info.pixel_size);
  EXPECT_FALSE(info.frame_interval);
  EXPECT_TRUE(info.warnings.empty());
}

TEST_P(OmeZarrWriterTest, WritesLabelImagesBesideTheirFrames) {
  const std::string path = files::folder() + "a.ome.zarr";
  LabelImage labels({6, 6});
  labels.row(2)[3] = 70000;
  OmeZarrWriter writer(path, {.zarr_version = GetParam()});
  writer.write(drawn_image({6, 6}, SampleType::kUint16, 5));
  writer.write(labels);
  writer.close();

  const Frame frame = open_frames(path + "/labels/particles")->read(0);

  EXPECT_EQ(frame.image.type(), SampleType::kInt32);
  EXPECT_EQ(frame.image.as<int32_t>()[2 * 6 + 3], 70000);
  EXPECT_EQ(open_frames(path)->info().type, SampleType::kUint16);
  EXPECT_THAT(thrown_by([&] { open_frames(path + "/labels"); }).what(),
              HasSubstr(R"(name one of ["particles"])"));
}

TEST_P(OmeZarrWriterTest, PutsLabelImagesAloneInPlaceOfTheImage) {
  const std::string path = files::folder() + "labels.ome.zarr";
  OmeZarrWriter writer(path, {.zarr_version = GetParam()});
  writer.write(LabelImage({6, 6}, 9));
  writer.close();

  const auto source = open_frames(path);

  EXPECT_EQ(source->read(0).image.as<int32_t>()[0], 9);
  EXPECT_FALSE(std::filesystem::exists(path + "/labels"));
}

TEST_P(OmeZarrWriterTest, WritesSmallerLevels) {
  const std::string path = files::folder() + "a.ome.zarr";
  Image image({3, 5}, SampleType::kUint8);
  const uint8_t rows[] = {1, 2, 3, 4, 5, 2, 2, 3, 4, 6, 9, 8, 7, 6, 5};
  std::memcpy(image.bytes(), rows, sizeof rows);
  LabelImage labels({3, 5}, 4);
  labels.row(1)[1] = 5;
  OmeZarrWriter writer(path, {.zarr_version = GetParam(), .small_px = 3});
  writer.write(image);
  writer.write(labels);
  writer.close();

  const Image means = open_frames(path + "/1")->read(0).image;
  const Image firsts = open_frames(path + "/labels/particles/1")->read(0).image;

  EXPECT_EQ(means.size(), (Size{.height = 2, .width = 3}));
  EXPECT_THAT(std::vector(means.as<uint8_t>(), means.as<uint8_t>() + 6),
              ElementsAre(2, 4, 6, 9, 7, 5));
  EXPECT_EQ(firsts.as<int32_t>()[0], 4);
  EXPECT_FALSE(std::filesystem::exists(path + "/2"));
}

INSTANTIATE_TEST_SUITE_P(Versions, OmeZarrWriterTest, testing::Values(2, 3));

TEST(OmeZarrWriter, WritesTheMetadataOfOmeNgff04) {
  const std::string path = files::folder() + "a.ome.zarr";
  OmeZarrWriter writer(path, {.pixel_size = PixelSize{.y_nm = 0.5, .x_nm = 0.5}, .small_px = 2});
  writer.write(Image({4, 4}, SampleType::kUint8));
  writer.write(LabelImage({4, 4}));
  writer.close();

  const json image = json::parse(files::read(path + "/.zattrs")).at("multiscales").at(0);
  const json labels = json::parse(files::read(path + "/labels/particles/.zattrs"));

  EXPECT_EQ(image.at("version"), "0.4");
  EXPECT_EQ(image.at("axes"), json::parse(R"([{"name":"t","type":"time"},
    {"name":"y","type":"space","unit":"nanometer"},{"name":"x","type":"space","unit":"nanometer"}])"));
  EXPECT_EQ(image.at("datasets").at(1), json::parse(R"({"path":"1","coordinateTransformations":[
    {"type":"scale","scale":[1,1,1]},{"type":"translation","translation":[0,0.25,0.25]}]})"));
  EXPECT_EQ(json::parse(files::read(path + "/labels/.zattrs")).at("labels"), json{"particles"});
  EXPECT_EQ(labels.at("image-label").at("source").at("image"), "../../");
  EXPECT_EQ(labels.at("multiscales").at(0).at("datasets").at(1).at("coordinateTransformations"),
            json::parse(R"([{"type":"scale","scale":[1,1,1]}])"));
}

TEST(OmeZarrWriter, WritesTheSameBytesAgain) {
  const std::string folder = files::folder();
  for (const char* name : {"a", "b"}) {
    OmeZarrWriter writer(folder + name, {});
    writer.write(drawn_image({1500, 40}, SampleType::kUint16, 3));
    writer.close();
  }

  for (const char* name : {"/.zattrs", "/0/.zarray", "/0/0/0/0", "/0/0/1/0"}) {
    EXPECT_EQ(files::read(folder + "a" + name), files::read(folder + "b" + name)) << name;
    EXPECT_FALSE(files::read(folder + "a" + name).empty()) << name;
  }
}

TEST(OmeZarrWriter, IsNoRecordingBeforeItIsClosed) {
  const std::string path = files::folder() + "a.ome.zarr";
  OmeZarrWriter writer(path, {});
  writer.write(drawn_image({4, 4}, SampleType::kUint8, 1));
  writer.write(LabelImage({4, 4}, 1));

  EXPECT_TRUE(std::filesystem::exists(path + "/0/0/0/0"));
  EXPECT_THROW(open_frames(path), Error);
  EXPECT_THROW(open_frames(path + "/labels/particles"), Error);
  writer.close();
  EXPECT_EQ(open_frames(path)->info().frames, 1);
}

TEST(OmeZarrWriter, LeavesNothingThatWasNotClosed) {
  const std::string folder = files::folder();

  OmeZarrWriter(folder + "a.ome.zarr", {}).write(drawn_image({4, 4}, SampleType::kUint8, 1));

  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(OmeZarrWriter, RefusesWhatDoesNotFitTogether) {
  const std::string folder = files::folder();
  OmeZarrWriter writer(folder + "a", {});
  writer.write(Image({4, 4}, SampleType::kUint8));

  EXPECT_THAT(thrown_by([&] {
                writer.write(Image({4, 5}, SampleType::kUint8));
              }).what(),
              HasSubstr("frame 1 is 5 x 4 px"));
  EXPECT_THAT(thrown_by([&] {
                writer.write(Image({4, 4}, SampleType::kInt8));
              }).what(),
              HasSubstr("of int8"));
  writer.write(LabelImage({4, 4}));
  writer.write(LabelImage({4, 4}));
  EXPECT_THAT(thrown_by([&] { writer.close(); }).what(), HasSubstr("1 frames and 2 label images"));
  EXPECT_THAT(thrown_by([&] { OmeZarrWriter(folder + "b", {}).close(); }).what(),
              HasSubstr("0 frames"));
  EXPECT_THAT(thrown_by([&] { OmeZarrWriter(folder, {}); }).what(), HasSubstr("is there already"));
  EXPECT_THAT(thrown_by([&] { OmeZarrWriter(folder + "c", {.labels_name = "../x"}); }).what(),
              HasSubstr("plain name"));
  EXPECT_THAT(thrown_by([&] { OmeZarrWriter(folder + "c", {.zarr_version = 4}); }).what(),
              HasSubstr("expected 2 or 3"));
}

}  // namespace
}  // namespace mote::io
