// DM3 and DM4 files made on the spot, tag by tag.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/io/drawn_bytes.h"

namespace mote::io::drawn {

/// A tag: a group of others, or data with its description.
struct DmTag {
  std::string name;  ///< none in lists
  bool is_group = false;
  std::vector<DmTag> children;
  std::vector<int64_t> info;
  std::string data;  ///< in the byte order of the file
};

struct DmSpec {
  int version = 3;
  std::endian order = std::endian::little;
};

inline DmTag dm_group(std::string name, std::vector<DmTag> children) {
  return {.name = std::move(name), .is_group = true, .children = std::move(children)};
}

/// A number of a simple type: 3 is int32, 5 uint32, 6 float32, 7 float64, ...
template <typename T>
DmTag dm_number(std::string name, int64_t type, T value, std::endian order = std::endian::little) {
  return {.name = std::move(name), .info = {type}, .data = bytes_of(value, order)};
}

inline DmTag dm_text(std::string name, const std::string& ascii,
                     std::endian order = std::endian::little) {
  std::string data;
  for (const char c : ascii) {
    data += bytes_of(static_cast<uint16_t>(c), order);
  }
  return {.name = std::move(name),
          .info = {20, 4, static_cast<int64_t>(ascii.size())},
          .data = std::move(data)};
}

/// An array of a simple type.
inline DmTag dm_array(std::string name, int64_t type, int64_t count, std::string data) {
  return {.name = std::move(name), .info = {20, type, count}, .data = std::move(data)};
}

struct DmAxisSpec {
  int32_t count = 1;
  float scale = 1;
  float origin = 0;
  std::string unit;
};

/// `x`, `y`, ... as the file orders them.
inline DmTag dm_image(const std::vector<DmAxisSpec>& axes, int32_t data_type, DmTag pixels,
                      std::endian order = std::endian::little) {
  std::vector<DmTag> dimensions;
  std::vector<DmTag> calibrations;
  for (const DmAxisSpec& axis : axes) {
    dimensions.push_back(dm_number("", 5, axis.count, order));
    calibrations.push_back(dm_group(
        "", {dm_number("Origin", 6, axis.origin, order), dm_number("Scale", 6, axis.scale, order),
             dm_text("Units", axis.unit, order)}));
  }
  return dm_group(
      "", {dm_group("ImageData", {dm_group("Calibrations", {dm_group("Dimension", calibrations)}),
                                  std::move(pixels), dm_number("DataType", 3, data_type, order),
                                  dm_group("Dimensions", dimensions)}),
           dm_text("Name", "drawn", order)});
}

namespace detail {

inline std::string count(const DmSpec& spec, int64_t value) {
  return spec.version == 3 ? bytes_of(static_cast<uint32_t>(value), std::endian::big)
                           : bytes_of(value, std::endian::big);
}

inline std::string body(const DmSpec& spec, const std::vector<DmTag>& children) {
  std::string bytes = std::string("\1\0", 2) + count(spec, static_cast<int64_t>(children.size()));
  for (const DmTag& tag : children) {
    std::string content;
    if (tag.is_group) {
      content = body(spec, tag.children);
    } else {
      content = "%%%%" + count(spec, static_cast<int64_t>(tag.info.size()));
      for (const int64_t number : tag.info) {
        content += count(spec, number);
      }
      content += tag.data;
    }
    bytes += static_cast<char>(tag.is_group ? 20 : 21);
    bytes += bytes_of(static_cast<uint16_t>(tag.name.size()), std::endian::big) + tag.name;
    bytes += spec.version == 4 ? count(spec, static_cast<int64_t>(content.size())) : "";
    bytes += content;
  }
  return bytes;
}

}  // namespace detail

inline std::string dm_file(const DmSpec& spec, const std::vector<DmTag>& root) {
  const std::string body = detail::body(spec, root);
  const uint32_t little = spec.order == std::endian::little ? 1 : 0;
  return bytes_of(static_cast<uint32_t>(spec.version), std::endian::big) +
         detail::count(spec, static_cast<int64_t>(body.size())) +
         bytes_of(little, std::endian::big) + body + std::string(8, '\0');
}

/// An image of int16 counting from 0, of the pixels that `axes` ask for.
inline DmTag dm_counting_image(const std::vector<DmAxisSpec>& axes) {
  int64_t pixels = 1;
  for (const DmAxisSpec& axis : axes) {
    pixels *= axis.count;
  }
  return dm_image(axes, 1, dm_array("Data", 2, pixels, counting<int16_t>(pixels)));
}

/// A series of frames as DigitalMicrograph writes it, with a thumbnail first.
inline std::string dm_series(const DmSpec& spec = {}) {
  const DmTag thumbnail =
      dm_image({{.count = 2}, {.count = 2}}, 23, dm_array("Data", 3, 4, std::string(16, '\7')));
  const DmTag series = dm_counting_image({{.count = 4, .scale = 0.5F, .unit = "nm"},
                                          {.count = 3, .scale = 0.5F, .unit = "nm"},
                                          {.count = 2, .scale = 0.25F, .unit = "s"}});
  return dm_file(spec, {dm_group("ImageList", {thumbnail, series}),
                        dm_group("Thumbnails", {dm_group("", {dm_number("ImageIndex", 5, 0)})})});
}

}  // namespace mote::io::drawn
