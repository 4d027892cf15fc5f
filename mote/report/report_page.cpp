#include "mote/report/report_page.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "mote/report/assets.h"
#include "mote/report/page_data.h"

namespace mote::report {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Meetings tell more than births and deaths, and are kept before them.
int rank(EventType type) {
  switch (type) {
    case EventType::kCoalescence:
    case EventType::kSplit: return 0;
    case EventType::kContact:
    case EventType::kOverlap:
    case EventType::kParted:
    case EventType::kAggregation:
    case EventType::kUnresolved: return 1;
    default: return 2;
  }
}

// The `most` rows that come first by `before`, in their old order.
template <typename Row, typename Before>
std::vector<Row> keep_first(const std::vector<Row>& rows, int64_t most, Before before) {
  std::vector<size_t> order(rows.size());
  for (size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return before(rows[a], rows[b]); });
  order.resize(std::min(order.size(), static_cast<size_t>(most)));
  std::sort(order.begin(), order.end());
  std::vector<Row> kept;
  kept.reserve(order.size());
  for (const size_t i : order) {
    kept.push_back(rows[i]);
  }
  return kept;
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Half of the overlays show the recording evenly, the others what happens in it.
std::set<int64_t> plan_overlays(const std::vector<Event>& events, int64_t frames, int64_t most) {
  std::set<int64_t> planned;
  if (frames <= most) {
    for (int64_t i = 0; i < frames; ++i) {
      planned.insert(i);
    }
    return planned;
  }
  const int64_t even = std::max<int64_t>(1, most / 2);
  for (int64_t i = 0; i < even; ++i) {
    planned.insert(even == 1 ? 0 : i * (frames - 1) / (even - 1));
  }
  std::vector<int64_t> wanted;
  for (const int most_rank : {0, 1}) {
    for (const Event& event : events) {
      if (rank(event.type) == most_rank && event.frame >= 0 && event.frame < frames) {
        wanted.push_back(event.frame);
      }
    }
  }
  // More events than places: spread over them.
  const auto places = static_cast<size_t>(most - static_cast<int64_t>(planned.size()));
  const size_t step = places == 0 ? 0 : (wanted.size() + places - 1) / std::max<size_t>(1, places);
  for (size_t i = 0; step > 0 && i < wanted.size(); i += step) {
    planned.insert(wanted[i]);
  }
  // Places left over show the recording more finely.
  for (int64_t parts = 2 * even; static_cast<int64_t>(planned.size()) < most; parts *= 2) {
    for (int64_t i = 0; i < parts && static_cast<int64_t>(planned.size()) < most; ++i) {
      planned.insert(i * (frames - 1) / parts);
    }
  }
  return planned;
}

}  // namespace

void ReportBuilder::Running::add(double value) {
  ++count;
  const double step = value - mean;
  mean += step / static_cast<double>(count);
  squares += step * (value - mean);
}

std::optional<double> ReportBuilder::Running::sd() const {
  if (count < 2) {
    return std::nullopt;
  }
  return std::sqrt(squares / static_cast<double>(count - 1));
}

ReportBuilder::ReportBuilder(const Lineage& lineage, int64_t frames, const ReportLimits& limits)
    : limits_(limits),
      tracks_total_(static_cast<int64_t>(lineage.tracks.size())),
      frames_(limits.frames),
      points_(limits.track_points),
      sizes_(limits.distribution_frames),
      drift_(limits.frames) {
  tracks_ = keep_first(lineage.tracks, limits.tracks, [](const Track& a, const Track& b) {
    return a.last_frame - a.first_frame > b.last_frame - b.first_frame;
  });
  for (const Track& track : tracks_) {
    ends_[track.id] = {track.first_frame, track.last_frame};
  }
  events_ = keep_first(lineage.events, limits.events,
                       [](const Event& a, const Event& b) { return rank(a.type) < rank(b.type); });
  for (const Event& event : lineage.events) {
    ++events_total_[event.type];
  }
  // Thinning keeps between half and all of distribution_frames.
  const int64_t expected =
      frames <= limits.distribution_frames ? frames : limits.distribution_frames / 2;
  sizes_per_frame_ =
      std::max<int64_t>(1, limits.distribution_sizes / std::max<int64_t>(1, expected));
  planned_ = plan_overlays(events_, frames, limits.overlays);
  for (const Event& event : events_) {
    if (rank(event.type) < 2) {
      meetings_.insert(event.frame);
    }
  }
  int64_t meetings = 0;
  int64_t others = 0;
  for (const int64_t frame : planned_) {
    ranks_.emplace(frame, meetings_.contains(frame) ? meetings++ : others++);
  }
}

