#include "mote/measure/instance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

#include "mote/core/error.h"
#include "mote/core/runs.h"
#include "mote/imaging/regions.h"
#include "mote/measure/convex_hull.h"
#include "mote/measure/label_index.h"
#include "mote/measure/ring.h"

namespace mote::measure {
namespace {

constexpr double kFull = 255;
constexpr double kLevel = 127.5;

/// What one pass over the image adds up for a label; positions are relative to its first pixel, so
/// that differences of large numbers do not eat the digits.
struct Sums {
  bool seen = false;
  int64_t y0 = 0;
  int64_t x0 = 0;
  int64_t y_min = 0;
  int64_t y_max = 0;
  int64_t x_min = 0;
  int64_t x_max = 0;
  double w = 0;  // coverage, 255 a pixel
  double wy = 0;
  double wx = 0;
  double wyy = 0;
  double wxx = 0;
  double wxy = 0;
  int64_t pixels = 0;
  double v0 = 0;
  double v = 0;
  double vv = 0;
  double perimeter = 0;
  double outline_area = 0;
  bool touching = false;
};

BinaryImage particles_of(const LabelImage& labels) {
  auto particles = BinaryImage::unfilled(labels.size());
  std::transform(labels.values().begin(), labels.values().end(), particles.values().begin(),
                 [](int32_t label) { return label != 0 ? uint8_t{1} : uint8_t{0}; });
  return particles;
}

class Measurement {
 public:
  Measurement(const Grid<float>& image, const LabelImage& labels, const Grid<uint8_t>& coverage,
              const InstanceMeasureOptions& options)
      : image_(image),
        labels_(labels),
        coverage_(coverage),
        options_(options),
        size_(labels.size()),
        scale_y_(std::sqrt(options.y_over_x)),
        scale_x_(1 / scale_y_),
        index_(labels),
        sums_(index_.labels().size()) {}

  std::vector<InstanceMeasures> run() {
    if (sums_.empty()) {
      return {};
    }
    add_pixels();
    add_outlines();
    return results();
  }

 private:
  int32_t label(int64_t y, int64_t x) const { return size_.contains(y, x) ? labels_(y, x) : 0; }

  /// How much of a pixel belongs to `wanted`, 0 to 255; 128 or more if and only if it has the
  /// label.
  double field(int64_t y, int64_t x, int32_t wanted) const {
    if (!size_.contains(y, x)) {
      return 0;
    }
    if (labels_(y, x) == wanted) {
      return coverage_.empty() ? kFull : std::max<int>(coverage_(y, x), 128);
    }
    return coverage_.empty() || owners_(y, x) != wanted ? 0 : coverage_(y, x);
  }

  void add_run(int64_t y, int64_t begin, int64_t end, int32_t of) {
    Sums& sums = sums_[index_(of)];
    const float* values = image_.row(y);
    const uint8_t* covered = coverage_.empty() ? nullptr : coverage_.row(y);
    if (!sums.seen) {
      sums = {.seen = true, .y0 = y, .x0 = begin, .y_min = y, .x_min = begin, .x_max = begin};
      sums.v0 = values[begin];
    }
    int64_t w = 0;
    int64_t wx = 0;
    int64_t wxx = 0;
    double v = 0;
    double vv = 0;
    for (int64_t x = begin; x < end; ++x) {
      const int64_t weight = covered == nullptr ? 255 : std::max<int64_t>(covered[x], 128);
      const int64_t dx = x - sums.x0;
      w += weight;
      wx += weight * dx;
      wxx += weight * dx * dx;
      const double dv = values[x] - sums.v0;
      v += dv;
      vv += dv * dv;
    }
    add_row(sums, y, w, wx, wxx);
    sums.pixels += end - begin;
    sums.v += v;
    sums.vv += vv;
    sums.y_max = y;
    sums.x_min = std::min(sums.x_min, begin);
    sums.x_max = std::max(sums.x_max, end - 1);
  }

  static void add_row(Sums& sums, int64_t y, int64_t w, int64_t wx, int64_t wxx) {
    const auto dy = static_cast<double>(y - sums.y0);
    sums.w += static_cast<double>(w);
    sums.wx += static_cast<double>(wx);
    sums.wxx += static_cast<double>(wxx);
    sums.wy += static_cast<double>(w) * dy;
    sums.wyy += static_cast<double>(w) * dy * dy;
    sums.wxy += static_cast<double>(wx) * dy;
  }

