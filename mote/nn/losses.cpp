#include "mote/nn/losses.h"

#include "mote/core/error.h"

namespace mote::nn {

BceDiceLoss bce_dice_loss(const torch::Tensor& probabilities, const torch::Tensor& targets) {
  if (probabilities.sizes() != targets.sizes()) {
    throw Error(ErrorKind::kUsage, "the loss of [{}] against targets of [{}]: the shapes differ",
                fmt::join(probabilities.sizes().begin(), probabilities.sizes().end(), ", "),
                fmt::join(targets.sizes().begin(), targets.sizes().end(), ", "));
  }
  const auto p = probabilities.flatten(1);
  const auto t = targets.flatten(1);
  const auto overlap = 2 * (p * t).sum(1) + 1;
  return {.bce = torch::binary_cross_entropy(p, t),
          .dice = 1 - (overlap / (p.sum(1) + t.sum(1) + 1)).mean()};
}

}  // namespace mote::nn
