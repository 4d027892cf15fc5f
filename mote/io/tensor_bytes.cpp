#include "mote/io/tensor_bytes.h"

#include <algorithm>
#include <cstring>

#include "mote/core/error.h"

namespace mote::io {

namespace {

/// Whether all bits of the exponent are set in one of the numbers, as in NaN and infinities
/// (IEEE 754).
template <typename Bits>
bool any_not_finite(std::span<const std::byte> bytes, Bits exponent) {
  for (size_t at = 0; at + sizeof(Bits) <= bytes.size(); at += sizeof(Bits)) {
    Bits bits = 0;
    std::memcpy(&bits, bytes.data() + at, sizeof(Bits));
    if ((bits & exponent) == exponent) {
      return true;
    }
  }
  return false;
}

bool any_not_finite(const StoredTensor& tensor) {
  switch (tensor.type) {
    case ScalarType::kFloat64: return any_not_finite<uint64_t>(tensor.bytes, 0x7ff0000000000000);
    case ScalarType::kFloat32: return any_not_finite<uint32_t>(tensor.bytes, 0x7f800000);
    case ScalarType::kFloat16: return any_not_finite<uint16_t>(tensor.bytes, 0x7c00);
    case ScalarType::kBFloat16: return any_not_finite<uint16_t>(tensor.bytes, 0x7f80);
    default: return false;
  }
}

}  // namespace

void check_bools(const StoredTensor& tensor) {
  if (tensor.type == ScalarType::kBool &&
      std::any_of(tensor.bytes.begin(), tensor.bytes.end(),
                  [](std::byte byte) { return byte > std::byte{1}; })) {
    throw Error(ErrorKind::kBadFile, "{} is of type bool and holds other bytes than 0 and 1",
                tensor.name);
  }
}

void check_finite(const StoredTensor& tensor) {
  if (any_not_finite(tensor)) {
    throw Error(ErrorKind::kBadFile, "tensor {} holds numbers that are not finite (NaN, infinity)",
                tensor.name);
  }
}

bool is_contiguous(const StridedPlace& place) {
  int64_t expected = 1;
  for (size_t axis = place.shape.size(); axis-- > 0;) {
    if (place.shape[axis] != 1 && place.strides[axis] != expected) {
      return false;
    }
    expected *= place.shape[axis];
  }
  return true;
}

void check_within(const StridedPlace& place, int64_t scalars) {
  if (place.strides.size() != place.shape.size()) {
    throw Error(ErrorKind::kBadFile, "a tensor of {} dimensions with {} strides",
                place.shape.size(), place.strides.size());
  }
  if (place.offset < 0 || place.offset > scalars) {
    throw Error(ErrorKind::kBadFile, "a tensor begins at number {} of {}", place.offset, scalars);
  }
  if (scalar_count(place.shape) == 0) {
    return;
  }
  int64_t last = place.offset;
  for (size_t axis = 0; axis < place.shape.size(); ++axis) {
    const int64_t steps = place.shape[axis] - 1;
    const int64_t stride = place.strides[axis];
    if (stride < 0 || (steps > 0 && stride > (scalars - last) / steps)) {
      throw Error(ErrorKind::kBadFile, "a tensor with a stride of {} reaches out of its {} numbers",
                  stride, scalars);
    }
    last += steps * stride;
  }
  if (last >= scalars) {
    throw Error(ErrorKind::kBadFile, "a tensor reaches to number {} of {}", last, scalars);
  }
}

std::vector<std::byte> gathered(const StridedPlace& place, std::span<const std::byte> storage,
                                int64_t scalar_bytes) {
  const int64_t count = scalar_count(place.shape);
  std::vector<std::byte> numbers(static_cast<size_t>(count * scalar_bytes));
  std::vector<int64_t> index(place.shape.size(), 0);
  int64_t from = place.offset;
  for (int64_t to = 0; to < count; ++to) {
    std::memcpy(numbers.data() + to * scalar_bytes, storage.data() + from * scalar_bytes,
                static_cast<size_t>(scalar_bytes));
    for (size_t axis = index.size(); axis-- > 0;) {
      if (index[axis] + 1 < place.shape[axis]) {
        ++index[axis];
        from += place.strides[axis];
        break;
      }
      from -= index[axis] * place.strides[axis];
      index[axis] = 0;
    }
  }
  return numbers;
}

}  // namespace mote::io
