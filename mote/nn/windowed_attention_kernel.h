#pragma once

#include <cstdint>
#include <vector>

namespace mote::nn {

/// Values that a map attends to, and where the result goes; `out` has the stride of the map's.
struct WindowedValues {
  const float* data = nullptr;
  int64_t stride = 0;
  int64_t channels = 0;
  float* out = nullptr;
};

/// One map of windowed attention in memory; see windowed_attention. Rows of every matrix are
/// contiguous and follow one another by the stride named.
struct WindowedMap {
  const float* query = nullptr;
  int64_t query_stride = 0;
  const float* key = nullptr;
  int64_t key_stride = 0;
  std::vector<WindowedValues> values = {};
  int64_t out_stride = 0;
  const float* bias = nullptr;  ///< without gaps
  int64_t height = 0;
  int64_t width = 0;
  int64_t radius = 0;
  int64_t depth = 0;  ///< of query and key
  float scale = 1;
};

/// Windowed attention on the CPU, in float32, on all threads of libtorch.
///
/// Queries go in blocks of eight neighbours of a row, which look at nearly the same keys, so that
/// what is loaded serves eight; the weights of all blocks come first, then the values, some
/// channels at a time, down the rows, so that a window moves through the cache.
void windowed_attention_kernel(const WindowedMap& map);

}  // namespace mote::nn
