#include "mote/measure/frame.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "mote/measure/clusters.h"
#include "mote/measure/statistics.h"

namespace mote::measure {
namespace {

constexpr double kFewParticles = 30;
// ISO 13322-1:2004, scope: for a log-normal distribution of geometric standard deviation 1.6.
constexpr int64_t kForVolumeMean = 6000;
constexpr int64_t kForPercentiles = 61000;

double weight_of(const Box& box, Size field) {
  const bool at_border =
      box.y <= 0 || box.x <= 0 || box.y_end() >= field.height || box.x_end() >= field.width;
  if (at_border) {
    return 0;
  }
  const auto places =
      static_cast<double>((field.height - box.height - 1) * (field.width - box.width - 1));
  return static_cast<double>(field.area()) / places;
}

int64_t particles_in(const ParticleRow& row) {
  return std::max<int64_t>(1, static_cast<int64_t>(row.tracks.size()));
}

/// Clusters by number; instances of cluster 0 stand alone under numbers below 0.
std::vector<int32_t> cluster_numbers(std::span<const ParticleRow> particles) {
  std::vector<int32_t> numbers;
  numbers.reserve(particles.size());
  for (const ParticleRow& row : particles) {
    const auto alone = -1 - static_cast<int32_t>(numbers.size());
    numbers.push_back(row.cluster > 0 ? row.cluster : alone);
  }
  return numbers;
}

std::optional<double> weighted_mean(std::span<const Sized> sample) {
  double sum = 0;
  double weights = 0;
  for (const Sized& item : sample) {
    sum += item.weight * item.diameter;
    weights += item.weight;
  }
  return weights > 0 ? std::optional(sum / weights) : std::nullopt;
}

void fill_counts(FrameRow& out, std::span<const ParticleRow> particles, double area_px2) {
  double n = 0;
  double n_plain = 0;
  double covered = 0;
  double covered_plain = 0;
  for (const ParticleRow& row : particles) {
    const auto share = static_cast<double>(particles_in(row));
    out.n_shared += row.shared();
    out.n_border += row.measures.touches_border;
    out.n_touching += row.measures.touching;
    n += row.border_weight * share;
    n_plain += share;
    covered += row.border_weight * row.measures.area_px2;
    covered_plain += row.measures.area_px2;
  }
  out.n = {.value = n, .plain = n_plain};
  if (area_px2 > 0) {
    out.areal_density_per_px2 = {.value = n / area_px2, .plain = n_plain / area_px2};
    out.area_fraction = {.value = covered / area_px2, .plain = covered_plain / area_px2};
  }
}

void fill_sizes(FrameRow& out, std::span<const ParticleRow> particles,
                std::span<const int32_t> clusters, const FrameStatisticsOptions& options) {
  std::vector<Sized> corrected;
  std::vector<Sized> plain;
  for (size_t i = 0; i < particles.size(); ++i) {
    const ParticleRow& row = particles[i];
    if (row.shared()) {
      continue;
    }
    plain.push_back({.diameter = row.ecd_px(), .group = clusters[i]});
    if (row.border_weight > 0) {
      corrected.push_back(
          {.diameter = row.ecd_px(), .weight = row.border_weight, .group = clusters[i]});
    }
  }
  out.n_sized = static_cast<int64_t>(corrected.size());
  out.effective_n = effective_sample_size(corrected);
  const auto value = size_statistics(corrected);
  const auto beside = size_statistics(plain);
  // The golden ratio's bits keep neighbouring frames' streams apart.
  const uint64_t seed =
      options.seed * 0x9e3779b97f4a7c15ULL + static_cast<uint64_t>(out.info.frame) * 0x2545f491ULL;
  const auto interval = size_intervals(corrected, options.resamples, seed);
  const auto fill = [&](Estimate& estimate, auto member) {
    const auto get = [&](const SizeStatistics& s) { return std::optional<double>(s.*member); };
    estimate = {.value = value ? get(*value) : std::nullopt,
                .low = interval ? get(interval->low) : std::nullopt,
                .high = interval ? get(interval->high) : std::nullopt,
                .plain = beside ? get(*beside) : std::nullopt};
  };
  fill(out.ecd_mean_px, &SizeStatistics::mean);
  fill(out.ecd_sd_px, &SizeStatistics::sd);
  fill(out.ecd_p10_px, &SizeStatistics::p10);
  fill(out.ecd_median_px, &SizeStatistics::median);
  fill(out.ecd_p90_px, &SizeStatistics::p90);
  fill(out.d32_px, &SizeStatistics::d32);
  fill(out.d43_px, &SizeStatistics::d43);
}

/// What the boundaries of the sized instances make of the weighted mean of their ECD.
void fill_boundary_uncertainty(FrameRow& out, std::span<const ParticleRow> particles) {
  double weights = 0;
  double squares = 0;
  double convention = 0;
  for (const ParticleRow& row : particles) {
    if (row.shared() || row.border_weight == 0) {
      continue;
    }
    const auto random = row.ecd_random_se_px();
    const auto& common = row.measures.ecd_uncertainty.convention_px;
    if (!random || !common) {
      return;
    }
    weights += row.border_weight;
    squares += std::pow(row.border_weight * *random, 2);
    convention += row.border_weight * *common;
  }
  if (weights > 0) {
    out.ecd_mean_random_se_px = std::sqrt(squares) / weights;
    out.ecd_mean_convention_se_px = convention / weights;
  }
}

/// Mean ECD where clusters count as one particle each, and where they are left out.
void fill_cluster_variants(FrameRow& out, std::span<const ParticleRow> particles, Size field) {
  const auto sizes = [&](ClusterRule rule) {
    std::vector<Sized> sample;
    for (const SizedBody& body : sized_bodies(particles, field, rule)) {
      if (body.border_weight > 0) {
        sample.push_back({.diameter = body.ecd_px, .weight = body.border_weight});
      }
    }
    return sample;
  };
  const std::vector<Sized> whole = sizes(ClusterRule::kWhole);
  const std::vector<Sized> alone = sizes(ClusterRule::kExclude);
  out.ecd_mean_whole_px = weighted_mean(whole);
  out.ecd_mean_exclude_px = weighted_mean(alone);
  out.n_sized_whole = static_cast<int64_t>(whole.size());
  out.n_sized_exclude = static_cast<int64_t>(alone.size());
}

void fill_window(FrameRow& out, std::span<const ParticleRow> particles, const Box& window,
                 int64_t excluded_px) {
  int64_t n = 0;
  std::vector<Sized> sizes;
  for (const ParticleRow& row : particles) {
    if (!lies_in(window, row.specimen())) {
      continue;
    }
    n += particles_in(row);
    if (!row.shared() && !row.measures.touches_border) {
      sizes.push_back({.diameter = row.ecd_px()});
    }
  }
  out.window_n = n;
  if (const int64_t area_px2 = window.size().area() - excluded_px; area_px2 > 0) {
    out.window_areal_density_per_px2 = static_cast<double>(n) / static_cast<double>(area_px2);
  }
  out.window_ecd_mean_px = weighted_mean(sizes);
}

void add_flags(FrameRow& out, std::span<const ParticleRow> particles, Size field) {
  if (particles.empty()) {
    out.flags.emplace_back("no_particles");
    return;
  }
  if (out.effective_n < kFewParticles) {
    out.flags.emplace_back("few_particles");
  }
  if (std::any_of(particles.begin(), particles.end(), [&](const ParticleRow& row) {
        return 2 * row.measures.box.height > field.height ||
               2 * row.measures.box.width > field.width;
      })) {
    out.flags.emplace_back("large_particles");
  }
}

}  // namespace

double border_weight(const InstanceMeasures& instance, Size field) {
  return weight_of(instance.box, field);
}

ParticleRow particle_row(const FrameInfo& info, const InstanceMeasures& measures,
                         std::vector<int32_t> tracks, int32_t cluster, Size field) {
  return {.info = info,
          .measures = measures,
          .tracks = std::move(tracks),
          .cluster = cluster,
          .border_weight = border_weight(measures, field)};
}

Point reach_px(const InstanceMeasures& instance) {
  const Box& box = instance.box;
  const Point& at = instance.centroid;
  // Pixel centres lie on integers: the sides of a box lie half a pixel outside of them.
  return {std::max(at.y_px - static_cast<double>(box.y),
                   static_cast<double>(box.y_end()) - 1 - at.y_px) +
              0.5,
          std::max(at.x_px - static_cast<double>(box.x),
                   static_cast<double>(box.x_end()) - 1 - at.x_px) +
              0.5};
}

std::optional<Box> common_window(std::span<const Point> drift, Size field, Point reach) {
  if (drift.empty()) {
    return std::nullopt;
  }
  double y0 = -drift[0].y_px;
  double x0 = -drift[0].x_px;
  double y1 = y0;
  double x1 = x0;
  for (const Point& shift : drift) {
    y0 = std::max(y0, -shift.y_px);
    x0 = std::max(x0, -shift.x_px);
    y1 = std::min(y1, -shift.y_px);
    x1 = std::min(x1, -shift.x_px);
  }
  constexpr double kSlack = 1;  // for what noise does to centroids and drift
  y0 = std::ceil(y0 + reach.y_px + kSlack);
  x0 = std::ceil(x0 + reach.x_px + kSlack);
  y1 = std::floor(y1 - reach.y_px - kSlack);
  x1 = std::floor(x1 - reach.x_px - kSlack);
  const Box window{.y = std::llround(y0),
                   .x = std::llround(x0),
                   .height = std::llround(y1 - y0) + field.height,
                   .width = std::llround(x1 - x0) + field.width};
  return window.empty() ? std::nullopt : std::optional(window);
}

FrameRow frame_row(const FrameInfo& info, std::span<const ParticleRow> particles, Size field,
                   const FrameStatisticsOptions& options) {
  FrameRow out;
  out.info = info;
  out.n_instances = static_cast<int64_t>(particles.size());
  fill_counts(out, particles, static_cast<double>(field.area() - options.excluded_px));

  const std::vector<int32_t> clusters = cluster_numbers(particles);
  fill_sizes(out, particles, clusters, options);
  fill_boundary_uncertainty(out, particles);
  fill_cluster_variants(out, particles, field);

  std::vector<Point> centres;
  centres.reserve(particles.size());
  for (const ParticleRow& row : particles) {
    centres.push_back(row.measures.centroid);
  }
  const double scale_y =
      info.pixel_size ? std::sqrt(info.pixel_size->y_nm / info.pixel_size->x_nm) : 1;
  if (const auto nearest = nearest_neighbour(centres, field, {scale_y, 1 / scale_y})) {
    out.nearest_neighbour_px = {.value = nearest->corrected, .plain = nearest->mean};
  }
  if (options.common_window) {
    fill_window(out, particles, *options.common_window, options.window_excluded_px);
  }
  add_flags(out, particles, field);
  return out;
}

std::vector<std::pair<std::string, std::string>> frame_flags() {
  return {
      {"no_particles", "the frame has no instance"},
      {"few_particles", fmt::format("effective_n is below {}: intervals are rough", kFewParticles)},
      {"large_particles",
       "an instance is longer than half the field: border correction rests on few places"}};
}

void SizeSample::add(const ParticleRow& particle) {
  if (particle.shared() || particle.measures.touches_border) {
    return;
  }
  const double value = std::log(particle.ecd_px());
  ++count_;
  const double delta = value - mean_log_;
  mean_log_ += delta / static_cast<double>(count_);
  sum_squares_log_ += delta * (value - mean_log_);
}

std::optional<std::string> SizeSample::note() const {
  if (count_ < 2 || count_ >= kForPercentiles) {
    return std::nullopt;
  }
  const double gsd = std::exp(std::sqrt(sum_squares_log_ / static_cast<double>(count_ - 1)));
  return fmt::format(
      "sizes of {} particles of geometric standard deviation {:.2f}: at 1.6 ISO 13322-1:2004 "
      "asks for {}{} for percentiles",
      count_, gsd,
      count_ < kForVolumeMean ? fmt::format("{} for D[3,2] and D[4,3], ", kForVolumeMean) : "",
      kForPercentiles);
}

}  // namespace mote::measure
