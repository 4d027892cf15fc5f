#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// The loss that Swin-UNet and VM-UNet are trained with. Both parts are scalars.
struct BceDiceLoss {
  torch::Tensor bce;   ///< binary cross entropy, mean over everything, each logarithm at least -100
  torch::Tensor dice;  ///< 1 - mean over samples of (2 sum p t + 1) / (sum p + sum t + 1)

  torch::Tensor total() const { return bce + dice; }
};

/// Binary cross entropy plus Dice loss (Milletari et al., "V-Net", 3DV 2016, arXiv:1606.04797, sec.
/// 3, with 1 added above and below, as the published code of VM-UNet has it).
///
/// Shapes: probabilities and targets (N, ...), targets 0 or 1.
/// Throws kUsage where the shapes differ.
BceDiceLoss bce_dice_loss(const torch::Tensor& probabilities, const torch::Tensor& targets);

}  // namespace mote::nn
