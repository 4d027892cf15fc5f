#pragma once

#include <cstdint>

namespace mote::nn {

inline constexpr int64_t kFilterTaps = 5;       ///< the filter's side
inline constexpr int64_t kFilterChannels = 64;  ///< channels come in multiples of this

/// One map of gated_filter in memory, token by token without gaps.
struct FilteredMap {
  const float* tokens = nullptr;
  const float* gate = nullptr;  ///< `gates` channels a token
  const float* taps = nullptr;  ///< (5 * 5, channels)
  float* out = nullptr;
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  int64_t gates = 0;
};

/// gated_filter on the CPU, in float32, on all threads of libtorch: some channels at a time, down
/// the rows, five gated rows in the cache.
void token_filter_kernel(const FilteredMap& map);

}  // namespace mote::nn
