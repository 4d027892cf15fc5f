#include "mote/pipeline/recording.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/io/tiff_writer.h"

namespace mote::pipeline {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;

/// Frames in memory; an empty one cannot be read.
class FakeSource : public FrameSource {
 public:
  explicit FakeSource(std::vector<Frame> frames) : frames_(std::move(frames)) {
    info_.frames = static_cast<int64_t>(frames_.size());
    info_.size = frames_.back().image.size();
    info_.type = frames_.back().image.type();
    info_.pixel_size = PixelSize{0.2, 0.3, {}, "test"};
    info_.frame_interval = FrameInterval{0.5, "test"};
    info_.exposure_s = 0.1;
  }

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    ++reads;
    const Frame& frame = frames_.at(static_cast<size_t>(index));
    if (frame.image.empty()) {
      throw Error(ErrorKind::kBadFile, "strip 3 is cut off");
    }
    return frame;
  }

  int reads = 0;

 private:
  RecordingInfo info_;
  std::vector<Frame> frames_;
};

/// Frame `index` of 4 x 6 px: sample (y, x) is 1000 index + 10 y + x.
template <typename T>
Frame ramp(int64_t index, SampleType type, Size size = {4, 6}) {
  Image image(size, type);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      image.as<T>()[y * size.width + x] = static_cast<T>(1000 * index + 10 * y + x);
    }
  }
  return {.index = index, .time_s = {}, .values = {}, .image = std::move(image)};
}

std::vector<Frame> ramps(int64_t count) {
  std::vector<Frame> frames;
  for (int64_t i = 0; i < count; ++i) {
    frames.push_back(ramp<uint16_t>(i, SampleType::kUint16));
  }
  return frames;
}

Recording over(std::vector<Frame> frames, const RecordingOptions& options) {
  return Recording::from(std::make_unique<FakeSource>(std::move(frames)), options);
}

std::vector<float> samples(const Image& image) {
  const Grid<float> grid = to_float32(image);
  return {grid.values().begin(), grid.values().end()};
}

TEST(Recording, WithoutOptionsIsWhatWasRecorded) {
  Recording recording = over(ramps(3), {});

  EXPECT_EQ(recording.info().frames, 3);
  EXPECT_EQ(recording.info().size, (Size{4, 6}));
  EXPECT_EQ(recording.info().type, SampleType::kUint16);
  EXPECT_EQ(recording.read(2).image, ramps(3)[2].image);
  EXPECT_EQ(recording.time_s(2), 1.0);
  EXPECT_TRUE(recording.excluded().empty());
}

TEST(Recording, SelectsFramesAndFollowsWithIntervalAndTimes) {
  Recording recording = over(ramps(10), {.frames = "1:9:3"});

  EXPECT_EQ(recording.info().frames, 3);
  EXPECT_EQ(recording.recorded_index(2), 7);
  EXPECT_EQ(recording.read(2).index, 2);
  EXPECT_EQ(recording.read(2).image, ramps(10)[7].image);
  EXPECT_DOUBLE_EQ(recording.info().frame_interval->seconds, 1.5);
  EXPECT_DOUBLE_EQ(recording.time_s(2).value(), 3.5);
  EXPECT_DOUBLE_EQ(recording.info().exposure_s.value(), 0.1);
}

TEST(Recording, CropsToTheRegionInTheRecordedType) {
  Recording recording = over(ramps(1), {.roi = "x=1,y=2,w=2,h=2"});

  EXPECT_EQ(recording.info().size, (Size{2, 2}));
  EXPECT_EQ(recording.read(0).image.type(), SampleType::kUint16);
  EXPECT_THAT(samples(recording.read(0).image), ElementsAre(21, 22, 31, 32));
}

TEST(Recording, BinsByTheMeanAndScalesThePixelSize) {
  Recording recording = over(ramps(1), {.roi = "x=1", .bin = 2});

  EXPECT_EQ(recording.info().size, (Size{2, 2}));
  EXPECT_EQ(recording.info().type, SampleType::kFloat32);
  EXPECT_THAT(samples(recording.read(0).image), ElementsAre(6.5, 8.5, 26.5, 28.5));
  EXPECT_DOUBLE_EQ(recording.info().pixel_size->y_nm, 0.4);
  EXPECT_DOUBLE_EQ(recording.info().pixel_size->x_nm, 0.6);
}

