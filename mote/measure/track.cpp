#include "mote/measure/track.h"

#include <algorithm>
#include <cmath>

namespace mote::measure {
namespace {

/// Distance in units of the geometric mean of a pixel's sides.
double distance_px(const Point& a, const Point& b, const std::optional<PixelSize>& pixel_size) {
  const double scale = pixel_size ? std::sqrt(pixel_size->y_nm / pixel_size->x_nm) : 1;
  return std::hypot((a.y_px - b.y_px) * scale, (a.x_px - b.x_px) / scale);
}

}  // namespace

std::map<int32_t, TrackEnds> track_ends(const Lineage& lineage) {
  std::map<int32_t, TrackEnds> ends;
  for (const Track& track : lineage.tracks) {
    ends[track.id];
    for (const int32_t parent : track.parents) {
      ends[parent].children.push_back(track.id);
    }
  }
  for (const Event& event : lineage.events) {
    const std::string cause(name(event.type));
    switch (event.type) {
      case EventType::kAppeared:
      case EventType::kNucleated:
      case EventType::kEntered:
        if (event.frame_before == event.frame) {
          break;  // the recording began with it
        }
        for (const int32_t id : event.tracks) {
          ends[id].start_cause = cause;
        }
        for (const int32_t id : event.children) {
          ends[id].start_cause = cause;
        }
        break;
      case EventType::kCoalescence:
      case EventType::kSplit:
        for (const int32_t id : event.tracks) {
          ends[id].end_cause = cause;
        }
        for (const int32_t id : event.children) {
          ends[id].start_cause = cause;
        }
        break;
      case EventType::kLost:
      case EventType::kDissolved:
      case EventType::kLeft:
        for (const int32_t id : event.tracks) {
          ends[id].end_cause = cause;
        }
        break;
      case EventType::kContrastLost:
      case EventType::kContact:
      case EventType::kOverlap:
      case EventType::kParted:
      case EventType::kAggregation:
      case EventType::kUnresolved: break;
    }
  }
  for (auto& [id, end] : ends) {
    std::sort(end.children.begin(), end.children.end());
  }
  return ends;
}

void RunningLine::add(double x, double y) {
  ++count_;
  const auto n = static_cast<double>(count_);
  const double dx = x - mean_x_;
  const double dy = y - mean_y_;
  mean_x_ += dx / n;
  mean_y_ += dy / n;
  xx_ += dx * (x - mean_x_);
  xy_ += dx * (y - mean_y_);
  yy_ += dy * (y - mean_y_);
}

std::optional<double> RunningLine::sd_y() const {
  return count_ < 2 ? std::nullopt
                    : std::optional(std::sqrt(yy_ / static_cast<double>(count_ - 1)));
}

std::optional<double> RunningLine::slope() const {
  return count_ < 2 || xx_ <= 0 ? std::nullopt : std::optional(xy_ / xx_);
}

std::optional<double> RunningLine::slope_se() const {
  if (count_ < 3 || xx_ <= 0) {
    return std::nullopt;
  }
  const double residual = std::max(0.0, yy_ - xy_ * xy_ / xx_);
  return std::sqrt(residual / static_cast<double>(count_ - 2) / xx_);
}

void CarriedUncertainty::add(double x, double se) {
  first_x_ = count_ == 0 ? x : first_x_;
  ++count_;
  const double dx = x - first_x_;
  const double variance = se * se;
  x_ += dx;
  xx_ += dx * dx;
  variance_ += variance;
  variance_x_ += variance * dx;
  variance_xx_ += variance * dx * dx;
}

std::optional<double> CarriedUncertainty::of_mean() const {
  return count_ < 1 ? std::nullopt
                    : std::optional(std::sqrt(variance_) / static_cast<double>(count_));
}

std::optional<double> CarriedUncertainty::of_slope() const {
  if (count_ < 2) {
    return std::nullopt;
  }
  const double mean = x_ / static_cast<double>(count_);
  const double spread = xx_ - mean * x_;
  if (!(spread > 0)) {
    return std::nullopt;
  }
  const double squares = variance_xx_ - 2 * mean * variance_x_ + mean * mean * variance_;
  return std::sqrt(std::max(0.0, squares)) / spread;
}

TrackAccumulator::TrackAccumulator(const Track& track, const TrackEnds& ends) {
  row_.id = track.id;
  row_.parents = track.parents;
  row_.children = ends.children;
  row_.first_frame = track.first_frame;
  row_.last_frame = track.last_frame;
  row_.start_cause = ends.start_cause;
  row_.end_cause = ends.end_cause;
  row_.source = track.source;
}

void TrackAccumulator::add(const ParticleRow& particle) {
  if (row_.n_instances == 0) {
    row_.first_recorded_frame = particle.info.recorded_frame;
    row_.first_time_s = particle.info.time_s;
    row_.pixel_size = particle.info.pixel_size;
  }
  row_.last_recorded_frame = particle.info.recorded_frame;
  row_.last_time_s = particle.info.time_s;
  row_.n_instances += 1;
  row_.n_shared += particle.shared();
  row_.n_border += particle.measures.touches_border;
  if (particle.shared() || particle.measures.touches_border) {
    return;
  }

  const double ecd = particle.ecd_px();
  ecd_by_frame_.add(static_cast<double>(particle.info.frame), ecd);
  if (particle.info.time_s) {
    ecd_by_time_.add(*particle.info.time_s, ecd);
  }
  intensity_.add(0, particle.measures.mean_intensity);
  add_uncertainty(particle);
  const Position here{.camera = particle.measures.centroid, .specimen = particle.specimen()};
  if (row_.n_sized == 0) {
    first_ = here;
    row_.ecd_first_px = ecd;
  } else {
    path_px_ += distance_px(here.specimen, last_.specimen, row_.pixel_size);
    path_camera_px_ += distance_px(here.camera, last_.camera, row_.pixel_size);
  }
  last_ = here;
  row_.ecd_last_px = ecd;
  row_.n_sized += 1;
}

void TrackAccumulator::add_uncertainty(const ParticleRow& particle) {
  const auto random = particle.ecd_random_se_px();
  const auto& convention = particle.measures.ecd_uncertainty.convention_px;
  if (!random || !convention) {
    edges_seen_ = false;
    return;
  }
  convention_.add(0, *convention);
  se_by_frame_.add(static_cast<double>(particle.info.frame), *random);
  if (particle.info.time_s) {
    se_by_time_.add(*particle.info.time_s, *random);
  }
}

TrackRow TrackAccumulator::row() const {
  TrackRow row = row_;
  if (row.n_sized == 0) {
    return row;
  }
  row.ecd_mean_px = ecd_by_frame_.mean_y();
  row.ecd_sd_px = ecd_by_frame_.sd_y();
  row.growth_px_per_frame = ecd_by_frame_.slope();
  row.growth_px_per_frame_se = ecd_by_frame_.slope_se();
  row.growth_px_per_s = ecd_by_time_.slope();
  row.growth_px_per_s_se = ecd_by_time_.slope_se();
  if (edges_seen_) {
    row.ecd_mean_random_se_px = se_by_frame_.of_mean();
    row.ecd_mean_convention_se_px = convention_.mean_y();
    row.growth_px_per_frame_boundary_se = se_by_frame_.of_slope();
    row.growth_px_per_s_boundary_se = se_by_time_.of_slope();
  }
  row.displacement_px = distance_px(last_.specimen, first_.specimen, row.pixel_size);
  row.displacement_camera_px = distance_px(last_.camera, first_.camera, row.pixel_size);
  row.path_px = path_px_;
  row.path_camera_px = path_camera_px_;
  row.mean_intensity = intensity_.mean_y();
  return row;
}

}  // namespace mote::measure
