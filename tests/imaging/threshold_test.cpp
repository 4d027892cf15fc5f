#include "mote/imaging/threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/imaging/filters.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

struct Scene {
  double coverage = 0.1;
  double contrast_to_noise = 10;
  bool bright = false;
};

/// Contrast 100 on a background of 120, discs of 6 to 12 px.
Grid<float> draw(const Scene& scene) {
  const Size size{384, 384};
  const auto discs = synthetic::scattered(size, 6, 12, scene.coverage, 1, 17);
  return synthetic::image(size, discs,
                          {.background = 120,
                           .particle = scene.bright ? 220.0 : 20.0,
                           .blur_px = 1,
                           .noise_sd = 100 / scene.contrast_to_noise,
                           .seed = 23});
}

TEST(Otsu, PartsTwoLevelsInTheMiddle) {
  Grid<float> image({10, 10}, 20);
  for (int i = 0; i < 30; ++i) {
    image.values()[static_cast<size_t>(i)] = 80;
  }

  const auto split = otsu(histogram_of(image, {}));

  ASSERT_TRUE(split);
  EXPECT_NEAR(split->threshold, 50, 0.1);
  EXPECT_NEAR(split->separability, 1, 1e-3);
}

TEST(Otsu, HasNoThresholdForOneLevel) {
  EXPECT_FALSE(otsu(histogram_of(Grid<float>({4, 4}, 3), {})));
  EXPECT_FALSE(otsu(histogram_of(Grid<float>(), {})));
}

TEST(Otsu, SeparabilityOfOneGaussianIsTwoOverPi) {
  Grid<float> image({256, 256});
  synthetic::add_noise(image, 10, 2);

  EXPECT_NEAR(otsu(histogram_of(image, {}))->separability, 2 / std::numbers::pi, 0.01);
}

TEST(Histogram, LeavesOutExcludedAndNonFinitePixels) {
  Grid<float> image({2, 3}, {1, 2, std::nanf(""), 900, 3, 3});
  const BinaryImage excluded({2, 3}, {0, 0, 0, 1, 0, 0});

  const Histogram histogram = histogram_of(image, excluded, 4);

  EXPECT_EQ(histogram.low, 1);
  EXPECT_EQ(histogram.high, 3);
  EXPECT_EQ(histogram.total(), 4);
}

TEST(Levels, HoldFromHalfAPercentToFortyPercentOnBothSides) {
  for (const bool bright : {false, true}) {
    for (const double coverage : {0.005, 0.02, 0.1, 0.25, 0.4}) {
      for (const double ratio : {5.0, 20.0}) {
        const Grid<float> image =
            gaussian(draw({.coverage = coverage, .contrast_to_noise = ratio, .bright = bright}), 1);

        const auto levels = levels_of(histogram_of(image, {}), std::nullopt, 9);

        ASSERT_TRUE(levels) << coverage << " " << ratio << " " << bright;
        EXPECT_EQ(levels->bright, bright) << coverage << " " << ratio;
        EXPECT_NEAR(levels->background, 120, 4) << coverage << " " << ratio;
        // The slopes of blurred discs pull the particles' level a little.
        EXPECT_NEAR(std::abs(levels->particle - levels->background), 95, 15)
            << coverage << " " << ratio << " " << bright;
      }
    }
  }
}

TEST(Levels, OtsuFailsWhereTheyHold) {
  const Grid<float> image = gaussian(draw({.coverage = 0.002, .contrast_to_noise = 2.5}), 1);
  const Histogram histogram = histogram_of(image, {});

  // In the background, which lies at 120 with a spread of 11.
  EXPECT_GT(otsu(histogram)->threshold, 100);
  const std::optional<Levels> levels = levels_of(histogram, std::nullopt, 9);
  EXPECT_NEAR(0.5 * (levels->background + levels->particle), 72, 8);
}

