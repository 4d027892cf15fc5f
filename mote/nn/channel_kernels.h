#pragma once

#include <cstdint>

namespace mote::nn {

/// A map whose channels lie next to each other; position p begins `stride` numbers after p - 1.
struct ChannelMap {
  const float* data = nullptr;
  int64_t stride = 0;
};

struct MapSize {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
};

/// One row of SiLU(3 x 3 convolution of each channel by itself + bias), the map continued by zeros.
/// `weight` (9, channels) and `bias` (channels); `out` (width, channels) of this row.
void depthwise_silu_row(const ChannelMap& map, const MapSize& size, int64_t row,
                        const float* weight, const float* bias, float* out);

/// A layer norm (Ba et al. 2016, arXiv:1607.06450) of rows of `channels` numbers.
struct NormOfRows {
  int64_t channels = 0;
  const float* weight = nullptr;
  const float* bias = nullptr;
  float eps = 1e-5F;
};

/// Norms `rows` rows, times SiLU(gate) where there is one. Row i is read at `index[i]` where there
/// is an index, else at i. `out` (rows, channels).
void norm_rows(const NormOfRows& norm, int64_t rows, const float* in, const int64_t* index,
               const ChannelMap& gate, float* out);

/// What add_norm_rows reads and writes.
struct AddedRows {
  const float* map = nullptr;    ///< (rows, channels)
  const float* added = nullptr;  ///< (rows, channels), whose row i belongs to row index[i] of `map`
  const int64_t* index = nullptr;
  const float* added_bias = nullptr;  ///< (channels), of every row of `added`
  const float* later_bias = nullptr;  ///< (channels), in `sum` after the norm was taken
  float* sum = nullptr;               ///< (rows, channels): map + added, + later_bias
  float* normed = nullptr;            ///< (rows, channels): the norm of map + added
};

/// Adds the rows of `added` to those that they belong to, and norms the sums. `sum` and `normed`
/// are in the order of `map`.
void add_norm_rows(const NormOfRows& norm, int64_t rows, const AddedRows& at);

/// GELU(x + bias) in place, of `rows` rows of `channels` numbers.
void bias_gelu_rows(int64_t rows, int64_t channels, const float* bias, float* x);

}  // namespace mote::nn