TEST(Recording, AveragesConsecutiveSelectedFramesAndSaysWhatIsLeftOver) {
  Recording recording = over(ramps(8), {.frames = "1:", .roi = "w=2,h=1", .average = 3});

  EXPECT_EQ(recording.info().frames, 2);
  EXPECT_EQ(recording.recorded_index(1), 4);
  EXPECT_THAT(samples(recording.read(1).image), ElementsAre(5000, 5001));
  EXPECT_DOUBLE_EQ(recording.info().frame_interval->seconds, 1.5);
  EXPECT_DOUBLE_EQ(recording.info().exposure_s.value(), 0.3);
  EXPECT_DOUBLE_EQ(recording.time_s(1).value(), 2.5);
  EXPECT_THAT(recording.info().warnings, Contains(HasSubstr("the last 1 of 7 frames")));
}

TEST(Recording, BinsEverySampleTypeAlike) {
  const auto mean_of = [](Frame frame) {
    std::vector<Frame> frames;
    frames.push_back(std::move(frame));
    return samples(over(std::move(frames), {.bin = 3}).read(0).image);
  };

  EXPECT_THAT(mean_of(ramp<uint8_t>(0, SampleType::kUint8)), ElementsAre(11, 14));
  EXPECT_THAT(mean_of(ramp<int8_t>(0, SampleType::kInt8)), ElementsAre(11, 14));
  EXPECT_THAT(mean_of(ramp<int16_t>(-1, SampleType::kInt16)), ElementsAre(-989, -986));
  EXPECT_THAT(mean_of(ramp<uint32_t>(4000000, SampleType::kUint32)), ElementsAre(4e9F, 4e9F));
  EXPECT_THAT(mean_of(ramp<int32_t>(-2, SampleType::kInt32)), ElementsAre(-1989, -1986));
  EXPECT_THAT(mean_of(ramp<float>(1, SampleType::kFloat32)), ElementsAre(1011, 1014));
  EXPECT_THAT(mean_of(ramp<double>(1, SampleType::kFloat64)), ElementsAre(1011, 1014));
}

TEST(Recording, SumsTheBrightestSamplesWithoutOverflow) {
  std::vector<Frame> frames;
  for (int64_t i = 0; i < 64; ++i) {
    Image image({32, 32}, SampleType::kUint16);
    std::fill_n(image.as<uint16_t>(), 32 * 32, uint16_t{65535});
    frames.push_back({.index = i, .time_s = {}, .values = {}, .image = std::move(image)});
  }

  Recording recording = over(std::move(frames), {.bin = 32, .average = 64});

  EXPECT_THAT(samples(recording.read(0).image), ElementsAre(65535));
}

TEST(Recording, TakesTimesFromStampsAndTheirMeanWhereAveraged) {
  std::vector<Frame> frames = ramps(5);
  const double stamps[] = {10, 10.5, 14, 14.25, 20};
  for (size_t i = 0; i < frames.size(); ++i) {
    frames[i].time_s = stamps[i];
  }

  Recording plain = over(frames, {});
  Recording averaged = over(frames, {.average = 2});
  Recording overridden = over(frames, {.frame_interval = "2 s"});

  EXPECT_DOUBLE_EQ(plain.time_s(4).value(), 20);
  EXPECT_DOUBLE_EQ(plain.read(2).time_s.value(), 14);
  EXPECT_DOUBLE_EQ(averaged.time_s(1).value(), 14.125);
  EXPECT_DOUBLE_EQ(averaged.read(0).time_s.value(), 10.25);
  EXPECT_DOUBLE_EQ(overridden.time_s(4).value(), 8);
}

TEST(Recording, HasNoTimeForAFrameWhoseStampIsMissing) {
  std::vector<Frame> frames = ramps(3);
  frames[0].time_s = 1;
  frames[2].time_s = 3;

  Recording recording = over(std::move(frames), {});

  EXPECT_EQ(recording.time_s(1), std::nullopt);
  EXPECT_EQ(recording.time_s(2), 3);
}

TEST(Recording, DoesNotReadFramesForTheirTimesWhereThereAreNoStamps) {
  auto source = std::make_unique<FakeSource>(ramps(50));
  const FakeSource& fake = *source;
  Recording recording = Recording::from(std::move(source), {});
  const int reads = fake.reads;

  EXPECT_DOUBLE_EQ(recording.time_s(49).value(), 24.5);

  EXPECT_EQ(fake.reads, reads);
}

