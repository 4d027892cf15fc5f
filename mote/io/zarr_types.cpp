#include "mote/io/zarr_types.h"

#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kBytesPerCharacter = 4;
constexpr int64_t kMostCharacters = 1 << 16;

[[noreturn]] void fail_type(const Json& dtype) {
  throw Error(ErrorKind::kUnsupported,
              "elements of type {}: mote reads yes or no, integers and floating point",
              dtype.dump().substr(0, 80));
}

bool known(ZarrKind kind, int64_t bytes) {
  switch (kind) {
    case ZarrKind::kBool: return bytes == 1;
    case ZarrKind::kInt:
    case ZarrKind::kUint: return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    case ZarrKind::kFloat: return bytes == 2 || bytes == 4 || bytes == 8;
    case ZarrKind::kText:
      return bytes % kBytesPerCharacter == 0 && bytes > 0 &&
             bytes <= kMostCharacters * kBytesPerCharacter;
  }
  return false;
}

constexpr auto kLetters = std::to_array<std::pair<char, ZarrKind>>({{'b', ZarrKind::kBool},
                                                                    {'i', ZarrKind::kInt},
                                                                    {'u', ZarrKind::kUint},
                                                                    {'f', ZarrKind::kFloat},
                                                                    {'U', ZarrKind::kText}});

constexpr auto kNames =
    std::to_array<std::pair<std::string_view, ZarrType>>({{"bool", {ZarrKind::kBool, 1}},
                                                          {"int8", {ZarrKind::kInt, 1}},
                                                          {"int16", {ZarrKind::kInt, 2}},
                                                          {"int32", {ZarrKind::kInt, 4}},
                                                          {"int64", {ZarrKind::kInt, 8}},
                                                          {"uint8", {ZarrKind::kUint, 1}},
                                                          {"uint16", {ZarrKind::kUint, 2}},
                                                          {"uint32", {ZarrKind::kUint, 4}},
                                                          {"uint64", {ZarrKind::kUint, 8}},
                                                          {"float16", {ZarrKind::kFloat, 2}},
                                                          {"float32", {ZarrKind::kFloat, 4}},
                                                          {"float64", {ZarrKind::kFloat, 8}}});

template <typename T>
std::string bytes_of_value(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

[[noreturn]] void fail_fill(const Json& value, const ZarrType& type) {
  throw Error(ErrorKind::kBadFile, "its fill_value is {}, expected one of {}",
              value.dump().substr(0, 80), name(type));
}

std::string integer_fill(const Json& value, const ZarrType& type) {
  // 0.0 stands for 0 in some files.
  const bool whole = value.is_number_float() && value.get<double>() == 0;
  if (!value.is_number_integer() && !whole) {
    fail_fill(value, type);
  }
  const int64_t bits = 8 * type.bytes;
  std::string bytes;
  if (type.kind == ZarrKind::kUint) {
    const bool negative = !value.is_number_unsigned() && !whole && value.get<int64_t>() < 0;
    const auto number = value.get<uint64_t>();
    if (negative || (bits < 64 && number >> bits != 0)) {
      fail_fill(value, type);
    }
    bytes = bytes_of_value(number);
  } else {
    const bool beyond =
        value.is_number_unsigned() &&
        value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    const auto number = value.get<int64_t>();
    const int64_t most = std::numeric_limits<int64_t>::max() >> (64 - bits);
    if (beyond || number > most || number < -most - 1) {
      fail_fill(value, type);
    }
    bytes = bytes_of_value(number);
  }
  return bytes.substr(0, static_cast<size_t>(type.bytes));  // little endian
}

uint16_t half_of(double value) {
  if (value != value) {
    return 0x7E00;
  }
  // A fill value other than these is not met with in practice: 0 is what is left.
  return value > 65504 ? 0x7C00 : value < -65504 ? 0xFC00 : 0;
}

double number_of_text(const Json& value, const ZarrType& type) {
  const auto text = value.get<std::string>();
  if (text == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == "Infinity" || text == "-Infinity") {
    return text[0] == '-' ? -std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::infinity();
  }
  fail_fill(value, type);
}

std::string float_fill(const Json& value, const ZarrType& type) {
  if (value.is_string() && value.get<std::string>().starts_with("0x")) {
    const auto text = value.get<std::string>();
    uint64_t bits = 0;
    const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
      fail_fill(value, type);
    }
    return bytes_of_value(bits).substr(0, static_cast<size_t>(type.bytes));
  }
  if (!value.is_number() && !value.is_string()) {
    fail_fill(value, type);
  }
  const double number = value.is_string() ? number_of_text(value, type) : value.get<double>();
  switch (type.bytes) {
    case 2: {
      if (number == number && number != 0 && number >= -65504 && number <= 65504) {
        throw Error(ErrorKind::kUnsupported, "a fill_value of {} in float16: mote reads 0 and NaN",
                    number);
      }
      return bytes_of_value(half_of(number));
    }
    case 4: return bytes_of_value(static_cast<float>(number));
    default: return bytes_of_value(number);
  }
}

}  // namespace

