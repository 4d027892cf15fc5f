#include "mote/report/preview_sheet.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "mote/report/canvas.h"
#include "mote/report/overlay.h"

namespace mote::report {
namespace {

constexpr int64_t kWidth = 1680;
constexpr int64_t kMargin = 36;
constexpr int64_t kGap = 24;
constexpr int64_t kColumn = (kWidth - 2 * kMargin - 2 * kGap) / 3;
constexpr int64_t kVariantGap = 14;
constexpr int64_t kVariant = (2 * kColumn + kGap - 2 * kVariantGap) / 3;
static_assert(kPreviewFramePx == kColumn && kPreviewVariantPx == kVariant);
constexpr double kFontPx = 16;
constexpr Rgb kInk{27, 31, 36};
constexpr Rgb kMuted{100, 108, 118};
constexpr Rgb kGridLine{226, 230, 235};
constexpr Rgb kBars{150, 160, 172};
constexpr Rgb kChosen{11, 98, 184};
constexpr Rgb kThreshold{179, 22, 31};

// A captioned picture, shrunk to a column; its height is what `placed_height` says.
constexpr int64_t kCaption = 28;

Size placed_size(const Picture& picture, int64_t side) {
  return shrink(picture, side).size();
}

void place(Picture& sheet, const Picture& picture, int64_t y, int64_t x, int64_t width,
           const std::string& caption, Rgb colour) {
  const Picture small = shrink(picture, width);
  paste(sheet, small, y, x + (width - small.width()) / 2);
  draw_text(sheet,
            {static_cast<double>(y + small.height()) + 1.25 * kFontPx,
             static_cast<double>(x) + static_cast<double>(width) / 2},
            fit_text(caption, kFontPx, static_cast<double>(width)),
            {.height_px = kFontPx, .colour = colour, .align = Align::kCentre});
}

void frame_around(Picture& sheet, Box box, int64_t thick, Rgb colour) {
  fill(sheet, {box.y - thick, box.x - thick, thick, box.width + 2 * thick}, colour);
  fill(sheet, {box.y_end(), box.x - thick, thick, box.width + 2 * thick}, colour);
  fill(sheet, {box.y, box.x - thick, box.height, thick}, colour);
  fill(sheet, {box.y, box.x_end(), box.height, thick}, colour);
}

// Grey levels along x, pixels along y on a logarithmic scale: the few pixels of small particles
// would not show beside the background.
void draw_histogram(Picture& picture, const PreviewSheet& sheet, Box box) {
  const Histogram& histogram = sheet.histogram;
  const Box plot{box.y + 36, box.x + 12, box.height - 36 - 58, box.width - 24};
  const auto to_x = [&](double level) {
    const double share = (level - histogram.low) / (histogram.high - histogram.low);
    return static_cast<double>(plot.x) + share * static_cast<double>(plot.width);
  };
  const double step = round_length((histogram.high - histogram.low) / 4);
  for (double tick = std::ceil(histogram.low / step) * step; tick <= histogram.high; tick += step) {
    const int64_t x = std::llround(to_x(tick));
    fill(picture, {plot.y, x, plot.height, 1}, kGridLine);
    draw_text(picture, {static_cast<double>(plot.y_end()) + 20, static_cast<double>(x)},
              fmt::format("{:.6g}", std::abs(tick) < 1e-9 * step ? 0 : tick),
              {.height_px = 14, .colour = kMuted, .align = Align::kCentre});
  }
  const int64_t most = histogram.counts.empty()
                           ? 0
                           : *std::max_element(histogram.counts.begin(), histogram.counts.end());
  const double top = std::log10(1.0 + static_cast<double>(most));
  const double bin = static_cast<double>(plot.width) /
                     static_cast<double>(std::max<size_t>(1, histogram.counts.size()));
  for (size_t i = 0; i < histogram.counts.size() && top > 0; ++i) {
    const auto count = static_cast<double>(histogram.counts[i]);
    const int64_t height =
        std::llround(std::log10(1 + count) / top * static_cast<double>(plot.height) * 0.94);
    const int64_t x0 = plot.x + std::llround(static_cast<double>(i) * bin);
    const int64_t x1 = plot.x + std::llround(static_cast<double>(i + 1) * bin);
    fill(picture, {plot.y_end() - height, x0, height, x1 - x0}, kBars);
  }
  fill(picture, {plot.y_end(), plot.x, 1, plot.width}, kInk);

  draw_text(picture,
            {static_cast<double>(plot.y_end()) + 46,
             static_cast<double>(plot.x) + static_cast<double>(plot.width) / 2},
            fmt::format("grey level; particles are {} (shaded); pixels on a log scale",
                        sheet.bright ? "bright" : "dark"),
            {.height_px = 14, .colour = kMuted, .align = Align::kCentre});
  if (!std::isfinite(sheet.threshold)) {
    return;
  }
  const double at = std::clamp(to_x(sheet.threshold), static_cast<double>(plot.x),
                               static_cast<double>(plot.x_end()));
  const int64_t line = std::llround(at);
  const Box particles = sheet.bright ? Box{plot.y, line, plot.height, plot.x_end() - line}
                                     : Box{plot.y, plot.x, plot.height, line - plot.x};
  fill(picture, particles, kChosen, 0.12);
  fill(picture, {plot.y, line - 1, plot.height, 2}, kThreshold);
  const std::string text = fmt::format("threshold {:.5g}", sheet.threshold);
  const double half = text_width(text, kFontPx) / 2;
  draw_text(picture,
            {static_cast<double>(plot.y) - 10, std::clamp(at, static_cast<double>(box.x) + half,
                                                          static_cast<double>(box.x_end()) - half)},
            text, {.height_px = kFontPx, .colour = kThreshold, .align = Align::kCentre});
}

}  // namespace

Histogram histogram(const Grid<float>& image, int64_t bins) {
  const DisplayRange range = display_range(image, 0.01, 99.99);
  Histogram result{.low = range.black, .high = range.white, .counts = {}};
  result.counts.resize(static_cast<size_t>(bins));
  const double scale = static_cast<double>(bins) / (range.white - range.black);
  for (const float value : image.values()) {
    const double place = (value - range.black) * scale;
    if (place >= 0 && place <= static_cast<double>(bins)) {
      ++result.counts[static_cast<size_t>(std::min(place, static_cast<double>(bins) - 0.5))];
    }
  }
  return result;
}

Box preview_piece(Size field, const std::vector<Point>& particles, int64_t side_px) {
  const Size size{std::min(field.height, side_px), std::min(field.width, side_px)};
  const Point middle{static_cast<double>(field.height - 1) / 2,
                     static_cast<double>(field.width - 1) / 2};
  const auto outside = [&](Point p) {
    return 2 * std::abs(p.y_px - middle.y_px) > static_cast<double>(size.height) ||
           2 * std::abs(p.x_px - middle.x_px) > static_cast<double>(size.width);
  };
  const auto from_middle = [&](Point p) {
    return std::hypot(p.y_px - middle.y_px, p.x_px - middle.x_px);
  };
  Point centre = middle;
  if (!particles.empty() && std::all_of(particles.begin(), particles.end(), outside)) {
    centre = *std::min_element(particles.begin(), particles.end(),
                               [&](Point a, Point b) { return from_middle(a) < from_middle(b); });
  }
  const auto from = [](double at, int64_t extent, int64_t whole) {
    const int64_t first = std::llround(at - static_cast<double>(extent - 1) / 2);
    return std::clamp<int64_t>(first, 0, whole - extent);
  };
  return {.y = from(centre.y_px, size.height, field.height),
          .x = from(centre.x_px, size.width, field.width),
          .height = size.height,
          .width = size.width};
}

Picture draw(const PreviewSheet& sheet) {
  int64_t frames_height = 0;
  for (const PreviewPicture& frame : sheet.frames) {
    frames_height = std::max(frames_height, placed_size(frame.picture, kColumn).height);
  }
  int64_t variant_height = 0;
  for (const PreviewVariant& variant : sheet.variants) {
    variant_height = std::max(variant_height, placed_size(variant.picture, kVariant).height);
  }
  const int64_t rows = (static_cast<int64_t>(sheet.variants.size()) + 2) / 3;
  const int64_t variant_step = variant_height + kCaption + kVariantGap;
  const int64_t heading = 34;
  const int64_t top = kMargin + 80;
  const int64_t lower = top + frames_height + kCaption + 30;
  const int64_t lower_height = heading + std::max<int64_t>(420, rows * variant_step);
  Picture picture({lower + lower_height + kMargin, kWidth}, kWhite);

  const double title_px = 26;
  draw_text(picture, {kMargin + 24.0, static_cast<double>(kMargin)},
            fit_text(sheet.title, title_px, kWidth - 2.0 * kMargin),
            {.height_px = title_px, .colour = kInk});
  draw_text(picture, {kMargin + 54.0, static_cast<double>(kMargin)},
            fit_text(sheet.subtitle, kFontPx, kWidth - 2.0 * kMargin),
            {.height_px = kFontPx, .colour = kMuted});
  for (size_t i = 0; i < std::min<size_t>(3, sheet.frames.size()); ++i) {
    place(picture, sheet.frames[i].picture, top,
          kMargin + static_cast<int64_t>(i) * (kColumn + kGap), kColumn, sheet.frames[i].caption,
          kInk);
  }
  const auto subheading = [&](const char* text, int64_t x) {
    draw_text(picture, {static_cast<double>(lower) + 18, static_cast<double>(x)}, text,
              {.height_px = 19, .colour = kInk});
  };
  subheading("Grey levels", kMargin);
  draw_histogram(
      picture, sheet,
      {lower + heading, kMargin, std::min<int64_t>(lower_height - heading, 520), kColumn});
  const int64_t right = kMargin + kColumn + kGap;
  subheading("Particles counted by other thresholds and sigmas, and the options to add for them",
             right);
  for (size_t i = 0; i < sheet.variants.size(); ++i) {
    const PreviewVariant& variant = sheet.variants[i];
    const auto row = static_cast<int64_t>(i / 3);
    const auto column = static_cast<int64_t>(i % 3);
    const int64_t y = lower + heading + row * variant_step;
    const int64_t x = right + column * (kVariant + kVariantGap);
    const std::string caption =
        fmt::format("{}: {}", variant.count,
                    variant.options.empty() ? "the command as it is" : variant.options);
    place(picture, variant.picture, y, x, kVariant, caption, variant.chosen ? kChosen : kInk);
    if (variant.chosen) {
      const Size size = placed_size(variant.picture, kVariant);
      frame_around(picture, {y, x + (kVariant - size.width) / 2, size.height, size.width}, 4,
                   kChosen);
    }
  }
  return picture;
}

}  // namespace mote::report
