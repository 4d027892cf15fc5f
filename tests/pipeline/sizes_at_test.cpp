#include "mote/pipeline/sizes_at.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class BlankSource : public FrameSource {
 public:
  BlankSource() {
    info_.frames = 9;
    info_.size = {4, 4};
    info_.type = SampleType::kUint8;
  }
  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t index) override {
    return {.index = index, .time_s = {}, .values = {}, .image = Image({4, 4}, SampleType::kUint8)};
  }

 private:
  RecordingInfo info_;
};

Recording nine_frames(const std::string& interval = "0.5s") {
  return Recording::from(std::make_unique<BlankSource>(),
                         {.frame_interval = interval, .keep_bars = true});
}

TEST(SizesAt, AreFramesAndTimes) {
  EXPECT_THAT(parse_sizes_at("3,500ms,4 s", nine_frames()),
              ElementsAre(measure::SizesTime{.text = "3", .frame = 3},
                          measure::SizesTime{.text = "500ms", .time_s = 0.5},
                          measure::SizesTime{.text = "4 s", .time_s = 4}));
}

TEST(SizesAt, AreNoneForAnEmptyText) {
  EXPECT_THAT(parse_sizes_at("", nine_frames()), IsEmpty());
}

TEST(SizesAt, AreRefusedWhereTheTextIsNoTime) {
  for (const char* text : {"soon", "-1", "3,,4", "5 apples"}) {
    EXPECT_THAT([&] { parse_sizes_at(text, nine_frames()); },
                ThrowsMessage<Error>(HasSubstr("expected frames or times")))
        << text;
  }
}

TEST(SizesAt, AreRefusedPastTheLastFrame) {
  for (const char* text : {"9", "4.1s", "1min"}) {
    EXPECT_THAT([&] { parse_sizes_at(text, nine_frames()); },
                ThrowsMessage<Error>(HasSubstr("lies past the last")))
        << text;
  }
}

TEST(SizesAt, AreRefusedAsTimesWhereFramesHaveNone) {
  EXPECT_THAT([] { parse_sizes_at("5s", nine_frames("")); },
              ThrowsMessage<Error>(HasSubstr("--frame-interval")));
}

}  // namespace
}  // namespace mote::pipeline
