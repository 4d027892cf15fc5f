#include "mote/report/pair_picture.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mote/imaging/filters.h"
#include "mote/report/assets.h"
#include "mote/report/canvas.h"
#include "mote/report/colours.h"
#include "mote/report/overlay.h"
#include "mote/report/page_data.h"

namespace mote::report {
namespace {

constexpr int64_t kMarginPx = 12;
constexpr int64_t kCaptionPx = 26;
constexpr double kFontPx = 15;
constexpr Rgb kInk{27, 31, 36};
constexpr double kSmoothPx = 1.5;
constexpr double kLinePx = 2.5;

Picture grey(const Grid<float>& image) {
  const DisplayRange range = display_range(image);
  const double scale = 255 / std::max(1e-30, range.white - range.black);
  Picture picture(image.size());
  for (size_t i = 0; i < picture.values().size(); ++i) {
    const double value = std::clamp((image.values()[i] - range.black) * scale, 0.0, 255.0);
    const auto level = static_cast<uint8_t>(std::lround(value));
    picture.values()[i] = {level, level, level};
  }
  return picture;
}

// The image at most `side_px` wide and high, with `shared` outlined.
Picture outlined(const PairSide& side, int64_t side_px) {
  Picture picture = shrink(grey(imaging::gaussian(side.image, 0.7)), side_px);
  const double scale =
      static_cast<double>(picture.width()) / static_cast<double>(side.image.width());
  const Box box = side.shared;
  const double inset = kLinePx / 2;
  const double top = static_cast<double>(box.y) * scale + inset;
  const double left = static_cast<double>(box.x) * scale + inset;
  const double bottom = static_cast<double>(box.y_end()) * scale - 1 - inset;
  const double right = static_cast<double>(box.x_end()) * scale - 1 - inset;
  StrokeLayer layer(picture.size());
  const auto corners =
      std::to_array<Point>({{top, left}, {top, right}, {bottom, right}, {bottom, left}});
  layer.polyline(corners, {.colour = palette()[0], .width_px = kLinePx}, true);
  layer.draw_on(picture);
  return picture;
}

}  // namespace

Picture draw_pair(const PairSide& first, const PairSide& second, int64_t side_px) {
  struct Panel {
    Picture picture;
    std::string caption;
  };
  const auto crop = [&](const PairSide& side) {
    return side.crop.empty() ? Panel{}
                             : Panel{shrink(grey(imaging::gaussian(side.crop, kSmoothPx)), side_px),
                                     side.crop_name};
  };
  const std::array<std::array<Panel, 2>, 2> rows = {
      {{{{outlined(first, side_px), first.name}, {outlined(second, side_px), second.name}}},
       {{crop(first), crop(second)}}}};
  int64_t height = kMarginPx;
  std::array<int64_t, 2> tops = {};
  for (size_t row = 0; row < rows.size(); ++row) {
    tops[row] = height;
    height += std::max(rows[row][0].picture.height(), rows[row][1].picture.height()) + kCaptionPx +
              kMarginPx;
  }
  Picture sheet({height, 2 * side_px + 3 * kMarginPx}, kWhite);
  for (size_t row = 0; row < rows.size(); ++row) {
    for (size_t column = 0; column < 2; ++column) {
      const Panel& panel = rows[row][column];
      if (panel.picture.empty()) {
        continue;
      }
      const int64_t x = kMarginPx + static_cast<int64_t>(column) * (side_px + kMarginPx);
      draw_text(sheet, {static_cast<double>(tops[row]) + kFontPx, static_cast<double>(x)},
                fit_text(panel.caption, kFontPx, static_cast<double>(side_px)),
                {.height_px = kFontPx, .colour = kInk});
      paste(sheet, panel.picture, tops[row] + kCaptionPx, x);
    }
  }
  return sheet;
}

std::string picture_page(const std::string& title, const std::vector<std::string>& lines,
                         const std::vector<PageEntry>& entries) {
  std::string page =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
      html_text(title) + "</title><style>" + std::string(assets::report_css()) +
      "main img { max-width: 100%; }</style></head>\n<body><header><div><h1>" + html_text(title) +
      "</h1>";
  for (const std::string& line : lines) {
    page += "<p class=\"facts\">" + html_text(line) + "</p>";
  }
  page += "</div></header>\n<main>\n";
  for (const PageEntry& entry : entries) {
    page += "<section><h2>" + html_text(entry.heading) + "</h2><p class=\"note\">" +
            html_text(entry.text) + "</p><img alt=\"" + html_text(entry.heading) +
            "\" src=\"data:image/jpeg;base64," + base64(entry.jpeg) + "\"></section>\n";
  }
  return page + "</main></body></html>\n";
}

}  // namespace mote::report
