#include "mote/measure/msd.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/measure/walks.h"

namespace mote::measure {
namespace {

/// Fractional Brownian motion of MSD = K n^alpha in two dimensions, by the factor of its
/// covariance (Asmussen and Glynn, Stochastic Simulation, 2007, sec. XI.3).
class FractionalMotion {
 public:
  FractionalMotion(double k, double alpha, size_t count) : count_(count), lower_(count * count) {
    const auto s = [&](double n) { return 0.5 * k * std::pow(n, alpha); };
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        const auto a = static_cast<double>(i + 1);
        const auto b = static_cast<double>(j + 1);
        double sum = 0.5 * (s(a) + s(b) - s(a - b));
        for (size_t m = 0; m < j; ++m) {
          sum -= lower_[i * count + m] * lower_[j * count + m];
        }
        lower_[i * count + j] = i == j ? std::sqrt(sum) : sum / lower_[j * count + j];
      }
    }
  }

  std::vector<Point> draw(double localisation, uint64_t seed) const {
    synthetic::Noise noise(seed);
    const std::vector<double> y = axis(localisation, noise);
    const std::vector<double> x = axis(localisation, noise);
    std::vector<Point> out;
    for (size_t i = 0; i < count_; ++i) {
      out.push_back({y[i], x[i]});
    }
    return out;
  }

 private:
  std::vector<double> axis(double localisation, synthetic::Noise& noise) const {
    std::vector<double> white;
    std::vector<double> out;
    for (size_t i = 0; i < count_; ++i) {
      white.push_back(noise.normal());
      double sum = localisation * noise.normal();
      for (size_t m = 0; m <= i; ++m) {
        sum += lower_[i * count_ + m] * white[m];
      }
      out.push_back(sum);
    }
    return out;
  }

  size_t count_;
  std::vector<double> lower_;
};

LagSums sums_of(const std::vector<Point>& positions) {
  LagSums sums;
  for (size_t i = 0; i < positions.size(); ++i) {
    sums.add(static_cast<int64_t>(i), positions[i]);
  }
  return sums;
}

struct Survey {
  int fitted = 0;
  double alpha = 0;
  double spread = 0;
  double stated = 0;
  double cover = 0;
};

Survey survey(double alpha, int tracks) {
  const FractionalMotion motion(0.5, alpha, 400);
  Survey out;
  double squares = 0;
  for (int i = 0; i < tracks; ++i) {
    const LagSums sums = sums_of(motion.draw(0.2, static_cast<uint64_t>(i + 1)));
    const auto fit = anomalous_fit(sums.sums(), 399);
    if (fit) {
      ++out.fitted;
      out.alpha += fit->alpha;
      squares += (fit->alpha - alpha) * (fit->alpha - alpha);
      out.stated += fit->alpha_se;
      out.cover += std::abs(fit->alpha - alpha) < 1.96 * fit->alpha_se ? 1 : 0;
    }
  }
  out.alpha /= out.fitted;
  out.spread = std::sqrt(squares / out.fitted);
  out.stated /= out.fitted;
  out.cover /= out.fitted;
  return out;
}

class AnomalousMotion : public testing::TestWithParam<double> {};

TEST_P(AnomalousMotion, HasItsExponentRecoveredWithAnHonestError) {
  const Survey found = survey(GetParam(), 200);

  RecordProperty("alpha", std::to_string(found.alpha));
  RecordProperty("spread", std::to_string(found.spread));
  RecordProperty("stated", std::to_string(found.stated));
  RecordProperty("cover", std::to_string(found.cover));
  EXPECT_GT(found.fitted, 195);
  EXPECT_NEAR(found.alpha, GetParam(), 0.05);
  EXPECT_GT(found.cover, 0.88);
  EXPECT_NEAR(found.stated / found.spread, 1, 0.25);
}

INSTANTIATE_TEST_SUITE_P(Exponents, AnomalousMotion, testing::Values(0.7, 1.0, 1.4));

TEST(LagSums, AreThoseOfEveryPairOfPositionsAtShortLags) {
  const LagSums sums = sums_of({{0, 0}, {0, 1}, {0, 3}, {4, 3}});

  ASSERT_EQ(sums.sums().size(), 3);
  EXPECT_EQ(sums.sums()[0].count, 3);
  EXPECT_DOUBLE_EQ(sums.sums()[0].squares_px2, 1 + 4 + 16);
  EXPECT_EQ(sums.sums()[1].count, 2);
  EXPECT_DOUBLE_EQ(sums.sums()[1].squares_px2, 9 + 20);
  EXPECT_EQ(sums.sums()[2].count, 1);
  EXPECT_DOUBLE_EQ(sums.sums()[2].mean_px2(), 25);
}

TEST(LagSums, KnowLongLagsInLittleMemory) {
  LagSums sums;
  for (int64_t tick = 0; tick < 100000; ++tick) {
    sums.add(tick, {0.5 * static_cast<double>(tick), 0});
  }

  const size_t last = sums.sums().size() - 1;
  const auto lag = static_cast<double>(LagSums::lag(last));
  EXPECT_LT(sums.sums().size(), 70);
  EXPECT_GT(lag, 60000);
  EXPECT_DOUBLE_EQ(sums.sums()[last].mean_px2(), 0.25 * lag * lag);
}

TEST(LagSums, CompareNothingAcrossAGapWrongly) {
  LagSums sums;
  sums.add(0, {0, 0});
  sums.add(3, {0, 3});
  sums.break_off();
  sums.add(4, {0, 100});
  sums.add(5, {0, 101});

  ASSERT_EQ(sums.sums().size(), 3);
  EXPECT_EQ(sums.sums()[0].count, 1);
  EXPECT_EQ(sums.sums()[1].count, 0);
  EXPECT_DOUBLE_EQ(sums.sums()[2].mean_px2(), 9);
}

TEST(AnomalousFit, OfTooFewLagsIsNothing) {
  const LagSums sums = sums_of({{0, 0}, {0, 1}, {0, 3}, {4, 3}});

  EXPECT_FALSE(anomalous_fit(sums.sums(), 3));
}

TEST(RatioOfSums, HasTheSpreadBetweenTracksForItsError) {
  RatioOfSums mean;
  mean.add(2, 1);
  mean.add(4, 1);
  mean.add(6, 1);

  EXPECT_DOUBLE_EQ(mean.value(), 4);
  EXPECT_DOUBLE_EQ(mean.standard_error().value(), 2 / std::sqrt(3.0));
}

}  // namespace
}  // namespace mote::measure
