#include "mote/track/drift_pattern.h"

#include <gtest/gtest.h>

#include "tests/drift_scene.h"

namespace mote::track {
namespace {

using synthetic::DriftScene;

constexpr Size kSize = {256, 256};
constexpr double kMinPeakRatio = 6;
constexpr double kWhitePower = 0;

// 16 frames, as many as are looked at, of which the last is `far` from the first.
std::vector<Point> straight(Point far) {
  std::vector<Point> path;
  for (int i = 0; i < 16; ++i) {
    path.push_back({i * far.y_px / 15, i * far.x_px / 15});
  }
  return path;
}

struct Sought {
  std::optional<FixedPattern::Found> found;
  double share = 0;
};

Sought sought(const DriftScene& scene, const std::vector<Point>& prior) {
  const DriftViewer viewer(DriftFrom::kSupport, kSize);
  imaging::Registrar registrar(kSize, {.max_shift_px = 64});
  FixedPattern pattern(kSize);
  for (int32_t i = 0; i < scene.frames(); ++i) {
    pattern.remember(i, viewer.view(scene.image(i), scene.particles(i)));
  }
  Sought out{.found = pattern.seek(registrar, kMinPeakRatio, prior, false, kWhitePower)};
  out.share = pattern.share();
  return out;
}

synthetic::DriftSceneOptions with_pattern(double sd, double sigma_px) {
  return {.size = kSize, .pattern_sd = sd, .pattern_px = sigma_px};
}

TEST(FixedPattern, ThatIsNotWhiteAndHeldFramesBackIsToldFromTheSpecimenAllTheSame) {
  const std::vector<Point> path = straight({9, -6});
  const DriftScene scene(with_pattern(6, 1.5), path);

  const Sought out = sought(scene, std::vector<Point>(16));

  ASSERT_TRUE(out.found);
  EXPECT_LE(synthetic::drift_error(out.found->shift, path).cumulative_max_px, 0.5);
  EXPECT_GT(out.share, 0.02);
}

TEST(FixedPattern, OfFramesWhosePlacesAreKnownIsFoundWithoutMovingThem) {
  const std::vector<Point> path = straight({9, -6});
  const DriftScene scene(with_pattern(6, 1.5), path);

  const Sought out = sought(scene, path);

  ASSERT_TRUE(out.found);
  EXPECT_EQ(out.found->shift, path);
  EXPECT_GT(out.share, 0.02);
}

TEST(FixedPattern, IsNotSoughtInASpecimenThatHardlyMoved) {
  const DriftScene scene(with_pattern(6, 1.5), straight({2, -1}));

  const Sought out = sought(scene, std::vector<Point>(16));

  EXPECT_FALSE(out.found);
}

TEST(FixedPattern, IsNotInventedWhereThereIsNone) {
  const std::vector<Point> path = straight({9, -6});
  const DriftScene scene(with_pattern(0, 0), path);

  const Sought out = sought(scene, path);

  ASSERT_TRUE(out.found);
  EXPECT_LT(out.share, 0.005);
}

}  // namespace
}  // namespace mote::track
