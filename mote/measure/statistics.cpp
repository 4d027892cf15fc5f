#include "mote/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "mote/measure/bootstrap.h"

namespace mote::measure {
namespace {

constexpr std::array<double, 3> kQuantiles{0.1, 0.5, 0.9};
constexpr size_t kValues = 7;  // of SizeStatistics

std::array<double, kValues> values_of(const SizeStatistics& s) {
  return {s.mean, s.sd.value_or(0), s.p10, s.median, s.p90, s.d32, s.d43};
}

SizeStatistics statistics_of(const std::array<double, kValues>& v) {
  return {
      .mean = v[0], .sd = v[1], .p10 = v[2], .median = v[3], .p90 = v[4], .d32 = v[5], .d43 = v[6]};
}

/// Sums that moments are made of; they add up over groups. `centre` is near the mean, so that the
/// variance keeps its digits.
struct Sums {
  double w = 0;
  double ww = 0;
  double c = 0;
  double cc = 0;
  double d2 = 0;
  double d3 = 0;
  double d4 = 0;

  void add(const Sized& item, double centre) {
    const double offset = item.diameter - centre;
    const double square = item.diameter * item.diameter;
    w += item.weight;
    ww += item.weight * item.weight;
    c += item.weight * offset;
    cc += item.weight * offset * offset;
    d2 += item.weight * square;
    d3 += item.weight * square * item.diameter;
    d4 += item.weight * square * square;
  }

  void add(const Sums& other, double times) {
    w += times * other.w;
    ww += times * other.ww;
    c += times * other.c;
    cc += times * other.cc;
    d2 += times * other.d2;
    d3 += times * other.d3;
    d4 += times * other.d4;
  }
};

/// `sorted` is ascending by diameter; `times(i)` is how often item i counts.
template <typename Times>
SizeStatistics statistics(const Sums& sums, double centre, std::span<const Sized> sorted,
                          Times times) {
  SizeStatistics out;
  const double offset = sums.c / sums.w;
  out.mean = centre + offset;
  out.d32 = sums.d3 / sums.d2;
  out.d43 = sums.d4 / sums.d3;
  const double n = sums.w * sums.w / sums.ww;
  if (n > 1 + 1e-9) {
    out.sd = std::sqrt(std::max(0.0, sums.cc / sums.w - offset * offset) * n / (n - 1));
  }

  std::array<double, 3> quantiles{};
  size_t wanted = 0;
  double below = 0;
  double last_middle = 0;
  double last_diameter = 0;
  bool first = true;
  for (size_t i = 0; i < sorted.size() && wanted < kQuantiles.size(); ++i) {
    const double weight = times(i) * sorted[i].weight;
    if (weight == 0) {
      continue;
    }
    const double middle = (below + weight / 2) / sums.w;
    const double diameter = sorted[i].diameter;
    while (wanted < kQuantiles.size() && kQuantiles[wanted] <= middle) {
      const double share = first ? 1 : (kQuantiles[wanted] - last_middle) / (middle - last_middle);
      quantiles[wanted++] = first ? diameter : last_diameter + share * (diameter - last_diameter);
    }
    below += weight;
    last_middle = middle;
    last_diameter = diameter;
    first = false;
  }
  while (wanted < kQuantiles.size()) {
    quantiles[wanted++] = last_diameter;
  }
  out.p10 = quantiles[0];
  out.median = quantiles[1];
  out.p90 = quantiles[2];
  return out;
}

std::vector<Sized> sorted_sizes(std::span<const Sized> sample) {
  std::vector<Sized> sorted(sample.begin(), sample.end());
  std::sort(sorted.begin(), sorted.end(), [](const Sized& a, const Sized& b) {
    return a.diameter != b.diameter ? a.diameter < b.diameter
           : a.weight != b.weight   ? a.weight < b.weight
                                    : a.group < b.group;
  });
  return sorted;
}

double mean_diameter(std::span<const Sized> sample) {
  double sum = 0;
  for (const Sized& item : sample) {
    sum += item.diameter;
  }
  return sum / static_cast<double>(sample.size());
}

// Points in a field sorted into square bins, about one a bin; a bin's points stand side by side.
class Bins {
 public:
  Bins(const std::vector<Point>& points, double height, double width)
      : points_(points),
        side_(std::sqrt(height * width / static_cast<double>(points.size()))),
        rows_(static_cast<int64_t>(std::ceil(height / side_))),
        columns_(static_cast<int64_t>(std::ceil(width / side_))),
        begin_(static_cast<size_t>(rows_ * columns_) + 1),
        members_(points.size()) {
    for (const Point& p : points_) {
      ++begin_[bin_of(p) + 1];
    }
    for (size_t i = 1; i < begin_.size(); ++i) {
      begin_[i] += begin_[i - 1];
    }
    std::vector<size_t> next(begin_.begin(), begin_.end() - 1);
    for (size_t i = 0; i < points_.size(); ++i) {
      members_[next[bin_of(points_[i])]++] = i;
    }
  }

  // The distance from a point to the nearest other one.
  double nearest(size_t self) const {
    double best = std::numeric_limits<double>::infinity();
    for (int64_t ring = 0; ring <= std::max(rows_, columns_); ++ring) {
      // What lies farther out than the rings searched is at least this far away.
      if (best <= static_cast<double>(ring - 1) * side_) {
        break;
      }
      best = std::min(best, nearest_in_ring(self, ring));
    }
    return best;
  }

 private:
  int64_t row_of(const Point& p) const {
    return std::clamp<int64_t>(static_cast<int64_t>(p.y_px / side_), 0, rows_ - 1);
  }
  int64_t column_of(const Point& p) const {
    return std::clamp<int64_t>(static_cast<int64_t>(p.x_px / side_), 0, columns_ - 1);
  }
  size_t bin_of(const Point& p) const {
    return static_cast<size_t>(row_of(p) * columns_ + column_of(p));
  }

