#include "mote/report/checks.h"

#include <gmock/gmock.h>

namespace mote::report {
namespace {

using testing::HasSubstr;

CheckInputs good() {
  return {.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.2, .source = "ImageJ TIFF"},
          .frame_interval = FrameInterval{.seconds = 0.04, .source = "--frame-interval"},
          .frames = 100,
          .frames_with_drift = 100,
          .drift_residual_px = 0.03,
          .threshold_sd = 0.5,
          .contrast = 50,
          .instances = 4000,
          .at_border = 100,
          .touching = 80,
          .shared = 4,
          .contacts = 12,
          .unresolved = 1,
          .sigma_px = 1.5,
          .median_ecd_px = 40,
          .min_diameter_px = 5,
          .effective_n = 38};
}

const Check& find(const std::vector<Check>& list, const std::string& name) {
  for (const Check& check : list) {
    if (check.name == name) {
      return check;
    }
  }
  ADD_FAILURE() << "no check " << name;
  return list.front();
}

Verdict verdict(const CheckInputs& inputs, const std::string& name) {
  return find(checks(inputs), name).verdict;
}

TEST(Checks, AreAllOkForAGoodRun) {
  EXPECT_THAT(checks(good()), testing::Each(testing::Field(&Check::verdict, Verdict::kOk)));
}

TEST(Checks, SayTheNumberWithItsUnitAndSource) {
  const std::vector<Check> list = checks(good());

  EXPECT_EQ(find(list, "Pixel size").value, "0.2 nm");
  EXPECT_THAT(find(list, "Pixel size").meaning, HasSubstr("ImageJ TIFF"));
  EXPECT_EQ(find(list, "Time").value, "0.04 s per frame");
  EXPECT_EQ(find(list, "Drift residual").value, "0.03 px rms");
  EXPECT_EQ(find(list, "Threshold stability").value, "sd/contrast 1 %");
  EXPECT_EQ(find(list, "At the border").value, "2.5 % of instances");
  EXPECT_EQ(find(list, "Unresolved contacts").value, "1 of 12");
  EXPECT_EQ(find(list, "Smoothing over radius").value, "0.075");
  EXPECT_EQ(find(list, "Detection limit").value, "ECD 1 nm (5 px)");
  EXPECT_EQ(find(list, "Effective sample").value, "N = 38 per frame");
}

TEST(Checks, AskForALookAndThenSeeAProblem) {
  CheckInputs inputs = good();
  inputs.drift_residual_px = 0.2;
  inputs.frames_interpolated = 5;
  inputs.threshold_sd = 4;
  inputs.at_border = 1200;
  inputs.shared = 100;
  inputs.sigma_px = 3;
  inputs.effective_n = 12;
  for (const char* name :
       {"Drift residual", "Drift interpolated", "Threshold stability", "At the border",
        "Shared by several tracks", "Smoothing over radius", "Effective sample"}) {
    EXPECT_EQ(verdict(inputs, name), Verdict::kLook) << name;
  }

  inputs.drift_residual_px = 0.5;
  inputs.frames_interpolated = 50;
  inputs.threshold_sd = 20;
  inputs.at_border = 3000;
  inputs.shared = 900;
  inputs.effective_n = 2;
  for (const char* name : {"Drift residual", "Drift interpolated", "Threshold stability",
                           "At the border", "Shared by several tracks", "Effective sample"}) {
    EXPECT_EQ(verdict(inputs, name), Verdict::kProblem) << name;
  }
}

TEST(Checks, SayOfSmoothingAndOfTheSampleWhatTheRunSays) {
  CheckInputs inputs = good();
  inputs.sigma_px = 3;
  measure::SizeSample sample;
  for (const double area_px2 : {100.0, 200.0}) {
    measure::ParticleRow particle;
    particle.measures.area_px2 = area_px2;
    sample.add(particle);
  }
  inputs.size_sample = sample;

  const std::vector<Check> list = checks(inputs);

  EXPECT_EQ(
      find(list, "Smoothing over radius").meaning,
      "The Gaussian's sigma of 3.0 px is 0.15 of the median radius of 20.0 px, more than 0.1: "
      "close particles may have been joined and small ones missed.");
  EXPECT_EQ(find(list, "Sample for percentiles").verdict, Verdict::kLook);
  EXPECT_THAT(find(list, "Sample for percentiles").meaning, HasSubstr("61000 for percentiles"));
}

TEST(Checks, SayWhatIsNotKnown) {
  CheckInputs inputs = good();
  inputs.pixel_size.reset();
  inputs.frame_interval.reset();

  EXPECT_EQ(verdict(inputs, "Pixel size"), Verdict::kLook);
  EXPECT_EQ(verdict(inputs, "Time"), Verdict::kLook);
  EXPECT_EQ(find(checks(inputs), "Detection limit").value, "ECD 5 px");
  inputs.time_stamps = true;
  EXPECT_EQ(verdict(inputs, "Time"), Verdict::kOk);
}

TEST(Checks, AStillHasNoTime) {
  CheckInputs inputs = good();
  inputs.recording = false;

  for (const Check& check : checks(inputs)) {
    EXPECT_NE(check.name, "Time");
    EXPECT_NE(check.name, "Drift residual");
    EXPECT_NE(check.name, "Unresolved contacts");
  }
}

TEST(Checks, NoParticleIsAProblemAndNoDivisionByZero) {
  const CheckInputs inputs{.frames = 10};

  const std::vector<Check> list = checks(inputs);

  EXPECT_EQ(find(list, "Particles").verdict, Verdict::kProblem);
  EXPECT_EQ(find(list, "Frames skipped").value, "0 of 10");
  for (const Check& check : list) {
    EXPECT_THAT(check.value, testing::Not(HasSubstr("nan")));
    EXPECT_THAT(check.value, testing::Not(HasSubstr("inf")));
  }
}

}  // namespace
}  // namespace mote::report
