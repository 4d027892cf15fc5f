#include "mote/io/geff_arrays.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "mote/core/buffer.h"
#include "mote/core/error.h"
#include "mote/io/tiff_samples.h"
#include "mote/io/zarr_array.h"
#include "mote/io/zarr_writer.h"

namespace mote::io {
namespace {

constexpr int64_t kChunkRows = 1 << 16;
constexpr int64_t kMostChunkBytes = int64_t{1} << 24;
constexpr int64_t kMostCharacters = 1 << 12;

using Json = nlohmann::json;

void write_array(const std::string& folder, const void* values, std::vector<int64_t> shape,
                 const ZarrType& type) {
  ZarrMetadata metadata{.version = 2, .shape = shape, .chunk = shape, .type = type};
  const int64_t rows = std::clamp<int64_t>(kMostChunkBytes / type.bytes, 1, kChunkRows);
  metadata.chunk[0] = std::clamp<int64_t>(shape[0], 1, rows);
  ZarrArrayWriter writer(folder, metadata);
  writer.write({.origin = std::vector<int64_t>(shape.size(), 0), .extent = shape},
               static_cast<const std::byte*>(values));
  writer.close(shape[0], Json::object());
}

// The characters of UTF-8; a damaged one is U+FFFD.
std::u32string utf32_of(const std::string& text) {
  std::u32string characters;
  for (size_t at = 0; at < text.size();) {
    const auto lead = static_cast<uint8_t>(text[at++]);
    const int more = lead < 0x80       ? 0
                     : lead >> 5 == 6  ? 1
                     : lead >> 4 == 14 ? 2
                     : lead >> 3 == 30 ? 3
                                       : -1;
    char32_t value = more == 0 ? lead : static_cast<char32_t>(lead & (0x3F >> std::max(more, 0)));
    bool sound = more >= 0;
    for (int i = 0; i < more && sound; ++i) {
      sound = at < text.size() && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80;
      value = sound ? value << 6 | (static_cast<uint8_t>(text[at++]) & 0x3F) : value;
    }
    characters += sound ? value : U'\uFFFD';
  }
  return characters;
}

void add_utf8(char32_t value, std::string& text) {
  if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    value = U'\uFFFD';
  }
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (value >> shift & 0x3F)); };
  if (value < 0x80) {
    text += static_cast<char>(value);
  } else if (value < 0x800) {
    text += static_cast<char>(0xC0 | value >> 6);
    tail(0);
  } else if (value < 0x10000) {
    text += static_cast<char>(0xE0 | value >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | value >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

void write_texts(const std::string& folder, const std::vector<std::string>& texts) {
  std::vector<std::u32string> all;
  size_t longest = 1;
  for (const std::string& text : texts) {
    all.push_back(utf32_of(text));
    longest = std::max(longest, all.back().size());
  }
  if (static_cast<int64_t>(longest) > kMostCharacters) {
    throw Error(ErrorKind::kUsage, "a text of {} characters, expected at most {}", longest,
                kMostCharacters);
  }
  std::u32string cells(texts.size() * longest, U'\0');
  for (size_t i = 0; i < all.size(); ++i) {
    std::copy(all[i].begin(), all[i].end(), cells.begin() + static_cast<int64_t>(i * longest));
  }
  write_array(folder, cells.data(), {static_cast<int64_t>(texts.size())},
              {.kind = ZarrKind::kText, .bytes = static_cast<int64_t>(longest) * 4});
}

// The elements of an array, whole.
Buffer<std::byte> read_whole(ZarrArray& array, int64_t bytes_each) {
  const ZarrMetadata& metadata = array.metadata();
  const ZarrBox box{.origin = std::vector<int64_t>(metadata.shape.size(), 0),
                    .extent = metadata.shape};
  array.check_held(box, std::max(bytes_each, metadata.type.bytes));
  Buffer<std::byte> bytes(static_cast<size_t>(box.elements() * metadata.type.bytes));
  array.read(box, bytes.data());
  return bytes;
}

template <typename From, typename To>
std::vector<To> converted(const Buffer<std::byte>& bytes) {
  std::vector<To> values(bytes.size() / sizeof(From));
  for (size_t i = 0; i < values.size(); ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    values[i] = static_cast<To>(value);
  }
  return values;
}

// Whole numbers; `To` holds 64 bits.
template <typename To>
std::vector<To> whole_numbers(const Buffer<std::byte>& bytes, const ZarrType& type) {
  const bool is_signed = type.kind == ZarrKind::kInt;
  switch (type.bytes) {
    case 1: return is_signed ? converted<int8_t, To>(bytes) : converted<uint8_t, To>(bytes);
    case 2: return is_signed ? converted<int16_t, To>(bytes) : converted<uint16_t, To>(bytes);
    case 4: return is_signed ? converted<int32_t, To>(bytes) : converted<uint32_t, To>(bytes);
    default: return is_signed ? converted<int64_t, To>(bytes) : converted<uint64_t, To>(bytes);
  }
}

std::vector<double> real_numbers(const Buffer<std::byte>& bytes, const ZarrType& type) {
  switch (type.bytes) {
    case 2: {
      std::vector<double> values;
      for (const auto half : converted<uint16_t, uint16_t>(bytes)) {
        values.push_back(half_to_float(half));
      }
      return values;
    }
    case 4: return converted<float, double>(bytes);
    default: return converted<double, double>(bytes);
  }
}

std::vector<std::string> texts_in(const Buffer<std::byte>& bytes, const ZarrType& type) {
  std::vector<std::string> texts(bytes.size() / static_cast<size_t>(type.bytes));
  for (size_t i = 0; i < texts.size(); ++i) {
    for (size_t at = 0; at < static_cast<size_t>(type.bytes); at += 4) {
      uint32_t value = 0;
      std::memcpy(&value, bytes.data() + i * static_cast<size_t>(type.bytes) + at, 4);
      if (value == 0) {
        break;
      }
      add_utf8(static_cast<char32_t>(value), texts[i]);
    }
  }
  return texts;
}

void check_rows(const ZarrMetadata& metadata, int64_t rows) {
  if (metadata.shape[0] != rows) {
    throw Error(ErrorKind::kBadFile, "{} values for {} ids", metadata.shape[0], rows);
  }
}

std::vector<bool> read_missing(const ZarrStore& store, const std::string& path, int64_t rows) {
  if (!find_zarr_node(store, path)) {
    return {};
  }
  ZarrArray array(store, path);
  if (array.metadata().type.kind != ZarrKind::kBool || array.metadata().shape.size() != 1) {
    throw Error(ErrorKind::kBadFile, "what is missing is not told by one yes or no a value");
  }
  check_rows(array.metadata(), rows);
  return converted<uint8_t, bool>(read_whole(array, 1));
}

}  // namespace

void write_geff_ids(const std::string& folder, const std::vector<uint64_t>& ids, int64_t columns) {
  const int64_t rows = static_cast<int64_t>(ids.size()) / columns;
  const auto shape = columns == 1 ? std::vector{rows} : std::vector{rows, columns};
  write_array(folder, ids.data(), shape, {.kind = ZarrKind::kUint, .bytes = 8});
}

void write_geff_column(const std::string& folder, const GeffColumn& column) {
  write_zarr_group(folder, 2, Json::object());
  const std::string values = folder + "/values";
  if (const auto* whole = std::get_if<std::vector<int64_t>>(&column.values)) {
    write_array(values, whole->data(), {static_cast<int64_t>(whole->size())},
                {.kind = ZarrKind::kInt, .bytes = 8});
  } else if (const auto* real = std::get_if<std::vector<double>>(&column.values)) {
    write_array(values, real->data(), {static_cast<int64_t>(real->size())},
                {.kind = ZarrKind::kFloat, .bytes = 8});
  } else {
    write_texts(values, std::get<std::vector<std::string>>(column.values));
  }
  if (!column.missing.empty()) {
    const std::vector<uint8_t> missing(column.missing.begin(), column.missing.end());
    write_array(folder + "/missing", missing.data(), {static_cast<int64_t>(missing.size())},
                {.kind = ZarrKind::kBool, .bytes = 1});
  }
}

std::string geff_dtype(const GeffColumn& column) {
  switch (column.values.index()) {
    case 0: return "int64";
    case 1: return "float64";
    default: return "str";
  }
}

std::vector<uint64_t> read_geff_ids(const ZarrStore& store, const std::string& path,
                                    int64_t columns) {
  ZarrArray array(store, path);
  const ZarrMetadata& metadata = array.metadata();
  const bool whole = metadata.type.kind == ZarrKind::kUint || metadata.type.kind == ZarrKind::kInt;
  const bool fits = columns == 1 ? metadata.shape.size() == 1
                                 : metadata.shape.size() == 2 && metadata.shape[1] == columns;
  if (!whole || !fits) {
    throw Error(ErrorKind::kBadFile, "{}: expected whole numbers, {} a row", path, columns);
  }
  return whole_numbers<uint64_t>(read_whole(array, 8), metadata.type);
}

std::optional<GeffColumn> read_geff_column(const ZarrStore& store, const std::string& path,
                                           int64_t rows) {
  ZarrArray array(store, zarr_key(path, "values"));
  const ZarrMetadata& metadata = array.metadata();
  check_rows(metadata, rows);
  const ZarrType& type = metadata.type;
  if (metadata.shape.size() != 1) {
    return std::nullopt;
  }
  GeffColumn column;
  const auto each = static_cast<int64_t>(type.kind == ZarrKind::kText ? sizeof(std::string) : 8);
  const Buffer<std::byte> bytes = read_whole(array, each);
  switch (type.kind) {
    case ZarrKind::kBool: column.values = converted<uint8_t, int64_t>(bytes); break;
    case ZarrKind::kFloat: column.values = real_numbers(bytes, type); break;
    case ZarrKind::kText: column.values = texts_in(bytes, type); break;
    case ZarrKind::kInt:
    case ZarrKind::kUint: {
      auto values = whole_numbers<int64_t>(bytes, type);
      const bool wide = type.kind == ZarrKind::kUint && type.bytes == 8;
      if (wide && std::any_of(values.begin(), values.end(), [](int64_t v) { return v < 0; })) {
        throw Error(ErrorKind::kUnsupported, "{}: a number beyond 2^63", path);
      }
      column.values = std::move(values);
      break;
    }
  }
  column.missing = read_missing(store, zarr_key(path, "missing"), rows);
  return column;
}

}  // namespace mote::io
