#include "mote/measure/size_laws.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

double no_border(double /*diameter*/) {
  return 1;
}

std::vector<Sized> log_normal(int count, double median, double gsd, uint64_t seed) {
  synthetic::Noise noise(seed);
  std::vector<Sized> sample;
  for (int i = 0; i < count; ++i) {
    sample.push_back({.diameter = median * std::exp(std::log(gsd) * noise.normal())});
  }
  return sample;
}

/// By rejection from the density of Lifshitz, Slyozov and Wagner, of critical diameter 10.
std::vector<Sized> lsw(int count, uint64_t seed) {
  synthetic::Noise noise(seed);
  std::vector<Sized> sample;
  while (sample.size() < static_cast<size_t>(count)) {
    const double z = 1.5 * noise.uniform();
    const double density = 4.0 / 9 * z * z * std::pow(3 / (3 + z), 7.0 / 3) *
                           std::pow(1.5 / (1.5 - z), 11.0 / 3) * std::exp(-z / (1.5 - z));
    if (2.3 * noise.uniform() < density) {
      sample.push_back({.diameter = 10 * z});
    }
  }
  return sample;
}

double p_of(SizeLaw law, const std::vector<Sized>& sample, Weighting weighting, uint64_t seed) {
  const auto fitted = FittedSizeLaw::fit(law, sample, weighting);
  return goodness_of_fit(law, *fitted, sample, weighting, no_border, 99, seed).p.value();
}

/// How many of 60 samples of 60 have a p of 0.05 or less.
int rejected(SizeLaw law, Weighting weighting, bool from_lsw) {
  int count = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const auto sample = from_lsw ? lsw(60, seed) : log_normal(60, 10, 1.5, seed);
    count += p_of(law, sample, weighting, seed) <= 0.05 ? 1 : 0;
  }
  return count;
}

TEST(RipeningShareBelow, HasTheDensityOfLifshitzSlyozovAndWagnerAtThree) {
  for (const double z : {0.2, 0.7, 1.0, 1.2, 1.35}) {
    const double density = 4.0 / 9 * z * z * std::pow(3 / (3 + z), 7.0 / 3) *
                           std::pow(1.5 / (1.5 - z), 11.0 / 3) * std::exp(-z / (1.5 - z));
    const double slope =
        (ripening_share_below(z + 0.003, 3) - ripening_share_below(z - 0.003, 3)) / 0.006;

    EXPECT_NEAR(slope, density, 0.01 * density + 1e-3) << z;
  }
}

TEST(RipeningShareBelow, HasTheMeansOfTheMeanFieldLaws) {
  const double expected[] = {0.889, 1, 1.034};
  for (const int n : {2, 3, 4}) {
    double mean = 0;
    for (int i = 0; i < 2000; ++i) {
      mean += 0.001 * (1 - ripening_share_below(0.001 * (i + 0.5), n));
    }

    EXPECT_NEAR(mean, expected[n - 2], 0.001) << n;
    EXPECT_EQ(ripening_share_below(static_cast<double>(n) / (n - 1), n), 1);
  }
}

TEST(FittedSizeLaw, FindsTheLogNormalLawOfASample) {
  const auto fitted =
      FittedSizeLaw::fit(SizeLaw::kLogNormal, log_normal(20000, 12, 1.4, 1), Weighting::kNumber);

  EXPECT_NEAR(fitted->scale(), 12, 0.1);
  EXPECT_NEAR(fitted->spread(), 1.4, 0.01);
  EXPECT_NEAR(fitted->share_below(12), 0.5, 0.02);
  EXPECT_NEAR(fitted->share_below(fitted->number_quantile(0.9)), 0.9, 1e-3);
}

TEST(FittedSizeLaw, ByVolumeHasALargerMedianThatItsQuantilesTakeBack) {
  const auto fitted =
      FittedSizeLaw::fit(SizeLaw::kLogNormal, log_normal(20000, 12, 1.2, 1), Weighting::kVolume);

  const double s = std::log(1.2);
  EXPECT_NEAR(fitted->scale(), 12 * std::exp(3 * s * s), 0.2);
  EXPECT_NEAR(fitted->number_quantile(0.5), 12, 0.2);
}

