#include "mote/io/mask_outline.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mote/core/error.h"
#include "mote/core/runs.h"

namespace mote::io {
namespace {

constexpr double kFarthest = 1e6;  // px; a polygon that goes farther is damaged
constexpr size_t kMostRuns = 4'000'000;
constexpr int64_t kMostCrossings = 100'000'000;  // of edges and rows

// The sides of a pixel, clockwise on the screen from the upper one; each is walked along with the
// pixel to the right.
constexpr int kLeft = 3;
constexpr int kStepY[4] = {-1, 0, 1, 0};
constexpr int kStepX[4] = {0, 1, 0, -1};

class Tracer {
 public:
  explicit Tracer(const Mask& mask)
      : box_(mask.bounds()), inside_(box_.size()), seen_(box_.size()) {
    for (const Run& run : mask.runs) {
      uint8_t* row = inside_.row(run.y - box_.y) + (run.x - box_.x);
      std::fill(row, row + run.length, uint8_t{1});
    }
  }

  std::vector<Ring> trace() {
    std::vector<Ring> rings;
    for (int64_t y = 0; y < box_.height; ++y) {
      // Every outline has a side that looks left.
      for_runs(inside_.row(y), box_.width, [&](int64_t begin, int64_t) {
        if (!seen(y, begin, kLeft)) {
          rings.push_back(ring_from(y, begin, kLeft));
        }
      });
    }
    return rings;
  }

 private:
  bool inside(int64_t y, int64_t x) const {
    return inside_.size().contains(y, x) && inside_(y, x) != 0;
  }
  bool seen(int64_t y, int64_t x, int side) const { return (seen_(y, x) >> side & 1) != 0; }

  Ring ring_from(int64_t y, int64_t x, int side) {
    Ring ring;
    while (!seen(y, x, side)) {
      seen_(y, x) = static_cast<uint8_t>(seen_(y, x) | 1 << side);
      const int along = (side + 1) % 4;
      const int64_t ahead_y = y + kStepY[along];
      const int64_t ahead_x = x + kStepX[along];
      const int64_t across_y = ahead_y + kStepY[side];
      const int64_t across_x = ahead_x + kStepX[side];
      if (!inside(across_y, across_x) && inside(ahead_y, ahead_x)) {
        y = ahead_y;
        x = ahead_x;
        continue;
      }
      // The corner where this side ends.
      ring.push_back({.y = static_cast<double>(box_.y + y + (side == 1 || side == 2 ? 1 : 0)),
                      .x = static_cast<double>(box_.x + x + (side == 0 || side == 1 ? 1 : 0))});
      if (inside(across_y, across_x)) {
        y = across_y;
        x = across_x;
        side = (side + 3) % 4;
      } else {
        side = along;
      }
    }
    return ring;
  }

  Box box_;
  BinaryImage inside_;
  Grid<uint8_t> seen_;  // a bit a side
};

/// A side of a ring that passes the centres of rows [first_row, end_row).
struct Edge {
  int64_t first_row = 0;
  int64_t end_row = 0;
  double x = 0;      // where it passes the centre of first_row
  double slope = 0;  // columns a row
  int turn = 0;      // +1 downwards, -1 upwards
};

/// The first row whose centre is at `y` or below.
int64_t row_from(double y) {
  return static_cast<int64_t>(std::ceil(y - 0.5));
}

void require_near(const Ring& ring) {
  for (const Corner& corner : ring) {
    if (!(std::abs(corner.y) <= kFarthest && std::abs(corner.x) <= kFarthest)) {
      throw Error(ErrorKind::kBadFile, "an outline goes to x={} y={}", corner.x, corner.y);
    }
  }
}

std::vector<Edge> edges_of(const std::vector<Ring>& rings) {
  std::vector<Edge> edges;
  int64_t crossings = 0;
  for (const Ring& ring : rings) {
    require_near(ring);
    for (size_t i = 0; i < ring.size(); ++i) {
      const Corner& from = ring[i];
      const Corner& to = ring[(i + 1) % ring.size()];
      const Corner& upper = from.y < to.y ? from : to;
      const Corner& lower = from.y < to.y ? to : from;
      Edge edge{.first_row = std::max<int64_t>(0, row_from(upper.y)),
                .end_row = row_from(lower.y),
                .turn = from.y < to.y ? 1 : -1};
      if (edge.first_row >= edge.end_row) {
        continue;
      }
      edge.slope = (lower.x - upper.x) / (lower.y - upper.y);
      edge.x = upper.x + (static_cast<double>(edge.first_row) + 0.5 - upper.y) * edge.slope;
      edges.push_back(edge);
      crossings += edge.end_row - edge.first_row;
    }
  }
  if (crossings > kMostCrossings) {
    throw Error(ErrorKind::kBadFile, "an outline crosses rows more than {} times", kMostCrossings);
  }
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& a, const Edge& b) { return a.first_row < b.first_row; });
  return edges;
}

