#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "mote/core/grid.h"
#include "mote/learned/found_instance.h"
#include "mote/segment/segmenter.h"

namespace mote::learned {

/// A network bound to tiles: square pieces of a field at its own scale, in grey levels from 0
/// (black) to 1 (white). Not safe to call from two threads at once.
class TileNetwork {
 public:
  virtual ~TileNetwork() = default;

  virtual int64_t tile_px() const = 0;      ///< side that the network was made for
  virtual int64_t multiple_px() const = 0;  ///< other sides are multiples of this
  virtual double blur_px() const = 0;       ///< how far its boundaries may be off
  /// Memory that a tile of `side_px` takes, weights aside, as measured on a CPU.
  virtual double tile_bytes(int64_t side_px) const = 0;
};

/// A network that says of each pixel how surely it is particle.
class MapNetwork : public TileNetwork {
 public:
  /// Shapes: tiles (N, 1, S, S) float32 on the network's device -> probabilities (N, S, S) there.
  virtual torch::Tensor probability(const torch::Tensor& tiles) = 0;
};

/// A network that finds instances.
class InstanceNetwork : public TileNetwork {
 public:
  /// The instances of each tile. `places` are the tiles' boxes in the field, for prompts that are
  /// given in its pixels; they may reach beyond it. `progress` is told how much of these
  /// tiles is done, by a network that takes them in steps; it may be empty.
  /// Shapes: tiles (N, 1, S, S) float32 on the network's device.
  virtual std::vector<std::vector<FoundInstance>> instances(const torch::Tensor& tiles,
                                                            const std::vector<Box>& places,
                                                            const segment::ShareDone& progress) = 0;
};

}  // namespace mote::learned
