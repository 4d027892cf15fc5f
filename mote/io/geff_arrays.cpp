#include "mote/io/geff_arrays.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "mote/core/buffer.h"
#include "mote/core/error.h"
#include "mote/io/tiff_samples.h"
#include "mote/io/utf8.h"
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

void write_texts(const std::string& folder, const std::vector<std::string>& texts) {
  std::vector<std::u32string> all;
  size_t longest = 1;
  for (const std::string& text : texts) {
    all.push_back(utf8_to_utf32(text));
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

template <typename To, typename From>
To number_of(From value) {
  if constexpr (std::is_same_v<From, int8_t>) {
    return static_cast<To>((static_cast<uint8_t>(value) ^ 0x80) - 0x80);
  } else {
    return static_cast<To>(value);
  }
}

template <typename From, typename To>
std::vector<To> converted(const Buffer<std::byte>& bytes) {
  std::vector<To> values(bytes.size() / sizeof(From));
  for (size_t i = 0; i < values.size(); ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    values[i] = number_of<To>(value);
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
  const auto each = static_cast<size_t>(type.bytes);
  std::vector<std::string> texts(bytes.size() / each);
  std::u32string characters(each / sizeof(char32_t), U'\0');
  for (size_t i = 0; i < texts.size(); ++i) {
    std::memcpy(characters.data(), bytes.data() + i * each, each);
    texts[i] = utf32_to_utf8(std::u32string_view(characters).substr(0, characters.find(U'\0')));
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
