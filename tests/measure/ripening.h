#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <vector>

#include "mote/measure/growth.h"
#include "mote/simulate/ripening.h"
#include "tests/synthetic.h"

/// Particles that ripen by the mean-field law, as the tables would tell of them.
namespace mote::measure {

struct Ripening {
  int exponent = 3;
  int particles = 400;
  int64_t frames = 300;
  double until = 2;            ///< the mean radius grows so many times
  double mean_radius_px = 10;  ///< at the start
  double noise_px = 0.05;      ///< of a radius in a frame
  double convention_px = 0;    ///< standard uncertainty of an ECD, not to be told by its noise
  double limit_px = 3;         ///< particles below are not seen any more
  uint64_t seed = 1;
};

/// What a collector makes of it, and the truth beside it.
struct Ripened {
  std::vector<GrowthRow> growth;
  std::vector<RateRow> rates;
  std::vector<SurvivalRow> survival;
  std::vector<double> true_critical_px;  ///< of every frame
  int64_t dissolved = 0;
};

/// r^n of every particle, and the whole history of r*, in equal steps of reduced time.
class RipeningParticles {
 public:
  explicit RipeningParticles(const Ripening& options) : n_(options.exponent) {
    const simulate::StationaryLaw law(n_);
    synthetic::Noise noise(options.seed);
    const double critical = options.mean_radius_px / law.mean();
    for (int i = 0; i < options.particles; ++i) {
      powers_.push_back(std::pow(critical * law.quantile(noise.uniform()), n_));
    }
  }

  /// The r* that keeps the volume: sum of r^(4-n) over sum of r^(3-n).
  double critical() const {
    double above = 0;
    double below = 0;
    for (const double power : powers_) {
      const double r = radius(power);
      above += r > 0 ? std::pow(r, 4 - n_) : 0;
      below += r > 0 ? std::pow(r, 3 - n_) : 0;
    }
    return above / below;
  }

  double mean() const {
    double sum = 0;
    int64_t count = 0;
    for (const double power : powers_) {
      sum += radius(power);
      count += power > 0 ? 1 : 0;
    }
    return sum / static_cast<double>(count);
  }

  /// One step of d(r^n) = n (r/r* - 1) d(reduced time).
  void step(double reduced) {
    const double r_star = critical();
    for (double& power : powers_) {
      if (power > 0) {
        power += n_ * (radius(power) / r_star - 1) * reduced;
      }
    }
  }

  double radius_of(size_t particle) const { return radius(powers_[particle]); }
  size_t count() const { return powers_.size(); }

 private:
  double radius(double power) const { return power > 0 ? std::pow(power, 1.0 / n_) : 0; }

  int n_;
  std::vector<double> powers_;
};

/// The reduced time in which the mean radius grows `until` times.
inline double reduced_time(const Ripening& options) {
  const simulate::StationaryLaw law(options.exponent);
  const double slope = law.slope() * std::pow(law.mean(), options.exponent);
  const double first = std::pow(options.mean_radius_px, options.exponent);
  return first * (std::pow(options.until, options.exponent) - 1) / slope;
}

struct RipeningHistory {
  std::vector<std::vector<double>> radii;  ///< of every frame and particle, 0 once gone
  std::vector<double> critical;
};

inline RipeningHistory history_of(const Ripening& options) {
  RipeningParticles particles(options);
  RipeningHistory out;
  constexpr int kSteps = 10;
  const double step = reduced_time(options) / static_cast<double>(options.frames - 1) / kSteps;
  for (int64_t frame = 0; frame < options.frames; ++frame) {
    out.critical.push_back(particles.critical());
    std::vector<double>& radii = out.radii.emplace_back();
    for (size_t i = 0; i < particles.count(); ++i) {
      const double r = particles.radius_of(i);
      radii.push_back(r < options.limit_px ? 0 : r);
    }
    for (int i = 0; i < kSteps; ++i) {
      particles.step(step);
    }
  }
  return out;
}

inline Ripened measured_ripening(const Ripening& options, GrowthOptions growth = {}) {
  const RipeningHistory history = history_of(options);
  Lineage lineage;
  std::map<int32_t, TrackEnds> ends;
  Ripened out{.true_critical_px = history.critical};
  for (size_t i = 0; i < history.radii.front().size(); ++i) {
    int64_t last = -1;
    while (last + 1 < options.frames && history.radii[static_cast<size_t>(last + 1)][i] > 0) {
      ++last;
    }
    if (last < 0) {
      continue;
    }
    const auto id = static_cast<int32_t>(i + 1);
    const bool gone = last + 1 < options.frames;
    lineage.tracks.push_back({.id = id, .first_frame = 0, .last_frame = last, .parents = {}});
    ends[id].end_cause = gone ? "dissolved" : "recording_end";
    out.dissolved += gone ? 1 : 0;
  }
  growth.frames = options.frames;
  GrowthCollector collector(lineage, ends, growth);
  synthetic::Noise noise(options.seed + 1000);
  for (int64_t frame = 0; frame < options.frames; ++frame) {
    std::vector<ParticleRow> rows;
    for (const Track& track : lineage.tracks) {
      if (track.last_frame < frame) {
        continue;
      }
      const double truth =
          history.radii[static_cast<size_t>(frame)][static_cast<size_t>(track.id - 1)];
      const double r = truth + options.noise_px * noise.normal();
      ParticleRow& row = rows.emplace_back();
      row.info.frame = frame;
      row.measures.area_px2 = std::numbers::pi * r * r;
      row.measures.ecd_uncertainty.convention_px = options.convention_px;
      row.border_weight = 1;
      row.tracks = {track.id};
    }
    collector.add({.frame = frame, .recorded_frame = frame}, rows, std::nullopt);
  }
  out.growth = collector.growth();
  out.rates = collector.rates();
  out.survival = collector.survival();
  return out;
}

}  // namespace mote::measure
