#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::nn {

inline constexpr int64_t kWinogradTile = 4;       ///< outputs of a tile, each way
inline constexpr int64_t kWinogradPoints = 36;    ///< of a tile and channel
inline constexpr int64_t kWinogradChannels = 16;  ///< channels come in multiples of this
inline constexpr int64_t kWinogradPanel = 64;     ///< output channels computed at a time

/// A convolution by tiles: an image (height, width, in) to one of as many rows and columns of `out`
/// channels.
struct WinogradTask {
  int64_t height = 0;
  int64_t width = 0;
  int64_t in = 0;
  int64_t out = 0;
  const float* image = nullptr;
  const void* weights = nullptr;  ///< of pack_winograd
  const float* bias = nullptr;
  float* result = nullptr;

  int64_t columns() const { return (width + kWinogradTile - 1) / kWinogradTile; }
  int64_t tiles() const { return (height + kWinogradTile - 1) / kWinogradTile * columns(); }
};

size_t winograd_packed_bytes(int64_t in, int64_t out);

/// Shapes: transformed weights (36, out, in). `packed` is aligned to 64 bytes.
void pack_winograd(const float* weights, int64_t in, int64_t out, void* packed);

/// On all threads of libtorch. Each takes some tiles from the image to the result at a time, so
/// that their points and products stay in its cache.
void winograd_kernel(const WinogradTask& task);

}  // namespace mote::nn
