#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/weights.h"

namespace mote::io {

/// What the header of a safetensors file says of one tensor.
struct SafetensorsEntry {
  std::string name;
  ScalarType type = ScalarType::kFloat32;
  std::vector<int64_t> shape;
  int64_t begin = 0;  ///< of its bytes, from the header's end on
  int64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  ///< in the order of the file
  std::map<std::string, std::string> metadata;
};

/// Throws kBadFile where `json` is no header of the format, kUnsupported for an unknown type. No
/// memory is taken but for what it names.
SafetensorsHeader parse_safetensors_header(std::string_view json);

/// `F32`, `BF16`, `BOOL`, ...
std::string_view safetensors_type(ScalarType type);

}  // namespace mote::io
