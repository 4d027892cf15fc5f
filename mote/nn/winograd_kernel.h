#pragma once

#include <cstdint>

namespace mote::nn {

inline constexpr int64_t kWinogradTile = 4;       ///< outputs of a tile, each way
inline constexpr int64_t kWinogradPoints = 36;    ///< of a tile and channel
inline constexpr int64_t kWinogradChannels = 16;  ///< channels come in multiples of this

struct WinogradSize {
  int64_t height = 0;
  int64_t width = 0;

  int64_t rows() const { return (height + kWinogradTile - 1) / kWinogradTile; }
  int64_t columns() const { return (width + kWinogradTile - 1) / kWinogradTile; }
  int64_t tiles() const { return rows() * columns(); }
};

/// Rows [first, end) of tiles.
struct WinogradBand {
  WinogradSize size;  ///< of the whole image
  int64_t first = 0;
  int64_t end = 0;

  int64_t tiles() const { return (end - first) * size.columns(); }
};

/// The transformed inputs of a band: image (H, W, channels) -> points (36, tiles, channels).
void winograd_input(const float* image, const WinogradBand& band, int64_t channels, float* points);

/// The outputs of a band: products (36, tiles, channels), bias (channels) -> its rows of
/// (H, W, channels).
void winograd_output(const float* products, const WinogradBand& band, int64_t channels,
                     const float* bias, float* out);

}  // namespace mote::nn