  double nearest_in_ring(size_t self, int64_t ring) const {
    double best = std::numeric_limits<double>::infinity();
    const int64_t y0 = row_of(points_[self]) - ring;
    const int64_t x0 = column_of(points_[self]) - ring;
    for (int64_t y = std::max<int64_t>(0, y0); y <= std::min(rows_ - 1, y0 + 2 * ring); ++y) {
      const bool edge = y == y0 || y == y0 + 2 * ring;
      const int64_t step = edge || ring == 0 ? 1 : 2 * ring;
      for (int64_t x = x0; x <= x0 + 2 * ring; x += step) {
        if (x >= 0 && x < columns_) {
          best = std::min(best, nearest_in_bin(self, static_cast<size_t>(y * columns_ + x)));
        }
      }
    }
    return best;
  }

  double nearest_in_bin(size_t self, size_t bin) const {
    double best = std::numeric_limits<double>::infinity();
    const Point& p = points_[self];
    for (size_t i = begin_[bin]; i < begin_[bin + 1]; ++i) {
      const Point& other = points_[members_[i]];
      if (members_[i] != self) {
        best = std::min(best, std::hypot(other.y_px - p.y_px, other.x_px - p.x_px));
      }
    }
    return best;
  }

  const std::vector<Point>& points_;
  double side_;
  int64_t rows_;
  int64_t columns_;
  std::vector<size_t> begin_;    // of each bin in members_, and the end of the last
  std::vector<size_t> members_;  // indices of points
};

}  // namespace

std::optional<SizeStatistics> size_statistics(std::span<const Sized> sample) {
  if (sample.empty()) {
    return std::nullopt;
  }
  const std::vector<Sized> sorted = sorted_sizes(sample);
  const double centre = mean_diameter(sorted);
  Sums sums;
  for (const Sized& item : sorted) {
    sums.add(item, centre);
  }
  return statistics(sums, centre, sorted, [](size_t) { return 1.0; });
}

std::optional<SizeIntervals> size_intervals(std::span<const Sized> sample, int64_t resamples,
                                            uint64_t seed) {
  const std::vector<Sized> sorted = sorted_sizes(sample);
  std::vector<int32_t> names;
  names.reserve(sorted.size());
  for (const Sized& item : sorted) {
    names.push_back(item.group);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() < 2 || resamples < 1) {
    return std::nullopt;
  }
  const double centre = mean_diameter(sorted);
  std::vector<Sums> groups(names.size());
  std::vector<size_t> group_of(sorted.size());
  for (size_t i = 0; i < sorted.size(); ++i) {
    group_of[i] = static_cast<size_t>(
        std::lower_bound(names.begin(), names.end(), sorted[i].group) - names.begin());
    groups[group_of[i]].add(sorted[i], centre);
  }

  BootstrapRandom random(seed);
  std::array<std::vector<double>, kValues> drawn;
  std::vector<double> times(groups.size());
  for (int64_t turn = 0; turn < resamples; ++turn) {
    std::fill(times.begin(), times.end(), 0.0);
    for (size_t i = 0; i < groups.size(); ++i) {
      times[random.below(groups.size())] += 1;
    }
    Sums sums;
    for (size_t i = 0; i < groups.size(); ++i) {
      sums.add(groups[i], times[i]);
    }
    const SizeStatistics resample =
        statistics(sums, centre, sorted, [&](size_t i) { return times[group_of[i]]; });
    const std::array<double, kValues> values = values_of(resample);
    for (size_t i = 0; i < kValues; ++i) {
      drawn[i].push_back(values[i]);
    }
  }
  std::array<double, kValues> low{};
  std::array<double, kValues> high{};
  const double left_out = bootstrap_tail(groups.size());
  for (size_t i = 0; i < kValues; ++i) {
    low[i] = quantile_of(drawn[i], left_out);
    high[i] = quantile_of(drawn[i], 1 - left_out);
  }
  return SizeIntervals{.low = statistics_of(low), .high = statistics_of(high)};
}

double effective_sample_size(std::span<const Sized> sample) {
  double sum = 0;
  double squares = 0;
  for (const Sized& item : sample) {
    sum += item.weight;
    squares += item.weight * item.weight;
  }
  return squares > 0 ? sum * sum / squares : 0;
}

std::optional<NearestNeighbour> nearest_neighbour(std::span<const Point> points, Size field,
                                                  Point scale) {
  if (points.size() < 2) {
    return std::nullopt;
  }
  const double height = static_cast<double>(field.height) * scale.y_px;
  const double width = static_cast<double>(field.width) * scale.x_px;
  std::vector<Point> at;  // from the field's corner
  at.reserve(points.size());
  for (const Point& point : points) {
    at.push_back({(point.y_px + 0.5) * scale.y_px, (point.x_px + 0.5) * scale.x_px});
  }
  const Bins bins(at, height, width);
  double sum = 0;
  double weighted = 0;
  double weights = 0;
  for (size_t i = 0; i < at.size(); ++i) {
    const double distance = bins.nearest(i);
    sum += distance;
    const Point& p = at[i];
    const double to_border = std::min({p.y_px, p.x_px, height - p.y_px, width - p.x_px});
    const double inner = (height - 2 * distance) * (width - 2 * distance);
    if (distance <= to_border && inner > 0) {
      weights += 1 / inner;
      weighted += distance / inner;
    }
  }
  NearestNeighbour out{.mean = sum / static_cast<double>(at.size())};
  if (weights > 0) {
    out.corrected = weighted / weights;
  }
  return out;
}

}  // namespace mote::measure