TEST(Recording, AveragesNamedValues) {
  std::vector<Frame> frames = ramps(2);
  frames[0].values["temperature_c"] = 500;
  frames[1].values["temperature_c"] = 510;

  EXPECT_DOUBLE_EQ(over(std::move(frames), {.average = 2}).read(0).values.at("temperature_c"), 505);
}

TEST(Recording, OverridesTheCalibrationOfTheFile) {
  const Recording recording =
      over(ramps(4), {.frames = "::2", .bin = 2, .pixel_size = "1nm", .frame_interval = "40ms"});

  EXPECT_DOUBLE_EQ(recording.info().pixel_size->y_nm, 2);
  EXPECT_EQ(recording.info().pixel_size->source, "--pixel-size");
  EXPECT_DOUBLE_EQ(recording.info().frame_interval->seconds, 0.08);
  EXPECT_EQ(recording.info().frame_interval->source, "--frame-interval");
}

TEST(Recording, WarnsWherePixelsAreNotSquare) {
  const Recording oblong = over(ramps(2), {});
  const Recording square = over(ramps(2), {.pixel_size = "1nm"});

  EXPECT_THAT(oblong.info().warnings, ElementsAre(HasSubstr("pixels are not square")));
  EXPECT_THAT(square.info().warnings, IsEmpty());
}

TEST(Recording, WarnsWhereThePixelSizeContradictsThatOfTheFile) {
  const Recording wrong_unit = over(ramps(2), {.pixel_size = "0.25µm"});
  const Recording near = over(ramps(2), {.pixel_size = "2nm"});

  EXPECT_THAT(wrong_unit.info().warnings,
              ElementsAre(AllOf(HasSubstr("--pixel-size 250 nm contradicts"),
                                HasSubstr("0.3 nm from test"))));
  EXPECT_THAT(near.info().warnings, IsEmpty());
}

TEST(Recording, ReplacesAFewSamplesThatAreNotFiniteAndCountsThem) {
  Frame frame = ramp<float>(0, SampleType::kFloat32, {64, 64});
  frame.image.as<float>()[5 * 64 + 7] = std::numeric_limits<float>::quiet_NaN();
  frame.image.as<float>()[20 * 64 + 63] = std::numeric_limits<float>::infinity();
  std::vector<Frame> frames;
  frames.push_back(std::move(frame));

  const Frame read = over(std::move(frames), {}).read(0);

  EXPECT_EQ(read.values.at("repaired_samples"), 2);
  EXPECT_NEAR(read.image.as<float>()[5 * 64 + 7], 57, 11);
  EXPECT_TRUE(std::isfinite(read.image.as<float>()[20 * 64 + 63]));
}

TEST(Recording, RefusesAFrameFullOfNan) {
  Frame frame = ramp<float>(0, SampleType::kFloat32, {64, 64});
  std::fill_n(frame.image.as<float>() + 64, 640, std::numeric_limits<float>::quiet_NaN());
  std::vector<Frame> frames;
  frames.push_back(frame);
  Recording recording = over(frames, {.path = "a.tif"});

  EXPECT_THAT([&] { recording.read(0); },
              ThrowsMessage<Error>(
                  "a.tif: frame 0: 640 of 4096 samples are not finite, the first at y=1 x=0"));
  EXPECT_NO_THROW(over(frames, {.roi = "y=20"}).read(0));
}

TEST(Recording, RefusesAFrameOfAnotherSizeUnlessAllowed) {
  std::vector<Frame> frames = ramps(2);
  frames.push_back(ramp<uint16_t>(2, SampleType::kUint16, {8, 8}));
  Recording strict = over(frames, {.path = "stills"});
  Recording lenient = over(frames, {.any_size = true});

  EXPECT_NO_THROW(strict.read(1));
  EXPECT_THAT([&] { strict.read(2); },
              ThrowsMessage<Error>(AllOf(HasSubstr("stills: frame 2: is 8 x 8 px"),
                                         HasSubstr("the first frame 6 x 4 px"))));
  EXPECT_EQ(lenient.read(2).image.size(), (Size{8, 8}));
}

TEST(Recording, NamesTheRecordedFrameThatCannotBeRead) {
  std::vector<Frame> frames = ramps(6);
  frames[4].image = {};
  Recording recording = over(std::move(frames), {.path = "run.tif", .frames = "2:", .average = 2});

  EXPECT_NO_THROW(recording.read(0));
  EXPECT_THAT([&] { recording.read(1); },
              ThrowsMessage<Error>("run.tif: frame 4: strip 3 is cut off"));
}

