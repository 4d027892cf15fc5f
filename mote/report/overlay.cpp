#include "mote/report/overlay.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/imgproc.hpp>

#include "mote/core/error.h"
#include "mote/report/canvas.h"
#include "mote/report/colours.h"
#include "mote/report/outline.h"

namespace mote::report {
namespace {

// Which parts of the picture are written on already, in squares of 4 px: asking and marking cost
// the same however much there is.
class Occupied {
 public:
  explicit Occupied(Size size) : marks_({size.height / 4 + 1, size.width / 4 + 1}), size_(size) {}

  bool free(Box box) const {
    return box.y >= 0 && box.x >= 0 && box.y_end() <= size_.height && box.x_end() <= size_.width &&
           each(box, [this](int64_t y, int64_t x) { return marks_(y, x) == 0; });
  }
  void mark(Box box) {
    each(box, [this](int64_t y, int64_t x) {
      marks_(y, x) = 1;
      return true;
    });
  }

 private:
  template <typename Function>
  bool each(Box box, Function function) const {
    for (int64_t y = std::max<int64_t>(0, box.y) / 4;
         y <= std::min(box.y_end() / 4, marks_.height() - 1); ++y) {
      for (int64_t x = std::max<int64_t>(0, box.x) / 4;
           x <= std::min(box.x_end() / 4, marks_.width() - 1); ++x) {
        if (!function(y, x)) {
          return false;
        }
      }
    }
    return true;
  }

  BinaryImage marks_;
  Size size_;
};

// Everything that drawing one frame needs.
struct Scene {
  const OverlayOptions& options;
  const OverlayFrame& frame;
  double scale;
  double line_px;
  double font_px;
  Picture picture;
  Occupied occupied;

