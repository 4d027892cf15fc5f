#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "mote/measure/instance.h"

namespace mote::measure {

/// What the particles of a recording are like where they end.
enum class EdgeKind {
  kFlat,   ///< evenly thick, or not to be told from it: the half level is the rim
  kSphere  ///< spheres whose thickness makes the signal, as in dark field: the rim is thin
};

std::string_view name(EdgeKind kind);

/// The mean edge profiles of a recording's round, lone particles, by size.
class EdgePool {
 public:
  /// Leaves out what touches another or the border, is not round, or has no profile.
  void add(const InstanceMeasures& instance);

  /// Those of like size together.
  struct Class {
    double count = 0;
    double radius_px = 0;          ///< mean, of the half level
    std::vector<double> place_px;  ///< from the half level outwards
    std::vector<double> level;     ///< mean grey level less the background's
    std::vector<double> variance;  ///< of that mean
  };

  /// In order of size: at most `most`, each of at least a `most`-th of the instances.
  std::vector<Class> classes(int most) const;

  int64_t count() const { return count_; }
  bool bright() const { return 2 * bright_ > count_; }  ///< most particles are brighter

 private:
  struct Bin {
    double count = 0;
    double radius_sum = 0;
    std::array<double, EdgeProfile::kPlaces> counts{};
    std::array<double, EdgeProfile::kPlaces> sums{};
    std::array<double, EdgeProfile::kPlaces> squares{};
  };
  std::map<int64_t, Bin> bins_;  // by radius
  int64_t count_ = 0;
  int64_t bright_ = 0;
};

/// How far outside the half level the rims of a recording's particles lie.
struct EdgeModel {
  EdgeKind kind = EdgeKind::kFlat;
  int64_t instances = 0;              ///< whose profiles were pooled
  std::optional<double> misfit;       ///< rms over the contrast; nothing where none was tried
  std::optional<double> flat_misfit;  ///< that of evenly thick particles
  std::vector<double> radius_px;      ///< of the half level, ascending
  std::vector<double> shift_px;       ///< from there to the rim; both empty for kFlat

  /// At a radius of the half level: linear between the classes, and beyond as at the last.
  double shift_at(double radius_px) const;
};

/// Fits evenly thick particles and spheres to the mean profiles of all classes at once: one blur,
/// and a radius and a contrast for each class. A sphere's half level lies inside its rim, where the
/// chord 2 sqrt(R² - r²) is short. Spheres are believed where they halve the chi² of evenly thick
/// particles, whose half level is the rim; so neither flat particles nor noise get a shift.
///
/// Bright particles only. Where particles are darker, phase contrast and partial coherence make
/// the edge: their half level lies on either side of the rim by what the profile does not tell
/// (`measurements.md`).
EdgeModel fitted_edge_model(const EdgePool& pool);

/// The measures with the outline moved outwards to the rim: area, perimeter, Feret diameters and
/// axes by Steiner's formulas, and of the uncertainty's convention what the model leaves of it.
InstanceMeasures at_rim(const InstanceMeasures& instance, const EdgeModel& model);

}  // namespace mote::measure
