#include "mote/nn/frozen_norm.h"

#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

constexpr double kEpsilon = 1e-5;

torch::Tensor activated(torch::Tensor image, Activation activation, bool in_place) {
  switch (activation) {
    case Activation::kNone: return image;
    case Activation::kRelu: return in_place ? image.relu_() : image.relu();
    case Activation::kRelu6: return in_place ? image.clamp_(0, 6) : image.clamp(0, 6);
  }
  return image;
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
                   const std::string& norm_name, const torch::nn::Conv2dOptions& options,
                   Activation activation)
    : conv_(parent.register_module(
          conv_name, torch::nn::Conv2d(torch::nn::Conv2dOptions(options).bias(false)))),
      norm_(parent.register_module(norm_name, FrozenBatchNorm(options.out_channels()))),
      activation_(activation) {}

int64_t ConvNorm::version() const {
  int64_t sum = conv_->weight._version();
  for (const torch::Tensor& buffer : norm_->buffers()) {
    sum += buffer._version();
  }
  return sum;
}

void ConvNorm::fold() {
  const torch::NoGradGuard no_grad;
  folded_weight_ = (conv_->weight * norm_->scale().reshape({-1, 1, 1, 1}))
                       .contiguous(torch::MemoryFormat::ChannelsLast);
  folded_bias_ = norm_->shift();
  folded_version_ = version();
}

torch::Tensor ConvNorm::operator()(const torch::Tensor& image) {
  if (plain_operators() || torch::GradMode::is_enabled()) {
    return activated(norm_(conv_(image)), activation_, false);
  }
  const torch::Tensor& weight = conv_->weight;
  if (folded_version_ != version() || folded_weight_.device() != weight.device() ||
      folded_weight_.dtype() != weight.dtype()) {
    fold();
  }
  const auto& options = conv_->options;
  // `get` is that of c10 in libtorch 1.13, that of std in 2.x.
  return activated(torch::conv2d(image, folded_weight_, folded_bias_, options.stride(),
                                 get<torch::ExpandingArray<2>>(options.padding()),
                                 options.dilation(), options.groups()),
                   activation_, true);
}

torch::nn::Module& add_holder(torch::nn::Module& parent, const std::string& name) {
  return *parent.register_module(name, std::make_shared<torch::nn::Module>(name));
}

}  // namespace mote::nn