struct Crossing {
  double x = 0;
  int turn = 0;
};

/// Appends the runs of one row; `crossings` in order of x.
void add_row(int64_t y, const std::vector<Crossing>& crossings, FillRule rule, Mask& mask) {
  int around = 0;
  int64_t begin = 0;
  int64_t last_end = -1;  // of the run before
  for (const Crossing& crossing : crossings) {
    const bool was_inside = around != 0;
    around = rule == FillRule::kEvenOdd ? 1 - around : around + crossing.turn;
    const bool is_inside = around != 0;
    // The first column whose centre lies right of the crossing.
    const int64_t x = std::max<int64_t>(0, static_cast<int64_t>(std::floor(crossing.x + 0.5)));
    if (!was_inside && is_inside) {
      begin = x;
    } else if (was_inside && !is_inside && x > begin) {
      if (begin == last_end) {
        mask.runs.back().length += static_cast<int32_t>(x - begin);
      } else {
        mask.runs.push_back({.y = static_cast<int32_t>(y),
                             .x = static_cast<int32_t>(begin),
                             .length = static_cast<int32_t>(x - begin)});
      }
      last_end = x;
    }
  }
  if (mask.runs.size() > kMostRuns) {
    throw Error(ErrorKind::kBadFile, "an outline crosses itself more than {} times", kMostRuns);
  }
}

}  // namespace

std::vector<Ring> outlines_of(const Mask& mask) {
  if (mask.runs.empty()) {
    return {};
  }
  return Tracer(mask).trace();
}

double signed_area_px(const Ring& ring) {
  double twice = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    const Corner& a = ring[i];
    const Corner& b = ring[(i + 1) % ring.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return 0.5 * twice;
}

Ring largest_outline_of(const Mask& mask) {
  std::vector<Ring> rings = outlines_of(mask);
  const auto largest = std::max_element(
      rings.begin(), rings.end(),
      [](const Ring& a, const Ring& b) { return signed_area_px(a) < signed_area_px(b); });
  return largest == rings.end() ? Ring() : std::move(*largest);
}

Mask filled(const std::vector<Ring>& rings, FillRule rule) {
  const std::vector<Edge> edges = edges_of(rings);
  Mask mask;
  std::vector<Edge> active;
  std::vector<Crossing> crossings;
  size_t next = 0;
  int64_t y = 0;
  while (next < edges.size() || !active.empty()) {
    if (active.empty()) {
      y = edges[next].first_row;
    }
    for (; next < edges.size() && edges[next].first_row == y; ++next) {
      active.push_back(edges[next]);
    }
    crossings.clear();
    for (const Edge& edge : active) {
      const auto rows = static_cast<double>(y - edge.first_row);
      crossings.push_back({.x = edge.x + rows * edge.slope, .turn = edge.turn});
    }
    const auto lies_left = [](const Crossing& a, const Crossing& b) { return a.x < b.x; };
    if (!std::is_sorted(crossings.begin(), crossings.end(), lies_left)) {
      std::stable_sort(crossings.begin(), crossings.end(), lies_left);
    }
    add_row(y, crossings, rule, mask);
    ++y;
    std::erase_if(active, [&](const Edge& edge) { return edge.end_row <= y; });
  }
  return mask;
}

}  // namespace mote::io
