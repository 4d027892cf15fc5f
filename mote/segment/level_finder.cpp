#include "mote/segment/level_finder.h"

#include <algorithm>
#include <cmath>

#include "mote/segment/threshold_finding.h"

namespace mote::segment {

double FoundLevels::clearness() const {
  return std::abs(levels.particle - levels.background) / std::max(levels.noise, particle_noise);
}

std::optional<FoundLevels> LevelFinder::levels_of(const imaging::Histogram& histogram,
                                                  double sigma_px, double least_px) {
  const std::optional<imaging::Levels> levels = imaging::levels_of(histogram, bright_, least_px);
  if (!levels) {
    return std::nullopt;
  }
  FoundLevels found{.levels = *levels};
  if (levels->bright) {
    count_electrons(found, sigma_px);
  }
  return found;
}

void LevelFinder::count_electrons(FoundLevels& found, double sigma_px) {
  if (!law_) {
    law_ = imaging::noise_law_of(image_, excluded_);
  }
  if (law_->variance <= 0) {
    return;
  }
  const double left = imaging::spread_left(sigma_px);
  const double counted = left * std::sqrt(law_->variance);
  const double spread = std::max(found.levels.noise, counted);
  // What a Gaussian reaches with z standard deviations, a skewed distribution reaches with
  // z + skewness (z^2 - 1) / 6. Cornish and Fisher, Revue de l'Institut International de
  // Statistique 5, 307 (1938).
  const double z = 0.5 * kClearOfNoise;
  const double skewness = law_->skewness() * imaging::skewness_left(sigma_px);
  found.levels.noise = spread + counted * skewness * (z * z - 1) / (6 * z);
  const double brighter = std::max(0.0, found.levels.particle - found.levels.background);
  found.particle_noise = std::hypot(spread, left * std::sqrt(law_->gain * brighter));
}

}  // namespace mote::segment
