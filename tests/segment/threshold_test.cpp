#include "mote/segment/threshold.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/synthetic.h"

namespace mote::segment {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Segmentation segmented(const Grid<float>& image, const ThresholdOptions& options = {},
                       const BinaryImage& excluded = {}) {
  const auto segmenter = make_threshold_segmenter(options);
  return segment_one(*segmenter, {image, excluded});
}

const std::vector<synthetic::Disc> kThree = {{30, 30, 12}, {64, 80, 16}, {100, 30, 9}};

Grid<float> three(const synthetic::Look& look) {
  return synthetic::image({128, 128}, kThree, look);
}

TEST(Threshold, FindsDarkAndBrightParticlesByItself) {
  const auto dark =
      segmented(three({.background = 150, .particle = 60, .blur_px = 1, .noise_sd = 8}));
  const auto bright =
      segmented(three({.background = 60, .particle = 150, .blur_px = 1, .noise_sd = 8}));

  EXPECT_EQ(dark.regions.size(), 3);
  EXPECT_EQ(dark.values.at("bright"), 0);
  EXPECT_EQ(bright.regions.size(), 3);
  EXPECT_EQ(bright.values.at("bright"), 1);
  // The rim's outermost pixels are half background.
  EXPECT_NEAR(dark.regions[1].contrast, 90, 20);
}

TEST(Threshold, CountsDiscsAtAnyCoverage) {
  for (const double coverage : {0.005, 0.05, 0.2, 0.4}) {
    for (const bool bright : {false, true}) {
      const auto discs = synthetic::scattered({400, 400}, 8, 14, coverage, 4, 5);
      const auto image = synthetic::image(
          {400, 400}, discs,
          {.background = 120, .particle = bright ? 200.0 : 40.0, .blur_px = 1, .noise_sd = 10});

      const auto found = segmented(image);

      EXPECT_EQ(found.regions.size(), discs.size()) << coverage << " " << bright;
      EXPECT_EQ(found.values.at("bright"), bright ? 1 : 0) << coverage;
    }
  }
}

TEST(Threshold, LabelsAPixelIfHalfOfItIsCovered) {
  const auto found = segmented(three({.blur_px = 1, .noise_sd = 5}));

  for (size_t i = 0; i < found.labels.values().size(); ++i) {
    ASSERT_EQ(found.labels.values()[i] != 0, found.coverage.values()[i] >= 128);
  }
}

TEST(Threshold, FindsNothingInNoise) {
  Grid<float> image({256, 256}, 100);
  synthetic::add_noise(image, 20, 5);

  const auto found = segmented(image);

  EXPECT_TRUE(found.regions.empty());
  EXPECT_THAT(found.warnings, Contains(HasSubstr("no particles")));
}

TEST(Threshold, FindsNothingInTexture) {
  Grid<float> image({256, 256}, 0);
  synthetic::add_noise(image, 300, 6);
  image = synthetic::blurred(image, 4);
  synthetic::add_noise(image, 4, 7);

  EXPECT_TRUE(segmented(image).regions.empty());
}

TEST(Threshold, FindsNothingInAnEvenImage) {
  EXPECT_TRUE(segmented(Grid<float>({64, 64}, 7)).regions.empty());
  EXPECT_TRUE(segmented(Grid<float>({1, 1}, 7)).regions.empty());
  EXPECT_TRUE(segmented(Grid<float>()).regions.empty());
  EXPECT_TRUE(
      segmented(Grid<float>({32, 32}, std::numeric_limits<float>::quiet_NaN())).regions.empty());
}

TEST(Threshold, LeavesExcludedPixelsOut) {
  const auto image = three({.noise_sd = 5});
  BinaryImage excluded(image.size());
  for (int64_t y = 40; y < 90; ++y) {
    for (int64_t x = 55; x < 105; ++x) {
      excluded(y, x) = 1;
    }
  }

  const auto found = segmented(image, {}, excluded);

  EXPECT_EQ(found.regions.size(), 2);
  EXPECT_THROW(segmented(image, {}, BinaryImage({3, 3})), Error);
}

TEST(Threshold, CountsWhatExcludedPixelsCutAsAtTheBorder) {
  const auto image = three({.blur_px = 1, .noise_sd = 5});
  BinaryImage excluded(image.size());
  for (int64_t y = 66; y < 90; ++y) {
    for (int64_t x = 55; x < 105; ++x) {
      excluded(y, x) = 1;
    }
  }

  const auto found = segmented(image, {}, excluded);

  ASSERT_EQ(found.regions.size(), 3);
  EXPECT_FALSE(found.regions[0].touches_border);
  EXPECT_TRUE(found.regions[1].touches_border);
  EXPECT_FALSE(found.regions[2].touches_border);
  for (size_t i = 0; i < excluded.values().size(); ++i) {
    ASSERT_FALSE(excluded.values()[i] != 0 && found.labels.values()[i] != 0);
  }
}

TEST(Threshold, FillsRingsButNotHolesThatShowTheBackground) {
  const Size size{96, 192};
  const auto outer = synthetic::coverage(size, {{48, 48, 30}, {48, 144, 30}});
  const auto inner = synthetic::coverage(size, {{48, 48, 15}, {48, 144, 15}});
  Grid<float> image(size);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      // Left: background seen through the ring. Right: a bright core.
      const float core = x < 96 ? 90.0F : 220.0F;
      image(y, x) = 150 - 90 * outer(y, x) + core * inner(y, x);
    }
  }

  const auto found = segmented(image, {.split = false});

  ASSERT_EQ(found.regions.size(), 2);
  EXPECT_EQ(found.labels(48, 48), 0);
  EXPECT_NE(found.labels(48, 144), 0);
  EXPECT_NEAR(found.regions[0].area_px, std::numbers::pi * (900 - 225), 25);
  EXPECT_NEAR(found.regions[1].area_px, std::numbers::pi * 900, 25);
}

