#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

// What find_annotations is made of: shapes that a program draws, of one grey level. Brightness is
// that of an image stretched to 0 to 255.

/// Text and bars differ so much from what is behind them.
inline constexpr int kInk = 100;

inline bool near(int value, int level, int tolerance) {
  return std::abs(value - level) <= tolerance;
}

/// The share of pixels of `box` near `level`.
double share(const Grid<uint8_t>& grey, Box box, int level, int tolerance);

BinaryImage pixels_near(const Grid<uint8_t>& grey, int level, int tolerance);

bool overlaps(const Box& a, const Box& b);

/// A filled rectangle of one grey level, as a scale bar is.
struct Bar {
  Box box;
  int level = 0;
};

/// Rectangles much longer than high, of one level, whose rows all begin and end alike and whose
/// surround is different.
std::vector<Bar> find_bars(const Grid<uint8_t>& grey, int tolerance);

/// The bar with its text: signs of the bar's level above or below it that stand on one line.
/// Nothing where there are fewer than two such signs.
std::optional<Box> with_text(const Grid<uint8_t>& grey, const Bar& bar);

}  // namespace mote::imaging
