#include "mote/pipeline/overlay_painter.h"

#include <memory>

#include <gtest/gtest.h>

#include "mote/report/colours.h"

namespace mote::pipeline {
namespace {

constexpr Size kFrame{.height = 500, .width = 600};

class GreySource : public FrameSource {
 public:
  GreySource() {
    info_.frames = 1;
    info_.size = kFrame;
    info_.type = SampleType::kUint8;
  }

  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t) override {
    Frame frame;
    frame.image = Image(kFrame, SampleType::kUint8);
    return frame;
  }

 private:
  RecordingInfo info_;
};

class OverlayPainterTest : public testing::Test {
 protected:
  OverlayPainterTest() {
    frame_.labels = LabelImage(kFrame);
    frame_.image = [this]() -> const Grid<float>& {
      ++draws_;
      return image_;
    };
  }

  Grid<float> image_{kFrame};
  int draws_ = 0;  // each asks for the image once
  FinalFrame frame_;
  Job job_{.command = Command::kTrack};
  Recording recording_ = Recording::from(std::make_unique<GreySource>(), {});
  RunSummary summary_;
  OverlayPainter painter_{job_, recording_, summary_};
};

TEST_F(OverlayPainterTest, DrawsAFrameOnceWhereTwoSizesComeOutTheSame) {
  const auto of_video = painter_.paint(frame_, {.height = 1080, .width = 1920});
  const auto of_report = painter_.paint(frame_, {.height = 640, .width = 640});

  EXPECT_EQ(of_video->size(), kFrame);
  EXPECT_EQ(of_video, of_report);
  EXPECT_EQ(draws_, 1);
}

TEST_F(OverlayPainterTest, DrawsAFrameAnewForAnotherSize) {
  const auto whole = painter_.paint(frame_, {.height = 1080, .width = 1920});
  const auto reduced = painter_.paint(frame_, {.height = 250, .width = 1920});

  EXPECT_EQ(reduced->size(), (Size{.height = 250, .width = 300}));
  EXPECT_EQ(reduced->size(), painter_.painted_size(kFrame, {.height = 250, .width = 1920}));
  EXPECT_EQ(draws_, 2);
}

TEST_F(OverlayPainterTest, DrawsThePromptsOfTheJob) {
  Job job = job_;
  job.points = {"x=60,y=40"};
  job.boxes = {"x0=200,y0=100,x1=300,y1=150"};
  const OverlayPainter painter(job, recording_, summary_);

  const auto picture = painter.paint(frame_, {.height = 1080, .width = 1920});

  EXPECT_EQ((*picture)(40, 60 + 6), report::prompt_colour());
  EXPECT_EQ((*picture)(100, 250).b, 0);
  EXPECT_GT((*picture)(100, 250).r, 100);
}

}  // namespace
}  // namespace mote::pipeline
