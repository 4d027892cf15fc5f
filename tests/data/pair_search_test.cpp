#include "mote/data/pair_search.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "tests/data/specimen.h"

namespace mote::data {
namespace {

constexpr int64_t kSide = 256;
constexpr double kNoise = 15;  // on a film of 6 grey levels and particles of 50

constexpr double kPattern = 4;  // beside noise that the detector blurs to 7

Fingerprint print_of(const Grid<float>& image, int64_t bin = 2) {
  return fingerprint_of(to_image(image), {}, bin);
}

std::optional<Finding> compared(const Grid<float>& first, const Grid<float>& second) {
  const Fingerprint a = print_of(first);
  const Fingerprint b = print_of(second);
  return PairSearch(b).find(a);
}

Grid<float> unrelated(uint64_t seed) {
  return specimen::frame(specimen::drawn({kSide, kSide}, 1000 + 10 * seed), kNoise, 5000 + seed);
}

TEST(PairSearch, FindsTheOverlapOfTwoFrames) {
  const Grid<float> specimen = specimen::drawn({400, 400}, 1);
  const Grid<float> first =
      specimen::frame(specimen::part(specimen, {20, 30, kSide, kSide}), kNoise, 2);
  const Grid<float> second =
      specimen::frame(specimen::part(specimen, {120, 90, kSide, kSide}), kNoise, 3);

  const auto found = compared(first, second);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kOverlap);
  EXPECT_EQ(found->orientation, Orientation());
  EXPECT_NEAR(found->shift.y_px, 100, 2);  // a bin
  EXPECT_NEAR(found->shift.x_px, 60, 2);
  EXPECT_NEAR(found->shared_fraction, 156.0 * 196 / (256 * 256), 0.02);
  EXPECT_FALSE(found->same_detector);
}

class InEachOrientation : public testing::TestWithParam<Orientation> {};

TEST_P(InEachOrientation, AnOverlapIsFoundWithItsPlaceInBothImages) {
  const Grid<float> specimen = specimen::drawn({400, 400}, 11);
  const Grid<float> first =
      specimen::frame(specimen::part(specimen, {20, 30, kSide, kSide}), kNoise, 12);
  const Grid<float> other =
      specimen::frame(specimen::part(specimen, {120, 90, kSide, kSide}), kNoise, 13);
  const Grid<float> second = oriented(other, GetParam());

  const auto found = compared(first, second);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kOverlap);
  const Grid<float> laid = oriented(second, found->orientation);
  EXPECT_EQ(laid, other);
  EXPECT_NEAR(static_cast<double>(found->shared.y), 100, 2);
  EXPECT_NEAR(static_cast<double>(found->shared.x), 60, 2);
  const Box expected = [&] {  // where other's upper left 156 x 196 px lie in second
    for (const Orientation back : orientations()) {
      if (oriented(second, back) == other) {
        return original(Box{0, 0, 156, 196}, second.size(), back);
      }
    }
    return Box{};
  }();
  EXPECT_NEAR(static_cast<double>(found->shared_of_second.y), static_cast<double>(expected.y), 2);
  EXPECT_NEAR(static_cast<double>(found->shared_of_second.x), static_cast<double>(expected.x), 2);
}

TEST_P(InEachOrientation, ACopyIsFound) {
  const Grid<float> image = unrelated(1);

  const auto found = compared(image, oriented(image, GetParam()));

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kCopy);
  EXPECT_EQ(oriented(oriented(image, GetParam()), found->orientation), image);
  EXPECT_EQ(found->shift, Point());
  EXPECT_EQ(found->shared, (Box{0, 0, kSide, kSide}));
  EXPECT_GT(found->correlation, 0.99);
}

TEST_P(InEachOrientation, AbuttingImagesAreFoundAtTheirSeam) {
  const Grid<float> whole = specimen::frame(specimen::drawn({256, 512}, 21), kNoise, 22);
  const Grid<float> first = specimen::part(whole, {0, 0, 256, 256});
  const Grid<float> second = specimen::part(whole, {0, 256, 256, 256});

  const auto found = compared(first, oriented(second, GetParam()));

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kAbutting);
  EXPECT_EQ(oriented(oriented(second, GetParam()), found->orientation), second);
  EXPECT_EQ(found->shift, (Point{0, 256}));
  EXPECT_EQ(found->shared, (Box{0, 192, 256, 64}));
}

