#include "mote/report/overlay.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/imgproc.hpp>

#include "mote/core/error.h"
#include "mote/report/overlay_scene.h"

namespace mote::report {
namespace {

Picture grey_picture(const Grid<float>& image, const DisplayRange& range, Size size) {
  BinaryImage grey(image.size());
  const double width = range.white - range.black;
  const auto gain = static_cast<float>(width > 0 ? 255 / width : 0);
  const auto black = static_cast<float>(range.black);
  std::transform(image.values().begin(), image.values().end(), grey.values().begin(),
                 [gain, black](float value) {
                   const float shown = (value - black) * gain + 0.5F;
                   // A value that is not a number fails both comparisons.
                   return static_cast<uint8_t>(shown > 0 ? (shown < 255 ? shown : 255) : 0);
                 });
  if (size != image.size()) {
    BinaryImage resized(size);
    const cv::Mat from(static_cast<int>(grey.height()), static_cast<int>(grey.width()), CV_8U,
                       grey.data());
    cv::Mat to(static_cast<int>(size.height), static_cast<int>(size.width), CV_8U, resized.data());
    const bool reduced = size.height < grey.height();
    cv::resize(from, to, to.size(), 0, 0, reduced ? cv::INTER_AREA : cv::INTER_NEAREST);
    grey = std::move(resized);
  }
  Picture picture(size);
  std::transform(grey.values().begin(), grey.values().end(), picture.values().begin(),
                 [](uint8_t value) {
                   return Rgb{value, value, value};
                 });
  return picture;
}

}  // namespace

Box text_box(Point baseline, double width, double font_px) {
  return {.y = std::llround(baseline.y_px - 0.8 * font_px),
          .x = std::llround(baseline.x_px - 1),
          .height = std::llround(font_px),
          .width = std::llround(width + 2)};
}

void draw_with_halo(Picture& picture, const Stroke& line,
                    const std::function<void(StrokeLayer&, const Stroke&)>& draw) {
  StrokeLayer halo(picture.size());
  StrokeLayer core(picture.size());
  draw(halo, {.colour = kBlackRgb, .width_px = line.width_px + 2, .opacity = 0.6 * line.opacity});
  draw(core, line);
  halo.draw_on(picture);
  core.draw_on(picture);
}

DisplayRange display_range(const Grid<float>& image, double low_percent, double high_percent) {
  constexpr int64_t kMostSamples = 65536;
  const int64_t count = image.size().area();
  // A stride that shares no factor with usual widths spreads the samples over the columns.
  const int64_t stride = count <= kMostSamples ? 1 : (count / kMostSamples) | 1;
  std::vector<float> samples;
  samples.reserve(static_cast<size_t>(std::min(count, 2 * kMostSamples)));
  for (int64_t i = 0; i < count; i += stride) {
    const float value = image.values()[static_cast<size_t>(i)];
    if (std::isfinite(value)) {
      samples.push_back(value);
    }
  }
  if (samples.empty()) {
    return {};
  }
  const auto percentile = [&samples](double percent) {
    const auto last = static_cast<double>(samples.size() - 1);
    const auto rank = static_cast<std::ptrdiff_t>(std::lround(percent / 100 * last));
    std::nth_element(samples.begin(), samples.begin() + rank, samples.end());
    return static_cast<double>(samples[static_cast<size_t>(rank)]);
  };
  DisplayRange range{.black = percentile(low_percent), .white = percentile(high_percent)};
  if (range.white <= range.black) {
    range.white = range.black + 1;
  }
  return range;
}

DisplayRange join(std::vector<DisplayRange> ranges) {
  assert(!ranges.empty());
  const auto middle = ranges.begin() + static_cast<std::ptrdiff_t>(ranges.size() / 2);
  std::nth_element(ranges.begin(), middle, ranges.end(),
                   [](const auto& a, const auto& b) { return a.black < b.black; });
  const double black = middle->black;
  std::nth_element(ranges.begin(), middle, ranges.end(),
                   [](const auto& a, const auto& b) { return a.white < b.white; });
  return {.black = black, .white = std::max(middle->white, black + 1e-6)};
}

void Trails::push(int64_t index, const std::vector<OverlayInstance>& instances, Point drift) {
  index_ = index;
  drift_ = drift;
  for (const OverlayInstance& instance : instances) {
    for (const int32_t track : instance.tracks) {
      positions_[track].push_back(
          {index, {instance.centroid.y_px - drift.y_px, instance.centroid.x_px - drift.x_px}});
    }
  }
  for (auto entry = positions_.begin(); entry != positions_.end();) {
    std::deque<Position>& positions = entry->second;
    while (!positions.empty() && positions.front().index <= index_ - frames_) {
      positions.pop_front();
    }
    entry = positions.empty() ? positions_.erase(entry) : std::next(entry);
  }
}

std::vector<Trail> Trails::now() const {
  std::vector<Trail> trails;
  for (const auto& [track, positions] : positions_) {
    if (positions.back().index != index_ || positions.size() < 2) {
      continue;
    }
    Trail& trail = trails.emplace_back();
    trail.track = track;
    for (const Position& position : positions) {
      trail.points.push_back(
          {position.specimen.y_px + drift_.y_px, position.specimen.x_px + drift_.x_px});
    }
  }
  return trails;
}

Overlay::Overlay(const OverlayOptions& options, Size frame) : options_(options), frame_(frame) {
  const auto height = static_cast<double>(std::max<int64_t>(1, frame.height));
  const auto width = static_cast<double>(std::max<int64_t>(1, frame.width));
  const double most = std::min(static_cast<double>(options.max_height_px) / height,
                               static_cast<double>(options.max_width_px) / width);
  const double least = static_cast<double>(options.min_side_px) / std::min(height, width);
  scale_ = most < 1 ? most : std::max(1.0, std::min(std::floor(most), std::ceil(least)));
  size_ = {std::max<int64_t>(1, std::llround(height * scale_)),
           std::max<int64_t>(1, std::llround(width * scale_))};
}

Picture Overlay::draw(const OverlayFrame& frame) const {
  if (frame.image.size() != frame_ || frame.labels.size() != frame_) {
    throw Error(ErrorKind::kUsage,
                "overlay of {} x {} px frames: image of {} x {} px, labels of {} x {} px",
                frame_.width, frame_.height, frame.image.width(), frame.image.height(),
                frame.labels.width(), frame.labels.height());
  }
  const auto side = static_cast<double>(std::min(size_.height, size_.width));
  const double line_px =
      options_.line_width_px > 0 ? options_.line_width_px : std::clamp(side / 290, 1.5, 2.4);
  Scene scene{.options = options_,
              .frame = frame,
              .scale = scale_,
              .line_px = line_px,
              .font_px = std::clamp(side / 38, 9.0, 20.0),
              .picture = grey_picture(frame.image, options_.range, size_),
              .occupied = Occupied(size_)};
  if (options_.outlines) {
    StrokeLayer layer(size_);
    draw_trails(scene, layer);
    draw_outlines(scene, layer);
    layer.draw_on(scene.picture);
  }
  const std::vector<Plate> on_top = plates(scene);
  for (const Plate& plate : on_top) {
    scene.occupied.mark(plate.ground);
  }
  draw_prompts(scene);
  draw_events(scene);
  if (options_.ids) {
    draw_ids(scene);
  }
  for (const Plate& plate : on_top) {
    draw_plate(scene.picture, plate);
  }
  return std::move(scene.picture);
}

double round_length(double most) {
  const double power = std::pow(10, std::floor(std::log10(most)));
  for (const double step : {5.0, 2.0}) {
    if (step * power <= most * (1 + 1e-9)) {
      return step * power;
    }
  }
  return power;
}

std::string length_text(double nm) {
  if (nm >= 1e6) {
    return fmt::format("{:.6g} mm", nm / 1e6);
  }
  if (nm >= 1000) {
    return fmt::format("{:.6g} µm", nm / 1000);
  }
  return fmt::format("{:.6g} nm", nm);
}

std::string event_text(const Event& event) {
  const std::string_view between =
      event.type == EventType::kCoalescence || event.type == EventType::kSplit ? " + " : " · ";
  std::string text = fmt::format("{} {}", name(event.type), fmt::join(event.tracks, between));
  if (!event.children.empty()) {
    text += event.tracks.empty() ? "" : " → ";
    text += fmt::format("{}", fmt::join(event.children, " + "));
  }
  return text;
}

}  // namespace mote::report
