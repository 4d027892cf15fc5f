// What everything that takes weights relies on.
#pragma once

#include <algorithm>

#include "mote/core/weights.h"

namespace mote::fuzz {

/// Every tensor has the bytes of its shape, all of which are looked at.
inline void check_sound(const Weights& weights) {
  static volatile unsigned sum = 0;
  for (const StoredTensor& tensor : weights.tensors) {
    if (static_cast<int64_t>(tensor.bytes.size()) !=
        scalar_count(tensor.shape) * bytes_per_scalar(tensor.type)) {
      __builtin_trap();
    }
    unsigned more = 0;
    for (const std::byte byte : tensor.bytes) {
      more += static_cast<unsigned>(byte);
    }
    sum = sum + more;
  }
}

inline void check_same(const Weights& a, const Weights& b) {
  const auto same = [](const StoredTensor& one, const StoredTensor& other) {
    return one.name == other.name && one.type == other.type && one.shape == other.shape &&
           std::ranges::equal(one.bytes, other.bytes);
  };
  if (!std::ranges::equal(a.tensors, b.tensors, same) || a.metadata != b.metadata) {
    __builtin_trap();
  }
}

}  // namespace mote::fuzz
