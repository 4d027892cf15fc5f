#include "mote/eval/boundary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "mote/eval/summary.h"

namespace mote::eval {
namespace {

constexpr double kToleranceOfDiagonal = 0.008;

/// A mask drawn on no more of the image than it needs, with a pixel around where there is one.
struct Drawn {
  Box box;
  BinaryImage pixels;

  bool at(int64_t y, int64_t x) const {
    return pixels.size().contains(y - box.y, x - box.x) && pixels(y - box.y, x - box.x) != 0;
  }
};

Drawn drawn(const Mask& mask, Size size) {
  const Box all = mask.bounds();
  if (all.empty()) {
    return {};
  }
  Drawn result{.box = all.grown(1, size)};
  if (result.box.empty()) {
    return {};
  }
  result.pixels = BinaryImage(result.box.size());
  for (const Run& run : mask.runs) {
    const int64_t y = run.y - result.box.y;
    const int64_t begin = std::clamp<int64_t>(run.x - result.box.x, 0, result.box.width);
    const int64_t end =
        std::clamp<int64_t>(int64_t{run.x} + run.length - result.box.x, 0, result.box.width);
    if (y >= 0 && y < result.box.height && begin < end) {
      std::fill(result.pixels.row(y) + begin, result.pixels.row(y) + end, uint8_t{1});
    }
  }
  return result;
}

template <typename Predicate>
std::vector<Pixel> pixels_where(const Drawn& mask, const Predicate& predicate) {
  std::vector<Pixel> found;
  for (int64_t y = mask.box.y; y < mask.box.y_end(); ++y) {
    for (int64_t x = mask.box.x; x < mask.box.x_end(); ++x) {
      if (predicate(y, x)) {
        found.push_back({y, x});
      }
    }
  }
  return found;
}

/// Pixels in reading order, by row.
class Rows {
 public:
  explicit Rows(const std::vector<Pixel>& pixels) : pixels_(pixels) {
    first_y_ = pixels.front().y;
    begin_.assign(static_cast<size_t>(pixels.back().y - first_y_) + 2, 0);
    for (const Pixel& pixel : pixels) {
      ++begin_[static_cast<size_t>(pixel.y - first_y_) + 1];
    }
    for (size_t row = 1; row < begin_.size(); ++row) {
      begin_[row] += begin_[row - 1];
    }
  }

  int64_t first_y() const { return first_y_; }
  int64_t last_y() const { return first_y_ + static_cast<int64_t>(begin_.size()) - 2; }

  /// Columns between `x` and the nearest pixel of row `y`, or nothing where the row has none.
  std::optional<int64_t> columns_to(int64_t y, int64_t x) const {
    const auto row = static_cast<size_t>(y - first_y_);
    const auto begin = pixels_.begin() + static_cast<std::ptrdiff_t>(begin_[row]);
    const auto end = pixels_.begin() + static_cast<std::ptrdiff_t>(begin_[row + 1]);
    const auto after = std::lower_bound(
        begin, end, x, [](const Pixel& pixel, int64_t column) { return pixel.x < column; });
    std::optional<int64_t> columns;
    if (after != end) {
      columns = after->x - x;
    }
    if (after != begin) {
      const int64_t before = x - std::prev(after)->x;
      columns = columns ? std::min(*columns, before) : before;
    }
    return columns;
  }

