// Every format that frames are written as, read back: samples of every type, and calibration.
#include "mote/io/recording_writer.h"

#include <cctype>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

struct Case {
  RecordingFormatInfo format;
  SampleType type = SampleType::kUint8;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const RecordingFormatInfo& format : recording_formats()) {
    for (const SampleType type : format.types) {
      cases.push_back({format, type});
    }
  }
  return cases;
}

/// Frames with all bit patterns that are finite numbers of the type.
std::vector<Frame> drawn_frames(SampleType type) {
  std::vector<Frame> frames;
  uint32_t state = 7;
  for (int64_t index = 0; index < 3; ++index) {
    Frame frame{.index = index,
                .time_s = 0.1 + 0.25 * static_cast<double>(index * index),
                .image = Image({19, 23}, type)};
    for (int64_t i = 0; i < frame.image.byte_count(); ++i) {
      state = state * 1664525 + 1013904223;
      frame.image.bytes()[i] = static_cast<std::byte>(state >> 24);
    }
    const bool floating = type == SampleType::kFloat32 || type == SampleType::kFloat64;
    const int64_t step = bytes_per_sample(type);
    for (int64_t i = step - 1; floating && i < frame.image.byte_count(); i += step) {
      frame.image.bytes()[i] &= std::byte{0xBF};  // no exponent of infinity
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

class RecordingWritten : public testing::TestWithParam<Case> {
 protected:
  std::string path() const {
    const auto& extensions = GetParam().format.extensions;
    return folder_ / "a" + (extensions.empty() ? "" : std::string(extensions.front()));
  }

  std::unique_ptr<FrameSource> write_and_open(const std::vector<Frame>& frames) {
    const auto writer = make_recording_writer(GetParam().format.format, path(),
                                              {.name = "a",
                                               .frames = static_cast<int64_t>(frames.size()),
                                               .pixel_size = PixelSize{.y_nm = 0.21, .x_nm = 0.37},
                                               .frame_interval = FrameInterval{.seconds = 0.04},
                                               .exposure_s = 0.035});
    for (const Frame& frame : frames) {
      writer->write(frame);
    }
    writer->close();
    return open_frames(path());
  }

 private:
  TemporaryFolder folder_;
};

TEST_P(RecordingWritten, ReadsBackTheSameSamples) {
  const std::vector<Frame> frames = drawn_frames(GetParam().type);

  const auto source = write_and_open(frames);

  ASSERT_EQ(source->info().frames, 3);
  for (const Frame& frame : frames) {
    EXPECT_EQ(source->read(frame.index).image, frame.image) << frame.index;
  }
}

TEST_P(RecordingWritten, ReadsBackTheCalibrationThatItsFormatHolds) {
  const RecordingFormatInfo& format = GetParam().format;
  const std::vector<Frame> frames = drawn_frames(GetParam().type);

  const auto source = write_and_open(frames);
  const RecordingInfo& info = source->info();

  ASSERT_EQ(info.pixel_size.has_value(), format.pixel_size);
  ASSERT_EQ(info.frame_interval.has_value(), format.frame_interval);
  ASSERT_EQ(info.exposure_s.has_value(), format.exposure);
  // MRC holds float32.
  EXPECT_NEAR(format.pixel_size ? info.pixel_size->y_nm : 0.21, 0.21, 0.21e-6);
  EXPECT_NEAR(format.pixel_size ? info.pixel_size->x_nm : 0.37, 0.37, 0.37e-6);
  EXPECT_EQ(format.frame_interval ? info.frame_interval->seconds : 0.04, 0.04);
  EXPECT_EQ(info.exposure_s.value_or(0.035), 0.035);
  EXPECT_EQ(source->read(2).time_s, format.time_stamps ? frames[2].time_s : std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(AllFormats, RecordingWritten, testing::ValuesIn(all_cases()),
                         [](const auto& one) {
                           std::string title(one.param.format.title);
                           std::erase_if(title,
                                         [](unsigned char c) { return std::isalnum(c) == 0; });
                           return title + "_" + std::string(name(one.param.type));
                         });

TEST(RecordingWriter, RefusesATypeThatItsFormatLacks) {
  const TemporaryFolder folder;
  const auto mrc = make_recording_writer(RecordingFormat::kMrc, folder / "a.mrc", {});
  const auto png = make_recording_writer(RecordingFormat::kPngStills, folder / "b", {});
  const Frame frame{.image = Image({2, 2}, SampleType::kFloat64)};

  EXPECT_THAT([&] { mrc->write(frame); }, ThrowsMessage<Error>(HasSubstr("MRC of float64")));
  EXPECT_THAT([&] { png->write(frame); }, ThrowsMessage<Error>(HasSubstr("PNG of float64")));
}

TEST(RecordingWriter, RefusesMrcImagesThatDiffer) {
  const TemporaryFolder folder;
  const auto mrc = make_recording_writer(RecordingFormat::kMrc, folder / "a.mrc", {});
  mrc->write({.image = Image({2, 3}, SampleType::kInt8)});

  EXPECT_THAT(
      [&] {
        mrc->write({.image = Image({3, 2}, SampleType::kInt8)});
      },
      ThrowsMessage<Error>(HasSubstr("2 x 3 px, int8, the first 3 x 2 px")));
}

TEST(RecordingWriter, SaysWhereItCannotWrite) {
  EXPECT_THAT(
      [] {
        make_recording_writer(RecordingFormat::kMrc, "/dev/full", {})
            ->write({.image = Image({2, 3}, SampleType::kInt8)});
      },
      ThrowsMessage<Error>(HasSubstr("/dev/full: cannot be written")));
}

}  // namespace
}  // namespace mote::io
