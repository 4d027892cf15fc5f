#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/nn/attention_tiles.h"
#include "mote/nn/gated_propagation.h"

namespace mote::nn {

/// What groups of objects that remember the same images look up together in the first module. Keys
/// and values of the visual branch are the same for all groups, and so is the attention to them.
///
/// In the values of the identity branch most tokens show background alone and are equal: they are
/// added once, as attention's weights sum to 1, and the tokens are so ordered that few blocks of
/// keys have any others. Float32 on the CPU, without gradients.
class JointMemory {
 public:
  JointMemory() = default;

  /// `groups`: of one image each, whose keys and values of the visual branch, the first
  /// `visual_channels`, are equal.
  JointMemory(const std::vector<PropagationMemory>& groups, int64_t visual_channels);

  /// What a query attends to: the values of the visual branch, then those of the identity branch of
  /// each group.
  ///
  /// Shapes: query (1, T, key_channels) -> (1, T, visual_channels (1 + groups)).
  torch::Tensor attend(const torch::Tensor& query) const;

 private:
  int64_t visual_channels_ = 0;
  torch::Tensor common_;  // (visual_channels groups)
  PackedMemory packed_;
};

}  // namespace mote::nn
