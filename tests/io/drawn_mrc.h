// MRC files made on the spot.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>

#include "tests/io/drawn_bytes.h"

namespace mote::io::drawn {

struct MrcSpec {
  int32_t columns = 4;
  int32_t rows = 3;
  int32_t sections = 2;
  int32_t mode = 1;
  std::array<int32_t, 3> grid = {4, 3, 2};
  std::array<float, 3> cell_a = {8, 6, 4};  ///< 2 Å a pixel
  std::array<float, 3> angles_deg = {90, 90, 90};
  std::array<int32_t, 3> axes = {1, 2, 3};
  int32_t space_group = 0;
  std::endian order = std::endian::little;
  bool map = true;       ///< `MAP ` and the machine stamp
  std::string extended;  ///< header
  std::string extended_type;
};

inline std::string mrc_header(const MrcSpec& spec) {
  std::string bytes(1024, '\0');
  const auto number = [&](size_t offset, auto value) { put(bytes, offset, value, spec.order); };
  number(0, spec.columns);
  number(4, spec.rows);
  number(8, spec.sections);
  number(12, spec.mode);
  for (size_t i = 0; i < 3; ++i) {
    number(28 + 4 * i, spec.grid[i]);
    number(40 + 4 * i, spec.cell_a[i]);
    number(52 + 4 * i, spec.angles_deg[i]);
    number(64 + 4 * i, spec.axes[i]);
  }
  number(88, spec.space_group);
  number(92, static_cast<int32_t>(spec.extended.size()));
  put_text(bytes, 104, spec.extended_type);
  if (spec.map) {
    put_text(bytes, 208, "MAP ");
  }
  put_text(bytes, 212, spec.order == std::endian::big ? "\x11\x11" : "\x44\x44");
  return bytes;
}

inline std::string mrc_file(const MrcSpec& spec, const std::string& pixels) {
  return mrc_header(spec) + spec.extended + pixels;
}

/// Two images of int16 that count from 0.
inline std::string mrc_series(const MrcSpec& spec = {}) {
  return mrc_file(spec,
                  counting<int16_t>(int64_t{spec.columns} * spec.rows * spec.sections, spec.order));
}

/// A block of FEI's extended header.
struct FeiBlock {
  double days = 45000;
  double pixel_size_m = 2e-10;
};

inline std::string fei_block(const FeiBlock& block) {
  std::string bytes(768, '\0');
  put(bytes, 0, int32_t{768});
  put(bytes, 8, uint32_t{1U << 0 | 1U << 14 | 1U << 15});
  put(bytes, 12, block.days);
  put_text(bytes, 20, "Titan");
  put(bytes, 84, 300000.0);
  put(bytes, 156, block.pixel_size_m);
  put(bytes, 164, block.pixel_size_m);
  put(bytes, 419, 0.5);
  return bytes;
}

}  // namespace mote::io::drawn