TEST(FittedSizeLaw, FindsTheCriticalDiameterOfRipeningByNumberAndByVolume) {
  const auto sample = lsw(20000, 1);

  for (const Weighting weighting : {Weighting::kNumber, Weighting::kVolume}) {
    const auto fitted = FittedSizeLaw::fit(SizeLaw::kRipening3, sample, weighting);

    EXPECT_NEAR(fitted->scale(), 10, 0.1);
  }
}

TEST(FittedSizeLaw, IsNothingWhereAllSizesAreEqual) {
  const std::vector<Sized> equal{{.diameter = 3}, {.diameter = 3}};

  EXPECT_FALSE(FittedSizeLaw::fit(SizeLaw::kLogNormal, equal, Weighting::kNumber));
  EXPECT_FALSE(FittedSizeLaw::fit(SizeLaw::kRipening3, {}, Weighting::kNumber));
}

TEST(GoodnessOfFit, RejectsTheTrueLawAsOftenAsItSays) {
  // Of 60 samples, 3 on average.
  EXPECT_LE(rejected(SizeLaw::kLogNormal, Weighting::kNumber, false), 8);
  EXPECT_LE(rejected(SizeLaw::kRipening3, Weighting::kNumber, true), 8);
  EXPECT_LE(rejected(SizeLaw::kRipening3, Weighting::kVolume, true), 8);
}

TEST(GoodnessOfFit, RejectsAWrongLaw) {
  EXPECT_GE(rejected(SizeLaw::kRipening3, Weighting::kNumber, false), 55);
  EXPECT_GE(rejected(SizeLaw::kLogNormal, Weighting::kNumber, true), 20);
}

TEST(GoodnessOfFit, KnowsThatLargeParticlesAreSeenLessOften) {
  const auto weight = [](double diameter) { return 1e4 / std::pow(100 - diameter, 2); };
  synthetic::Noise noise(1);
  std::vector<Sized> seen;
  for (Sized item : log_normal(600, 25, 1.5, 2)) {
    item.weight = weight(item.diameter);
    if (item.diameter < 99 && noise.uniform() * item.weight < 1) {
      seen.push_back(item);
    }
  }
  const auto fitted = FittedSizeLaw::fit(SizeLaw::kLogNormal, seen, Weighting::kNumber);

  const GoodnessOfFit known =
      goodness_of_fit(SizeLaw::kLogNormal, *fitted, seen, Weighting::kNumber, weight, 99, 1);

  EXPECT_GT(known.p.value(), 0.05);
  EXPECT_NEAR(fitted->scale(), 25, 1.5);
}

TEST(FittedSizeLaw, HasTheDensityThatItsSharesGrowBy) {
  const auto sample = log_normal(500, 10, 1.3, 1);
  for (const SizeLaw law : kSizeLaws) {
    for (const Weighting weighting : {Weighting::kNumber, Weighting::kVolume}) {
      const auto fitted = FittedSizeLaw::fit(law, sample, weighting);

      for (const double d : {6.0, 9.0, 12.0}) {
        const double slope = (fitted->share_below(d + 0.05) - fitted->share_below(d - 0.05)) / 0.1;
        EXPECT_NEAR(fitted->density(d), slope, 0.002) << name(law) << " at " << d;
      }
      EXPECT_EQ(fitted->density(0), 0);
      EXPECT_EQ(fitted->density(-1), 0);
    }
  }
}

TEST(FittedSizeLaw, OfRipeningHasNoDensityBeyondItsLargestRatio) {
  const auto fitted = FittedSizeLaw::fit(SizeLaw::kRipening3, lsw(500, 1), Weighting::kNumber);

  EXPECT_EQ(fitted->density(1.51 * fitted->scale()), 0);
}

}  // namespace
}  // namespace mote::measure
