#include "mote/imaging/distance.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mote/core/runs.h"

namespace mote::imaging {
namespace {

/// Distance to the nearest zero of the same column; as far as any can be, or farther, where the
/// column has none.
Grid<float> distance_in_column(const BinaryImage& mask) {
  const Size size = mask.size();
  auto distance = Grid<float>::unfilled(size);
  const auto far = static_cast<float>(size.height + size.width);
  for (int64_t y = 0; y < size.height; ++y) {
    const uint8_t* set = mask.row(y);
    const float* above = distance.row(y - (y > 0 ? 1 : 0));
    float* out = distance.row(y);
    for (int64_t x = 0; x < size.width; ++x) {
      const float next = y > 0 ? above[x] + 1 : far;
      out[x] = set[x] != 0 ? next : 0;
    }
  }
  for (int64_t y = size.height - 2; y >= 0; --y) {
    const float* below = distance.row(y + 1);
    float* out = distance.row(y);
    for (int64_t x = 0; x < size.width; ++x) {
      out[x] = std::min(out[x], below[x] + 1);
    }
  }
  return distance;
}

/// The lower envelope of the parabolas (x - u)^2 + height(u)^2 along a piece of a row.
class Envelope {
 public:
  /// Of the columns from `first` on, `in_column` their distances; what is to be asked lies within.
  void build(const float* in_column, int64_t first, int64_t end) {
    parabolas_.clear();
    for (int64_t u = first; u < end; ++u) {
      const auto height = static_cast<int64_t>(in_column[u]);
      const Parabola next{.apex = u, .square = height * height, .from = first};
      while (!parabolas_.empty() &&
             parabolas_.back().at(parabolas_.back().from) > next.at(parabolas_.back().from)) {
        parabolas_.pop_back();
      }
      if (parabolas_.empty()) {
        parabolas_.push_back(next);
        continue;
      }
      const int64_t from = 1 + last_below(parabolas_.back(), next);
      if (from < end) {
        parabolas_.push_back({.apex = u, .square = next.square, .from = from});
      }
    }
  }

  /// The least square at each of the columns [begin, end) within what was built.
  template <typename Use>
  void read(int64_t begin, int64_t end, Use use) const {
    size_t i = 0;
    for (int64_t x = begin; x < end; ++x) {
      while (i + 1 < parabolas_.size() && parabolas_[i + 1].from <= x) {
        ++i;
      }
      use(x, parabolas_[i].at(x));
    }
  }

 private:
  struct Parabola {
    int64_t apex = 0;
    int64_t square = 0;  // of the height at the apex
    int64_t from = 0;    // the first column where it is the lowest

    int64_t at(int64_t x) const { return (x - apex) * (x - apex) + square; }
  };

  /// The last column where `left` is not above `right`, whose apex lies to its right.
  static int64_t last_below(const Parabola& left, const Parabola& right) {
    const int64_t over =
        right.apex * right.apex - left.apex * left.apex + right.square - left.square;
    return over / (2 * (right.apex - left.apex));
  }

  std::vector<Parabola> parabolas_;
};

}  // namespace

Grid<float> distance_to_background(const BinaryImage& mask) {
  const Size size = mask.size();
  if (std::find(mask.values().begin(), mask.values().end(), 0) == mask.values().end()) {
    return Grid<float>(size, static_cast<float>(size.height + size.width));
  }
  Grid<float> distance = distance_in_column(mask);
  Envelope envelope;
  for (int64_t y = 0; y < size.height; ++y) {
    float* row = distance.row(y);
    for_runs(mask.row(y), size.width, [&](int64_t begin, int64_t end) {
      envelope.build(row, std::max<int64_t>(0, begin - 1), std::min(size.width, end + 1));
      envelope.read(begin, end, [row](int64_t x, int64_t square) {
        row[x] = std::sqrt(static_cast<float>(square));
      });
    });
  }
  return distance;
}

}  // namespace mote::imaging
