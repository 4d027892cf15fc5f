#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mote/core/grid.h"

namespace mote::learned {

/// A seam: carries the masks of objects, whose ids are 1, 2, ..., from frame to frame by their
/// pixels.
///
/// A frame goes: `propagate`, then one of `reference`, `restart` and `update` with what is held to
/// be true; none of them while there are no objects.
class MaskPropagator {
 public:
  virtual ~MaskPropagator() = default;

  /// Where the objects are in the next frame; nothing before the first reference.
  virtual LabelImage propagate(const Grid<float>& image) = 0;

  /// Remembers the frame with ids 1 to `largest_id` where `ids` shows them.
  virtual void reference(const LabelImage& ids, int32_t largest_id) = 0;

  /// As `reference`, and forgets all frames before.
  virtual void restart(const LabelImage& ids, int32_t largest_id) = 0;

  /// Remembers the frame for a while; `ids` shows none that no reference had.
  virtual void update(const LabelImage& ids) = 0;

  /// How far boundaries may be off, in pixels of the field.
  virtual double blur_px() const = 0;

  /// Everything that `propagate` depends on; `load_state` on a new propagator of equal options
  /// continues to the bit. Throws kBadFile on a state it did not write.
  virtual std::string save_state() const = 0;
  virtual void load_state(std::string_view state) = 0;
};

}  // namespace mote::learned
