#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mote/measure/brownian.h"

namespace mote::measure {

/// A classical exponent a of x/r ~ t^a.
///
/// Kuczynski, "Self-diffusion in sintering of metallic particles", Trans. AIME 185, 169 (1949);
/// Nichols and Mullins, J. Appl. Phys. 36, 1826 (1965).
struct NeckExponent {
  const char* text;  ///< `1/6`
  double value;
};
inline constexpr std::array<NeckExponent, 5> kNeckExponents = {
    {{"1/2", 1.0 / 2}, {"1/3", 1.0 / 3}, {"1/5", 1.0 / 5}, {"1/6", 1.0 / 6}, {"1/7", 1.0 / 7}}};

/// A neck at a time, in any unit of time.
struct NeckPoint {
  double time = 0;
  double ratio = 0;  ///< x/r, above 0
};

/// Between what times the contact is sought; both before the first point.
struct ContactWindow {
  double earliest = 0;
  double latest = 0;
};

/// Exponents that are tried: kLeastNeckExponent + k kNeckExponentStep, k from 0 to
/// kNeckExponentCount - 1.
inline constexpr double kLeastNeckExponent = 0.02;
inline constexpr double kNeckExponentStep = 0.005;
inline constexpr size_t kNeckExponentCount = 257;

/// x/r = ((t - t0) / tau)^a fitted to the necks of one pair.
struct NeckLawFit {
  double exponent = 0;
  std::optional<double> low;   ///< end of the 95 % interval; nothing where the points set none
  std::optional<double> high;  ///< likewise
  double contact_time = 0;     ///< t0
  double tau = 0;              ///< after which the law would reach x/r = 1
  double rms = 0;              ///< of x/r about the law
  /// For every exponent that is tried the sum of squares that is left, over the variance of a
  /// point: what a fit of one exponent to many pairs adds up.
  std::vector<double> curve;
};

/// By least squares of x/r over a, tau and, within its window, t0. The interval is that of the
/// profile likelihood: the exponents that, at their best tau and t0, leave a sum of squares no
/// higher than Student's t allows.
///
/// Venzon and Moolgavkar, "A method for computing profile-likelihood-based confidence intervals",
/// Appl. Statist. 37, 87 (1988).
///
/// Needs four points, in order of time.
NeckLawFit fit_neck_law(std::span<const NeckPoint> points, const ContactWindow& contact);

/// One exponent for many pairs, each with its own tau and t0, from their curves; the 95 % interval
/// is a bootstrap over pairs. Nothing where the best exponent, or an end of the interval, is the
/// first or the last that is tried. Needs two pairs.
std::optional<Interval> common_exponent(std::span<const std::vector<double>> curves,
                                        int64_t resamples, uint64_t seed);

/// `a = 1/6`, or `a is none of ...`, or `a not determined: ...` where the interval holds several of
/// kNeckExponents or is open.
std::string exponent_verdict(std::optional<double> low, std::optional<double> high);

}  // namespace mote::measure