void ReportBuilder::add_frame(const measure::FrameRow& frame,
                              std::span<const measure::ParticleRow> particles) {
  const int64_t index = frame.info.frame;
  ++frames_total_;
  frames_with_time_ += frame.info.time_s ? 1 : 0;
  instances_ += frame.n_instances;
  at_border_ += frame.n_border;
  touching_ += frame.n_touching;
  shared_ += frame.n_shared;
  const auto threshold = frame.values.find("threshold");
  if (threshold != frame.values.end() && std::isfinite(threshold->second)) {
    threshold_.add(threshold->second);
  }
  for (const std::string& flag : frame.flags) {
    ++flags_[flag];
  }
  frames_.add(index, frame);

  SizedFrame sized{.info = frame.info};
  for (const measure::ParticleRow& particle : particles) {
    if (particle.measures.background) {
      contrast_.add(std::abs(particle.measures.mean_intensity - *particle.measures.background));
    }
    if (particle.shared()) {
      continue;
    }
    const auto ecd = static_cast<float>(particle.ecd_px());
    sized.particles.push_back(
        {.ecd_px = ecd, .weight = static_cast<float>(particle.border_weight)});
    if (particle.tracks.empty() || particle.measures.touches_border) {
      continue;
    }
    const auto track = ends_.find(particle.tracks.front());
    if (track == ends_.end()) {
      continue;
    }
    const TrackPoint point{.track = track->first,
                           .ecd_px = ecd,
                           .ecd_se_px = static_cast<float>(particle.ecd_se_px().value_or(kNan))};
    if (index == track->second.first || index == track->second.second) {
      end_points_.emplace_back(index, point);
    } else {
      points_.add(index, point);
    }
  }
  // One crowded frame may hold more than all frames should: then every k-th of its particles.
  const auto most = static_cast<size_t>(sizes_per_frame_);
  const size_t step = sized.particles.size() / most + 1;
  sized.every = static_cast<int64_t>(step);
  for (size_t i = 0; step > 1 && i * step < sized.particles.size(); ++i) {
    sized.particles[i] = sized.particles[i * step];
  }
  sized.particles.resize((sized.particles.size() + step - 1) / step);
  sizes_.add(index, std::move(sized));
}

void ReportBuilder::add_drift(const measure::DriftTableRow& drift) {
  ++drift_rows_;
  drift_interpolated_ += drift.ok ? 0 : 1;
  if (drift.ok && drift.residual_px && std::isfinite(*drift.residual_px)) {
    drift_squares_.add(*drift.residual_px * *drift.residual_px);
  }
  drift_range_px_ =
      std::max(drift_range_px_, std::hypot(drift.info.drift.y_px, drift.info.drift.x_px));
  drift_.add(drift.info.frame, drift);
}

void ReportBuilder::add_overlay(const measure::FrameInfo& frame, Size size,
                                std::vector<uint8_t> jpeg) {
  // A picture that takes a quarter of the room is none of kOverlaySidePx; with it, thinning down to
  // the two that always stay would not be enough.
  if (!keeps_overlay(frame.frame) ||
      static_cast<int64_t>(jpeg.size()) > limits_.overlay_bytes / 4) {
    return;
  }
  overlay_bytes_ += static_cast<int64_t>(jpeg.size());
  overlays_.push_back({.frame = frame, .size = size, .jpeg = std::move(jpeg)});
  while (overlay_bytes_ > limits_.overlay_bytes) {
    thin_overlays();
  }
}

bool ReportBuilder::keeps_overlay(int64_t frame) const {
  const auto rank = ranks_.find(frame);
  return rank != ranks_.end() &&
         rank->second % (meetings_.contains(frame) ? meeting_stride_ : other_stride_) == 0;
}

