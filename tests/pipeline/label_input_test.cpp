#include "mote/pipeline/label_input.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/file.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

constexpr Size kSize = {1, 5};

/// One page of 5 x 1 px a row of `pages`.
void write_pages(const std::string& path, const std::vector<std::vector<int>>& pages,
                 SampleType type = SampleType::kUint8) {
  io::TiffWriter writer(path, {.frames = static_cast<int64_t>(pages.size())});
  for (const std::vector<int>& values : pages) {
    Image page(kSize, type);
    for (size_t i = 0; i < values.size(); ++i) {
      if (type == SampleType::kUint8) {
        page.as<uint8_t>()[i] = static_cast<uint8_t>(values[i]);
      } else {
        page.as<uint16_t>()[i] = static_cast<uint16_t>(values[i]);
      }
    }
    writer.write(page);
  }
  writer.close();
}

class LabelInputTest : public ::testing::Test {
 protected:
  Recording recording(int64_t frames, const std::string& selected = "") {
    write_pages(folder_ / "recording.tif",
                std::vector<std::vector<int>>(static_cast<size_t>(frames), {1, 2, 3, 4, 5}));
    options_.path = folder_ / "recording.tif";
    options_.frames = selected;
    return Recording::open(options_);
  }

  std::vector<int32_t> labels(LabelInput& input, int64_t index) {
    const LabelImage image = input.read(index, kSize);
    return {image.values().begin(), image.values().end()};
  }

  TemporaryFolder folder_;
  RecordingOptions options_;
};

TEST_F(LabelInputTest, NumbersThePartsOfMasksAlsoBehindEmptyOnes) {
  const Recording frames = recording(2);
  write_pages(folder_ / "masks.tif", {{0, 0, 0, 0, 0}, {255, 0, 255, 255, 0}});

  LabelInput input(folder_ / "masks.tif", options_, frames);

  EXPECT_THAT(labels(input, 1), ElementsAre(1, 0, 2, 2, 0));
}

TEST_F(LabelInputTest, KeepsInstance255WhereItIsAloneInALaterFrame) {
  const Recording frames = recording(2);
  write_pages(folder_ / "labels.tif", {{254, 0, 255, 255, 0}, {255, 0, 0, 255, 0}});

  LabelInput input(folder_ / "labels.tif", options_, frames);

  EXPECT_THAT(labels(input, 1), ElementsAre(255, 0, 0, 255, 0));
}

TEST_F(LabelInputTest, Of16BitsIsNoMask) {
  const Recording frames = recording(1);
  write_pages(folder_ / "labels.tif", {{255, 0, 0, 255, 0}}, SampleType::kUint16);

  LabelInput input(folder_ / "labels.tif", options_, frames);

  EXPECT_THAT(labels(input, 0), ElementsAre(255, 0, 0, 255, 0));
}

TEST_F(LabelInputTest, RefusesALaterFrameThatIsNoMask) {
  const Recording frames = recording(2);
  write_pages(folder_ / "labels.tif", {{255, 0, 0, 0, 0}, {255, 7, 0, 0, 0}});

  LabelInput input(folder_ / "labels.tif", options_, frames);

  EXPECT_THAT(
      [&] { input.read(1, kSize); },
      ThrowsMessage<Error>(AllOf(HasSubstr("label image 1 holds 7"), HasSubstr("0 and 255"))));
}

Image photograph(SampleType type, double noise_sd) {
  Grid<float> drawn({64, 64}, 120.0F);
  synthetic::add_noise(drawn, noise_sd, 1);
  Image image(drawn.size(), type);
  for (int64_t i = 0; i < drawn.size().area(); ++i) {
    const auto value = static_cast<uint16_t>(std::lround(drawn.data()[i]));
    if (type == SampleType::kUint8) {
      image.as<uint8_t>()[i] = static_cast<uint8_t>(value);
    } else {
      image.as<uint16_t>()[i] = value;
    }
  }
  return image;
}

TEST(LabelInputAlone, RefusesAPhotographAtOnce) {
  const TemporaryFolder folder;
  for (const SampleType type : {SampleType::kUint8, SampleType::kUint16}) {
    for (const double noise_sd : {1.0, 2.0, 10.0, 25.0}) {
      io::TiffWriter writer(folder / "photograph.tif", {.frames = 1});
      writer.write(photograph(type, noise_sd));
      writer.close();

      LabelInput input(folder / "photograph.tif");

      EXPECT_THAT([&] { input.read(0); },
                  ThrowsMessage<Error>(AllOf(HasSubstr("label image 0 is a photograph"),
                                             HasSubstr("of its 4096 labelled pixels"))))
          << noise_sd;
    }
  }
}

TEST(LabelInputAlone, TakesAPointForEachInstance) {
  const TemporaryFolder folder;
  LabelImage points({64, 64});
  for (int32_t i = 0; i < 400; ++i) {
    points(3 * (i / 20), 3 * (i % 20)) = i + 1;
  }
  io::TiffWriter writer(folder / "points.tif", {.frames = 1});
  writer.write(points);
  writer.close();

  LabelInput input(folder / "points.tif");

  EXPECT_EQ(input.read(0), points);
}

class LabelsOfARun : public LabelInputTest {
 protected:
  // Of a run that left out recorded frame 1.
  void SetUp() override {
    write_pages(folder_ / "labels.tif", {{10, 0, 0, 0, 0}, {12, 0, 0, 0, 0}});
    write_file(folder_ / "frames.csv", "frame,recorded_frame,time_s\n0,0,\n1,2,\n");
  }
};

TEST_F(LabelsOfARun, AreMatchedByTheRecordedFrame) {
  options_.skip_bad_frames = true;
  const Recording frames = recording(3);

  LabelInput input(folder_.path(), options_, frames);

  EXPECT_EQ(labels(input, 0).front(), 10);
  EXPECT_EQ(labels(input, 2).front(), 12);
  EXPECT_THROW(input.read(1, kSize), Error);
}

TEST_F(LabelsOfARun, AreThoseOfTheSelectedFrames) {
  const Recording frames = recording(3, "2:3");

  LabelInput input(folder_.path(), options_, frames);

  EXPECT_EQ(labels(input, 0).front(), 12);
}

TEST_F(LabelsOfARun, NameTheFrameThatTheyLack) {
  const Recording frames = recording(3);

  EXPECT_THAT([&] { LabelInput(folder_.path(), options_, frames); },
              ThrowsMessage<Error>(HasSubstr("has no labels of frame 1")));
}

}  // namespace
}  // namespace mote::pipeline