  void add_pixels() {
    for (int64_t y = 0; y < size_.height; ++y) {
      const int32_t* row = labels_.row(y);
      for_label_runs(row, size_.width,
                     [&](int32_t of, int64_t begin, int64_t end) { add_run(y, begin, end, of); });
    }
    if (!coverage_.empty()) {
      add_partial_pixels();
    }
  }

  void add_partial_pixels() {
    owners_ = imaging::coverage_owners(labels_, coverage_);
    for (int64_t y = 0; y < size_.height; ++y) {
      const uint8_t* covered = coverage_.row(y);
      const int32_t* row = labels_.row(y);
      int32_t* owners = owners_.row(y);
      for_runs(covered, size_.width, [&](int64_t begin, int64_t end) {
        for (int64_t x = begin; x < end; ++x) {
          if (owners[x] == row[x]) {
            continue;
          }
          if (covered[x] >= 128) {
            owners[x] = 0;  // part of something that was taken out
            continue;
          }
          Sums& sums = sums_[index_(owners[x])];
          const int64_t dx = x - sums.x0;
          add_row(sums, y, covered[x], covered[x] * dx, covered[x] * dx * dx);
        }
      });
    }
  }

  /// Marching squares over all cells of four pixel centres, the image padded by nothing. Every cell
  /// adds its pieces of outline to the labels in it; no outline is ever followed.
  void add_outlines() {
    const std::vector<int32_t> outside(static_cast<size_t>(size_.width), 0);
    for (int64_t y = -1; y < size_.height; ++y) {
      const int32_t* upper = y < 0 ? outside.data() : labels_.row(y);
      const int32_t* lower = y + 1 == size_.height ? outside.data() : labels_.row(y + 1);
      if (upper[0] != 0 || lower[0] != 0) {
        add_cell(y, -1);
      }
      int64_t set_above = -1;
      int64_t set_below = -1;
      for (int64_t x = 0; x + 1 < size_.width; ++x) {
        if (upper[x] == 0 && lower[x] == 0) {
          // On to the cell whose right side is the next instance.
          set_above = set_above < x ? next_set(upper, x, size_.width) : set_above;
          set_below = set_below < x ? next_set(lower, x, size_.width) : set_below;
          x = std::min(set_above, set_below) - 1;
          if (x + 1 == size_.width) {
            break;
          }
        }
        if (upper[x] != lower[x] || upper[x] != upper[x + 1] || upper[x] != lower[x + 1]) {
          add_cell(y, x);
        }
      }
      if (upper[size_.width - 1] != 0 || lower[size_.width - 1] != 0) {
        add_cell(y, size_.width - 1);
      }
    }
  }

  /// The cell whose upper left pixel centre is (y, x).
  void add_cell(int64_t y, int64_t x) {
    const std::array<int32_t, 4> corners{label(y, x), label(y, x + 1), label(y + 1, x + 1),
                                         label(y + 1, x)};
    int32_t other = 0;  // any label of the cell, to find a second one by
    bool touching = false;
    for (const int32_t corner : corners) {
      touching = touching || (corner != 0 && other != 0 && corner != other);
      other = corner != 0 ? corner : other;
    }
    for (size_t i = 0; i < 4; ++i) {
      const bool repeated =
          std::find(corners.begin(), corners.begin() + static_cast<std::ptrdiff_t>(i),
                    corners[i]) != corners.begin() + static_cast<std::ptrdiff_t>(i);
      if (corners[i] == 0 || repeated) {
        continue;
      }
      Sums& sums = sums_[index_(corners[i])];
      sums.touching = sums.touching || touching;
      const bool at_border = y < 0 || x < 0 || y + 1 == size_.height || x + 1 == size_.width;
      add_pieces(y, x, corners[i], (coverage_.empty() || touching) && !at_border);
    }
  }

