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

/// Norms `rows` rows, times SiLU(gate) where there is one. `in` and `out` (rows, channels).
void norm_rows(const NormOfRows& norm, int64_t rows, const float* in, const ChannelMap& gate,
               float* out);

}  // namespace mote::nn
