#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mote/measure/statistics.h"

namespace mote::measure {

/// How particles count in a distribution of sizes: each as one, or by its volume d³.
enum class Weighting { kNumber, kVolume };

/// The laws that sizes are compared with: log-normal, and the stationary laws of ripening by
/// dr/dt = A r^(1-n) (r/r* - 1) that keeps its volume.
enum class SizeLaw { kLogNormal, kRipening2, kRipening3, kRipening4 };

inline constexpr std::array<SizeLaw, 4> kSizeLaws{SizeLaw::kLogNormal, SizeLaw::kRipening2,
                                                  SizeLaw::kRipening3, SizeLaw::kRipening4};

/// `lognormal`, `lsw2`, `lsw3`, `lsw4`.
std::string_view name(SizeLaw law);

/// The share of particles below a ratio z = r/r* in the stationary law of exponent n,
///
///     1 - exp(-3 int_0^z x^(n-1) / (x^n - k (x - 1)) dx),  k = n (n/(n-1))^(n-1),
///
/// up to its largest ratio n/(n-1): n = 3 is that of Lifshitz and Slyozov, J. Phys. Chem. Solids
/// 19, 35 (1961) and Wagner, Z. Elektrochem. 65, 581 (1961). For n in [2, 4].
double ripening_share_below(double ratio, int exponent);

/// A law fitted to a sample. By number: the log-normal law by the mean and standard deviation of
/// ln d, the laws of ripening, which have only a scale, by the mean of d. By volume likewise, of
/// the sample that counts by d³ and the law that does.
class FittedSizeLaw {
 public:
  /// Nothing where the sample has fewer than two different sizes. `sample` counts by number: its
  /// weights are those of the border alone.
  static std::optional<FittedSizeLaw> fit(SizeLaw law, std::span<const Sized> sample,
                                          Weighting weighting);

  /// The share below a diameter, by the weighting of the fit.
  double share_below(double diameter) const;
  /// The share a unit of diameter at a diameter, likewise; 0 outside the law.
  double density(double diameter) const;
  /// Of the log-normal law, by the weighting of the fit: its median and geometric standard
  /// deviation. Of a law of ripening: the diameter 2 r*, and 1.
  double scale() const { return scale_; }
  double spread() const { return spread_; }
  /// The diameter below which a share of the particles lie, by number.
  double number_quantile(double share) const;

 private:
  SizeLaw law_ = SizeLaw::kLogNormal;
  Weighting weighting_ = Weighting::kNumber;
  double scale_ = 1;
  double spread_ = 1;
};

/// How far a sample is from a fitted law.
struct GoodnessOfFit {
  double distance = 0;      ///< Kolmogorov's and Smirnov's: the greatest between both shares below
  std::optional<double> p;  ///< how often samples of the law are as far or farther
};

/// `border_weight` tells the weight of a diameter: particles of the law are seen with the inverse
/// of it for chance, and count by it. Each of the `resamples` samples is fitted anew, since the
/// law was fitted to the data; 0 gives no p.
///
/// Stute, Gonzalez Manteiga and Presedo Quindimil, "Bootstrap based goodness-of-fit-tests", Metrika
/// 40, 1993.
GoodnessOfFit goodness_of_fit(SizeLaw law, const FittedSizeLaw& fitted,
                              std::span<const Sized> sample, Weighting weighting,
                              const std::function<double(double)>& border_weight, int64_t resamples,
                              uint64_t seed);

/// `sample` with its weights times d³ where it counts by volume.
std::vector<Sized> weighted(std::span<const Sized> sample, Weighting weighting);

}  // namespace mote::measure
