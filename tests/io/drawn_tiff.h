// TIFF files made on the spot, field by field: for tags that libtiff does not know.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/io/drawn_bytes.h"

namespace mote::io::drawn {

struct TiffTag {
  uint16_t tag = 0;
  uint16_t type = 3;
  uint32_t count = 1;
  std::string bytes;  ///< of the values, little-endian
};

inline TiffTag tiff_number(uint16_t tag, uint16_t value) {
  return {.tag = tag, .type = 3, .count = 1, .bytes = bytes_of(value) + std::string(2, '\0')};
}

inline TiffTag tiff_text(uint16_t tag, std::string text) {
  text += '\0';
  const auto count = static_cast<uint32_t>(text.size());
  text.resize(std::max<size_t>(text.size(), 4), '\0');
  return {.tag = tag, .type = 2, .count = count, .bytes = text};
}

inline TiffTag tiff_double(uint16_t tag, double value) {
  return {.tag = tag, .type = 12, .count = 1, .bytes = bytes_of(value)};
}

/// One image of `width` x 1 pixels of uint8, with `tags` above 259 in ascending order.
inline std::string tiff_with_tags(uint16_t width, const std::vector<TiffTag>& tags) {
  std::vector<TiffTag> all = {tiff_number(256, width), tiff_number(257, 1), tiff_number(258, 8),
                              tiff_number(259, 1), tiff_number(262, 1)};
  bool placed = false;
  const auto strips = [&] {
    all.push_back(tiff_number(273, 8));
    all.push_back(tiff_number(279, width));
    placed = true;
  };
  for (const TiffTag& tag : tags) {
    if (tag.tag > 273 && !placed) {
      strips();
    }
    all.push_back(tag);
    if (tag.tag == 270 && !placed) {
      strips();
    }
  }
  if (!placed) {
    strips();
  }
  const auto directory_at = static_cast<uint32_t>(8 + (width + 1) / 2 * 2);
  std::string values;
  std::string entries = bytes_of(static_cast<uint16_t>(all.size()));
  const size_t values_at = directory_at + 2 + 12 * all.size() + 4;
  for (const TiffTag& tag : all) {
    entries += bytes_of(tag.tag) + bytes_of(tag.type) + bytes_of(tag.count);
    if (tag.bytes.size() <= 4) {
      entries += tag.bytes;
    } else {
      entries += bytes_of(static_cast<uint32_t>(values_at + values.size()));
      values += tag.bytes;
    }
  }
  std::string pixels = counting<uint8_t>(width);
  pixels.resize(directory_at - 8, '\0');
  return "II*" + std::string(1, '\0') + bytes_of(directory_at) + pixels + entries +
         bytes_of(uint32_t{0}) + values;
}

}  // namespace mote::io::drawn
