#include "mote/nn/deaot_merge.h"

#include <algorithm>

#include "mote/nn/deaot_decoder.h"
#include "mote/nn/kernels.h"
#include "mote/nn/merge_kernel.h"

namespace mote::nn {
namespace {

constexpr double kLeastProbability = 1e-5;

/// (1, C, h, w) -> (h, w, 16), pixel by pixel in memory.
torch::Tensor padded_pixels(const torch::Tensor& group) {
  torch::Tensor pixels =
      torch::zeros({group.size(2), group.size(3), kMergeChannels}, group.options());
  pixels.narrow(2, 0, group.size(1)).copy_(group[0].permute({1, 2, 0}));
  return pixels;
}

torch::Tensor fast_labels(const std::vector<torch::Tensor>& groups, Size size) {
  std::vector<torch::Tensor> pixels;
  GroupLogits logits = {.groups = {},
                        .channels = groups.front().size(1),
                        .height = groups.front().size(2),
                        .width = groups.front().size(3)};
  for (const torch::Tensor& group : groups) {
    pixels.push_back(padded_pixels(group));
    logits.groups.push_back(pixels.back().data_ptr<float>());
  }
  torch::Tensor labels = torch::empty({1, size.height, size.width}, torch::kInt64);
  merge_kernel(logits, size.height, size.width, labels.data_ptr<int64_t>());
  return labels;
}

}  // namespace

torch::Tensor merged_logits(const std::vector<torch::Tensor>& groups, Size size) {
  if (groups.size() == 1) {
    return resized_by_corners(groups.front(), size);
  }
  torch::Tensor background;
  std::vector<torch::Tensor> probabilities = {{}};
  for (const torch::Tensor& group : groups) {
    const torch::Tensor probability = resized_by_corners(group, size).softmax(1);
    const torch::Tensor own = probability.narrow(1, 0, 1);
    background = background.defined() ? background * own : own;
    probabilities.push_back(probability.narrow(1, 1, probability.size(1) - 1));
  }
  probabilities.front() = background;
  return torch::cat(probabilities, 1).clamp(kLeastProbability, 1 - kLeastProbability).logit();
}

torch::Tensor merged_labels(const std::vector<torch::Tensor>& groups, Size size) {
  const bool fits = std::all_of(groups.begin(), groups.end(), [&](const torch::Tensor& group) {
    return group.sizes() == groups.front().sizes() && group.size(0) == 1 &&
           group.size(1) <= kMergeChannels && kernels_take({group});
  });
  if (fits) {
    return fast_labels(groups, size);
  }
  return merged_logits(groups, size).softmax(1).argmax(1);
}

}  // namespace mote::nn
