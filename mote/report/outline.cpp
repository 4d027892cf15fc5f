#include "mote/report/outline.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mote::report {
namespace {

struct Corner {
  int64_t y = 0;
  int64_t x = 0;
  int32_t label = 0;
};
using Cell = std::array<Corner, 4>;  // clockwise from the upper left

// How far inside `label` a pixel lies: at least 0.5 for its own pixels, below for all others.
double depth(const LabelImage& labels, const Corner& corner, int32_t label) {
  const bool own = corner.label == label;
  constexpr std::array<int, 3> kBinomial = {1, 2, 1};
  int around = 0;
  for (int64_t dy = -1; dy <= 1; ++dy) {
    const int64_t y = std::clamp<int64_t>(corner.y + dy, 0, labels.height() - 1);
    for (int64_t dx = -1; dx <= 1; ++dx) {
      const int64_t x = std::clamp<int64_t>(corner.x + dx, 0, labels.width() - 1);
      if (labels(y, x) == label) {
        around += kBinomial[static_cast<size_t>(dy + 1)] * kBinomial[static_cast<size_t>(dx + 1)];
      }
    }
  }
  return (own ? 0.5 : 0.0) + around / 32.0 * (own ? 1.0 : 0.998);
}

void add_pieces(const LabelImage& labels, const Cell& cell, int32_t label,
                std::vector<OutlinePiece>& pieces) {
  std::array<double, 4> depths{};
  Point inward;
  bool touching = false;
  double sum = 0;
  for (size_t i = 0; i < 4; ++i) {
    depths[i] = depth(labels, cell[i], label);
    sum += depths[i];
    const bool own = cell[i].label == label;
    touching = touching || (!own && cell[i].label != 0);
    const double sign = own ? 1 : -1;
    inward.y_px += sign * (i >= 2 ? 1 : -1);
    inward.x_px += sign * (i == 1 || i == 2 ? 1 : -1);
  }
  const double length = std::hypot(inward.y_px, inward.x_px);
  if (length > 0) {
    inward = {inward.y_px / length, inward.x_px / length};
  }

  std::array<Point, 4> crossings;
  size_t count = 0;
  for (size_t i = 0; i < 4; ++i) {
    const size_t next = (i + 1) % 4;
    if ((cell[i].label == label) == (cell[next].label == label)) {
      continue;
    }
    const double along = (0.5 - depths[i]) / (depths[next] - depths[i]);
    crossings[count++] = {
        static_cast<double>(cell[i].y) + along * static_cast<double>(cell[next].y - cell[i].y),
        static_cast<double>(cell[i].x) + along * static_cast<double>(cell[next].x - cell[i].x)};
  }
  const auto add = [&](size_t a, size_t b) {
    pieces.push_back({label, crossings[a], crossings[b], inward, touching});
  };
  if (count == 2) {
    add(0, 1);
  } else if (count == 4) {
    // A saddle: crossing i lies after corner i; cut off the corners that the middle is not like.
    const bool first_is_own = cell[0].label == label;
    const bool joined = sum / 4 >= 0.5;
    if (first_is_own == joined) {
      add(0, 1);
      add(2, 3);
    } else {
      add(3, 0);
      add(1, 2);
    }
  }
}

}  // namespace

std::vector<OutlinePiece> outlines(const LabelImage& labels) {
  std::vector<OutlinePiece> pieces;
  for (int64_t y = 0; y + 1 < labels.height(); ++y) {
    const int32_t* upper = labels.row(y);
    const int32_t* lower = labels.row(y + 1);
    for (int64_t x = 0; x + 1 < labels.width(); ++x) {
      if (upper[x] == upper[x + 1] && upper[x] == lower[x] && upper[x] == lower[x + 1]) {
        continue;
      }
      const Cell cell = {{{y, x, upper[x]},
                          {y, x + 1, upper[x + 1]},
                          {y + 1, x + 1, lower[x + 1]},
                          {y + 1, x, lower[x]}}};
      for (size_t i = 0; i < 4; ++i) {
        const int32_t label = cell[i].label;
        bool seen = label == 0;
        for (size_t k = 0; k < i; ++k) {
          seen = seen || cell[k].label == label;
        }
        if (!seen) {
          add_pieces(labels, cell, label, pieces);
        }
      }
    }
  }
  return pieces;
}

}  // namespace mote::report
