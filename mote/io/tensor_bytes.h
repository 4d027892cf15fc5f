#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mote/core/weights.h"

namespace mote::io {

/// Throws kBadFile where a tensor of type bool holds a byte that is neither 0 nor 1.
void check_bools(const StoredTensor& tensor);

/// Throws kBadFile, naming the tensor, where one of its numbers is not finite.
void check_finite(const StoredTensor& tensor);

/// Where the numbers of a tensor lie in a storage that it may share with others.
struct StridedPlace {
  int64_t offset = 0;            ///< of the first number, in numbers
  std::vector<int64_t> shape;    ///< outermost dimension first
  std::vector<int64_t> strides;  ///< in numbers, from one to the next along each dimension
};

/// Whether its numbers follow each other without gaps, row-major.
bool is_contiguous(const StridedPlace& place);

/// Throws kBadFile unless there is a stride, not negative, for each dimension and every number lies
/// among the `scalars` of the storage.
void check_within(const StridedPlace& place, int64_t scalars);

/// The numbers of `scalar_bytes` each, row-major without gaps. `place` must lie within `storage`.
std::vector<std::byte> gathered(const StridedPlace& place, std::span<const std::byte> storage,
                                int64_t scalar_bytes);

}  // namespace mote::io
