#include "mote/track/portrait.h"

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace mote::track {
namespace {

constexpr Size kField{.height = 96, .width = 96};
constexpr double kBackground = 200;

struct Sphere {
  Point at;
  double radius_px = 0;
};

double thickness(const Sphere& sphere, int64_t y, int64_t x) {
  const double dy = static_cast<double>(y) - sphere.at.y_px;
  const double dx = static_cast<double>(x) - sphere.at.x_px;
  return 2 * std::sqrt(std::max(0.0, sphere.radius_px * sphere.radius_px - dy * dy - dx * dx));
}

/// What is let through by spheres over each other, each of which absorbs 1/e in 40 px.
Grid<float> shadows(const std::vector<Sphere>& spheres) {
  Grid<float> image(kField);
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      double depth = 0;
      for (const Sphere& sphere : spheres) {
        depth += thickness(sphere, y, x) / 40;
      }
      image(y, x) = static_cast<float>(kBackground * std::exp(-depth));
    }
  }
  return image;
}

/// What scatters, brighter where it is thicker.
Grid<float> glow(const std::vector<Sphere>& spheres) {
  Grid<float> image(kField, 5.0F);
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      for (const Sphere& sphere : spheres) {
        image(y, x) += static_cast<float>(thickness(sphere, y, x));
      }
    }
  }
  return image;
}

void add_noise(Grid<float>& image, double sd) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, sd);
  for (float& value : image.values()) {
    value += static_cast<float>(noise(random));
  }
}

LabelImage labels_of(const std::vector<Sphere>& spheres) {
  LabelImage labels(kField);
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      for (const Sphere& sphere : spheres) {
        labels(y, x) = thickness(sphere, y, x) > 0 ? 1 : labels(y, x);
      }
    }
  }
  return labels;
}

Region region_of(const Sphere& sphere) {
  const auto low = [&](double centre) {
    return static_cast<int64_t>(std::ceil(centre - sphere.radius_px));
  };
  const auto side = static_cast<int64_t>(2 * sphere.radius_px) + 1;
  return {
      .label = 1,
      .cluster = 1,
      .area_px = std::numbers::pi * sphere.radius_px * sphere.radius_px,
      .centroid = sphere.at,
      .box = {.y = low(sphere.at.y_px), .x = low(sphere.at.x_px), .height = side, .width = side}};
}

template <typename Draw>
Portrait portrait_of(const Sphere& sphere, Draw draw) {
  Portrait portrait;
  for (int frame = 0; frame < 3; ++frame) {
    paint(portrait, draw({sphere}), labels_of({sphere}), region_of(sphere), false);
  }
  return portrait;
}

const Sphere kLarge{.at = {48, 40}, .radius_px = 14};
const Sphere kSmall{.at = {48, 56}, .radius_px = 10};

Superposition seen_in(const Grid<float>& image, const LabelImage& labels, const Portrait& large,
                      Point at_large, const Portrait& small, Point at_small) {
  return superposition(image, labels, large, at_large, small, at_small, 6).value();
}

TEST(Superposition, SeesBothWhereOneLiesOverTheOtherInBrightField) {
  const Portrait large = portrait_of(kLarge, shadows);
  const Portrait small = portrait_of(kSmall, shadows);
  Grid<float> image = shadows({kLarge, kSmall});
  add_noise(image, 10);

  const Superposition seen =
      seen_in(image, labels_of({kLarge, kSmall}), large, {46, 42}, small, {50, 53});

  EXPECT_NEAR(seen.excess.share(), 1, 3 * seen.excess.error());
  EXPECT_LT(seen.excess.error(), 0.1);
  EXPECT_NEAR(seen.a.y_px, kLarge.at.y_px, 1);
  EXPECT_NEAR(seen.a.x_px, kLarge.at.x_px, 1);
  EXPECT_NEAR(seen.b.y_px, kSmall.at.y_px, 1);
  EXPECT_NEAR(seen.b.x_px, kSmall.at.x_px, 1);
}

TEST(Superposition, SeesBothInDarkField) {
  const Portrait large = portrait_of(kLarge, glow);
  const Portrait small = portrait_of(kSmall, glow);

  const Superposition seen = seen_in(glow({kLarge, kSmall}), labels_of({kLarge, kSmall}), large,
                                     kLarge.at, small, kSmall.at);

  EXPECT_NEAR(seen.excess.share(), 1, 0.05);
}

// Thicker than either, a sphere of both volumes has some of what two over each other would show.
TEST(Superposition, SeesLittleMoreThanOneInASphereOfTheSameVolume) {
  const Sphere other{.at = kSmall.at, .radius_px = 8};
  const Portrait large = portrait_of(kLarge, shadows);
  const Portrait small = portrait_of(other, shadows);
  const Sphere merged{.at = {48, 44}, .radius_px = std::cbrt(14.0 * 14 * 14 + 8.0 * 8 * 8)};

  const Superposition seen =
      seen_in(shadows({merged}), labels_of({merged}), large, kLarge.at, small, other.at);

  EXPECT_LT(seen.excess.share(), 0.3);
}

TEST(Superposition, NeedsPortraitsOfBoth) {
  const Portrait large = portrait_of(kLarge, shadows);
  const Grid<float> image = shadows({kLarge, kSmall});

  const auto seen =
      superposition(image, labels_of({kLarge, kSmall}), large, kLarge.at, Portrait{}, kSmall.at, 6);

  EXPECT_FALSE(seen.has_value());
}

TEST(Portrait, IsNotSpoiledAtTheBorder) {
  Region cut = region_of(kLarge);
  cut.touches_border = true;
  Portrait portrait = portrait_of(kLarge, shadows);
  const Portrait whole = portrait;

  paint(portrait, shadows({kLarge}), labels_of({kLarge}), cut, false);

  EXPECT_EQ(portrait, whole);
}

TEST(Portrait, GuessesWhatANeighbourCoversBySymmetry) {
  LabelImage labels = labels_of({kLarge});
  Grid<float> image = shadows({kLarge});
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 52; x < kField.width; ++x) {
      labels(y, x) = 2;
      image(y, x) = 0;
    }
  }
  Portrait portrait;

  paint(portrait, image, labels, region_of(kLarge), true);

  const int64_t half = portrait.values.height() / 2;
  EXPECT_EQ(portrait.values(half, half + 13), portrait.values(half, half - 13));
  EXPECT_LT(portrait.values(half, half + 13), 1);
}

TEST(Portrait, KeepsWhatItKnewUnderARegionThatComesNear) {
  Portrait portrait = portrait_of(kLarge, shadows);
  const Portrait before = portrait;
  LabelImage labels = labels_of({kLarge});
  labels(48, 57) = 2;
  Grid<float> image = shadows({kLarge});
  image(48, 57) = 0;

  paint(portrait, image, labels, region_of(kLarge), false);

  const int64_t half = portrait.values.height() / 2;
  EXPECT_EQ(portrait.values(half, half + 17), before.values(half, half + 17));
}

}  // namespace
}  // namespace mote::track