  /// `binary`: the outline has no better place than between two pixels.
  void add_pieces(int64_t y, int64_t x, int32_t of, bool binary) {
    constexpr std::array<std::array<int64_t, 2>, 4> kCorners{{{0, 0}, {0, 1}, {1, 1}, {1, 0}}};
    std::array<double, 4> values{};
    std::array<bool, 4> inside{};
    double sum = 0;
    for (size_t i = 0; i < 4; ++i) {
      values[i] = field(y + kCorners[i][0], x + kCorners[i][1], of);
      inside[i] = values[i] > kLevel;
      sum += values[i];
    }
    // Where the outline leaves the shape and where it comes back, going around the cell.
    std::array<Point, 2> leaves;
    std::array<Point, 2> enters;
    size_t leave_count = 0;
    size_t enter_count = 0;
    bool leave_first = false;
    for (size_t i = 0; i < 4; ++i) {
      const size_t j = (i + 1) % 4;
      if (inside[i] == inside[j]) {
        continue;
      }
      const double t = (values[i] - kLevel) / (values[i] - values[j]);
      const auto at = [&](size_t axis) {
        const auto from = static_cast<double>((axis == 0 ? y : x) + kCorners[i][axis]);
        return from + t * static_cast<double>(kCorners[j][axis] - kCorners[i][axis]);
      };
      const Point crossing{.y_px = at(0) * scale_y_, .x_px = at(1) * scale_x_};
      if (inside[i]) {
        leave_first = leave_first || enter_count == 0;
        leaves[leave_count++] = crossing;
      } else {
        enters[enter_count++] = crossing;
      }
      // Each crossing lies in two cells; the one below or to the right of it keeps it.
      if (i == 0 || i == 3) {
        crossings_.emplace_back(index_(of), crossing);
      }
    }
    // With two pieces, a piece cuts off either an inside corner (leave to the enter before it) or
    // an outside one (leave to the enter after it).
    const bool joined = sum >= 4 * kLevel;
    for (size_t i = 0; i < leave_count; ++i) {
      size_t mate = i;
      if (leave_count == 2 && joined != leave_first) {
        mate = 1 - i;
      }
      add_piece(sums_[index_(of)], leaves[i], enters[mate], binary);
    }
  }

  void add_piece(Sums& sums, const Point& from, const Point& to, bool binary) const {
    const double dy = to.y_px - from.y_px;
    const double dx = to.x_px - from.x_px;
    const double length = std::sqrt(dy * dy + dx * dx);
    sums.perimeter += binary ? length * binary_length_factor_ : length;
    const double y0 = static_cast<double>(sums.y0) * scale_y_;
    const double x0 = static_cast<double>(sums.x0) * scale_x_;
    sums.outline_area +=
        ((from.x_px - x0) * (to.y_px - y0) - (to.x_px - x0) * (from.y_px - y0)) / 2;
  }

  /// True over measured length of the outline between pixels, averaged over directions; for square
  /// pixels pi (1 + sqrt 2) / 8, which makes it Crofton's formula in four directions.
  static double binary_length_factor(double height, double width) {
    const double diagonal = std::hypot(height, width);
    const double quarter = (diagonal - width) / height * (1 - width / diagonal) +
                           height / diagonal +
                           (diagonal - height) / width * (1 - height / diagonal) + width / diagonal;
    return std::numbers::pi / 2 / quarter;
  }

  std::vector<InstanceMeasures> results() {
    Grouped<Point> crossings = grouped(crossings_, sums_.size());
    const std::vector<std::optional<double>> backgrounds =
        ring_medians(image_, labels_, index_, options_.ring_inner_px, options_.ring_outer_px);
    std::vector<InstanceMeasures> out;
    out.reserve(sums_.size());
    const BinaryImage particles = particles_of(labels_);
    const std::vector<int32_t> cut = options_.excluded != nullptr
                                         ? imaging::labels_beside(labels_, *options_.excluded)
                                         : std::vector<int32_t>();
    for (size_t i = 0; i < sums_.size(); ++i) {
      InstanceMeasures measures = moments(sums_[i]);
      measures.label = index_.labels()[i];
      const std::span<const Point> outline = crossings.of(i);
      const std::vector<Point> hull = convex_hull({outline.begin(), outline.end()});
      const FeretDiameters feret = feret_diameters(hull);
      measures.min_feret_px = feret.min_px;
      measures.max_feret_px = feret.max_px;
      // Both from the outline, so that the pixel grid cancels and a disc has solidity 1.
      measures.solidity = std::min(1.0, std::abs(sums_[i].outline_area) / polygon_area(hull));
      measures.background = backgrounds[i];
      EdgeReading edge =
          edge_reading(image_, labels_, coverage_, particles, measures.label, measures.box,
                       {.area_px2 = measures.area_px2,
                        .perimeter_px = measures.perimeter_px,
                        .whole_pixels = coverage_.empty()});
      measures.ecd_uncertainty = edge.uncertainty;
      measures.edge = std::move(edge.profile);
      measures.touches_border =
          measures.touches_border || std::binary_search(cut.begin(), cut.end(), measures.label);
      out.push_back(measures);
    }
    return out;
  }

