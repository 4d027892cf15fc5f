#include "mote/measure/ripening_law.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "mote/measure/growth_fit.h"
#include "tests/synthetic.h"

namespace mote::measure {
namespace {

/// Rates of mean-field ripening in four windows, r* growing from 10 to 13.
std::vector<WindowRate> rates(double n, int particles, double noise_sd) {
  synthetic::Noise noise(3);
  std::vector<WindowRate> out;
  for (size_t window = 0; window < 4; ++window) {
    const double critical = 10 + static_cast<double>(window);
    for (int i = 0; i < particles; ++i) {
      const double r = critical * (0.5 + 0.9 * i / (particles - 1));
      const double exact = 0.1 * std::pow(r / 10, 1 - n) * (r / critical - 1);
      out.push_back({.window = window,
                     .radius = r,
                     .rate = exact + noise_sd * noise.normal(),
                     .rate_se = noise_sd});
    }
  }
  return out;
}

TEST(RipeningFit, OfExactRatesFindsExponentRateAndCriticalRadii) {
  const auto law = RipeningFit(rates(3, 20, 0)).law();

  ASSERT_TRUE(law);
  EXPECT_NEAR(law->n, 3, 0.01);
  EXPECT_NEAR(law->a, 0.1 * std::pow(10, law->n - 1), 0.5);
  ASSERT_EQ(law->critical.size(), 4);
  EXPECT_NEAR(law->critical[0].value(), 10, 1e-2);
  EXPECT_NEAR(law->critical[3].value(), 13, 1e-2);
}

TEST(RipeningFit, TellsTwoThreeAndFourApartInNoise) {
  EXPECT_NEAR(RipeningFit(rates(2, 20, 0.003)).law().value().n, 2, 0.3);
  EXPECT_NEAR(RipeningFit(rates(3, 20, 0.003)).law().value().n, 3, 0.3);
  EXPECT_NEAR(RipeningFit(rates(4, 20, 0.003)).law().value().n, 4, 0.3);
}

TEST(RipeningFit, IsHardlyMovedByAFewWrongTracks) {
  std::vector<WindowRate> some = rates(3, 20, 0.002);
  some[7].rate += 1;
  some[33].rate -= 1;

  const auto law = RipeningFit(some).law();

  ASSERT_TRUE(law);
  EXPECT_NEAR(law->n, 3, 0.3);
}

TEST(RipeningFit, FollowsParticlesThatShrinkThroughAWindow) {
  std::vector<WindowRate> some = rates(3, 20, 0);
  // r³ falls on a straight line from 8³ to 4³: r is no straight line, and no one radius stands for
  // it; its least-squares line is that of 2,001 points.
  double ty = 0, tt = 0, sum = 0;
  for (int i = 0; i <= 2000; ++i) {
    const double t = i / 1000.0 - 1;
    const double r = std::cbrt(288 - 224 * t);
    ty += t * r;
    tt += t * t;
    sum += r;
  }
  const double a = 0.1 * 100;  // of rates()
  const double far = 1e9;      // r*: it shrinks at any radius
  const double duration = 448 / (3 * a);
  for (int i = 0; i < 4; ++i) {
    some.push_back(
        {.window = 4, .radius = sum / 2001, .rate = 2 * ty / tt / duration, .span = duration});
  }

  const auto law = RipeningFit(some).law();

  ASSERT_TRUE(law);
  EXPECT_NEAR(law->n, 3, 0.05);
  EXPECT_GT(law->critical[4].value_or(far), 100);
}

TEST(RipeningFit, CountsARateAsOftenAsItIsDrawn) {
  std::vector<WindowRate> some = rates(3, 20, 0.003);
  std::vector<double> once(some.size(), 1.0);
  some.push_back(some.front());
  some.back().rate += 0.1;
  once.push_back(0);

  const RipeningFit fit(some);

  EXPECT_NE(fit.law().value().n, fit.law(once).value().n);
}

TEST(RipeningFit, IsNothingWhereLargerParticlesShrink) {
  std::vector<WindowRate> wrong = rates(3, 20, 0);
  for (WindowRate& rate : wrong) {
    rate.rate = -rate.rate;
  }

  EXPECT_FALSE(RipeningFit(wrong).law());
}

TEST(RipeningFit, IsNothingForThreeParticlesAWindow) {
  EXPECT_FALSE(RipeningFit(rates(3, 3, 0)).law());
}

TEST(ExponentVerdict, NamesWhatTheIntervalHolds) {
  EXPECT_EQ(exponent_verdict(2.6, 3.3), "n = 3");
  EXPECT_EQ(exponent_verdict(2.2, 2.8), "n is none of 2, 3, 4");
  EXPECT_EQ(exponent_verdict(1.8, 3.1), "n not determined: 2 and 3 lie in its interval");
}

}  // namespace
}  // namespace mote::measure