TEST(Levels, FindNothingInNoiseTextureOrARamp) {
  Grid<float> noise({300, 300}, 100);
  synthetic::add_noise(noise, 12, 9);
  Grid<float> ramp({300, 300});
  for (int64_t y = 0; y < 300; ++y) {
    for (int64_t x = 0; x < 300; ++x) {
      ramp(y, x) = static_cast<float>(x);
    }
  }

  EXPECT_FALSE(levels_of(histogram_of(noise, {}), std::nullopt, 9));
  EXPECT_FALSE(levels_of(histogram_of(gaussian(noise, 1.5), {}), std::nullopt, 9));
  // What is correlated over 6 px comes in blobs of some 200 px.
  EXPECT_FALSE(levels_of(histogram_of(gaussian(noise, 6), {}), std::nullopt, 2 * 3.14 * 36));
  EXPECT_FALSE(levels_of(histogram_of(ramp, {}), std::nullopt, 9));
}

TEST(Levels, OfAGivenPolarityMayCoverMoreThanHalf) {
  const Grid<float> image = draw({.coverage = 0.3, .bright = true});

  const auto levels = levels_of(histogram_of(gaussian(image, 1), {}), false, 9);

  ASSERT_TRUE(levels);
  EXPECT_GT(levels->background, levels->particle);
  EXPECT_GT(levels->share, 0.5);
}

TEST(Sauvola, FollowsTheBackgroundWhereOneThresholdCannot) {
  auto image = draw({.coverage = 0.05, .contrast_to_noise = 50});
  for (int64_t y = 0; y < image.height(); ++y) {
    for (int64_t x = 0; x < image.width(); ++x) {
      image(y, x) += 0.3F * static_cast<float>(x);
    }
  }
  const auto discs = synthetic::scattered(image.size(), 6, 12, 0.05, 1, 17);

  const Grid<float> threshold = sauvola_threshold(image, 61, 0.2, false);

  for (const synthetic::Disc& disc : discs) {
    const auto y = static_cast<int64_t>(disc.y_px);
    const auto x = static_cast<int64_t>(disc.x_px);
    EXPECT_LT(image(y, x), threshold(y, x));
  }
  EXPECT_GT(image(2, 2), threshold(2, 2));
  EXPECT_GT(image(380, 380), threshold(380, 380));
}

TEST(Flattened, TakesASlopeOutAndLeavesParticles) {
  auto image = draw({.coverage = 0.15, .contrast_to_noise = 40});
  const Grid<float> even = image;
  for (int64_t y = 0; y < image.height(); ++y) {
    for (int64_t x = 0; x < image.width(); ++x) {
      image(y, x) += 60 * std::sin(0.004F * static_cast<float>(x + y));
    }
  }

  const Grid<float> flat = flattened(image, {}, 48);

  double squares = 0;
  double mean = 0;
  for (size_t i = 0; i < flat.values().size(); ++i) {
    const double difference = flat.values()[i] - even.values()[i];
    mean += difference / static_cast<double>(flat.values().size());
    squares += difference * difference / static_cast<double>(flat.values().size());
  }
  // Of a background that ran over 120 grey levels.
  EXPECT_LT(std::sqrt(squares - mean * mean), 6);
}

TEST(Gaussian, IsTheOneDrawnInDoublePrecision) {
  const auto image = draw({.coverage = 0.1});

  for (const double sigma : {0.6, 1.5, 5.0}) {
    const Grid<float> ours = gaussian(image, sigma);
    const Grid<float> exact = synthetic::blurred(image, sigma);
    float worst = 0;
    for (size_t i = 0; i < ours.values().size(); ++i) {
      worst = std::max(worst, std::abs(ours.values()[i] - exact.values()[i]));
    }
    // Ours is cut off at 4 sigma, theirs at 5.
    EXPECT_LT(worst, 0.02) << "sigma " << sigma;
  }
}

}  // namespace
}  // namespace mote::imaging
