#include "mote/nn/frozen_norm.h"

#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

constexpr double kEpsilon = 1e-5;

torch::Tensor activated(const torch::Tensor& image, Activation activation) {
  switch (activation) {
    case Activation::kNone: return image;
    case Activation::kSilu: return torch::silu(image);
    case Activation::kRelu: return image.relu();
    case Activation::kRelu6: return image.clamp(0, 6);
  }
  return image;
}

/// (N, C, H, W) -> (N, H, W, C): without a copy where the channels are last in memory.
torch::Tensor channels_last(const torch::Tensor& image) {
  return image.permute({0, 2, 3, 1}).contiguous();
}

}  // namespace

FrozenBatchNormImpl::FrozenBatchNormImpl(int64_t channels)
    : weight_(register_buffer("weight", torch::ones({channels}))),
      bias_(register_buffer("bias", torch::zeros({channels}))),
      running_mean_(register_buffer("running_mean", torch::zeros({channels}))),
      running_var_(register_buffer("running_var", torch::ones({channels}))) {}

torch::Tensor FrozenBatchNormImpl::scale() const {
  return weight_ * (running_var_ + kEpsilon).rsqrt();
}

torch::Tensor FrozenBatchNormImpl::shift() const {
  return bias_ - running_mean_ * scale();
}

torch::Tensor FrozenBatchNormImpl::forward(const torch::Tensor& image) const {
  return image * scale().reshape({1, -1, 1, 1}) + shift().reshape({1, -1, 1, 1});
}

ConvNorm::ConvNorm(torch::nn::Module& parent, const std::string& conv_name,
                   const std::string& norm_name, const torch::nn::Conv2dOptions& convolution,
                   const Options& options)
    : conv_(parent.register_module(
          conv_name, torch::nn::Conv2d(torch::nn::Conv2dOptions(convolution).bias(false)))),
      norm_(parent.register_module(norm_name, FrozenBatchNorm(convolution.out_channels()))),
      options_(options) {}

int64_t ConvNorm::version() const {
  int64_t sum = conv_->weight._version();
  for (const torch::Tensor& buffer : norm_->buffers()) {
    sum += buffer._version();
  }
  return sum;
}

FusedConv ConvNorm::fused() const {
  const auto& options = conv_->options;
  // `get` is that of c10 in libtorch 1.13, that of std in 2.x.
  const auto& padding = *get<torch::ExpandingArray<2>>(options.padding());
  return {conv_->weight * norm_->scale().reshape({-1, 1, 1, 1}), norm_->shift(),
          FusedConvOptions{
              .stride = options.stride()->at(0),
              .dilation = options.dilation()->at(0),
              .groups = options.groups(),
              .padding = {.top = padding[0],
                          .left = padding[1],
                          .bottom = padding[0],
                          .right = padding[1]},
              .activation = options_.activation,
              .added = options_.adds ? AddedTensor::kBeforeActivation : AddedTensor::kNone}};
}

torch::Tensor ConvNorm::operator()(const torch::Tensor& image, const torch::Tensor& added) {
  const torch::Tensor& weight = conv_->weight;
  if (plain_operators() || torch::GradMode::is_enabled() ||
      weight.scalar_type() != torch::kFloat32) {
    const torch::Tensor normed = norm_(conv_(image));
    return activated(options_.adds ? normed + added : normed, options_.activation);
  }
  if (fused_version_ != version() || fused_device_ != weight.device()) {
    fused_ = fused();
    fused_version_ = version();
    fused_device_ = weight.device();
  }
  return fused_(channels_last(image), options_.adds ? channels_last(added) : torch::Tensor())
      .permute({0, 3, 1, 2});
}

torch::nn::Module& add_holder(torch::nn::Module& parent, const std::string& name) {
  return *parent.register_module(name, std::make_shared<torch::nn::Module>(name));
}

}  // namespace mote::nn