TEST(Recording, OpensOnALaterFrameWhereBadOnesAreSkipped) {
  std::vector<Frame> frames = ramps(3);
  frames[0].image = {};

  EXPECT_THROW(over(frames, {}), Error);
  Recording recording = over(frames, {.skip_bad_frames = true});

  EXPECT_EQ(recording.info().size, (Size{4, 6}));
  EXPECT_THROW(recording.read(0), Error);
  EXPECT_NO_THROW(recording.read(1));
}

/// A file that is gone when the test ends.
class TemporaryTiff {
 public:
  explicit TemporaryTiff(const Image& page) {
    path_ = std::filesystem::temp_directory_path() /
            fmt::format("mote_recording_{}_{}.tif", getpid(), fmt::ptr(this));
    io::TiffWriter writer(path_, {.frames = 1});
    writer.write(page);
    writer.close();
  }
  ~TemporaryTiff() { std::filesystem::remove(path_); }
  TemporaryTiff(const TemporaryTiff&) = delete;
  TemporaryTiff& operator=(const TemporaryTiff&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Image mask_image(Size size, Box kept) {
  Image image(size, SampleType::kUint8);
  for (int64_t y = kept.y; y < kept.y_end(); ++y) {
    std::fill_n(image.as<uint8_t>() + y * size.width + kept.x, kept.width, uint8_t{255});
  }
  return image;
}

TEST(Recording, LeavesOutWhatTheMaskLeavesOutCroppedAndBinnedAlong) {
  const TemporaryTiff mask(mask_image({4, 6}, {0, 0, 3, 4}));

  const Recording whole = over(ramps(1), {.mask = mask.path()});
  const Recording part = over(ramps(1), {.roi = "x=1", .mask = mask.path(), .bin = 2});
  const Recording inside = over(ramps(1), {.roi = "w=4,h=3", .mask = mask.path()});

  EXPECT_EQ(whole.excluded(), BinaryImage({4, 6}, {0, 0, 0, 0, 1, 1,  //
                                                   0, 0, 0, 0, 1, 1,  //
                                                   0, 0, 0, 0, 1, 1,  //
                                                   1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(part.excluded(), BinaryImage({2, 2}, {0, 1, 1, 1}));
  EXPECT_TRUE(inside.excluded().empty());
}

TEST(Recording, WarnsOfBorderWeightsWhereAMaskLeavesSomethingOut) {
  const TemporaryTiff mask(mask_image({4, 6}, {0, 0, 3, 4}));

  const Recording whole = over(ramps(1), {.mask = mask.path()});
  const Recording inside = over(ramps(1), {.roi = "w=4,h=3", .mask = mask.path()});

  EXPECT_THAT(whole.info().warnings, testing::Contains(HasSubstr("border weights")));
  EXPECT_THAT(inside.info().warnings, testing::Not(testing::Contains(HasSubstr("border weights"))));
}

TEST(Recording, RefusesAPhotographAsMask) {
  Image noise({.height = 64, .width = 64}, SampleType::kUint8);
  for (int64_t i = 0; i < noise.size().area(); ++i) {
    noise.as<uint8_t>()[i] = static_cast<uint8_t>(1 + i * i % 251);
  }
  const TemporaryTiff photograph(noise);
  std::vector<Frame> frames;
  frames.push_back(ramp<float>(0, SampleType::kFloat32, {64, 64}));

  EXPECT_THAT([&] { over(std::move(frames), {.mask = photograph.path()}); },
              ThrowsMessage<Error>(HasSubstr("is a photograph, not a mask")));
}

TEST(Recording, RefusesAMaskThatDoesNotFit) {
  const TemporaryTiff small(mask_image({3, 6}, {0, 0, 3, 4}));
  const TemporaryTiff black(mask_image({4, 6}, {}));
  const TemporaryTiff corner(mask_image({4, 6}, {0, 0, 1, 1}));

  EXPECT_THAT([&] { over(ramps(1), {.mask = small.path()}); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr(small.path()), HasSubstr("6 x 3 px"), HasSubstr("6 x 4 px"))));
  EXPECT_THAT([&] { over(ramps(1), {.mask = black.path()}); },
              ThrowsMessage<Error>(HasSubstr("leaves out every pixel")));
  EXPECT_THAT([&] { over(ramps(1), {.roi = "y=1", .mask = corner.path()}); },
              ThrowsMessage<Error>(HasSubstr("nothing of the field")));
  EXPECT_THROW(over(ramps(1), {.mask = "no such file.png"}), Error);
}

/// A white strip with black signs under noise.
Frame with_data_bar() {
  Image image({100, 120}, SampleType::kUint8);
  for (int64_t i = 0; i < 120 * 80; ++i) {
    image.as<uint8_t>()[i] = static_cast<uint8_t>(60 + (i * 7919 % 101));
  }
  std::fill_n(image.as<uint8_t>() + 120 * 80, 120 * 20, uint8_t{255});
  for (int64_t y = 86; y < 94; ++y) {
    for (int64_t x = 10; x < 110; x += 5) {
      image.as<uint8_t>()[y * 120 + x] = 0;
    }
  }
  return {.index = 0, .time_s = {}, .values = {}, .image = std::move(image)};
}

TEST(Recording, LeavesOutADataBarAndSaysSo) {
  const Recording recording = over({with_data_bar()}, {.bin = 4});
  const Recording kept = over({with_data_bar()}, {.keep_bars = true});

  ASSERT_EQ(recording.excluded().size(), (Size{25, 30}));
  EXPECT_EQ(recording.excluded()(19, 15), 0);
  EXPECT_EQ(recording.excluded()(20, 15), 1);
  EXPECT_THAT(recording.info().warnings,
              Contains("a data bar at x=0,y=80,w=120,h=20 is left out (--keep-bars keeps it)"));
  EXPECT_TRUE(kept.excluded().empty());
  EXPECT_THAT(kept.info().warnings, Not(Contains(HasSubstr("bar"))));
}

TEST(Recording, LooksForBarsInEachStill) {
  std::vector<Frame> frames;
  frames.push_back(ramp<uint8_t>(0, SampleType::kUint8, {40, 50}));
  frames.push_back(with_data_bar());
  Recording recording = over(std::move(frames), {.any_size = true});

  const FieldFrame plain = recording.read_field(0);
  const FieldFrame barred = recording.read_field(1);

  EXPECT_TRUE(plain.excluded->empty());
  EXPECT_THAT(plain.warnings, IsEmpty());
  ASSERT_EQ(barred.excluded->size(), (Size{100, 120}));
  EXPECT_EQ((*barred.excluded)(79, 60), 0);
  EXPECT_EQ((*barred.excluded)(80, 60), 1);
  EXPECT_THAT(barred.warnings, ElementsAre(HasSubstr("a data bar at x=0,y=80")));
  EXPECT_THAT(recording.info().warnings, Not(Contains(HasSubstr("bar"))));
}

TEST(Recording, RefusesOptionsThatDoNotFit) {
  EXPECT_THAT([] { over(ramps(3), {.bin = 0}); }, ThrowsMessage<Error>(HasSubstr("--bin is 0")));
  EXPECT_THAT([] { over(ramps(3), {.bin = 5}); }, ThrowsMessage<Error>(HasSubstr("5 x 5 px")));
  EXPECT_THAT([] { over(ramps(3), {.bin = int64_t{1} << 40}); },
              ThrowsMessage<Error>(HasSubstr("do not fit")));
  EXPECT_THAT([] { over(ramps(3), {.average = 4}); },
              ThrowsMessage<Error>(HasSubstr("--average is 4, but there are only 3 frames")));
  EXPECT_THAT([] { over(ramps(3), {.roi = "x=9"}); }, ThrowsMessage<Error>(HasSubstr("--roi")));
  EXPECT_THROW(over(ramps(3), {.pixel_size = "big"}), Error);
  EXPECT_THROW(over(ramps(3), {.frame_interval = "5"}), Error);
}

TEST(Recording, ReadsTheSameFromSeveralThreads) {
  Recording recording = over(ramps(64), {.bin = 2, .average = 2});
  std::vector<Image> images(32);
  std::vector<std::thread> threads;

  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = t; i < images.size(); i += 4) {
        images[i] = recording.read(static_cast<int64_t>(i)).image;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  for (size_t i = 0; i < images.size(); ++i) {
    EXPECT_EQ(images[i], recording.read(static_cast<int64_t>(i)).image) << i;
  }
}

}  // namespace
}  // namespace mote::pipeline
