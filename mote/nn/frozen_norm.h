#pragma once

#include <string>

#include <torch/torch.h>

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

enum class Activation { kNone, kRelu, kRelu6 };

/// A convolution without bias, a frozen batch normalisation and an activation. Where no gradient is
/// asked for, the normalisation is folded into the convolution's weights, once for each time that
/// they change.
class ConvNorm {
 public:
  /// Registers both modules in `parent` under the names given.
  ConvNorm(torch::nn::Module& parent, const std::string& conv_name, const std::string& norm_name,
           const torch::nn::Conv2dOptions& options, Activation activation);

  torch::Tensor operator()(const torch::Tensor& image);

 private:
  int64_t version() const;
  void fold();

  torch::nn::Conv2d conv_;
  FrozenBatchNorm norm_;
  Activation activation_;
  torch::Tensor folded_weight_;
  torch::Tensor folded_bias_;
  int64_t folded_version_ = -1;
};

/// Registers an empty module, to hold others, and returns it.
torch::nn::Module& add_holder(torch::nn::Module& parent, const std::string& name);

}  // namespace mote::nn
