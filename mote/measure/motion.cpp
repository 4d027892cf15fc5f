#include "mote/measure/motion.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/measure/bootstrap.h"

namespace mote::measure {
namespace {

/// In px of the geometric mean of a pixel's sides, so that distances are those on the specimen.
Point isotropic(Point p, const std::optional<PixelSize>& size) {
  const double scale = size ? std::sqrt(size->y_nm / size->x_nm) : 1;
  return {p.y_px * scale, p.x_px / scale};
}

/// In frame intervals; nothing where times are known but not that of this frame.
std::optional<double> time_of(const FrameInfo& info, const MotionOptions& options) {
  if (!options.interval_s) {
    return static_cast<double>(info.frame);
  }
  return info.time_s ? std::optional(*info.time_s / *options.interval_s) : std::nullopt;
}

bool whole(const ParticleRow& particle) {
  return !particle.shared() && !particle.measures.touches_border;
}

double exposure_intervals(const MotionOptions& options) {
  return options.exposure_s && options.interval_s
             ? std::min(1.0, *options.exposure_s / *options.interval_s)
             : 1;
}

}  // namespace

TrackMotion::TrackMotion(int32_t track, const MotionOptions& options) : options_(options) {
  row_.track = track;
  row_.interval_s = options.interval_s;
  row_.exposure_intervals = exposure_intervals(options);
  row_.exposure_source = options.exposure_s && options.interval_s ? "known" : "assumed";
}

void TrackMotion::add(const ParticleRow& particle, double drift_residual_px) {
  row_.pixel_size = particle.info.pixel_size;
  const std::optional<double> time = time_of(particle.info, options_);
  if (particle.shared()) {
    likelihood_.break_off();
    lags_.break_off();
    last_.reset();
    return;
  }
  if (particle.measures.touches_border || !time) {
    return;
  }
  const Point here = isotropic(particle.specimen(), particle.info.pixel_size);
  if (last_ && *time > last_time_) {
    likelihood_.add({here.y_px - last_->y_px, here.x_px - last_->x_px}, *time - last_time_);
    row_.n_displacements += 1;
  }
  row_.n_pieces += last_ ? 0 : 1;
  first_time_ = positions_ == 0 ? *time : first_time_;
  positions_ += 1;
  residual_squares_ += drift_residual_px * drift_residual_px;
  lags_.add(std::llround(*time), here);
  last_ = here;
  last_time_ = *time;
}

MotionRow TrackMotion::row() const {
  MotionRow row = row_;
  if (row.n_displacements < std::max<int64_t>(3, options_.min_displacements)) {
    row.note = "fewer than " + std::to_string(options_.min_displacements) + " displacements";
    return row;
  }
  // Drift that is off by e at either end of the track adds 2 e² to its mean squared displacement.
  row.drift_diffusion = residual_squares_ / static_cast<double>(positions_) /
                        (2 * std::max(1.0, last_time_ - first_time_));
  const auto fit = likelihood_.fit(row.exposure_intervals, row.drift_diffusion);
  row.diffusion = fit->diffusion;
  row.diffusion_se = fit->diffusion_se;
  row.localisation = fit->localisation;
  row.p_immobile = fit->p_immobile;
  row.mobile = fit->p_immobile < options_.immobile_p;
  if (!*row.mobile) {
    row.note = "immobile: no exponent";
    return row;
  }
  row.anomalous = anomalous_fit(lags_.sums(), row.n_displacements);
  if (!row.anomalous) {
    row.note = "the exponent is not determined";
  }
  return row;
}

MotionCollector::MotionCollector(std::span<const Track> tracks, const MotionOptions& options)
    : options_(options) {
  for (const Track& track : tracks) {
    last_frames_[track.id] = track.last_frame;
  }
}

void MotionCollector::add(std::span<const ParticleRow> particles, double drift_residual_px) {
  if (particles.empty()) {
    return;
  }
  const FrameInfo& info = particles.front().info;
  pixel_size_ = info.pixel_size;
  std::map<int32_t, Seen> seen;
  std::set<int32_t> shared;
  for (const ParticleRow& particle : particles) {
    const std::optional<double> time = time_of(info, options_);
    for (const int32_t id : particle.tracks) {
      tracks_.try_emplace(id, id, options_).first->second.add(particle, drift_residual_px);
      if (particle.shared()) {
        shared.insert(id);
      }
    }
    if (whole(particle) && time && particle.tracks.size() == 1) {
      seen[particle.tracks.front()] = {isotropic(particle.specimen(), info.pixel_size), *time};
    }
  }
  find_partners(seen);
  add_pairs(seen, shared);
  retire(info.frame);
}

void MotionCollector::find_partners(const std::map<int32_t, Seen>& seen) {
  for (const auto& [id, here] : seen) {
    if (seen.size() < 2 || !partnered_.insert(id).second) {
      continue;
    }
    int32_t nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (const auto& [other, there] : seen) {
      const double distance = std::hypot(there.position.y_px - here.position.y_px,
                                         there.position.x_px - here.position.x_px);
      if (other != id && distance < least) {
        nearest = other;
        least = distance;
      }
    }
    pairs_.try_emplace(std::minmax(id, nearest));
  }
}

void MotionCollector::add_pairs(const std::map<int32_t, Seen>& seen,
                                const std::set<int32_t>& shared) {
  for (auto& [pair, sums] : pairs_) {
    if (shared.contains(pair.first) || shared.contains(pair.second)) {
      sums.break_off();
      continue;
    }
    const auto first = seen.find(pair.first);
    const auto second = seen.find(pair.second);
    if (first != seen.end() && second != seen.end()) {
      sums.add(std::llround(first->second.time),
               {first->second.position.y_px - second->second.position.y_px,
                first->second.position.x_px - second->second.position.x_px});
    }
  }
}

void MotionCollector::retire(int64_t frame) {
  const auto over = [&](int32_t id) {
    const auto last = last_frames_.find(id);
    return last != last_frames_.end() && last->second <= frame;
  };
  for (auto pair = pairs_.begin(); pair != pairs_.end();) {
    if (over(pair->first.first) || over(pair->first.second)) {
      fold(pair->second.sums(), of_pairs_, 0.5);
      pair = pairs_.erase(pair);
    } else {
      ++pair;
    }
  }
  for (auto track = tracks_.begin(); track != tracks_.end();) {
    if (over(track->first)) {
      fold(track->second.lag_sums(), of_tracks_, 1);
      rows_.push_back(track->second.row());
      track = tracks_.erase(track);
    } else {
      ++track;
    }
  }
}

void MotionCollector::fold(std::span<const LagSums::Sum> sums, Curve& curve, double share) {
  if (curve.size() < sums.size()) {
    curve.resize(sums.size());
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    if (sums[i].count > 0) {
      curve[i].first.add(share * sums[i].squares_px2, static_cast<double>(sums[i].count));
      curve[i].second += sums[i].count;
    }
  }
}

std::vector<MotionRow> MotionCollector::rows() {
  retire(std::numeric_limits<int64_t>::max());
  for (auto& [id, track] : tracks_) {  // of no lineage
    fold(track.lag_sums(), of_tracks_, 1);
    rows_.push_back(track.row());
  }
  tracks_.clear();
  std::sort(rows_.begin(), rows_.end(),
            [](const MotionRow& a, const MotionRow& b) { return a.track < b.track; });
  return std::move(rows_);
}

std::vector<MsdRow> MotionCollector::curves() const {
  std::vector<MsdRow> out;
  const auto add = [&](const char* of, const Curve& curve) {
    for (size_t i = 0; i < curve.size(); ++i) {
      const auto& [ratio, displacements] = curve[i];
      if (displacements == 0) {
        continue;
      }
      MsdRow row{.of = of,
                 .pixel_size = pixel_size_,
                 .interval_s = options_.interval_s,
                 .lag_intervals = LagSums::lag(i),
                 .msd_px2 = ratio.value(),
                 .low_px2 = {},
                 .high_px2 = {},
                 .n_tracks = ratio.tracks(),
                 .n_displacements = displacements};
      if (const auto error = ratio.standard_error()) {
        const double reach = student_quantile(static_cast<double>(row.n_tracks - 1)) * *error;
        row.low_px2 = std::max(0.0, row.msd_px2 - reach);
        row.high_px2 = row.msd_px2 + reach;
      }
      out.push_back(row);
    }
  };
  add("track", of_tracks_);
  add("pair", of_pairs_);
  std::stable_sort(out.begin(), out.end(), [](const MsdRow& a, const MsdRow& b) {
    return a.of != b.of ? a.of > b.of : a.lag_intervals < b.lag_intervals;
  });
  return out;
}

}  // namespace mote::measure
