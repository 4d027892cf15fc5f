#include "mote/core/weights.h"

#include <limits>

#include "mote/core/error.h"

namespace mote {

std::string_view name(ScalarType type) {
  switch (type) {
    case ScalarType::kFloat64: return "float64";
    case ScalarType::kFloat32: return "float32";
    case ScalarType::kFloat16: return "float16";
    case ScalarType::kBFloat16: return "bfloat16";
    case ScalarType::kInt64: return "int64";
    case ScalarType::kInt32: return "int32";
    case ScalarType::kInt16: return "int16";
    case ScalarType::kInt8: return "int8";
    case ScalarType::kUInt8: return "uint8";
    case ScalarType::kBool: return "bool";
  }
  return {};
}

int64_t bytes_per_scalar(ScalarType type) {
  switch (type) {
    case ScalarType::kFloat64:
    case ScalarType::kInt64: return 8;
    case ScalarType::kFloat32:
    case ScalarType::kInt32: return 4;
    case ScalarType::kFloat16:
    case ScalarType::kBFloat16:
    case ScalarType::kInt16: return 2;
    case ScalarType::kInt8:
    case ScalarType::kUInt8:
    case ScalarType::kBool: return 1;
  }
  return 0;
}

int64_t scalar_count(std::span<const int64_t> shape) {
  constexpr size_t kMostDimensions = 32;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 8;  // their bytes can be counted
  if (shape.size() > kMostDimensions) {
    throw Error(ErrorKind::kBadFile, "a tensor of {} dimensions, expected {} at the most",
                shape.size(), kMostDimensions);
  }
  int64_t count = 1;
  bool empty = false;
  for (const int64_t size : shape) {
    if (size < 0) {
      throw Error(ErrorKind::kBadFile, "a tensor with a size of {}", size);
    }
    empty = empty || size == 0;
    if (size > 0 && count > kMost / size) {
      throw Error(ErrorKind::kBadFile, "a tensor of more numbers than memory could hold");
    }
    count *= size > 0 ? size : 1;
  }
  return empty ? 0 : count;
}

}  // namespace mote
