// TVIPS series made on the spot.
#pragma once

#include <cstdint>
#include <string>

#include "tests/io/drawn_bytes.h"

namespace mote::io::drawn {

struct TvipsSpec {
  uint32_t version = 2;
  uint32_t width = 4;
  uint32_t height = 3;
  uint32_t bits = 16;
  uint32_t pixel_nm = 0;
  uint32_t frame_header_bytes = 60;
  uint32_t mode = 1;  ///< 2 is diffraction
  uint32_t step_ms = 250;
};

inline std::string tvips_header(const TvipsSpec& spec = {}) {
  std::string bytes;
  for (const uint32_t value : {uint32_t{256}, spec.version, spec.width, spec.height, spec.bits,
                               uint32_t{0}, uint32_t{0}, uint32_t{1}, uint32_t{1}, spec.pixel_nm,
                               uint32_t{300}, uint32_t{50000}, spec.frame_header_bytes}) {
    bytes += bytes_of(value);
  }
  bytes.resize(256, ' ');
  return bytes;
}

/// Images of uint16 number `first` to `first + count - 1` of a series that counts from 0.
inline std::string tvips_frames(const TvipsSpec& spec, int64_t first, int64_t count) {
  const int64_t pixels = int64_t{spec.width} * spec.height;
  const size_t bytes_a_frame = static_cast<size_t>(2 * pixels);
  const std::string samples = counting<uint16_t>(pixels * (first + count));
  std::string bytes;
  for (int64_t i = first; i < first + count; ++i) {
    const auto ms = static_cast<uint32_t>(i) * spec.step_ms;
    std::string header = bytes_of(static_cast<uint32_t>(i)) + bytes_of(1'700'000'000 + ms / 1000) +
                         bytes_of(ms % 1000) + bytes_of(uint32_t{0}) + bytes_of(0.0F) +
                         bytes_of(uint32_t{0}) + bytes_of(spec.mode);
    header.resize(spec.version == 1 ? 12 : spec.frame_header_bytes, '\0');
    bytes += header + samples.substr(bytes_a_frame * static_cast<size_t>(i), bytes_a_frame);
  }
  return bytes;
}

}  // namespace mote::io::drawn
