#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/deaot.h"
#include "mote/nn/propagation_memory.h"

namespace mote::nn {

struct DeAotEngineOptions {
  /// Frames between two that the long-term memory takes; the published DeAOT-T never takes another
  /// one, R50-DeAOT-L every fifth.
  int64_t long_term_gap = 9999;
  int64_t short_term_skip = 1;  ///< the short-term memory is the frame so many frames ago
  /// Frames that the long-term memory keeps, the newest; 0: all of them.
  int64_t max_long_term_frames = 0;
  /// An annotated frame becomes a reference of every group of objects, as in the published DeAOT;
  /// false: of those alone that have new objects, as in SAM-Track.
  bool reference_every_group = true;
};

/// Propagates at most ten objects from frame to frame: one engine of the published program.
class DeAotGroup {
 public:
  DeAotGroup(DeAot network, const DeAotEngineOptions& options);

  /// Remembers the frame, long and short, with the objects that `labels` shows, 1 to `ids`.
  ///
  /// Shapes: labels (1, H, W) int64.
  void reference(const DeAotFeatures& features, const torch::Tensor& labels, int64_t ids);

  /// Looks where the objects are in the next frame. Needs a reference before. `first`, where
  /// given, is what comes out of the first layer.
  void propagate(const DeAotFeatures& features, const BranchTokens* first = nullptr);

  /// Where it saw them: (1, 1 + objects, H / 4, W / 4); ids not in use have -1e10.
  torch::Tensor logits(const DeAotFeatures& features);

  /// Remembers the frame last propagated with what is known of it now.
  void update(const torch::Tensor& labels);

  int64_t ids() const { return ids_; }
  int64_t frame() const { return frame_; }  ///< frames propagated
  int64_t last_memory_frame() const { return last_memory_frame_; }
  PropagationMemory long_term(int64_t layer) const;
  PropagationMemory short_term(int64_t layer) const;
  int64_t long_term_tokens() const;

  /// The images remembered, by number, the newest first, then the one of the short-term memory.
  /// Groups that remember the same have the same keys and visual values in their first layer.
  std::vector<int64_t> images() const;
  int64_t long_term_changes() const { return long_term_changes_; }

  /// Everything that the next frame depends on, under names that begin with `prefix`. Call it
  /// after `update` or `reference`.
  void save(const std::string& prefix,
            std::vector<std::pair<std::string, torch::Tensor>>& state) const;
  /// Throws kBadFile on a state that `save` of equal options did not write.
  void load(const std::string& prefix, const std::map<std::string, torch::Tensor>& state);

 private:
  /// A frame in the short-term memory, by layer.
  struct Frame {
    int64_t image = 0;
    std::vector<PropagationMemory> layers;
  };

  void run_layers(const DeAotFeatures& features, const torch::Tensor* own_embedding,
                  const BranchTokens* first);
  Frame remembered(const torch::Tensor& embedding);
  void add_to_long_term(const Frame& frame);

  DeAot network_;
  DeAotEngineOptions options_;
  int64_t ids_ = 0;
  int64_t frame_ = 0;
  int64_t last_memory_frame_ = 0;
  std::vector<LongTermMemory> long_term_;  // by layer
  std::deque<int64_t> long_term_images_;   // the newest first
  int64_t long_term_changes_ = 0;
  std::deque<Frame> short_term_;     // the oldest first
  int64_t image_ = 0;                // last seen
  std::vector<LayerTokens> tokens_;  // of it, by layer
  BranchTokens seen_;                // after the last layer
};

}  // namespace mote::nn
