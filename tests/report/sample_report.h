#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/core/lineage.h"
#include "mote/io/picture_file.h"
#include "mote/report/canvas.h"
#include "mote/report/overlay.h"
#include "mote/report/report_page.h"
#include "tests/synthetic.h"

/// Reports of recordings that are made up here, for tests to look into.
namespace mote::report::sample {

struct SampleOptions {
  int64_t frames = 240;
  int32_t tracks = 16;
  bool pixel_size = true;
  bool time = true;
  bool events = true;
  bool recording = true;
  int64_t overlays = 12;
  uint64_t seed = 1;
};

/// Pairs of tracks that merge a third and two thirds of the way, tracks that split, and many that
/// just go on.
inline Lineage lineage(const SampleOptions& options) {
  Lineage made;
  const int64_t last = options.frames - 1;
  for (int32_t id = 1; id <= options.tracks; ++id) {
    made.tracks.push_back({.id = id, .first_frame = 0, .last_frame = last, .parents = {}});
  }
  if (!options.events) {
    return made;
  }
  synthetic::Noise noise(options.seed);
  const auto add_track = [&](int64_t first, std::vector<int32_t> parents) {
    const auto id = static_cast<int32_t>(made.tracks.size() + 1);
    made.tracks.push_back(
        {.id = id, .first_frame = first, .last_frame = last, .parents = std::move(parents)});
    return id;
  };
  const auto at = [&](int32_t id) -> Track& { return made.tracks[static_cast<size_t>(id - 1)]; };
  for (int32_t id = 1; id + 1 <= options.tracks; id += 3) {
    const auto frame =
        static_cast<int64_t>((0.15 + 0.5 * noise.uniform()) * static_cast<double>(options.frames));
    made.events.push_back({.type = EventType::kContact,
                           .frame_before = frame - 9,
                           .frame = frame - 8,
                           .tracks = {id, id + 1},
                           .position = {100, 100},
                           .confidence = 0.9});
    at(id).last_frame = at(id + 1).last_frame = frame - 1;
    const int32_t child = add_track(frame, {id, id + 1});
    made.events.push_back({.type = EventType::kCoalescence,
                           .frame_before = frame - 1,
                           .frame = frame,
                           .tracks = {id, id + 1},
                           .children = {child},
                           .position = {100, 100},
                           .confidence = 0.8,
                           .evidence = {{"neck_ratio", 0.72}}});
    if (id % 2 == 0) {
      const int64_t split = frame + options.frames / 5;
      at(child).last_frame = split - 1;
      const int32_t one = add_track(split, {child});
      const int32_t other = add_track(split, {child});
      made.events.push_back({.type = EventType::kSplit,
                             .frame_before = split - 1,
                             .frame = split,
                             .tracks = {child},
                             .children = {one, other},
                             .position = {100, 100},
                             .confidence = 0.6});
    } else {
      const auto lost = static_cast<int64_t>((0.85 + 0.1 * noise.uniform()) *
                                             static_cast<double>(options.frames));
      at(child).last_frame = lost;
      made.events.push_back({.type = EventType::kLost,
                             .frame_before = lost,
                             .frame = lost + 1,
                             .tracks = {child},
                             .position = {50, 50}});
    }
  }
  std::stable_sort(made.events.begin(), made.events.end(),
                   [](const Event& a, const Event& b) { return a.frame < b.frame; });
  return made;
}

inline ReportInfo info(const SampleOptions& options) {
  ReportInfo made{.title = "ag-on-carbon_450C.tif",
                  .input = "/data/2026-05/ag-on-carbon_450C.tif",
                  .format = "TIFF",
                  .sample_type = "uint8",
                  .size = {512, 512},
                  .frames = options.frames,
                  .frames_on_disk = options.frames,
                  .recording = options.recording,
                  .sigma_px = 1.5,
                  .min_diameter_px = 5};
  made.options = {{"segmenter", "threshold"}, {"sigma_px", "1.5"}, {"method", "otsu"}};
  made.versions = {{"mote", "0.1.0"}, {"libtiff", "4.5.0"}};
  made.warnings = {"17 frames have a weak registration; their drift is interpolated"};
  made.files = {{"particles.csv", "every particle in every frame"},
                {"tracks.csv", "one row a track"},
                {"events.csv", "one row an event"}};
  for (int64_t i = 0; i < options.frames && !options.recording; ++i) {
    made.names.push_back(fmt::format("Ag_{:02}.tif", i + 1));
  }
  if (options.pixel_size) {
    made.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.2, .source = "ImageJ TIFF"};
  }
  if (options.time) {
    made.frame_interval = FrameInterval{.seconds = 0.1, .source = "--frame-interval"};
  }
  return made;
}

inline measure::Estimate estimate(double value, double half_width, double plain) {
  return {.value = value, .low = value - half_width, .high = value + half_width, .plain = plain};
}