  InstanceMeasures moments(const Sums& sums) const {
    InstanceMeasures out;
    out.area_px2 = sums.w / kFull;
    const double my = sums.wy / sums.w;
    const double mx = sums.wx / sums.w;
    out.centroid = {static_cast<double>(sums.y0) + my, static_cast<double>(sums.x0) + mx};
    out.box = {.y = sums.y_min,
               .x = sums.x_min,
               .height = sums.y_max - sums.y_min + 1,
               .width = sums.x_max - sums.x_min + 1};
    out.touches_border = sums.y_min == 0 || sums.x_min == 0 || sums.y_max + 1 == size_.height ||
                         sums.x_max + 1 == size_.width;
    out.touching = sums.touching;
    out.perimeter_px = sums.perimeter;

    // 1/12 is the variance of a pixel's own square: whole pixels lack it, coverage, which is the
    // shape averaged over a pixel, has it once too often.
    const double own = coverage_.empty() ? 1.0 / 12 : -1.0 / 12;
    const double yy = (sums.wyy / sums.w - my * my + own) * scale_y_ * scale_y_;
    const double xx = (sums.wxx / sums.w - mx * mx + own) * scale_x_ * scale_x_;
    const double xy = sums.wxy / sums.w - mx * my;
    const double mean = (yy + xx) / 2;
    const double spread = std::hypot((xx - yy) / 2, xy);
    const double least = std::min(scale_y_ * scale_y_, scale_x_ * scale_x_) / 12;
    out.major_axis_px = 4 * std::sqrt(std::max(least, mean + spread));
    out.minor_axis_px = 4 * std::sqrt(std::max(least, mean - spread));
    // y points down, so counter-clockwise as seen is negative in (x, y).
    double angle = -std::atan2(2 * xy, xx - yy) / 2 * 180 / std::numbers::pi;
    angle = spread <= 1e-9 * mean ? 0 : angle;
    out.orientation_deg = angle <= -90 ? angle + 180 : angle;

    const auto n = static_cast<double>(sums.pixels);
    out.mean_intensity = sums.v0 + sums.v / n;
    const double variance = (sums.vv - sums.v * sums.v / n) / std::max(1.0, n - 1);
    out.sd_intensity = std::sqrt(variance < 0 ? 0 : variance);
    return out;
  }

  const Grid<float>& image_;
  const LabelImage& labels_;
  const Grid<uint8_t>& coverage_;
  const InstanceMeasureOptions& options_;
  Size size_;
  double scale_y_;
  double scale_x_;
  double binary_length_factor_ = binary_length_factor(scale_y_, scale_x_);
  LabelIndex index_;
  std::vector<Sums> sums_;
  LabelImage owners_;  // labels with the partial pixels around them; empty without coverage
  std::vector<std::pair<size_t, Point>> crossings_;
};

}  // namespace

double circularity(const InstanceMeasures& instance) {
  return 4 * std::numbers::pi * instance.area_px2 / (instance.perimeter_px * instance.perimeter_px);
}

double aspect_ratio(const InstanceMeasures& instance) {
  return instance.min_feret_px / instance.max_feret_px;
}

std::vector<InstanceMeasures> measure_instances(const Grid<float>& image, const LabelImage& labels,
                                                const Grid<uint8_t>& coverage,
                                                const InstanceMeasureOptions& options) {
  if (image.size() != labels.size() || (!coverage.empty() && coverage.size() != labels.size())) {
    const Size other = image.size() != labels.size() ? image.size() : coverage.size();
    throw Error(ErrorKind::kUsage, "labels of {} x {} px do not fit an image of {} x {} px",
                labels.width(), labels.height(), other.width, other.height);
  }
  if (!(options.y_over_x > 0) || !std::isfinite(options.y_over_x)) {
    throw Error(ErrorKind::kUsage, "a pixel's height over its width is {}: it must be above 0",
                options.y_over_x);
  }
  if (options.ring_inner_px < 2 || options.ring_outer_px < options.ring_inner_px) {
    throw Error(ErrorKind::kUsage, "a background ring from {} to {} px: it must begin at 2 or more",
                options.ring_inner_px, options.ring_outer_px);
  }
  return Measurement(image, labels, coverage, options).run();
}

}  // namespace mote::measure