TEST(Threshold, CutsTouchingDiscsWithOneNeck) {
  const auto image =
      synthetic::image({100, 140}, {{50, 45, 20}, {50, 83, 20}}, {.blur_px = 1, .noise_sd = 4});

  const auto cut = segmented(image);
  const auto whole = segmented(image, {.split = false});

  ASSERT_EQ(cut.regions.size(), 2);
  ASSERT_EQ(cut.necks.size(), 1);
  EXPECT_EQ(cut.regions[0].cluster, cut.regions[1].cluster);
  EXPECT_LT(cut.necks[0].ratio, 0.6);
  EXPECT_EQ(whole.regions.size(), 1);
  EXPECT_NEAR(whole.regions[0].area_px, cut.regions[0].area_px + cut.regions[1].area_px, 1);
}

TEST(Threshold, HoldsTheThresholdOverAWindow) {
  const auto segmenter = make_threshold_segmenter({.window_frames = 3});
  std::vector<double> applied;
  std::vector<double> own;
  for (const double change : {0.0, 0.0, 24.0, 0.0}) {
    const auto image = three({.background = 150, .particle = 60 + change, .noise_sd = 4});
    const auto found = segment_one(*segmenter, {image, BinaryImage()});
    applied.push_back(found.values.at("threshold"));
    own.push_back(found.values.at("threshold_own"));
  }

  EXPECT_NEAR(own[2] - own[1], 12, 1.5);
  EXPECT_NEAR(applied[2], applied[1], 1.5);
  EXPECT_NEAR(applied[3], applied[1], 1.5);
}

TEST(Threshold, FollowsTheBackgroundWithTheHeldThreshold) {
  const auto segmenter = make_threshold_segmenter({.window_frames = 3});
  std::vector<double> applied;
  for (const double shift : {0.0, 0.0, 12.0, 0.0}) {
    const auto image = three({.background = 150 + shift, .particle = 60 + shift, .noise_sd = 4});
    applied.push_back(segment_one(*segmenter, {image, BinaryImage()}).values.at("threshold"));
  }

  EXPECT_NEAR(applied[2] - applied[1], 12, 1.5);
  EXPECT_NEAR(applied[3], applied[1], 1.5);
}

TEST(Threshold, FollowsTheBackgroundWhereTheFrameShowsNoParticle) {
  const auto segmenter = make_threshold_segmenter({.window_frames = 3});
  const auto clear = three({.background = 150, .particle = 60, .noise_sd = 4});
  const auto empty = synthetic::image({128, 128}, {}, {.background = 180, .noise_sd = 4});

  const auto first = segment_one(*segmenter, {clear, BinaryImage()});
  const auto second = segment_one(*segmenter, {empty, BinaryImage()});

  EXPECT_NEAR(second.values.at("threshold") - first.values.at("threshold"), 30, 1.5);
}

