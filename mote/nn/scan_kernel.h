#pragma once

#include <cstdint>

namespace mote::nn {

/// In which order a scan visits the positions of a map, which are numbered by rows.
struct ScanOrder {
  int64_t height = 1;
  int64_t width = 1;
  bool by_columns = false;
  bool backwards = false;

  int64_t length() const { return height * width; }

  /// The position visited at `step`.
  int64_t position(int64_t step) const;
};

/// What one direction of a selective scan reads, positions outermost: where a stride is given, row
/// p of a table begins `stride` numbers after row p - 1.
struct ScanDirection {
  ScanOrder order;
  int64_t channels = 0;
  int64_t states = 0;
  int64_t rank = 0;          ///< of the rates; 0: `rates` are those of the channels themselves
  const float* u = nullptr;  ///< (positions, channels)
  int64_t u_stride = 0;
  const float* rates = nullptr;  ///< (positions, rank), or (positions, channels) where rank is 0
  int64_t rates_stride = 0;
  const float* b = nullptr;            ///< (positions, states)
  const float* c = nullptr;            ///< (positions, states)
  int64_t bc_stride = 0;               ///< of both
  const float* rate_weight = nullptr;  ///< (rank, channels): the way from rates to channels
  const float* rate_bias = nullptr;    ///< (channels)
  const float* a = nullptr;            ///< (states, channels)
  const float* d = nullptr;            ///< (channels)
};

/// Where results of a direction go.
struct ScanOutput {
  float* y = nullptr;  ///< (positions, channels)
  int64_t y_stride = 0;
  bool add = false;             ///< to what `y` holds
  float* last_state = nullptr;  ///< (channels, states), or none
};

/// Gradients of a direction. Those of `u`, `a`, `b`, `c` and `d` are added to what is there.
struct ScanGradients {
  const float* y = nullptr;  ///< (positions, channels), the one that comes in
  int64_t y_stride = 0;
  float* u = nullptr;  ///< (positions, channels)
  int64_t u_stride = 0;
  float* delta = nullptr;  ///< (positions, channels): of the rates before softplus, replaced
  int64_t delta_stride = 0;
  float* b = nullptr;  ///< (positions, states)
  float* c = nullptr;  ///< (positions, states)
  int64_t bc_stride = 0;
  float* a = nullptr;  ///< (states, channels)
  float* d = nullptr;  ///< (channels)
};

/// The kernels take so many neighbouring channels at a time: whole rows of their tables share cache
/// lines and pages with little else.
inline constexpr int64_t kScanChannels = 48;

/// Scans `kScanChannels` channels (or what is left of them) from `first_channel` on, their states
/// in registers; the equations are those of `selective_scan`. Several threads may do so at once for
/// different channels.
void scan_forward(const ScanDirection& direction, int64_t first_channel, const ScanOutput& output);

/// The gradients of the same channels. It keeps the states at every 32nd step and computes those in
/// between again. `b` and `c` are shared by the channels: two threads must not add to the same.
void scan_backward(const ScanDirection& direction, int64_t first_channel,
                   const ScanGradients& gradients);

}  // namespace mote::nn
