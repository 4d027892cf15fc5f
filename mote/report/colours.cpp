#include "mote/report/colours.h"

#include <array>

#include <fmt/format.h>

namespace mote::report {

std::span<const Rgb> palette() {
  static constexpr std::array<Rgb, 7> kPalette = {{{0x33, 0xBB, 0xEE},
                                                   {0xFF, 0x99, 0x00},
                                                   {0x77, 0x44, 0xFF},
                                                   {0x88, 0xBB, 0x77},
                                                   {0xDD, 0x00, 0x22},
                                                   {0x55, 0x66, 0xCC},
                                                   {0xCC, 0x44, 0x88}}};
  return kPalette;
}

int64_t track_colour_index(int32_t id) {
  // Every round of seven begins two colours further: the last of one round and the first of the
  // next still differ.
  const auto count = static_cast<int64_t>(palette().size());
  const int64_t from_zero = id >= 1 ? static_cast<int64_t>(id) - 1 : -static_cast<int64_t>(id);
  return (from_zero + from_zero / count * 2) % count;
}

Rgb track_colour(int32_t id) {
  return palette()[static_cast<size_t>(track_colour_index(id))];
}

Rgb prompt_colour() {
  return {0xFF, 0xFF, 0x00};
}

std::string hex(Rgb colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.r, colour.g, colour.b);
}

}  // namespace mote::report
