// Masks of every kind that a file of outlines or runs has to hold: pieces, holes, corners that
// touch.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "mote/core/mask.h"

namespace mote::testing_support {

struct DrawnMask {
  std::string name;
  Mask mask;
};

/// Within 64 x 80 px.
inline std::vector<DrawnMask> drawn_masks() {
  const Box field{.height = 64, .width = 80};
  const auto squared = [](int64_t y, int64_t x, int64_t cy, int64_t cx) {
    return (y - cy) * (y - cy) + (x - cx) * (x - cx);
  };
  const auto noise = [](int64_t y, int64_t x) {
    return ((y * 7919 + x * 104729 + y * x * 31) >> 3) % 3 == 0;
  };
  return {
      {"Pixel",
       mask_where({.y = 5, .x = 9, .height = 1, .width = 1}, [](auto, auto) { return true; })},
      {"Disc", mask_where(field, [&](auto y, auto x) { return squared(y, x, 30, 40) < 300; })},
      {"Ring", mask_where(field,
                          [&](auto y, auto x) {
                            const int64_t r = squared(y, x, 30, 40);
                            return r < 700 && r > 200;
                          })},
      {"RingsInEachOther",
       mask_where(field, [&](auto y, auto x) { return squared(y, x, 31, 31) / 100 % 2 == 0; })},
      {"TwoPieces", mask_where(field,
                               [&](auto y, auto x) {
                                 return squared(y, x, 20, 20) < 100 || squared(y, x, 40, 60) < 200;
                               })},
      {"TouchingAtACorner",
       mask_where(field, [](auto y, auto x) { return y < 60 && x < 60 && (y < 30) == (x < 30); })},
      {"WholeField", mask_where(field, [](auto, auto) { return true; })},
      {"Noise", mask_where(field, noise)},
      {"Checkers", mask_where(field, [](auto y, auto x) { return (y + x) % 2 == 0; })},
  };
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace mote::testing_support