TEST(Threshold, HoldsItsHeightOverTheBackgroundOfTheSameFrame) {
  const auto segmenter = make_threshold_segmenter({.window_frames = 3});
  Segmentation last;
  for (const auto& [background, contrast] : {std::pair(100, 80), {130, 40}, {160, 80}}) {
    const auto image = three({.background = static_cast<double>(background),
                              .particle = static_cast<double>(background - contrast),
                              .noise_sd = 2});
    last = segment_one(*segmenter, {image, BinaryImage()});
  }

  EXPECT_NEAR(last.values.at("threshold"), last.values.at("threshold_own"), 1.5);
}

TEST(Threshold, FindsAFaintParticleAndNoNoise) {
  auto image = synthetic::image({512, 512}, {{250, 260, 40}},
                                {.background = 120, .particle = 96, .noise_sd = 0});
  synthetic::add_noise(image, 24, 7);

  const auto found = segmented(image);

  ASSERT_EQ(found.regions.size(), 1);
  EXPECT_NEAR(found.regions[0].centroid.y_px, 250, 3);
  EXPECT_NEAR(found.regions[0].centroid.x_px, 260, 3);
  EXPECT_NEAR(found.regions[0].area_px, std::numbers::pi * 1600, 0.15 * std::numbers::pi * 1600);
}

TEST(Threshold, KeepsThePolarityOfTheWindow) {
  const auto segmenter = make_threshold_segmenter({.window_frames = 5});
  const auto dark = three({.background = 150, .particle = 60, .noise_sd = 4});
  const auto bright = three({.background = 60, .particle = 150, .noise_sd = 4});
  for (int i = 0; i < 3; ++i) {
    segment_one(*segmenter, {dark, BinaryImage()});
  }

  EXPECT_EQ(segment_one(*segmenter, {bright, BinaryImage()}).values.at("bright"), 0);
}

TEST(Threshold, ContinuesFromItsSavedState) {
  const auto first = make_threshold_segmenter({});
  for (const double shift : {0.0, 3.0, 7.0}) {
    segment_one(*first, {three({.background = 150 + shift, .noise_sd = 4}), BinaryImage()});
  }
  const auto second = make_threshold_segmenter({});
  second->load_state(first->save_state());
  const auto image = three({.background = 158, .noise_sd = 4});

  const auto a = segment_one(*first, {image, BinaryImage()});
  const auto b = segment_one(*second, {image, BinaryImage()});

  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.values, b.values);
  EXPECT_EQ(first->save_state(), second->save_state());
}

TEST(Threshold, RefusesAStateThatItDidNotWrite) {
  const auto segmenter = make_threshold_segmenter({});

  for (const char* state : {"", "{", "[]", "{\"window\": [[1]]}", "{\"window\": 3}"}) {
    try {
      segmenter->load_state(state);
      FAIL() << state;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    }
  }
}

TEST(Threshold, RefusesOptionsOutOfRangeByName) {
  const auto message = [](const ThresholdOptions& options) -> std::string {
    try {
      make_threshold_segmenter(options);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kUsage ? error.what() : "wrong kind";
    }
    return "accepted";
  };

  EXPECT_THAT(message({.sigma_px = -1}), HasSubstr("sigma-px"));
  EXPECT_THAT(message({.sigma_px = std::nan("")}), HasSubstr("sigma-px"));
  EXPECT_THAT(message({.flatten_px = 1e9}), HasSubstr("flatten-px"));
  EXPECT_THAT(message({.sauvola_window_px = 1}), HasSubstr("sauvola-window-px"));
  EXPECT_THAT(message({.window_frames = 0}), HasSubstr("window-frames"));
  EXPECT_THAT(message({.min_diameter_px = -2}), HasSubstr("min-diameter-px"));
  EXPECT_THAT(message({.max_neck_ratio = 1.5}), HasSubstr("max-neck-ratio"));
  EXPECT_EQ(message({}), "accepted");
}

