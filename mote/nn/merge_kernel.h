#pragma once

#include <cstdint>
#include <vector>

namespace mote::nn {

inline constexpr int64_t kMergeChannels = 16;  ///< channels a group at most

/// Logits of groups of objects as merged_labels takes them, pixel by pixel in memory.
struct GroupLogits {
  /// (height, width, 16) each; channels beyond `channels` do not count.
  std::vector<const float*> groups;
  int64_t channels = 0;
  int64_t height = 0;
  int64_t width = 0;
};

/// The index of the largest merged logit of each pixel at height x width: (height, width).
void merge_kernel(const GroupLogits& logits, int64_t height, int64_t width, int64_t* labels);

}  // namespace mote::nn