TEST_P(InEachOrientation, TheFixedPatternAloneIsTheWeakerFinding) {
  const Grid<float> pattern = specimen::fixed_pattern({kSide, kSide}, kPattern, 31);
  const Grid<float> first = specimen::added(unrelated(2), pattern);
  const Grid<float> second = oriented(specimen::added(unrelated(3), pattern), GetParam());

  const auto found = compared(first, second);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kDetector);
  EXPECT_EQ(oriented(oriented(pattern, GetParam()), found->orientation), pattern);
  EXPECT_TRUE(found->same_detector);
}

INSTANTIATE_TEST_SUITE_P(All, InEachOrientation, testing::ValuesIn(orientations()));

TEST(PairSearch, FindsTheOverlapUnderAFixedPattern) {
  const Grid<float> pattern = specimen::fixed_pattern({kSide, kSide}, kPattern, 41);
  const Grid<float> specimen = specimen::drawn({400, 400}, 42);
  const Grid<float> first = specimen::added(
      specimen::frame(specimen::part(specimen, {20, 30, kSide, kSide}), kNoise, 43), pattern);
  const Grid<float> second = specimen::added(
      specimen::frame(specimen::part(specimen, {120, 90, kSide, kSide}), kNoise, 44), pattern);

  const auto found = compared(first, second);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kOverlap);
  EXPECT_NEAR(found->shift.y_px, 100, 2);
  EXPECT_TRUE(found->same_detector);
}

TEST(PairSearch, FindsTwoFramesOfOnePlaceUnderAFixedPattern) {
  const Grid<float> pattern = specimen::fixed_pattern({kSide, kSide}, kPattern, 51);
  const Grid<float> specimen = specimen::drawn({kSide, kSide}, 52);
  const Grid<float> first = specimen::added(specimen::frame(specimen, 2 * kNoise, 53), pattern);
  const Grid<float> second = specimen::added(specimen::frame(specimen, 2 * kNoise, 54), pattern);

  const auto found = compared(first, second);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kOverlap);
  EXPECT_TRUE(found->same_detector);
}

TEST(PairSearch, ACopyOfOtherGreyLevelsIsACopy) {
  const Grid<float> image = unrelated(4);
  const auto gain = specimen::mapped(image, [](double v) { return 40 + 0.3 * v; });
  const auto gamma = specimen::mapped(image, [](double v) { return 255 * std::pow(v / 255, 2.2); });
  const auto inverse = specimen::mapped(image, [](double v) { return 255 - v; });

  EXPECT_EQ(compared(image, gain)->kinship, Kinship::kCopy);
  EXPECT_EQ(compared(image, gamma)->kinship, Kinship::kCopy);
  EXPECT_EQ(compared(image, inverse)->kinship, Kinship::kCopy);
  EXPECT_LT(compared(image, inverse)->correlation, -0.99);
}

TEST(PairSearch, ACropIsFoundInItsMicrograph) {
  const Grid<float> image = specimen::frame(specimen::drawn({500, 420}, 61), kNoise, 62);
  const Grid<float> crop = specimen::part(image, {101, 75, 256, 300});

  const auto found = compared(image, crop);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kCopy);
  EXPECT_EQ(found->shift, (Point{101, 75}));
  EXPECT_EQ(found->shared, (Box{101, 75, 256, 300}));
  EXPECT_EQ(found->shared_of_second, (Box{0, 0, 256, 300}));
}

TEST(PairSearch, ABlurredCopyIsStillFound) {
  const Grid<float> image = unrelated(5);

  const auto found = compared(image, synthetic::blurred(image, 1.5));

  ASSERT_TRUE(found);
  EXPECT_EQ(found->shift, Point());
}

