#pragma once

#include <array>
#include <cstdint>

#include <torch/torch.h>

#include "mote/nn/winograd.h"

namespace mote::nn {

/// A convolution and a normalisation by groups, as modules.
struct ConvGroupNormParts {
  torch::nn::Conv2d conv{nullptr};
  torch::nn::GroupNorm norm{nullptr};
};

/// A 3 x 3 convolution of DeAOT's decoder with its weights made ready, for as long as they stay
/// what they are.
class ReadyConvolution {
 public:
  explicit ReadyConvolution(ConvGroupNormParts parts) : parts_(std::move(parts)) {}

  /// Shapes: (H, W, Cin) -> (H, W, Cout), before the normalisation.
  torch::Tensor operator()(const torch::Tensor& image);

 private:
  ConvGroupNormParts parts_;
  WinogradWeights ready_;
  int64_t version_ = -1;
};

/// What a normalisation by groups does to each channel of an image: image * scale + shift.
struct ChannelAffine {
  torch::Tensor scale;  ///< (C)
  torch::Tensor shift;  ///< (C)
};

/// Shapes: image (H, W, C), contiguous.
ChannelAffine affine_of(const torch::nn::GroupNorm& norm, const torch::Tensor& image);

/// The image normalised, rectified, resized with corners on corners to that of `added`, and added
/// to it.
///
/// Shapes: image (h, w, C), added (H, W, C) -> (H, W, C).
torch::Tensor rectified_onto(const torch::Tensor& image, const ChannelAffine& affine,
                             const torch::Tensor& added);

/// The image normalised and rectified alone.
torch::Tensor rectified(const torch::Tensor& image, const ChannelAffine& affine);

}  // namespace mote::nn