std::string name(const ZarrType& type) {
  for (const auto& [text, known_type] : kNames) {
    if (known_type.kind == type.kind && known_type.bytes == type.bytes) {
      return std::string(text);
    }
  }
  return "text";
}

ZarrType zarr_type_v2(const Json& dtype) {
  const std::string text = dtype.is_string() ? dtype.get<std::string>() : "";
  if (text.size() < 3 || std::string_view("<>|=").find(text[0]) == std::string_view::npos) {
    fail_type(dtype);
  }
  int64_t size = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), size);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || size > kMostCharacters) {
    fail_type(dtype);
  }
  for (const auto& [letter, kind] : kLetters) {
    const int64_t bytes = kind == ZarrKind::kText ? size * kBytesPerCharacter : size;
    if (letter == text[1] && known(kind, bytes)) {
      return {.kind = kind, .bytes = bytes, .big_endian = text[0] == '>'};
    }
  }
  fail_type(dtype);
}

ZarrType zarr_type_v3(const Json& data_type) {
  if (data_type.is_string()) {
    const auto text = data_type.get<std::string>();
    for (const auto& [known_name, type] : kNames) {
      if (known_name == text) {
        return type;
      }
    }
  } else if (data_type.is_object() && data_type.value("name", Json()) == "fixed_length_utf32") {
    const Json length =
        data_type.value("configuration", Json::object()).value("length_bytes", Json());
    if (length.is_number_integer() && known(ZarrKind::kText, length.get<int64_t>())) {
      return {.kind = ZarrKind::kText, .bytes = length.get<int64_t>()};
    }
  }
  fail_type(data_type);
}

std::string zarr_dtype(const ZarrType& type) {
  const int64_t size = type.kind == ZarrKind::kText ? type.bytes / kBytesPerCharacter : type.bytes;
  for (const auto& [letter, kind] : kLetters) {
    if (kind == type.kind) {
      return fmt::format("{}{}{}", type.bytes == 1 ? '|' : '<', letter, size);
    }
  }
  return "";
}

Json zarr_data_type(const ZarrType& type) {
  if (type.kind == ZarrKind::kText) {
    return {{"name", "fixed_length_utf32"}, {"configuration", {{"length_bytes", type.bytes}}}};
  }
  return name(type);
}

std::string zarr_fill(const Json& value, const ZarrType& type) {
  if (value.is_null() || (type.kind == ZarrKind::kText && value.is_number() && value == 0)) {
    return std::string(static_cast<size_t>(type.bytes), '\0');
  }
  switch (type.kind) {
    case ZarrKind::kBool: {
      const bool number = value.is_number_integer() && (value == 0 || value == 1);
      if (!value.is_boolean() && !number) {
        fail_fill(value, type);
      }
      return std::string(1, value == true || value == 1 ? '\1' : '\0');
    }
    case ZarrKind::kInt:
    case ZarrKind::kUint: return integer_fill(value, type);
    case ZarrKind::kFloat: return float_fill(value, type);
    case ZarrKind::kText: break;
  }
  if (!value.is_string() || !value.get<std::string>().empty()) {
    fail_fill(value, type);
  }
  return std::string(static_cast<size_t>(type.bytes), '\0');
}

Json zero_fill(const ZarrType& type) {
  switch (type.kind) {
    case ZarrKind::kBool: return false;
    case ZarrKind::kFloat: return 0.0;
    case ZarrKind::kText: return "";
    default: return 0;
  }
}

}  // namespace mote::io