TEST(PairSearch, UnrelatedImagesRaiseNoAlarm) {
  std::vector<Fingerprint> prints;
  for (uint64_t seed = 0; seed < 16; ++seed) {
    prints.push_back(print_of(unrelated(100 + seed)));
  }

  int findings = 0;
  for (size_t j = 0; j < prints.size(); ++j) {
    PairSearch search(prints[j]);
    for (size_t i = 0; i < j; ++i) {
      findings += search.find(prints[i]) ? 1 : 0;
    }
  }

  EXPECT_EQ(findings, 0);
}

// Equal discs fit on one another wherever two of them do.
TEST(PairSearch, CleanImagesOfEqualDiscsRaiseNoAlarm) {
  const Size size{kSide, kSide};
  std::vector<Fingerprint> prints;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    const auto discs = synthetic::scattered(size, 14, 14, 0.1, 6, 300 + seed);
    prints.push_back(print_of(synthetic::image(size, discs, {.blur_px = 1})));
  }

  int findings = 0;
  for (size_t j = 0; j < prints.size(); ++j) {
    PairSearch search(prints[j]);
    for (size_t i = 0; i < j; ++i) {
      findings += search.find(prints[i]) ? 1 : 0;
    }
  }

  EXPECT_EQ(findings, 0);
}

TEST(PairSearch, ALatticeAloneIsNoAlarmAndHidesNoOverlap) {
  const auto lattice = [](Grid<float> image, double phase) {
    for (int64_t y = 0; y < image.height(); ++y) {
      for (int64_t x = 0; x < image.width(); ++x) {
        const double turn =
            2 * std::numbers::pi * (0.11 * static_cast<double>(y) + 0.07 * static_cast<double>(x));
        image(y, x) += static_cast<float>(30 * std::sin(turn + phase));
      }
    }
    return image;
  };
  const Grid<float> specimen = specimen::drawn({400, 400}, 71);
  const Grid<float> first =
      specimen::frame(specimen::part(specimen, {20, 30, kSide, kSide}), kNoise, 72);
  const Grid<float> second =
      specimen::frame(specimen::part(specimen, {120, 90, kSide, kSide}), kNoise, 73);

  EXPECT_FALSE(compared(lattice(unrelated(6), 0), lattice(unrelated(7), 1)));
  const auto found = compared(lattice(first, 0), lattice(second, 1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinship, Kinship::kOverlap);
  EXPECT_NEAR(found->shift.y_px, 100, 2);
}

TEST(PairSearch, WhatIsExcludedDoesNotCount) {
  const Grid<float> bar = unrelated(8);
  BinaryImage excluded({kSide, kSide});
  const auto barred = [&](Grid<float> image) {
    for (int64_t y = 200; y < kSide; ++y) {
      for (int64_t x = 0; x < kSide; ++x) {
        image(y, x) = bar(y, x);
        excluded(y, x) = 1;
      }
    }
    return image;
  };
  const Grid<float> first = barred(unrelated(9));
  const Grid<float> second = barred(unrelated(10));

  const Fingerprint a = fingerprint_of(to_image(first), excluded, 2);
  const Fingerprint b = fingerprint_of(to_image(second), excluded, 2);

  EXPECT_TRUE(compared(first, second));
  EXPECT_FALSE(PairSearch(b).find(a));
}

TEST(Fingerprint, OfAnEvenOrTinyImageIsBlank) {
  EXPECT_TRUE(print_of(Grid<float>({kSide, kSide}, 137.0F)).blank());
  EXPECT_TRUE(print_of(Grid<float>({20, 20}, 137.0F)).blank());
  EXPECT_TRUE(fingerprint_of(to_image(unrelated(11)), BinaryImage({kSide, kSide}, 1), 2).blank());
  EXPECT_FALSE(print_of(unrelated(11)).blank());
}

TEST(Fingerprint, BinsToSidesOf128OrMore) {
  const std::vector<Size> tiles = {{512, 512}, {512, 700}};
  const std::vector<Size> small = {{2048, 2048}, {100, 100}};

  EXPECT_EQ(common_bin(tiles), 4);
  EXPECT_EQ(common_bin(small), 1);
  EXPECT_EQ(common_bin({}), 1);
}

}  // namespace
}  // namespace mote::data