void ReportBuilder::thin_overlays() {
  // Meetings are what readers look for: the others are thinned to a quarter before they are.
  (other_stride_ < 4 * meeting_stride_ ? other_stride_ : meeting_stride_) *= 2;
  std::erase_if(overlays_, [this](const OverlayPicture& overlay) {
    return !keeps_overlay(overlay.frame.frame);
  });
  overlay_bytes_ = 0;
  for (const OverlayPicture& overlay : overlays_) {
    overlay_bytes_ += static_cast<int64_t>(overlay.jpeg.size());
  }
}

CheckInputs ReportBuilder::check_inputs(const ReportInfo& info) const {
  CheckInputs inputs{.recording = info.recording,
                     .drift_wanted = info.drift,
                     .pixel_size = info.pixel_size,
                     .frame_interval = info.frame_interval,
                     .time_stamps = info.time_stamps,
                     .frames = frames_total_,
                     .frames_skipped = info.frames_skipped,
                     .frames_with_drift = drift_rows_,
                     .frames_interpolated = drift_interpolated_,
                     .instances = instances_,
                     .at_border = at_border_,
                     .touching = touching_,
                     .shared = shared_,
                     .sigma_px = info.sigma_px,
                     .min_diameter_px = info.min_diameter_px,
                     .size_sample = info.size_sample};
  if (drift_squares_.count > 0) {
    inputs.drift_residual_px = std::sqrt(drift_squares_.mean);
    inputs.drift_range_px = drift_range_px_;
  }
  if (threshold_.count > 1) {
    inputs.threshold_sd = threshold_.sd();
  }
  if (contrast_.count > 0) {
    inputs.contrast = contrast_.mean;
  }
  const auto total = [this](EventType type) {
    const auto found = events_total_.find(type);
    return found == events_total_.end() ? 0 : found->second;
  };
  inputs.contacts = total(EventType::kContact) + total(EventType::kOverlap);
  inputs.unresolved = total(EventType::kUnresolved);
  std::vector<double> medians;
  std::vector<double> effective;
  for (const auto& [index, frame] : frames_.rows()) {
    if (frame.ecd_median_px.value) {
      medians.push_back(*frame.ecd_median_px.value);
    }
    effective.push_back(frame.effective_n);
  }
  inputs.median_ecd_px = median(std::move(medians));
  if (instances_ > 0) {
    inputs.effective_n = median(std::move(effective));
  }
  return inputs;
}

std::string ReportBuilder::html(const ReportInfo& info) const {
  std::string page;
  write_html(info, [&page](std::string_view piece) { page += piece; });
  return page;
}

void ReportBuilder::write_html(const ReportInfo& info,
                               const std::function<void(std::string_view)>& write) const {
  const PageData data{.info = info,
                      .checks = checks(check_inputs(info)),
                      .frames = frames_,
                      .frames_total = frames_total_,
                      .has_time = frames_total_ > 0 && frames_with_time_ == frames_total_,
                      .sizes = sizes_,
                      .tracks = tracks_,
                      .tracks_total = tracks_total_,
                      .points = points_,
                      .end_points = end_points_,
                      .events = events_,
                      .events_total = events_total_,
                      .drift = drift_,
                      .flags = flags_};
  write("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  // Nothing may be fetched, whatever a file name holds.
  write(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  write(html_text(info.title));
  write("</title>\n<style>\n");
  write(assets::uplot_css());
  write(assets::report_css());
  write(
      "</style>\n</head>\n<body>\n<noscript>This page draws its plots with a script that it "
      "carries; allow scripts to see it.</noscript>\n<div id=\"page\"></div>\n"
      "<script type=\"application/json\" id=\"data\">");
  write(data_json(data));
  write("</script>\n<script type=\"application/json\" id=\"overlays\">");
  write("[");
  for (const OverlayPicture& overlay : overlays_) {
    write(&overlay == overlays_.data() ? "" : ",\n");
    write(overlay_json(overlay));
  }
  write("]</script>\n");
  for (const std::string_view script :
       {assets::uplot_js(), assets::plots_js(), assets::sizes_js(), assets::lineage_js(),
        assets::curves_js(), assets::report_js()}) {
    write("<script>\n");
    write(script);
    write("\n</script>\n");
  }
  write("</body>\n</html>\n");
}

}  // namespace mote::report
