#include "mote/io/safetensors_header.h"

#include <array>
#include <limits>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, ScalarType>, 10> kTypes = {{
    {"F64", ScalarType::kFloat64},
    {"F32", ScalarType::kFloat32},
    {"F16", ScalarType::kFloat16},
    {"BF16", ScalarType::kBFloat16},
    {"I64", ScalarType::kInt64},
    {"I32", ScalarType::kInt32},
    {"I16", ScalarType::kInt16},
    {"I8", ScalarType::kInt8},
    {"U8", ScalarType::kUInt8},
    {"BOOL", ScalarType::kBool},
}};

ScalarType type_of(std::string_view text) {
  for (const auto& [name, type] : kTypes) {
    if (name == text) {
      return type;
    }
  }
  throw Error(ErrorKind::kUnsupported, "tensor type {}: mote reads {}", text,
              "F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL");
}

/// Takes the header value by value, as it is parsed: nothing is held that the format does not have.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  SafetensorsHeader take() { return std::move(header_); }

  bool start_object(std::size_t) override {
    switch (place_) {
      case Place::kBefore: return go(Place::kTensors);
      case Place::kTensor:
        entry_ = {.name = key_};
        seen_ = {};
        return go(Place::kEntry);
      case Place::kMetadataValue: return go(Place::kMetadata);
      default: refuse("an object");
    }
  }

  bool key(std::string& key) override {
    key_ = key;
    if (place_ == Place::kTensors) {
      if (!names_.insert(key).second) {
        throw Error(ErrorKind::kBadFile, "the header names {} twice", key);
      }
      return go(key == "__metadata__" ? Place::kMetadataValue : Place::kTensor);
    }
    if (place_ == Place::kEntry) {
      return go(field(key));
    }
    return true;  // of the metadata
  }

  bool end_object() override {
    if (place_ == Place::kEntry) {
      if (seen_ != std::array{true, true, true}) {
        throw Error(ErrorKind::kBadFile, "{} lacks its dtype, shape or data_offsets", entry_.name);
      }
      header_.entries.push_back(std::move(entry_));
    }
    return go(place_ == Place::kTensors ? Place::kAfter : Place::kTensors);
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::kShape || place_ == Place::kOffsets) {
      numbers_.clear();
      in_array_ = true;
      return true;
    }
    refuse("an array");
  }

  bool end_array() override {
    in_array_ = false;
    if (place_ == Place::kShape) {
      entry_.shape = numbers_;
    } else if (numbers_.size() == 2) {
      entry_.begin = numbers_[0];
      entry_.end = numbers_[1];
    } else {
      throw Error(ErrorKind::kBadFile, "{}: data_offsets of {} numbers, expected 2", entry_.name,
                  numbers_.size());
    }
    return go(Place::kEntry);
  }

  bool number_unsigned(number_unsigned_t value) override {
    constexpr size_t kMostNumbers = 64;
    if (!in_array_ || value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
        numbers_.size() == kMostNumbers) {
      refuse("a number");
    }
    numbers_.push_back(static_cast<int64_t>(value));
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::kMetadata) {
      header_.metadata[key_] = text;
      return true;
    }
    if (place_ == Place::kType) {
      entry_.type = type_of(text);
      return go(Place::kEntry);
    }
    refuse("a text");
  }

  bool null() override { refuse("null"); }
  bool boolean(bool) override { refuse("true or false"); }
  bool number_integer(number_integer_t) override { refuse("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { refuse("a fraction"); }
  bool binary(binary_t&) override { refuse("binary data"); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    throw Error(ErrorKind::kBadFile, "the header is no JSON from its byte {} on", position);
  }

 private:
  enum class Place {
    kBefore,
    kTensors,
    kTensor,
    kMetadataValue,
    kMetadata,
    kEntry,
    kType,
    kShape,
    kOffsets,
    kAfter,
  };

  bool go(Place place) {
    place_ = place;
    return true;
  }

  Place field(const std::string& key) {
    constexpr std::array<std::pair<std::string_view, Place>, 3> kFields = {
        {{"dtype", Place::kType}, {"shape", Place::kShape}, {"data_offsets", Place::kOffsets}}};
    for (size_t i = 0; i < kFields.size(); ++i) {
      if (kFields[i].first == key && !std::exchange(seen_[i], true)) {
        return kFields[i].second;
      }
    }
    throw Error(ErrorKind::kBadFile,
                "{} has '{}', expected dtype, shape and data_offsets, each once", entry_.name, key);
  }

  [[noreturn]] void refuse(std::string_view what) const {
    throw Error(ErrorKind::kBadFile, "the header has {} at '{}', where the format has none", what,
                key_);
  }

  SafetensorsHeader header_;
  Place place_ = Place::kBefore;
  std::set<std::string> names_;
  std::string key_;
  SafetensorsEntry entry_;
  std::array<bool, 3> seen_{};
  std::vector<int64_t> numbers_;
  bool in_array_ = false;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json) {
  HeaderReader reader;
  Json::sax_parse(json.begin(), json.end(), &reader);
  return reader.take();
}

std::string_view safetensors_type(ScalarType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) {
      return name;
    }
  }
  return {};
}

}  // namespace mote::io
