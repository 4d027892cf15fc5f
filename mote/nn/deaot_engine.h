#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/deaot_group.h"
#include "mote/nn/joint_memory.h"

namespace mote::nn {

/// Propagates any number of objects, ten a group: ids 10 i + 1 to 10 i + 10 belong to group i. All
/// groups share an image's features; each has memories of its own.
///
/// The engine of the published programs: Yang and Yang, NeurIPS 2022 (arXiv:2210.09782), and, with
/// `max_long_term_frames` and not `reference_every_group`, Cheng et al., "Segment and Track
/// Anything", 2023 (arXiv:2305.06558).
///
/// A frame goes: `see`; then `reference`, or `propagate`, `labels` or `logits`, and `update` with
/// what is held to be true, or `reference` where that is an annotation.
class DeAotEngine {
 public:
  /// Throws kUsage on options out of range.
  DeAotEngine(DeAot network, const DeAotEngineOptions& options);

  /// Encodes the next image.
  ///
  /// Shapes: image (1, 3, H, W), normalised, as in DeAotImpl::features.
  /// Throws kUsage where its size is not that of the images before.
  void see(const torch::Tensor& image);

  /// The image is remembered with ids 1 to `ids` where `labels` shows them.
  ///
  /// Shapes: labels (1, h, w) int64, of any size.
  /// Throws kUsage where `ids` is less than before or `labels` shows others.
  void reference(const torch::Tensor& labels, int64_t ids);

  /// Looks for all objects in the image. Throws kUsage where there was no reference before.
  void propagate();

  /// What each group says, at stride 4: (1, 1 + objects, H / 4, W / 4) each.
  std::vector<torch::Tensor> logits_of_groups();

  /// Shapes: (1, 1 + objects a group * groups, H, W) of `size`, as in merged_logits.
  torch::Tensor logits(Size size);

  /// Shapes: (1, H, W) int64 of `size`.
  torch::Tensor labels(Size size);

  /// The image is remembered, for a while, with the objects where `labels` shows them.
  ///
  /// Shapes: labels (1, h, w) int64, of any size.
  void update(const torch::Tensor& labels);

  int64_t ids() const;
  const std::vector<DeAotGroup>& groups() const { return groups_; }

  /// Everything that the next image's results depend on. Call it after `reference` or `update`.
  std::vector<std::pair<std::string, torch::Tensor>> save_state() const;
  /// Throws kBadFile on a state that `save_state` of an engine of equal options did not give.
  void load_state(const std::map<std::string, torch::Tensor>& state);

 private:
  torch::Tensor labels_of_group(const torch::Tensor& labels, int64_t group) const;
  torch::Tensor at_network_size(const torch::Tensor& labels) const;
  std::vector<std::vector<size_t>> groups_by_images() const;
  void propagate_together(const std::vector<size_t>& members, const JointMemory& long_term);

  DeAot network_;
  DeAotEngineOptions options_;
  std::vector<DeAotGroup> groups_;
  Size image_size_;
  int64_t images_ = 0;  // seen
  DeAotFeatures features_;

  /// The long-term memory of groups in the first layer, and what of their changes it is of.
  struct Joint {
    std::vector<size_t> members;
    std::vector<int64_t> changes;
    JointMemory memory;
  };
  std::vector<Joint> joint_;
};

/// `labels` at another size, each pixel from the nearest one: floor(index * from / to).
///
/// Shapes: (N, h, w) -> (N, H, W).
torch::Tensor resized_labels(const torch::Tensor& labels, Size size);

}  // namespace mote::nn
