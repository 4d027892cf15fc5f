#include "mote/io/stored_type.h"

namespace mote::io {

std::string_view name(StoredType stored) {
  switch (stored) {
    case StoredType::kBool: return "bool";
    case StoredType::kUint4: return "uint4";
    case StoredType::kUint8: return "uint8";
    case StoredType::kInt8: return "int8";
    case StoredType::kUint16: return "uint16";
    case StoredType::kInt16: return "int16";
    case StoredType::kUint32: return "uint32";
    case StoredType::kInt32: return "int32";
    case StoredType::kUint64: return "uint64";
    case StoredType::kInt64: return "int64";
    case StoredType::kFloat16: return "float16";
    case StoredType::kFloat32: return "float32";
    case StoredType::kFloat64: return "float64";
    case StoredType::kRgb8: return "RGB of 8 bits";
    case StoredType::kBgra8: return "RGBA of 8 bits";
  }
  return "";
}

int64_t bits_per_pixel(StoredType stored) {
  switch (stored) {
    case StoredType::kUint4: return 4;
    case StoredType::kBool:
    case StoredType::kUint8:
    case StoredType::kInt8: return 8;
    case StoredType::kUint16:
    case StoredType::kInt16:
    case StoredType::kFloat16: return 16;
    case StoredType::kRgb8: return 24;
    case StoredType::kUint32:
    case StoredType::kInt32:
    case StoredType::kFloat32:
    case StoredType::kBgra8: return 32;
    case StoredType::kUint64:
    case StoredType::kInt64:
    case StoredType::kFloat64: return 64;
  }
  return 0;
}

bool stored_as_read(StoredType stored) {
  switch (stored) {
    case StoredType::kUint8:
    case StoredType::kInt8:
    case StoredType::kUint16:
    case StoredType::kInt16:
    case StoredType::kUint32:
    case StoredType::kInt32:
    case StoredType::kFloat32:
    case StoredType::kFloat64: return true;
    default: return false;
  }
}

}  // namespace mote::io