 private:
  const std::vector<Pixel>& pixels_;
  std::vector<size_t> begin_;
  int64_t first_y_ = 0;
};

double nearest_distance(const Pixel& from, const Rows& to, double y_scale, double x_scale) {
  double best = std::numeric_limits<double>::infinity();
  const int64_t most = std::max(std::abs(from.y - to.first_y()), std::abs(from.y - to.last_y()));
  for (int64_t rows = 0; rows <= most && static_cast<double>(rows) * y_scale < best; ++rows) {
    for (const int64_t y : {from.y - rows, from.y + rows}) {
      if (y < to.first_y() || y > to.last_y()) {
        continue;
      }
      if (const auto columns = to.columns_to(y, from.x)) {
        best = std::min(best, std::hypot(static_cast<double>(rows) * y_scale,
                                         static_cast<double>(*columns) * x_scale));
      }
    }
  }
  return best;
}

double share_within(const std::vector<double>& distances, double tolerance) {
  const auto count = std::count_if(distances.begin(), distances.end(),
                                   [&](double distance) { return distance <= tolerance; });
  return static_cast<double>(count) / static_cast<double>(distances.size());
}

}  // namespace

std::vector<Pixel> rim_of(const Mask& mask, Size size) {
  const Drawn image = drawn(mask, size);
  const auto is_free = [&](int64_t y, int64_t x) { return size.contains(y, x) && !image.at(y, x); };
  return pixels_where(image, [&](int64_t y, int64_t x) {
    return image.at(y, x) &&
           (is_free(y - 1, x) || is_free(y + 1, x) || is_free(y, x - 1) || is_free(y, x + 1));
  });
}

void Distances::add(const Distances& other) {
  for (const auto& [distance, count] : other.counts_) {
    add(distance, count);
  }
}

int64_t Distances::count() const {
  int64_t count = 0;
  for (const auto& [unused, times] : counts_) {
    count += times;
  }
  return count;
}

std::optional<double> Distances::mean() const {
  double sum = 0;
  for (const auto& [distance, times] : counts_) {
    sum += distance * static_cast<double>(times);
  }
  return counts_.empty() ? std::nullopt : std::optional(sum / static_cast<double>(count()));
}

std::optional<double> Distances::percentile(double share) const {
  if (counts_.empty()) {
    return std::nullopt;
  }
  const double place = share * static_cast<double>(count() - 1);
  const auto below = static_cast<int64_t>(place);
  std::optional<double> lower;
  int64_t seen = 0;
  for (const auto& [distance, times] : counts_) {
    seen += times;
    if (!lower && seen > below) {
      lower = distance;
    }
    if (seen > below + 1) {
      return *lower + (place - static_cast<double>(below)) * (distance - *lower);
    }
  }
  return lower;
}

std::vector<double> nearest_distances(const std::vector<Pixel>& from, const std::vector<Pixel>& to,
                                      double y_scale, double x_scale) {
  std::vector<double> distances;
  if (to.empty()) {
    return distances;
  }
  const Rows rows(to);
  for (const Pixel& pixel : from) {
    distances.push_back(nearest_distance(pixel, rows, y_scale, x_scale));
  }
  return distances;
}

Distances rim_distances(const Mask& truth, const Mask& result, Size size, double y_scale,
                        double x_scale) {
  const std::vector<Pixel> a = rim_of(truth, size);
  const std::vector<Pixel> b = rim_of(result, size);
  Distances distances;
  for (const double distance : nearest_distances(a, b, y_scale, x_scale)) {
    distances.add(distance);
  }
  for (const double distance : nearest_distances(b, a, y_scale, x_scale)) {
    distances.add(distance);
  }
  return distances;
}

std::vector<Pixel> davis_boundary(const Mask& mask, Size size) {
  const Drawn image = drawn(mask, size);
  return pixels_where(image, [&](int64_t y, int64_t x) {
    const bool here = image.at(y, x);
    const bool right = x + 1 < size.width;
    const bool below = y + 1 < size.height;
    return (right && image.at(y, x + 1) != here) || (below && image.at(y + 1, x) != here) ||
           (right && below && image.at(y + 1, x + 1) != here);
  });
}

double boundary_f(const Mask& truth, const Mask& result, Size size) {
  return boundary_f(davis_boundary(truth, size), davis_boundary(result, size), size);
}

double boundary_f(const std::vector<Pixel>& truth, const std::vector<Pixel>& result, Size size) {
  if (truth.empty() || result.empty()) {
    return truth.empty() && result.empty() ? 1 : 0;
  }
  const double tolerance =
      std::ceil(kToleranceOfDiagonal *
                std::hypot(static_cast<double>(size.height), static_cast<double>(size.width)));
  const double precision = share_within(nearest_distances(result, truth), tolerance);
  const double recall = share_within(nearest_distances(truth, result), tolerance);
  return ratio(2 * precision * recall, precision + recall, 0);
}

}  // namespace mote::eval
