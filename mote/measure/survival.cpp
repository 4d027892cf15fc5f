#include "mote/measure/survival.h"

#include <algorithm>
#include <cmath>

namespace mote::measure {
namespace {

constexpr double kNormal95 = 1.959963984540054;

void add_interval(SurvivalStep& step, double greenwood) {
  if (step.survival <= 0) {
    step.low = 0;
    step.high = 1 - std::pow(0.025, 1 / static_cast<double>(step.at_risk));
    return;
  }
  step.se = step.survival * std::sqrt(greenwood);
  const double log_survival = std::log(step.survival);
  const double reach = kNormal95 * std::sqrt(greenwood) / -log_survival;
  step.low = std::pow(step.survival, std::exp(reach));
  step.high = std::pow(step.survival, std::exp(-reach));
}

}  // namespace

std::vector<SurvivalStep> kaplan_meier(const std::vector<Lifetime>& lifetimes) {
  std::vector<double> entries;
  std::vector<double> exits;
  std::vector<double> deaths;
  for (const Lifetime& life : lifetimes) {
    entries.push_back(life.entry);
    exits.push_back(life.exit);
    if (life.dissolved) {
      deaths.push_back(life.exit);
    }
  }
  std::sort(entries.begin(), entries.end());
  std::sort(exits.begin(), exits.end());
  std::sort(deaths.begin(), deaths.end());

  std::vector<SurvivalStep> steps;
  double survival = 1;
  double greenwood = 0;
  for (size_t i = 0; i < deaths.size();) {
    const double time = deaths[i];
    const auto same = std::upper_bound(deaths.begin(), deaths.end(), time);
    const auto dead = static_cast<int64_t>(same - (deaths.begin() + static_cast<int64_t>(i)));
    const auto entered = std::lower_bound(entries.begin(), entries.end(), time) - entries.begin();
    const auto gone = std::lower_bound(exits.begin(), exits.end(), time) - exits.begin();
    const auto at_risk = static_cast<double>(entered - gone);
    survival *= 1 - static_cast<double>(dead) / at_risk;
    greenwood += static_cast<double>(dead) / (at_risk * (at_risk - static_cast<double>(dead)));
    SurvivalStep step{.time = time,
                      .at_risk = static_cast<int64_t>(entered - gone),
                      .dissolved = dead,
                      .survival = survival,
                      .se = {}};
    add_interval(step, greenwood);
    steps.push_back(step);
    i += static_cast<size_t>(dead);
  }
  return steps;
}

}  // namespace mote::measure