TEST(Threshold, WarnsWhereTheGaussianIsLargeAgainstTheParticles) {
  const auto image = three({.noise_sd = 3});

  EXPECT_THAT(segmented(image, {.sigma_px = 4}).warnings,
              Contains(HasSubstr("of the median radius")));
  EXPECT_THAT(segmented(image, {.sigma_px = 0.5}).warnings,
              Not(Contains(HasSubstr("of the median radius"))));
}

TEST(Threshold, SaysWhenOtsuWasGivenUp) {
  const auto few = synthetic::image({256, 256}, {{100, 100, 10}}, {.blur_px = 1, .noise_sd = 5});

  EXPECT_THAT(segmented(few).warnings, Contains(HasSubstr("Otsu")));
  EXPECT_EQ(segmented(few).regions.size(), 1);
}

TEST(Threshold, TakesAGivenLevelOrALocalOne) {
  const auto image = three({.background = 150, .particle = 50, .blur_px = 1, .noise_sd = 4});

  const auto fixed = segmented(image, {.method = ThresholdMethod::kFixed, .threshold = 90});
  const auto local = segmented(image, {.sigma_px = 1, .method = ThresholdMethod::kSauvola});

  EXPECT_EQ(fixed.values.at("threshold"), 90);
  EXPECT_EQ(fixed.regions.size(), 3);
  EXPECT_EQ(local.regions.size(), 3);
}

TEST(Threshold, TakesAGivenLevelAsRecordedUnderAnUnevenBackground) {
  Grid<float> image = synthetic::image({256, 256}, {{128, 40, 12}, {128, 210, 12}},
                                       {.background = 100, .particle = 40, .blur_px = 1});
  for (int64_t y = 0; y < 256; ++y) {
    for (int64_t x = 0; x < 256; ++x) {
      image(y, x) += 0.4F * static_cast<float>(x);
    }
  }

  const auto found = segmented(image, {.sigma_px = 1,
                                       .method = ThresholdMethod::kFixed,
                                       .threshold = 90,
                                       .polarity = Polarity::kDark});

  ASSERT_EQ(found.regions.size(), 1);  // the other is as bright as 124
  EXPECT_NEAR(found.regions[0].centroid.x_px, 40, 0.5);
}

TEST(Threshold, WarnsWhereAGivenLevelTakesMostOfTheField) {
  const auto image = three({.background = 150, .particle = 50, .blur_px = 1, .noise_sd = 4});

  const auto sound = segmented(image, {.method = ThresholdMethod::kFixed, .threshold = 90});
  const auto guessed = segmented(image, {.method = ThresholdMethod::kFixed, .threshold = 190});
  const auto given = segmented(
      image, {.method = ThresholdMethod::kFixed, .threshold = 190, .polarity = Polarity::kDark});

  EXPECT_THAT(sound.warnings, Not(Contains(HasSubstr("half of the field"))));
  EXPECT_THAT(guessed.warnings, Contains(HasSubstr("half of the field")));
  EXPECT_THAT(given.warnings, Not(Contains(HasSubstr("half of the field"))));
}

TEST(Threshold, KeepsNothingBelowTheLeastDiameter) {
  const auto image =
      synthetic::image({96, 96}, {{30.2, 30.4, 3.4}, {60.3, 30.1, 4.6}, {48, 70, 10}},
                       {.background = 150, .particle = 50, .blur_px = 1.5, .noise_sd = 3});

  const auto found = segmented(image, {.sigma_px = 3, .min_diameter_px = 8});

  ASSERT_EQ(found.regions.size(), 2);
  for (const Region& region : found.regions) {
    EXPECT_GE(2 * std::sqrt(region.area_px / std::numbers::pi), 8);
  }
}

TEST(Threshold, DropsAHotPixelAndKeepsASpot) {
  auto image = synthetic::image({96, 96}, {{30.2, 30.4, 1.6}},
                                {.background = 20, .particle = 160, .blur_px = 1, .noise_sd = 2});
  image(70, 70) = 250;

  const auto found = segmented(image);

  ASSERT_EQ(found.regions.size(), 1);
  EXPECT_NEAR(found.regions[0].centroid.y_px, 30.2, 0.2);
}

}  // namespace
}  // namespace mote::segment
