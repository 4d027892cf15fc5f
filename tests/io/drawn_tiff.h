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

/// An image of 512 x 1 px with an Olympus structure behind it, of `power` and these sides.
inline std::string tiff_of_olympus(int16_t power, double x, double y, double magnification) {
  const auto with_offset = [](uint32_t offset) {
    return tiff_with_tags(512, {{.tag = 33560, .type = 4, .count = 1, .bytes = bytes_of(offset)}});
  };
  const auto offset = static_cast<uint32_t>(with_offset(0).size());
  std::string structure = "SIS0" + std::string(54, '\0') + bytes_of(int16_t{2});
  structure += bytes_of(int16_t{10}) + bytes_of(int16_t{1}) + bytes_of(uint32_t{0});
  structure += bytes_of(int16_t{1}) + bytes_of(int16_t{1}) + bytes_of(offset + 76);
  structure += std::string(10, '\0') + bytes_of(power) + bytes_of(x) + bytes_of(y);
  structure += std::string(8, '\0') + bytes_of(magnification);
  return with_offset(offset) + structure;
}

/// An image of 512 x 1 px with the headers of TVIPS's EM-MENU behind it.
inline std::string tiff_of_tvips() {
  const auto with_offset = [](uint32_t offset) {
    return tiff_with_tags(512, {{.tag = 37706, .type = 4, .count = 1, .bytes = bytes_of(offset)}});
  };
  const auto offset = static_cast<uint32_t>(with_offset(0).size());
  const std::string header = bytes_of(int32_t{2}) + std::string(240, '\0');
  std::string second(6064, '\0');
  const auto put = [&](size_t at, const std::string& bytes) {
    second.replace(at, bytes.size(), bytes);
  };
  put(0, std::string("A\0u\0", 4));
  put(340, bytes_of(uint32_t{0x07E1040C}));
  put(344, bytes_of(uint32_t{32477}));
  put(2868, std::string("T\0", 2));
  put(3028, bytes_of(99000.F));
  put(3292, bytes_of(32000.F));
  put(3524, std::string("F\0C\0", 4));
  put(3708, bytes_of(400.F));
  return with_offset(offset) + header + second + bytes_of(uint32_t{0xAAAAAAAA});
}

}  // namespace mote::io::drawn
