#include "mote/hdf5/types.h"

namespace mote::hdf5 {
namespace {

using io::StoredType;

std::optional<StoredType> integer(size_t bytes, bool is_signed) {
  switch (bytes) {
    case 1: return is_signed ? StoredType::kInt8 : StoredType::kUint8;
    case 2: return is_signed ? StoredType::kInt16 : StoredType::kUint16;
    case 3:
    case 4: return is_signed ? StoredType::kInt32 : StoredType::kUint32;
    case 5:
    case 6:
    case 7:
    case 8: return is_signed ? StoredType::kInt64 : StoredType::kUint64;
    default: return std::nullopt;
  }
}

SampleKind known(const std::optional<StoredType>& stored, const std::string& otherwise) {
  return {.words = stored ? std::string(io::name(*stored)) : otherwise, .stored = stored};
}

SampleKind integer_kind(hid_t type) {
  const size_t bytes = H5Tget_size(type);
  return known(integer(bytes, H5Tget_sign(type) == H5T_SGN_2),
               fmt::format("integers of {} bytes", bytes));
}

SampleKind float_kind(hid_t type) {
  const size_t bytes = H5Tget_size(type);
  const std::optional<StoredType> stored = bytes <= 4   ? std::optional(StoredType::kFloat32)
                                           : bytes <= 8 ? std::optional(StoredType::kFloat64)
                                                        : std::nullopt;
  return known(stored, fmt::format("floating point of {} bytes", bytes));
}

// HDF5 has no yes and no: h5py writes an enumeration of FALSE and TRUE.
SampleKind enumeration_kind(hid_t type) {
  const bool yes_or_no = H5Tget_size(type) == 1 && H5Tget_nmembers(type) == 2;
  return known(yes_or_no ? std::optional(StoredType::kBool) : std::nullopt, "an enumeration");
}

SampleKind compound_kind(hid_t type) {
  const int members = H5Tget_nmembers(type);
  const bool two_numbers = members == 2 && H5Tget_member_class(type, 0) == H5T_FLOAT &&
                           H5Tget_member_class(type, 1) == H5T_FLOAT;
  return {.words = two_numbers ? "complex numbers" : fmt::format("records of {} values", members),
          .stored = {}};
}

}  // namespace

SampleKind sample_kind(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER: return integer_kind(type);
    case H5T_FLOAT: return float_kind(type);
    case H5T_ENUM: return enumeration_kind(type);
    case H5T_COMPOUND: return compound_kind(type);
    case H5T_STRING: return {.words = "text", .stored = {}};
    case H5T_VLEN: return {.words = "lists of various lengths", .stored = {}};
    case H5T_REFERENCE: return {.words = "references", .stored = {}};
    case H5T_ARRAY: return {.words = "arrays", .stored = {}};
    default: return {.words = "values of a type that mote does not know", .stored = {}};
  }
}

Handle memory_type(hid_t type, StoredType stored) {
  hid_t native = -1;
  switch (stored) {
    case StoredType::kInt8: native = H5T_NATIVE_INT8; break;
    case StoredType::kUint8: native = H5T_NATIVE_UINT8; break;
    case StoredType::kInt16: native = H5T_NATIVE_INT16; break;
    case StoredType::kUint16: native = H5T_NATIVE_UINT16; break;
    case StoredType::kInt32: native = H5T_NATIVE_INT32; break;
    case StoredType::kUint32: native = H5T_NATIVE_UINT32; break;
    case StoredType::kInt64: native = H5T_NATIVE_INT64; break;
    case StoredType::kUint64: native = H5T_NATIVE_UINT64; break;
    case StoredType::kFloat32: native = H5T_NATIVE_FLOAT; break;
    case StoredType::kFloat64: native = H5T_NATIVE_DOUBLE; break;
    default: native = type; break;
  }
  return checked(H5Tcopy(native), H5Tclose, "a type that cannot be copied");
}

int64_t sample_bytes(StoredType stored) {
  return io::bits_per_pixel(stored) / 8;
}

}  // namespace mote::hdf5
