#include "mote/nn/scan_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/scan_forward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "mote/nn/scan_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mote::nn::scan {
namespace HWY_NAMESPACE {

/// One tile of one block, into y.
void scan_tile(const Tile& tile, Block& block, const ScanOutput& output) {
  const Channels d;
  const auto skip = load_lanes(tile.in.d + block.first, block.count);
  for (int64_t t = 0; t < tile.steps; ++t) {
    const float* u = tile.in.u + tile.positions[t] * tile.in.u_stride + block.first;
    hn::Store(hn::Mul(skip, load_lanes(u, block.count)), d, block.y.get() + t * kLanes);
  }
  for (int64_t n = 0; n < tile.padded; n += kGroup) {
    scan_group<true>(tile, block, n);
  }
  for (int64_t t = 0; t < tile.steps; ++t) {
    float* y = output.y + tile.positions[t] * output.y_stride + block.first;
    const auto sum = hn::Load(d, block.y.get() + t * kLanes);
    store_lanes(output.add ? hn::Add(load_lanes(y, block.count), sum) : sum, y, block.count);
  }
}

void forward(const ScanDirection& in, int64_t first_channel, const ScanOutput& output) {
  Tile tile(in);
  std::vector<Block> blocks = blocks_of(tile, first_channel);
  for (int64_t step = 0; step < in.order.length(); step += kSteps) {
    visit(tile, step, first_channel);
    for (Block& block : blocks) {
      prepare(tile, block, false);
      scan_tile(tile, block, output);
    }
  }
  if (output.last_state == nullptr) {
    return;
  }
  for (const Block& block : blocks) {
    for (int64_t i = 0; i < block.count * in.states; ++i) {
      output.last_state[block.first * in.states + i] =
          block.state[i % in.states * kLanes + i / in.states];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn::scan
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace scan {
namespace {

HWY_EXPORT(forward);

void dispatch(const ScanDirection& direction, int64_t first_channel, const ScanOutput& output) {
  HWY_DYNAMIC_DISPATCH(forward)(direction, first_channel, output);
}

}  // namespace
}  // namespace scan

int64_t ScanOrder::position(int64_t step) const {
  const int64_t forwards = backwards ? length() - 1 - step : step;
  return by_columns ? forwards % height * width + forwards / height : forwards;
}

void scan_forward(const ScanDirection& direction, int64_t first_channel, const ScanOutput& output) {
  scan::dispatch(direction, first_channel, output);
}

}  // namespace mote::nn
#endif  // HWY_ONCE