/// Builds the report of a recording in which radii grow as t^(1/3).
inline ReportBuilder build(const SampleOptions& options, const ReportLimits& limits = {}) {
  const Lineage tracks = lineage(options);
  const Lineage none;
  ReportLimits with_overlays = limits;
  with_overlays.overlays = std::min(limits.overlays, options.overlays);
  ReportBuilder builder(options.recording ? tracks : none, options.frames, with_overlays);
  synthetic::Noise noise(options.seed);
  std::vector<double> radius;
  std::vector<Point> place;
  for (size_t i = 0; i < tracks.tracks.size(); ++i) {
    radius.push_back(10 * std::exp(0.22 * noise.normal()));
    place.push_back({20 + 470 * noise.uniform(), 20 + 470 * noise.uniform()});
  }
  Point drift;
  for (int64_t index = 0; index < options.frames; ++index) {
    measure::FrameInfo frame{.frame = index, .recorded_frame = index, .drift = drift};
    if (options.time) {
      frame.time_s = 0.1 * static_cast<double>(index);
    }
    std::vector<measure::ParticleRow> particles;
    std::vector<OverlayInstance> instances;
    std::vector<synthetic::Disc> discs;
    double sum = 0;
    for (const Track& track : tracks.tracks) {
      if (index < track.first_frame || index > track.last_frame) {
        continue;
      }
      const auto i = static_cast<size_t>(track.id - 1);
      const double r = radius[i] * std::cbrt(1 + 6.0 * static_cast<double>(index) /
                                                     static_cast<double>(options.frames)) +
                       0.12 * noise.normal();
      const Point centre = {place[i].y_px + drift.y_px, place[i].x_px + drift.x_px};
      measure::ParticleRow row{.info = frame, .tracks = {}};
      if (options.recording) {
        row.tracks = {track.id};
      }
      row.measures.label = track.id;
      row.measures.area_px2 = M_PI * r * r;
      row.measures.centroid = centre;
      row.measures.touches_border =
          centre.y_px < r || centre.x_px < r || centre.y_px > 511 - r || centre.x_px > 511 - r;
      row.border_weight = row.measures.touches_border ? 0 : 512 * 512 / std::pow(511 - 2 * r, 2);
      sum += row.measures.touches_border ? 0 : 2 * r;
      particles.push_back(row);
      instances.push_back(
          {.label = track.id, .tracks = row.tracks, .centroid = centre, .ecd_px = 2 * r});
      discs.push_back({.y_px = centre.y_px, .x_px = centre.x_px, .radius_px = r});
    }
    measure::FrameRow row{.info = frame, .values = {{"threshold", 110 + 0.5 * noise.normal()}}};
    const auto count = static_cast<double>(particles.size());
    row.n_instances = static_cast<int64_t>(particles.size());
    for (const measure::ParticleRow& particle : particles) {
      (particle.measures.touches_border ? row.n_border : row.n_sized) += 1;
    }
    const auto sized = static_cast<double>(row.n_sized);
    row.effective_n = 0.97 * sized;
    row.n = {.value = 1.08 * sized, .plain = count};
    if (row.n_sized > 0) {
      row.area_fraction = estimate(0.09, 0.01, 0.085);
      const double mean = sum / sized;
      row.ecd_mean_px = estimate(mean, 0.5 * mean / std::sqrt(sized), mean * 1.02);
      row.ecd_median_px = estimate(mean * 0.98, 0.6 * mean / std::sqrt(sized), mean);
      row.d32_px = estimate(mean * 1.08, 0.08 * mean, mean * 1.1);
    }
    builder.add_frame(row, particles);
    if (options.recording) {
      builder.add_drift(
          {.info = frame, .peak_ratio = 8, .residual_px = 0.05, .ok = index % 40 != 17});
    }
    if (builder.wants_overlay(index)) {
      const Size size{512, 512};
      const Grid<float> image =
          synthetic::image(size, discs, {.noise_sd = 12, .seed = static_cast<uint64_t>(index)});
      const LabelImage labels = synthetic::labels(size, discs);
      // Labels follow the order of discs here.
      for (size_t i = 0; i < instances.size(); ++i) {
        instances[i].label = static_cast<int32_t>(i + 1);
      }
      OverlayOptions look{.range = {.black = 10, .white = 190}};
      look.pixel_size = info(options).pixel_size;
      const std::string name =
          options.recording ? "" : info(options).names[static_cast<size_t>(index)];
      const Picture picture = Overlay(look, size)
                                  .draw({.image = image,
                                         .labels = labels,
                                         .instances = instances,
                                         .index = index,
                                         .recorded_frame = index,
                                         .time_s = frame.time_s,
                                         .caption = name,
                                         .events = tracks.events});
      builder.add_overlay(frame, picture.size(), io::encode_jpeg(picture, 80));
    }
    drift.y_px += 0.08 + 0.05 * noise.normal();
    drift.x_px += 0.05 * noise.normal();
  }
  return builder;
}

inline std::string html(const SampleOptions& options) {
  return build(options).html(info(options));
}

}  // namespace mote::report::sample
