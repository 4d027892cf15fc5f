#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "mote/report/overlay_scene.h"

namespace mote::report {
namespace {

// As many decimals as tell one frame from the next: 0.04 s takes two, and so does 0.25 s.
int decimals_of(std::optional<double> interval_s) {
  if (!interval_s || *interval_s <= 0) {
    return 2;
  }
  int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(*interval_s) - 1e-9)), 0, 6);
  while (decimals < 6 && std::abs(*interval_s * std::pow(10, decimals) -
                                  std::round(*interval_s * std::pow(10, decimals))) > 0.01) {
    ++decimals;
  }
  return std::min(decimals, *interval_s < 1e-3 ? 6 : 3);
}

// A line of text in an upper corner, the `row`th there.
Plate line_of_text(const Scene& scene, const std::string& text, Align align, size_t row = 0) {
  const double font_px = 1.1 * scene.font_px;
  const double edge = std::round(0.5 * scene.margin());
  const double pad = std::round(0.45 * font_px);
  const double width = std::ceil(text_width(text, font_px) + 2 * pad);
  const double top = edge + static_cast<double>(row) * std::round(1.5 * font_px);
  const double left =
      align == Align::kLeft ? edge : static_cast<double>(scene.picture.width()) - edge - width;
  return {.ground = {.y = std::llround(top),
                     .x = std::llround(left),
                     .height = std::llround(1.5 * font_px),
                     .width = std::llround(width)},
          .text = text,
          .baseline = {top + 1.08 * font_px, left + width / 2},
          .font_px = font_px,
          .bar = {}};
}

std::vector<Plate> clock_plates(const Scene& scene) {
  const OverlayFrame& frame = scene.frame;
  if (!frame.caption.empty()) {
    const double most = static_cast<double>(scene.picture.width()) - 3 * scene.margin();
    return {line_of_text(scene, fit_text(frame.caption, 1.1 * scene.font_px, most), Align::kLeft)};
  }
  const std::string number = fmt::format("frame {}", frame.recorded_frame);
  if (!frame.time_s) {
    return {line_of_text(scene, number, Align::kLeft)};
  }
  const int decimals = decimals_of(scene.options.frame_interval_s);
  return {line_of_text(scene, fmt::format("{:.{}f} s", *frame.time_s, decimals), Align::kLeft),
          line_of_text(scene, number, Align::kRight)};
}

// Below the clock.
std::vector<Plate> reading_plates(const Scene& scene) {
  constexpr size_t kMost = 4;
  std::vector<Plate> plates;
  for (const std::string& text : scene.frame.readings) {
    if (plates.size() < kMost) {
      plates.push_back(line_of_text(scene, text, Align::kLeft, plates.size() + 1));
    }
  }
  return plates;
}

Plate scale_bar_plate(const Scene& scene) {
  const double pixel_nm = scene.options.pixel_size ? scene.options.pixel_size->x_nm : 1;
  const auto picture_width = static_cast<double>(scene.picture.width());
  const double length = round_length(0.25 * picture_width / scene.scale * pixel_nm);
  const std::string text =
      scene.options.pixel_size ? length_text(length) : fmt::format("{} px", length);
  const double font_px = 1.1 * scene.font_px;
  const double edge = std::round(0.5 * scene.margin());
  const double pad = std::round(0.45 * font_px);
  const double thick = std::round(std::max(3.0, scene.font_px * 0.3));
  const double bar_px = std::round(length / pixel_nm * scene.scale);
  const double width = std::ceil(std::max(bar_px, text_width(text, font_px)) + 2 * pad);
  const double bar_y = static_cast<double>(scene.picture.height()) - edge - pad - thick;
  const double top = bar_y - std::round(1.5 * font_px);
  return {.ground = {.y = std::llround(top),
                     .x = std::llround(edge),
                     .height = std::llround(bar_y + thick + pad - top),
                     .width = std::llround(width)},
          .text = text,
          .baseline = {bar_y - 0.4 * font_px, edge + width / 2},
          .font_px = font_px,
          .bar = {.y = std::llround(bar_y),
                  .x = std::llround(edge + (width - bar_px) / 2),
                  .height = std::llround(thick),
                  .width = std::llround(bar_px)}};
}

}  // namespace

std::vector<Plate> plates(const Scene& scene) {
  std::vector<Plate> result;
  if (scene.options.scale_bar) {
    result.push_back(scale_bar_plate(scene));
  }
  if (scene.options.clock) {
    for (Plate& plate : clock_plates(scene)) {
      result.push_back(std::move(plate));
    }
    for (Plate& plate : reading_plates(scene)) {
      result.push_back(std::move(plate));
    }
  }
  return result;
}

void draw_plate(Picture& picture, const Plate& plate) {
  fill(picture, plate.ground, kBlackRgb, 0.65);
  fill(picture, plate.bar, kWhite);
  draw_text(picture, plate.baseline, plate.text,
            {.height_px = plate.font_px, .align = Align::kCentre});
}

}  // namespace mote::report
