#include "mote/report/pair_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

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
constexpr double kMostTimes = 4;  // that a crop is enlarged

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

// The crop, slightly smoothed, as wide as `width_px` allows but enlarged no more than kMostTimes.
Picture enlarged(const Grid<float>& crop, int64_t width_px, int64_t height_px) {
  const auto side = [](int64_t room, int64_t there) {
    return static_cast<double>(room) / static_cast<double>(there);
  };
  const double times =
      std::min({kMostTimes, side(width_px, crop.width()), side(height_px, crop.height())});
  Picture from = grey(imaging::gaussian(crop, kSmoothPx));
  const auto scaled = [&](int64_t there) {
    return std::max<int64_t>(1, std::lround(times * static_cast<double>(there)));
  };
  Picture to({scaled(crop.height()), scaled(crop.width())});
  const auto mat = [](Picture& picture) {
    return cv::Mat(static_cast<int>(picture.height()), static_cast<int>(picture.width()), CV_8UC3,
                   picture.values().data());
  };
  cv::Mat target = mat(to);
  cv::resize(mat(from), target, target.size(), 0, 0, times > 1 ? cv::INTER_CUBIC : cv::INTER_AREA);
  return to;
}

struct Tile {
  Picture picture;
  std::string caption;
};
using Row = std::vector<Tile>;

// Long crops above one another, so that what is alike lies in one column; others side by side.
std::vector<Row> crop_rows(const PairSide& first, const PairSide& second, int64_t side_px) {
  std::vector<Row> rows;
  const bool is_long = first.crop.width() >= 2 * first.crop.height();
  for (const PairSide* side : {&first, &second}) {
    if (side->crop.empty()) {
      continue;
    }
    const int64_t width = is_long ? 2 * side_px + kMarginPx : side_px;
    Tile panel{enlarged(side->crop, width, side_px), side->crop_name};
    if (is_long || rows.empty()) {
      rows.emplace_back();
    }
    rows.back().push_back(std::move(panel));
  }
  return rows;
}

}  // namespace

Picture draw_pair(const PairSide& first, const PairSide& second, int64_t side_px) {
  std::vector<Row> rows = {
      {{outlined(first, side_px), first.name}, {outlined(second, side_px), second.name}}};
  for (Row& row : crop_rows(first, second, side_px)) {
    rows.push_back(std::move(row));
  }
  int64_t height = kMarginPx;
  std::vector<int64_t> tops;
  for (const Row& row : rows) {
    tops.push_back(height);
    int64_t tallest = 0;
    for (const Tile& panel : row) {
      tallest = std::max(tallest, panel.picture.height());
    }
    height += tallest + kCaptionPx + kMarginPx;
  }
  const int64_t width = 2 * side_px + 3 * kMarginPx;
  Picture sheet({height, width}, kWhite);
  for (size_t row = 0; row < rows.size(); ++row) {
    for (size_t column = 0; column < rows[row].size(); ++column) {
      const Tile& panel = rows[row][column];
      const int64_t x = kMarginPx + static_cast<int64_t>(column) * (side_px + kMarginPx);
      const int64_t room = rows[row].size() == 1 ? width - 2 * kMarginPx : side_px;
      draw_text(sheet, {static_cast<double>(tops[row]) + kFontPx, static_cast<double>(x)},
                fit_text(panel.caption, kFontPx, static_cast<double>(room)),
                {.height_px = kFontPx, .colour = kInk});
      paste(sheet, panel.picture, tops[row] + kCaptionPx, x);
    }
  }
  return sheet;
}

namespace {

std::string cells(const std::vector<std::string>& row, const char* tag) {
  std::string text = "<tr>";
  for (const std::string& cell : row) {
    text += fmt::format("<{0}>{1}</{0}>", tag, html_text(cell));
  }
  return text + "</tr>";
}

std::string table_html(const PageTable& table) {
  std::string text = "<section><h2>" + html_text(table.heading) +
                     "</h2><div class=\"scroll\"><table><thead>" + cells(table.columns, "th") +
                     "</thead><tbody>";
  for (const auto& row : table.rows) {
    text += cells(row, "td");
  }
  return text + "</tbody></table></div></section>\n";
}

std::string entry_html(const PageEntry& entry) {
  return fmt::format(
      "<section class=\"entry{}\"><h2>{}</h2><p class=\"verdict {}\">{}</p><p class=\"note\">{}</p>"
      "<img alt=\"{}\" src=\"data:image/jpeg;base64,{}\"></section>\n",
      entry.alarm ? " alarm" : "", html_text(entry.heading), entry.alarm ? "problem" : "ok",
      html_text(entry.verdict), html_text(entry.text), html_text(entry.heading),
      base64(entry.jpeg));
}

constexpr std::string_view kCss =
    "main img { max-width: 100%; } "
    ".entry { border-left: 4px solid var(--line); padding-left: 1rem; margin-top: 2.4rem; } "
    ".entry.alarm { border-color: var(--problem); } .entry h2 { margin-top: 0; } "
    ".entry .verdict { margin: 0; } table { max-width: 62rem; } "
    "@media print { .entry img { max-height: 20cm; } h2 { break-after: avoid; } }";

}  // namespace

std::string picture_page(const PicturePage& page) {
  std::string text =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
      html_text(page.title) + "</title><style>" + std::string(assets::report_css()) +
      std::string(kCss) + "</style></head>\n<body><header><div><h1>" + html_text(page.title) +
      "</h1>";
  for (const std::string& line : page.lines) {
    text += "<p class=\"facts\">" + html_text(line) + "</p>";
  }
  if (!page.verdict.empty()) {
    text += fmt::format("<p class=\"verdict {}\">{}</p>", page.alarm ? "problem" : "ok",
                        html_text(page.verdict));
  }
  text += "</div></header>\n<main>\n";
  for (const PageTable& table : page.tables) {
    text += table_html(table);
  }
  for (const PageEntry& entry : page.entries) {
    text += entry_html(entry);
  }
  return text + "</main></body></html>\n";
}

}  // namespace mote::report
