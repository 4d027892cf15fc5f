#include "mote/nn/deaot_merge.h"

#include "mote/nn/deaot_decoder.h"

namespace mote::nn {
namespace {

constexpr double kLeastProbability = 1e-5;

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
  return merged_logits(groups, size).softmax(1).argmax(1);
}

}  // namespace mote::nn
