#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "mote/nn/gated_propagation.h"

namespace mote::nn {

/// The long-term memory of one layer: frames of tokens, the newest in front. Room grows
/// geometrically, so remembering a frame copies no other frame, but now and then.
class LongTermMemory {
 public:
  /// Puts a frame in front; keeps `max_frames` at most (0: all of them), the newest ones.
  /// Throws kUsage where it has another shape than the frames before.
  void add(const PropagationMemory& frame, int64_t max_frames);

  /// Every token, without a copy.
  PropagationMemory all() const;

  int64_t frames() const { return frames_; }
  int64_t tokens() const { return frames_ * frame_tokens_; }

  /// The memory that `all` of another one was, of so many frames.
  static LongTermMemory of(const PropagationMemory& all, int64_t frames);

 private:
  void make_room(const PropagationMemory& frame);

  // Tokens [first_, first_ + tokens()) of the room are in use; new ones go in front of them.
  PropagationMemory room_;
  int64_t first_ = 0;
  int64_t frame_tokens_ = 0;
  int64_t frames_ = 0;
};

}  // namespace mote::nn
