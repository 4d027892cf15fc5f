#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "mote/core/error.h"

namespace mote::io {

/// `count` integers of 64 bits, in native byte order, as float64, which holds them up to 2^53;
/// `from` and `to` may be the same place. Throws kUnsupported for one beyond.
template <typename T>
void wide_integers(const std::byte* from, int64_t count, double* to) {
  static_assert(sizeof(T) == 8 && std::is_integral_v<T>);
  constexpr auto kMost = static_cast<T>(int64_t{1} << 53);
  for (int64_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, from + i * 8, 8);
    if (value > kMost || (std::is_signed_v<T> && value < static_cast<T>(0) - kMost)) {
      throw Error(ErrorKind::kUnsupported,
                  "a sample of {}: mote reads 64-bit integers up to 2^53 (9007199254740992)",
                  value);
    }
    to[i] = static_cast<double>(value);
  }
}

}  // namespace mote::io
