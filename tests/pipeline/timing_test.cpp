#include "mote/pipeline/timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Frames in memory with a stamp each; one whose image is empty cannot be read.
class StampedSource : public FrameSource {
 public:
  explicit StampedSource(std::vector<std::optional<double>> stamps, int64_t bad = -1)
      : stamps_(std::move(stamps)), bad_(bad) {
    info_.frames = static_cast<int64_t>(stamps_.size());
    info_.size = {4, 4};
    info_.type = SampleType::kUint8;
  }
  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t index) override {
    if (index == bad_) {
      throw Error(ErrorKind::kBadFile, "strip 3 is cut off");
    }
    return {.index = index,
            .time_s = stamps_.at(static_cast<size_t>(index)),
            .values = {},
            .image = Image({4, 4}, SampleType::kUint8)};
  }

 private:
  RecordingInfo info_;
  std::vector<std::optional<double>> stamps_;
  int64_t bad_;
};

Recording over(std::vector<std::optional<double>> stamps, int64_t bad = -1) {
  return Recording::from(std::make_unique<StampedSource>(std::move(stamps), bad),
                         {.keep_bars = true, .skip_bad_frames = true});
}

std::vector<FrameStamp> stamps_of(const std::vector<std::optional<double>>& times) {
  std::vector<FrameStamp> stamps;
  for (const auto& time : times) {
    const auto index = static_cast<int64_t>(stamps.size());
    stamps.push_back({.source_index = index, .recorded_frame = 100 + index, .time_s = time});
  }
  return stamps;
}

TEST(TimeScale, IsTheMedianStepWhichAGapDoesNotStretch) {
  const TimeScale scale = time_scale(over({0, 0.5, 1, 101, 101.5}));

  EXPECT_TRUE(scale.seconds);
  EXPECT_DOUBLE_EQ(scale.per_frame, 0.5);
  EXPECT_DOUBLE_EQ(tracker_time("confirm", "3 frames", scale), 1.5);
}

TEST(TimeScale, LooksPastFramesThatCannotBeRead) {
  EXPECT_DOUBLE_EQ(time_scale(over({0, 0.5, 1, 1.5}, 0)).per_frame, 0.5);
  EXPECT_DOUBLE_EQ(time_scale(over({0, 0.5, 1, 1.5}, 1)).per_frame, 0.5);
  EXPECT_DOUBLE_EQ(time_scale(over({0, 0.5, 1, 1.5}, 3)).per_frame, 0.5);
}

TEST(TimeScale, CountsFramesWhereNothingIsKnown) {
  EXPECT_FALSE(time_scale(over({{}, {}, {}})).seconds);
}

TEST(TrackerClock, GoesOnByTheMedianStepWhereAStampIsMissingOrTooEarly) {
  TrackerClock clock({.seconds = true, .per_frame = 0.5});

  EXPECT_DOUBLE_EQ(clock.time(0, 10), 10);
  EXPECT_DOUBLE_EQ(clock.time(1, {}), 10.5);
  EXPECT_DOUBLE_EQ(clock.time(3, {}), 11.5);
  EXPECT_DOUBLE_EQ(clock.time(4, 0), 12);
  EXPECT_DOUBLE_EQ(clock.time(5, 12.6), 12.6);
}

TEST(TrackerClock, GoesOnWhereItWasSaved) {
  TrackerClock clock({.seconds = true, .per_frame = 0.5});
  clock.time(7, 10);
  TrackerClock resumed({.seconds = true, .per_frame = 0.5});

  resumed.load_state(clock.save_state());

  EXPECT_DOUBLE_EQ(resumed.time(9, {}), 11);
}

TEST(TrackerClock, ShowsFrameNumbersWhereNoTimeIsKnown) {
  TrackerClock clock({});

  EXPECT_DOUBLE_EQ(clock.time(0, 17), 0);
  EXPECT_DOUBLE_EQ(clock.time(3, {}), 3);
}

TEST(StampWarnings, TellOfGaps) {
  EXPECT_THAT(stamp_warnings(stamps_of({0, 0.5, 1, 9, 9.5, 10, 11})),
              ElementsAre("2 gaps in the time stamps (the median step is 0.5 s), the first of 8 s "
                          "after frame 102"));
}

TEST(StampWarnings, TellOfStampsThatAreMissingOrDoNotRise) {
  EXPECT_THAT(stamp_warnings(stamps_of({0, 0.5, {}, 1.5, 1.5, 2})),
              ElementsAre("1 of 6 frames have no time stamp, the first is frame 102",
                          "time stamps do not rise in 1 of 6 frames, the first is 104"));
}

TEST(StampWarnings, AreNoneForEvenStampsWithFramesLeftOut) {
  std::vector<FrameStamp> stamps = stamps_of({0, 0.5, 1, 1.5, 2});
  stamps.erase(stamps.begin() + 2);

  EXPECT_THAT(stamp_warnings(stamps), IsEmpty());
}

}  // namespace
}  // namespace mote::pipeline