  Point at(Point p) const { return {(p.y_px + 0.5) * scale - 0.5, (p.x_px + 0.5) * scale - 0.5}; }
  double margin() const { return std::round(font_px * 0.9); }
};

Box text_box(Point baseline, double width, double font_px) {
  return {.y = std::llround(baseline.y_px - 0.8 * font_px),
          .x = std::llround(baseline.x_px - 1),
          .height = std::llround(font_px),
          .width = std::llround(width + 2)};
}

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

// Label to instance; labels need not be small.
using InstancesByLabel = std::unordered_map<int32_t, const OverlayInstance*>;

Rgb colour_of(const OverlayInstance& instance, Point where) {
  if (instance.tracks.empty()) {
    return track_colour(instance.label);
  }
  // Where particles share an instance, its outline alternates between their colours.
  size_t turn = 0;
  if (instance.tracks.size() > 1) {
    const double angle =
        std::atan2(where.y_px - instance.centroid.y_px, where.x_px - instance.centroid.x_px) + M_PI;
    turn = static_cast<size_t>(angle / (2 * M_PI) * 12) % instance.tracks.size();
  }
  return track_colour(instance.tracks[turn]);
}

void draw_outlines(Scene& scene, StrokeLayer& layer) {
  InstancesByLabel instances;
  for (const OverlayInstance& instance : scene.frame.instances) {
    instances[instance.label] = &instance;
  }
  int32_t last_label = 0;
  const OverlayInstance* instance = nullptr;
  for (const OutlinePiece& piece : outlines(scene.frame.labels, scene.frame.coverage)) {
    if (piece.label != last_label) {
      const auto found = instances.find(piece.label);
      instance = found == instances.end() ? nullptr : found->second;
      last_label = piece.label;
    }
    // Neighbours' outlines run side by side, not one over the other.
    const double inset = piece.touching ? scene.line_px / 2 : 0;
    Point from = scene.at(piece.from);
    Point to = scene.at(piece.to);
    from = {from.y_px + inset * piece.inward.y_px, from.x_px + inset * piece.inward.x_px};
    to = {to.y_px + inset * piece.inward.y_px, to.x_px + inset * piece.inward.x_px};
    const Rgb colour = instance != nullptr ? colour_of(*instance, piece.from) : kWhite;
    layer.line(from, to, {.colour = colour, .width_px = scene.line_px});
  }
}

void draw_trails(const Scene& scene, StrokeLayer& layer) {
  for (const Trail& trail : scene.frame.trails) {
    const auto steps = static_cast<double>(trail.points.size());
    for (size_t i = 1; i < trail.points.size(); ++i) {
      const double newness = static_cast<double>(i) / steps;
      layer.line(scene.at(trail.points[i - 1]), scene.at(trail.points[i]),
                 {.colour = track_colour(trail.track),
                  .width_px = 0.8 * scene.line_px,
                  .opacity = 0.3 + 0.6 * newness});
    }
  }
}

void draw_ids(Scene& scene) {
  const double font_px = std::clamp(0.85 * scene.font_px, 9.0, 13.0);
  std::vector<const OverlayInstance*> largest_first;
  Occupied particles(scene.picture.size());
  for (const OverlayInstance& instance : scene.frame.instances) {
    largest_first.push_back(&instance);
    const double reach = 0.4 * instance.ecd_px * scene.scale;
    const Point centre = scene.at(instance.centroid);
    particles.mark({.y = std::llround(centre.y_px - reach),
                    .x = std::llround(centre.x_px - reach),
                    .height = std::llround(2 * reach),
                    .width = std::llround(2 * reach)});
  }
  std::stable_sort(
      largest_first.begin(), largest_first.end(),
      [](const OverlayInstance* a, const OverlayInstance* b) { return a->ecd_px > b->ecd_px; });
  for (const OverlayInstance* instance : largest_first) {
    const double ecd = instance->ecd_px * scene.scale;
    if (instance->tracks.empty() || ecd < 0.7 * font_px) {
      continue;
    }
    const std::string text = fmt::format("{}", fmt::join(instance->tracks, "+"));
    const double width = text_width(text, font_px);
    const Point centre = scene.at(instance->centroid);
    Point baseline = {centre.y_px + 0.36 * font_px, centre.x_px - width / 2};
    const bool beside = std::max(width, 1.2 * font_px) > 0.95 * ecd;
    if (beside) {
      baseline = {centre.y_px - 0.36 * ecd, centre.x_px + 0.38 * ecd + 2};
    }
    const Box box = text_box(baseline, width, font_px);
    // Where particles lie close, an id beside one would seem to belong to the next.
    if (!scene.occupied.free(box) || (beside && !particles.free(box))) {
      continue;
    }
    scene.occupied.mark(box);
    draw_text(scene.picture, baseline, text,
              {.height_px = font_px, .halo_px = 1.3, .opacity = 0.95});
  }
}

// Is it one of those that change who is who? They are marked before births and deaths.
bool is_meeting(EventType type) {
  return type == EventType::kContact || type == EventType::kParted || type == EventType::kMerge ||
         type == EventType::kUndecided || type == EventType::kSplit;
}

struct Marker {
  const Event* event;
  Point centre;
  double radius_px;
  double opacity;
};

Marker marker_of(const Scene& scene, const Event& event) {
  double ecd = 0;
  for (const OverlayInstance& instance : scene.frame.instances) {
    for (const int32_t track : instance.tracks) {
      const auto is_named = [track](const std::vector<int32_t>& ids) {
        return std::find(ids.begin(), ids.end(), track) != ids.end();
      };
      if (is_named(event.tracks) || is_named(event.children)) {
        ecd = ecd == 0 ? instance.ecd_px : std::min(ecd, instance.ecd_px);
      }
    }
  }
  const bool between = event.type == EventType::kContact || event.type == EventType::kParted;
  const double out_px = ecd * scene.scale;
  const double wanted = between ? 0.3 * out_px : 0.5 * out_px + 0.45 * scene.font_px;
  const auto away = static_cast<double>(std::abs(scene.frame.index - event.frame));
  const auto shown = static_cast<double>(std::max<int64_t>(1, scene.options.event_frames));
  return {&event, scene.at(event.position), std::max(0.7 * scene.font_px, wanted),
          1 - 0.65 * away / shown};
}

// A ring; ticks point inwards where tracks become one and outwards where one becomes several.
void draw_marker(const Marker& marker, StrokeLayer& layer, Stroke stroke, double tick_px) {
  stroke.opacity *= marker.opacity;
  const EventType type = marker.event->type;
  if (type == EventType::kLost || type == EventType::kLeft) {
    const double arm = 0.5 * marker.radius_px;
    const Point c = marker.centre;
    layer.line({c.y_px - arm, c.x_px - arm}, {c.y_px + arm, c.x_px + arm}, stroke);
    layer.line({c.y_px - arm, c.x_px + arm}, {c.y_px + arm, c.x_px - arm}, stroke);
    return;
  }
  layer.ring(marker.centre, marker.radius_px, stroke);
  if (type != EventType::kMerge && type != EventType::kSplit) {
    return;
  }
  const double end = marker.radius_px + (type == EventType::kMerge ? -tick_px : tick_px);
  for (int i = 0; i < 4; ++i) {
    const double angle = M_PI / 4 + i * M_PI / 2;
    const auto at_radius = [&](double radius) {
      return Point{marker.centre.y_px + radius * std::sin(angle),
                   marker.centre.x_px + radius * std::cos(angle)};
    };
    layer.line(at_radius(marker.radius_px), at_radius(end), stroke);
  }
}

void draw_caption(Scene& scene, const Marker& marker) {
  const std::string text = event_text(*marker.event);
  const double font_px = 0.9 * scene.font_px;
  const double width = text_width(text, font_px);
  const double most_x = std::max(2.0, static_cast<double>(scene.picture.width()) - width - 4);
  const double x = std::clamp(marker.centre.x_px - width / 2, 2.0, most_x);
  const double below = marker.centre.y_px + marker.radius_px + 1.15 * font_px;
  const double above = marker.centre.y_px - marker.radius_px - 0.4 * font_px;
  for (const double y : {below, above, below + 1.1 * font_px, above - 1.1 * font_px}) {
    const Box box = text_box({y, x}, width, font_px);
    if (scene.occupied.free(box)) {
      scene.occupied.mark(box);
      draw_text(scene.picture, {y, x}, text,
                {.height_px = font_px, .halo_px = 1.5, .opacity = marker.opacity});
      return;
    }
  }
}

void draw_events(Scene& scene) {
  const auto by_frame = [](const Event& event, int64_t frame) { return event.frame < frame; };
  const std::span<const Event> events = scene.frame.events;
  const int64_t shown = scene.options.event_frames;
  const auto first =
      std::lower_bound(events.begin(), events.end(), scene.frame.index - shown, by_frame);
  const auto end =
      std::lower_bound(events.begin(), events.end(), scene.frame.index + shown + 1, by_frame);
  std::vector<Marker> markers;
  for (auto event = first; event != end; ++event) {
    // What has not happened yet is marked only where two are about to meet or part.
    if (is_meeting(event->type) || event->frame_before != event->frame) {
      if (event->frame <= scene.frame.index || is_meeting(event->type)) {
        markers.push_back(marker_of(scene, *event));
      }
    }
  }
  if (markers.empty()) {
    return;
  }
  StrokeLayer halo(scene.picture.size());
  StrokeLayer core(scene.picture.size());
  const double width = 0.9 * scene.line_px;
  for (const Marker& marker : markers) {
    draw_marker(marker, halo, {.colour = kBlack, .width_px = width + 2, .opacity = 0.6},
                0.5 * scene.font_px);
    draw_marker(marker, core, {.colour = kWhite, .width_px = width}, 0.5 * scene.font_px);
  }
  halo.draw_on(scene.picture);
  core.draw_on(scene.picture);
  std::stable_sort(markers.begin(), markers.end(), [](const Marker& a, const Marker& b) {
    return is_meeting(a.event->type) > is_meeting(b.event->type);
  });
  constexpr size_t kMostCaptions = 24;
  for (size_t i = 0; i < std::min(kMostCaptions, markers.size()); ++i) {
    draw_caption(scene, markers[i]);
  }
}

void draw_scale_bar(Scene& scene) {
  const double pixel_nm = scene.options.pixel_size ? scene.options.pixel_size->x_nm : 1;
  const auto width = static_cast<double>(scene.picture.width());
  const double length = round_length(0.25 * width / scene.scale * pixel_nm);
  const std::string text =
      scene.options.pixel_size ? length_text(length) : fmt::format("{} px", length);
  const double thick = std::round(std::max(3.0, scene.font_px * 0.3));
  const int64_t x = std::llround(scene.margin());
  const int64_t y = scene.picture.height() - std::llround(scene.margin() + thick);
  const Box bar{.y = y,
                .x = x,
                .height = std::llround(thick),
                .width = std::llround(length / pixel_nm * scene.scale)};
  fill(scene.picture, {bar.y - 1, bar.x - 1, bar.height + 2, bar.width + 2}, kBlack, 0.75);
  fill(scene.picture, bar, kWhite);
  const Point baseline = {static_cast<double>(y) - 0.4 * scene.font_px,
                          static_cast<double>(x) + static_cast<double>(bar.width) / 2};
  const double text_px = text_width(text, 1.1 * scene.font_px);
  const double left = std::max(0.0, (text_px - static_cast<double>(bar.width)) / 2);
  draw_text(scene.picture, {baseline.y_px, baseline.x_px + left}, text,
            {.height_px = 1.1 * scene.font_px, .halo_px = 1.6, .align = Align::kCentre});
  scene.occupied.mark(
      {bar.y - std::llround(1.8 * scene.font_px), 0, scene.picture.height(), bar.width + 2 * x});
}

void draw_clock(Scene& scene) {
  const std::string frame = fmt::format("frame {}", scene.frame.recorded_frame);
  std::string text = frame;
  if (!scene.frame.caption.empty()) {
    text = fit_text(scene.frame.caption, 1.1 * scene.font_px,
                    static_cast<double>(scene.picture.width()) - 2 * scene.margin());
  } else if (scene.frame.time_s) {
    int decimals = 2;
    if (scene.options.frame_interval_s && *scene.options.frame_interval_s > 0) {
      const double interval = *scene.options.frame_interval_s;
      decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(interval) - 1e-9)), 0, 6);
      // 0.04 s takes two decimals, 0.25 s as well.
      while (decimals < 6 && std::abs(interval * std::pow(10, decimals) -
                                      std::round(interval * std::pow(10, decimals))) > 0.01) {
        ++decimals;
      }
      decimals = std::min(decimals, interval < 1e-3 ? 6 : 3);
    }
    text = fmt::format("{:.{}f} s", *scene.frame.time_s, decimals);
  }
  const double y = scene.margin() + 0.8 * scene.font_px;
  draw_text(scene.picture, {y, scene.margin()}, text,
            {.height_px = 1.1 * scene.font_px, .halo_px = 1.6});
  scene.occupied.mark({0, 0, std::llround(y + 0.4 * scene.font_px),
                       std::llround(text_width(text, 1.1 * scene.font_px) + 2 * scene.margin())});
  if (scene.frame.caption.empty() && scene.frame.time_s) {
    const double right = static_cast<double>(scene.picture.width()) - scene.margin();
    draw_text(scene.picture, {y, right}, frame,
              {.height_px = 0.9 * scene.font_px, .halo_px = 1.4, .align = Align::kRight});
    const int64_t width = std::llround(text_width(frame, 0.9 * scene.font_px) + 2 * scene.margin());
    scene.occupied.mark(
        {0, scene.picture.width() - width, std::llround(y + 0.4 * scene.font_px), width});
  }
}

}  // namespace

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
  if (frame.image.size() != frame_ || frame.labels.size() != frame_ ||
      (!frame.coverage.empty() && frame.coverage.size() != frame_)) {
    throw Error(ErrorKind::kUsage,
                "overlay of {} x {} px frames: image of {} x {} px, labels of {} x {} px",
                frame_.height, frame_.width, frame.image.height(), frame.image.width(),
                frame.labels.height(), frame.labels.width());
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
  if (options_.scale_bar) {
    draw_scale_bar(scene);
  }
  if (options_.clock) {
    draw_clock(scene);
  }
  draw_events(scene);
  if (options_.ids) {
    draw_ids(scene);
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
      event.type == EventType::kMerge || event.type == EventType::kSplit ? " + " : " · ";
  std::string text = fmt::format("{} {}", name(event.type), fmt::join(event.tracks, between));
  if (!event.children.empty()) {
    text += event.tracks.empty() ? "" : " → ";
    text += fmt::format("{}", fmt::join(event.children, " + "));
  }
  return text;
}

}  // namespace mote::report
