#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mote::measure {

/// From when to when a particle was watched, in any unit of time.
struct Lifetime {
  double entry = 0;  ///< seen from then on: it is at risk after it
  double exit = 0;
  bool dissolved = false;  ///< at `exit`; else it is censored there
};

/// The survival curve just after one time of dissolution.
struct SurvivalStep {
  double time = 0;
  int64_t at_risk = 0;
  int64_t dissolved = 0;
  double survival = 1;
  std::optional<double> se;  ///< Greenwood's; nothing where none survives
  double low = 1;            ///< 95 % interval
  double high = 1;

  bool operator==(const SurvivalStep&) const = default;
};

/// The share of particles that survive each time: the product of 1 - dissolved / at risk over the
/// times of dissolution, where those are at risk who entered before and have not left (delayed
/// entry, so that left truncation makes no survivors). In order of time.
///
/// Kaplan and Meier, J. Am. Stat. Assoc. 53, 457, 1958; left truncation: Tsai, Jewell and Wang,
/// Biometrika 74, 883, 1987. Variance: Greenwood 1926; the interval is that of log(-log S)
/// (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed. 2002, sec.
/// 1.4), which stays within 0 and 1.
std::vector<SurvivalStep> kaplan_meier(const std::vector<Lifetime>& lifetimes);

}  // namespace mote::measure
