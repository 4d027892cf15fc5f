#include "mote/pipeline/methods.h"

#include <memory>

#include <gmock/gmock.h>

namespace mote::pipeline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class GreySource : public FrameSource {
 public:
  GreySource() {
    info_.frames = 20;
    info_.size = {.height = 424, .width = 640};
    info_.type = SampleType::kUint8;
    info_.pixel_size =
        PixelSize{.y_nm = 350, .x_nm = 350, .relative_uncertainty = {}, .source = "ImageJ TIFF"};
    info_.frame_interval = FrameInterval{.seconds = 0.1, .source = "ImageJ TIFF"};
  }

  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t) override {
    Frame frame;
    frame.image = Image(info_.size, SampleType::kUint8);
    return frame;
  }

 private:
  RecordingInfo info_;
};

class Methods : public testing::Test {
 protected:
  Methods() {
    summary_.frames = 20;
    summary_.field = {.height = 424, .width = 640};
    summary_.values = {{"sigma_px", {.least = 1, .median = 1.5, .greatest = 2}},
                       {"threshold", {.least = 124.2, .median = 124.25, .greatest = 124.5}},
                       {"bright", {.least = 0, .median = 0, .greatest = 0}}};
    summary_.link_reach_px = 5.75;
  }

  Job job_{.command = Command::kTrack};
  Recording recording_ = Recording::from(std::make_unique<GreySource>(), {});
  RunSummary summary_;
};

TEST_F(Methods, TellWhatTheDataChoseWhereAnOptionLeavesItToThem) {
  const auto settings = effective_settings(job_, recording_, summary_);

  EXPECT_THAT(settings, Contains(Pair("sigma of the Gaussian",
                                      "1.5 px in the median, 1 to 2 px over the frames")));
  EXPECT_THAT(settings, Contains(Pair("its grey level",
                                      "124.2 in the median, 124.2 to 124.5 over the frames")));
  EXPECT_THAT(settings, Contains(Pair("particles", "dark")));
  EXPECT_THAT(settings, Contains(Pair("background", "taken out at a scale of 53 px (18.6 µm)")));
  EXPECT_THAT(settings, Contains(Pair("minimum diameter", "3 px (1.05 µm)")));
  EXPECT_THAT(settings,
              Contains(Pair("maximum distance", HasSubstr("5.75 px (2.01 µm) in the median"))));
  EXPECT_THAT(settings, Contains(Pair("longest gap bridged", "3 frames (0.3 s)")));
}

TEST_F(Methods, TellWhatTheUserFixed) {
  job_.overlap.max_distance_px = 8;
  job_.threshold.flatten = false;
  job_.threshold.split = false;
  job_.confirm = "0.5s";

  const auto settings = effective_settings(job_, recording_, summary_);

  EXPECT_THAT(settings, Contains(Pair("maximum distance", "8 px (2.8 µm)")));
  EXPECT_THAT(settings, Contains(Pair("background", "taken as it is")));
  EXPECT_THAT(settings, Contains(Pair("touching particles", "not cut apart")));
  EXPECT_THAT(settings, Contains(Pair("coalescence", HasSubstr("for 5 frames (0.5 s)"))));
}

TEST_F(Methods, MakeAParagraphThatSaysWhatTheIntervalsHold) {
  const std::string text = methods_paragraph(job_, recording_, summary_);

  EXPECT_THAT(text, HasSubstr("in 20 frames of 640 x 424 px (width x height), 350 nm per pixel"));
  EXPECT_THAT(text, HasSubstr("Gaussian (sigma 1.5 px in the median, 1 to 2 px over the frames)"));
  EXPECT_THAT(text, HasSubstr("sampling error only"));
}

TEST_F(Methods, SayNothingOfSegmentersAndTrackersThatDidNotRun) {
  job_.command = Command::kMeasure;
  job_.labels = "labels.tif";

  const std::string text = methods_paragraph(job_, recording_, summary_);
  const auto settings = effective_settings(job_, recording_, summary_);

  EXPECT_THAT(text, HasSubstr("given label images were measured"));
  EXPECT_THAT(text, Not(HasSubstr("threshold")));
  EXPECT_THAT(text, Not(HasSubstr("linked")));
  EXPECT_THAT(settings, Contains(Pair("label images", "labels.tif")));
}

TEST_F(Methods, TellWhichExposureTheMotionWasCorrectedFor) {
  const std::string assumed = methods_paragraph(job_, recording_, summary_);
  recording_ = Recording::from(std::make_unique<GreySource>(), {.exposure = "40ms"});
  summary_.interval_s = 0.1;

  EXPECT_THAT(assumed, HasSubstr("exposure of the whole frame interval, which was assumed"));
  EXPECT_THAT(methods_paragraph(job_, recording_, summary_),
              HasSubstr("corrected for the exposure of 0.04 s"));
}

TEST_F(Methods, SayHowGrowthWasFittedAndNothingOfItForStills) {
  const std::string tracked = methods_paragraph(job_, recording_, summary_);
  summary_.values["temperature_c"] = {};
  const std::string heated = methods_paragraph(job_, recording_, summary_);
  job_.command = Command::kSegment;

  EXPECT_THAT(tracked, HasSubstr("fitted by (r0^n + k t)^(1/n), with n free"));
  EXPECT_THAT(heated, HasSubstr("(1/n) over each stretch of constant temperature, with n free"));
  EXPECT_THAT(methods_paragraph(job_, recording_, summary_), Not(HasSubstr("Kaplan")));
}

TEST_F(Methods, DoNotClaimADriftThatCouldNotBeMeasured) {
  summary_.drift = {{.ok = false}, {.ok = false}};

  const std::string text = methods_paragraph(job_, recording_, summary_);

  EXPECT_THAT(text, HasSubstr("Drift was not measurable and assumed to be none."));
}

}  // namespace
}  // namespace mote::pipeline
