#include "mote/pipeline/convert.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/ome_tiff_writer.h"
#include "mote/io/open.h"
#include "mote/io/picture_file.h"
#include "mote/io/tiff_writer.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using testing::UnorderedElementsAre;
using testing_support::TemporaryFolder;

/// Ten frames of 8 x 12 px: frame k, row y, column x holds 1000 k + 12 y + x.
template <typename T>
void write_counting(const std::string& path, SampleType type) {
  io::OmeTiffWriter writer(path, {.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.3},
                                  .frame_interval = FrameInterval{.seconds = 0.1},
                                  .exposure_s = 0.08,
                                  .frames = 10});
  for (int64_t k = 0; k < 10; ++k) {
    Image image({8, 12}, type);
    for (int64_t i = 0; i < image.size().area(); ++i) {
      image.as<T>()[i] = static_cast<T>(1000 * k + i);
    }
    writer.write(image, 0.1 * static_cast<double>(k) + 5);
  }
  writer.close();
}

class Convert : public testing::Test {
 protected:
  Convert() { write_counting<uint16_t>(in_, SampleType::kUint16); }

  ConvertJob job(const std::string& output) const {
    return {.recording = {.path = in_}, .output = folder_ / output};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  TemporaryFolder folder_;
  std::string in_ = folder_ / "in.ome.tif";
};

TEST_F(Convert, KeepsSamplesCalibrationAndTimes) {
  const ConvertResult result = convert(job("out.ome.tiff"));
  const auto in = io::open_frames(in_);
  const auto out = io::open_frames(folder_ / "out.ome.tiff");

  EXPECT_THAT(result.warnings, Contains(HasSubstr("pixels are not square")));
  EXPECT_EQ(out->info().pixel_size, in->info().pixel_size);
  EXPECT_EQ(out->info().frame_interval, in->info().frame_interval);
  EXPECT_EQ(out->info().exposure_s, in->info().exposure_s);
  EXPECT_EQ(out->read(7).image, in->read(7).image);
  EXPECT_EQ(out->read(7).time_s, in->read(7).time_s);
}

TEST_F(Convert, KeepsWhatIsKnownOfTheMicroscope) {
  const std::map<std::string, std::string> known = {{"magnification", "40000"},
                                                    {"operator <a=b>", "C:\\users \u00b5 \u2013 x"},
                                                    {"voltage", "200 kV"}};
  io::TiffWriter writer(folder_ / "in.tif", {.frames = 1, .instrument = known});
  writer.write(Image({4, 4}, SampleType::kUint8));
  writer.close();
  const auto converted = [&](const std::string& name) {
    return convert({.recording = {.path = folder_ / "in.tif"}, .output = folder_ / name}).warnings;
  };

  EXPECT_THAT(converted("out.ome.tif"), IsEmpty());
  EXPECT_THAT(converted("out.tif"), IsEmpty());
  EXPECT_EQ(io::open_frames(folder_ / "out.ome.tif")->info().instrument, known);
  EXPECT_EQ(io::open_frames(folder_ / "out.tif")->info().instrument, known);
  EXPECT_THAT(converted("out.mrc"),
              Contains(HasSubstr("MRC does not hold: what the file says of the microscope")));
}

TEST_F(Convert, CutsBinsAndAveragesWithItsCalibration) {
  ConvertJob cut = job("out.ome.tif");
  cut.recording.frames = "2:10:2";
  cut.recording.average = 2;
  cut.recording.bin = 2;
  cut.recording.roi = "x=2,y=4,w=4,h=2";

  const ConvertResult result = convert(cut);
  const auto out = io::open_frames(folder_ / "out.ome.tif");

  EXPECT_EQ(result.frames, 2);
  EXPECT_EQ(result.size, (Size{1, 2}));
  EXPECT_EQ(out->info().type, SampleType::kFloat32);
  // Frames 2 and 4; rows 4 and 5; columns 2 and 3, then 4 and 5.
  const Image image = out->read(0).image;
  EXPECT_EQ(image.as<float>()[0], 3000 + 12 * 4.5F + 2.5F);
  EXPECT_EQ(image.as<float>()[1], 3000 + 12 * 4.5F + 4.5F);
  EXPECT_EQ(out->read(0).time_s, 5.3);
  EXPECT_DOUBLE_EQ(out->info().pixel_size->y_nm, 0.4);
  EXPECT_DOUBLE_EQ(out->info().pixel_size->x_nm, 0.6);
  EXPECT_DOUBLE_EQ(out->info().frame_interval->seconds, 0.4);
  EXPECT_DOUBLE_EQ(*out->info().exposure_s, 0.16);
}

TEST_F(Convert, ScalesTheWholeRecordingAlike) {
  ConvertJob eight = job("out.tif");
  eight.depth = "8";

  const ConvertResult result = convert(eight);
  const auto out = io::open_frames(folder_ / "out.tif");

  EXPECT_EQ(result.scale, (imaging::GreyScale{.black = 0, .white = 9095}));
  EXPECT_EQ(out->read(0).image.as<uint8_t>()[0], 0);
  EXPECT_EQ(out->read(5).image.as<uint8_t>()[0], 140);  // 5000 / 9095 * 255 = 140.2
  EXPECT_EQ(out->read(9).image.as<uint8_t>()[95], 255);
}

TEST_F(Convert, KeepsNumbersThatFit) {
  ConvertJob eight = job("out.tif");
  eight.depth = "8";
  eight.recording.frames = "0";

  EXPECT_EQ(convert(eight).scale, std::nullopt);
  EXPECT_EQ(io::open_frames(folder_ / "out.tif")->read(0).image.as<uint8_t>()[95], 95);
}

TEST_F(Convert, CountsWhatARangeCutsOff) {
  ConvertJob eight = job("out.tif");
  eight.depth = "8";
  eight.range = "0..255";
  eight.recording.frames = "0:2";

  EXPECT_THAT(convert(eight).warnings,
              Contains("96 of 192 samples were outside --range and were cut to it"));
}

TEST_F(Convert, WidensTypesThatAFormatLacks) {
  write_counting<uint8_t>(folder_ / "eight.ome.tif", SampleType::kUint8);
  ConvertJob mrc = job("out.mrc");
  mrc.recording.path = folder_ / "eight.ome.tif";

  const ConvertResult result = convert(mrc);

  EXPECT_EQ(result.type, SampleType::kUint16);
  EXPECT_THAT(result.warnings, Contains("MRC holds no uint8: numbers are written as uint16"));
  EXPECT_THAT(result.warnings,
              Contains("MRC does not hold: frame interval, time stamps of the frames, exposure"));
  EXPECT_EQ(io::open_frames(folder_ / "out.mrc")->read(0).image.as<uint16_t>()[95], 95);
}

TEST_F(Convert, RefusesToLoseNumbersSilently) {
  write_counting<int32_t>(folder_ / "int32.ome.tif", SampleType::kInt32);
  ConvertJob mrc = job("out.mrc");
  mrc.recording.path = folder_ / "int32.ome.tif";

  EXPECT_THAT([&] { convert(mrc); },
              ThrowsMessage<Error>(HasSubstr("not all numbers of int32: give another --depth")));
  EXPECT_THAT(files(), UnorderedElementsAre("in.ome.tif", "int32.ome.tif"));
}

TEST_F(Convert, RefusesWhatItDoesNotKnow) {
  const auto refused = [&](auto change, const std::string& text) {
    ConvertJob changed = job("out.tif");
    change(changed);
    EXPECT_THAT([&] { convert(changed); }, ThrowsMessage<Error>(HasSubstr(text)));
  };

  refused([](ConvertJob& job) { job.output += ".xyz"; }, "its extension names no format");
  refused([](ConvertJob& job) { job.output.clear(); }, "--output is required");
  refused([](ConvertJob& job) { job.to = "gif"; }, "--to is 'gif', expected one of ome-tiff");
  refused([](ConvertJob& job) { job.depth = "12"; }, "--depth is '12'");
  refused([](ConvertJob& job) { job.range = "1..2"; }, "--range counts only with --depth");
  refused(
      [](ConvertJob& job) {
        job.depth = "8";
        job.range = "2..1";
      },
      "--range is '2..1', expected A..B");
  refused(
      [](ConvertJob& job) {
        job.depth = "32f";
        job.to = "png";
      },
      "--depth 32f: PNG holds uint8, uint16");
  EXPECT_THAT(files(), ElementsAre("in.ome.tif"));
}

TEST_F(Convert, ReplacesOnlyWhereToldTo) {
  convert(job("out.tif"));
  ConvertJob again = job("out.tif");
  again.recording.frames = "3";

  EXPECT_THAT([&] { convert(again); }, ThrowsMessage<Error>(HasSubstr("is there already")));
  again.force = true;
  convert(again);

  EXPECT_EQ(io::open_frames(folder_ / "out.tif")->info().frames, 1);
}

TEST_F(Convert, ReplacesAFolderOfStillsAsAWhole) {
  ConvertJob stills = job("stills/");
  stills.to = "png";
  convert(stills);
  stills.recording.frames = "0:2";
  stills.force = true;

  convert(stills);

  EXPECT_EQ(io::open_frames(folder_ / "stills")->info().frames, 2);
  EXPECT_THAT(files(), UnorderedElementsAre("in.ome.tif", "stills"));
}

TEST_F(Convert, DoesNotReplaceAFolderOfOtherFiles) {
  std::filesystem::create_directory(folder_ / "mine");
  io::write_grey_png(folder_ / "mine/notes.png", Image({4, 4}, SampleType::kUint8));
  ConvertJob stills = job("mine");
  stills.to = "png";
  stills.force = true;
  ConvertJob file = job("mine");
  file.to = "tiff";
  file.force = true;

  EXPECT_THAT([&] { convert(stills); }, ThrowsMessage<Error>(HasSubstr("holds notes.png")));
  EXPECT_THAT([&] { convert(file); }, ThrowsMessage<Error>(HasSubstr("holds notes.png")));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/notes.png"));
}

TEST_F(Convert, TakesNamesThatAreNotUtf8) {
  const std::string name = "sch\xf6n.ome.";

  convert(job(name + "zarr"));
  convert(job(name + "tif"));

  EXPECT_EQ(io::open_frames(folder_ / (name + "zarr"))->info().metadata.at("name"), "sch\u00f6n");
  EXPECT_EQ(io::open_frames(folder_ / (name + "tif"))->info().frames, 10);
}

TEST_F(Convert, NeverReplacesTheRecordingItself) {
  ConvertJob own = job("in.ome.tif");
  own.force = true;
  ConvertJob around = job("");
  around.to = "png";
  around.force = true;

  EXPECT_THAT([&] { convert(own); }, ThrowsMessage<Error>(HasSubstr("is the recording itself")));
  EXPECT_THAT([&] { convert(around); }, ThrowsMessage<Error>(HasSubstr("is the recording itself")));
}

TEST_F(Convert, KeepsWhatWasThereWhereItWasStopped) {
  convert(job("out.ome.zarr"));
  ConvertJob again = job("out.ome.zarr");
  again.recording.frames = "3";
  again.force = true;
  const std::atomic<bool> stop{true};

  EXPECT_THROW(convert(again, {.cancel = &stop}), Cancelled);

  EXPECT_EQ(io::open_frames(folder_ / "out.ome.zarr")->info().frames, 10);
  convert(again);
  EXPECT_EQ(io::open_frames(folder_ / "out.ome.zarr")->info().frames, 1);
  EXPECT_THAT(files(), UnorderedElementsAre("in.ome.tif", "out.ome.zarr"));
}

TEST_F(Convert, LeavesNothingWhereItWasStopped) {
  const std::atomic<bool> stop{true};

  EXPECT_THROW(convert(job("out.tif"), {.cancel = &stop}), Cancelled);

  EXPECT_THAT(files(), ElementsAre("in.ome.tif"));
}

TEST_F(Convert, RefusesFramesOfAnotherType) {
  io::TiffWriter writer(folder_ / "mixed.tif", {.frames = 2});
  writer.write(Image({4, 4}, SampleType::kUint8));
  writer.write(Image({4, 4}, SampleType::kFloat32));
  writer.close();
  ConvertJob mixed = job("out.tif");
  mixed.recording.path = folder_ / "mixed.tif";

  EXPECT_THAT([&] { convert(mixed); },
              ThrowsMessage<Error>(HasSubstr("frame 1 is float32, the first one uint8")));
}

}  // namespace
}  // namespace mote::pipeline
