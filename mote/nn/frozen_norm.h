#pragma once

#include <string>

#include <torch/torch.h>

#include "mote/nn/fused_conv.h"

namespace mote::nn {

/// A batch normalisation that no longer learns: weight, bias, mean and variance are buffers, so
/// checkpoints carry them and training leaves them alone.
///
/// Shapes: (N, channels, H, W) -> the same.
class FrozenBatchNormImpl : public torch::nn::Module {
 public:
  explicit FrozenBatchNormImpl(int64_t channels);

  torch::Tensor forward(const torch::Tensor& image) const;

  /// The normalisation is image * scale() + shift(), (channels) each.
  torch::Tensor scale() const;
  torch::Tensor shift() const;

 private:
  torch::Tensor weight_;
  torch::Tensor bias_;
  torch::Tensor running_mean_;
  torch::Tensor running_var_;
};
TORCH_MODULE(FrozenBatchNorm);

/// A convolution without bias, a frozen batch normalisation and an activation. Where no gradient is
/// asked for, it is a FusedConv, made once for each time that the weights change; then images have
/// their channels last in memory.
class ConvNorm {
 public:
  struct Options {
    Activation activation = Activation::kNone;
    bool adds = false;  ///< a tensor to the normalisation, before the activation
  };

  /// Registers both modules in `parent` under the names given.
  ConvNorm(torch::nn::Module& parent, const std::string& conv_name, const std::string& norm_name,
           const torch::nn::Conv2dOptions& convolution, const Options& options);

  /// Shapes: image (N, C, H, W), `added`, where it is one that adds, of the result's shape.
  torch::Tensor operator()(const torch::Tensor& image, const torch::Tensor& added = {});

 private:
  int64_t version() const;
  FusedConv fused() const;

  torch::nn::Conv2d conv_;
  FrozenBatchNorm norm_;
  Options options_;
  FusedConv fused_;
  int64_t fused_version_ = -1;
  torch::Device fused_device_ = torch::kCPU;
};

/// Registers an empty module, to hold others, and returns it.
torch::nn::Module& add_holder(torch::nn::Module& parent, const std::string& name);

}  // namespace mote::nn
