#include "mote/report/size_curves.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace mote::report {
namespace {

TEST(LswDensity, HasUnitAreaAndUnitMean) {
  constexpr double kStep = 1e-4;
  double area = 0;
  double mean = 0;
  for (double rho = kStep / 2; rho < 1.5; rho += kStep) {
    area += lsw_density(rho) * kStep;
    mean += rho * lsw_density(rho) * kStep;
  }

  EXPECT_NEAR(area, 1, 1e-3);
  EXPECT_NEAR(mean, 1, 1e-3);
  EXPECT_EQ(lsw_density(1.5), 0);
  EXPECT_EQ(lsw_density(-0.1), 0);
}

TEST(LogNormal, IsFittedToWeightedLogarithms) {
  const std::vector<double> values = {1, std::exp(2.0), std::exp(2.0)};
  const std::vector<double> weights = {2, 1, 1};

  const LogNormal fit = fit_log_normal(values, weights);

  EXPECT_DOUBLE_EQ(fit.mean_log, 1);
  EXPECT_DOUBLE_EQ(fit.sd_log, 1);
  EXPECT_NEAR(fit.density(std::exp(1.0)), 0.3989422804 / std::exp(1.0), 1e-9);
  EXPECT_EQ(fit.density(0), 0);
}

TEST(LogNormal, OfEqualValuesHasNoDensity) {
  const std::vector<double> values = {3, 3};
  const std::vector<double> weights = {1, 1};

  EXPECT_EQ(fit_log_normal(values, weights).sd_log, 0);
  EXPECT_EQ(fit_log_normal(values, weights).density(3), 0);
}

}  // namespace
}  // namespace mote::report
