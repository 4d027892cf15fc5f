// SER files made on the spot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/io/drawn_bytes.h"

namespace mote::io::drawn {

struct SerSpec {
  uint16_t version = 0x210;
  uint32_t kind = 0x4122;  ///< of the elements: images
  int32_t elements = 2;
  int32_t finished = 2;
  int32_t dimensions = 1;
  int32_t width = 4;
  int32_t height = 3;
  uint16_t type = 5;  ///< int16
  double x_m = 0.5e-9;
  double y_m = 0.5e-9;
  uint32_t start_s = 1'500'000'000;
  uint32_t step_s = 3;
};

/// Images of int16 that count from 0.
inline std::string ser_file(const SerSpec& spec = {}) {
  const bool wide = spec.version == 0x220;
  const auto offset = [&](size_t value) {
    return wide ? bytes_of(static_cast<int64_t>(value)) : bytes_of(static_cast<uint32_t>(value));
  };
  const size_t arrays_at = wide ? 34 : 30;
  const size_t header_bytes = arrays_at + 2U * (wide ? 8 : 4) * static_cast<size_t>(spec.elements);
  const int64_t pixels = int64_t{spec.width} * spec.height;
  std::string data;
  std::string elements_at;
  std::string tags_at;
  const std::string samples = counting<int16_t>(pixels * spec.elements);
  for (int32_t i = 0; i < spec.elements; ++i) {
    elements_at += offset(header_bytes + data.size());
    data += bytes_of(0.0) + bytes_of(spec.x_m) + bytes_of(int32_t{0});
    data += bytes_of(0.0) + bytes_of(spec.y_m) + bytes_of(int32_t{0});
    data += bytes_of(spec.type) + bytes_of(spec.width) + bytes_of(spec.height);
    data += samples.substr(static_cast<size_t>(2 * pixels * i), static_cast<size_t>(2 * pixels));
    tags_at += offset(header_bytes + data.size());
    data += bytes_of(uint16_t{0x4152}) + bytes_of(uint16_t{0}) +
            bytes_of(spec.start_s + spec.step_s * static_cast<uint32_t>(i));
  }
  return "II\x97\x01" + bytes_of(spec.version) + bytes_of(spec.kind) + bytes_of(uint32_t{0x4152}) +
         bytes_of(spec.elements) + bytes_of(spec.finished) + offset(arrays_at) +
         bytes_of(spec.dimensions) + elements_at + tags_at + data;
}

}  // namespace mote::io::drawn
