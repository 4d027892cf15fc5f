#include "mote/nn/fused_conv.h"

#include "mote/nn/onednn_conv.h"
#include "mote/nn/plain.h"

namespace mote::nn {

torch::Tensor activated_(torch::Tensor tensor, Activation activation) {
  switch (activation) {
    case Activation::kNone: return tensor;
    case Activation::kSilu: return torch::silu_(tensor);
    case Activation::kRelu: return tensor.relu_();
    case Activation::kRelu6: return tensor.clamp_(0, 6);
  }
  return tensor;
}

FusedConv::FusedConv(const torch::Tensor& weight, const torch::Tensor& bias,
                     const FusedConvOptions& options)
    : options_(options) {
  weight_ = weight.detach().to(input_type()).contiguous();
  bias_ = bias.detach().to(torch::kFloat32).contiguous();
  if (weight_.is_cpu()) {
    fast_ = make_onednn_conv(weight_, bias_, options_);
  }
}

torch::ScalarType FusedConv::input_type() const {
  return options_.precision == Precision::kBFloat16 ? torch::kBFloat16 : torch::kFloat32;
}

torch::ScalarType FusedConv::result_type() const {
  return options_.float32_results ? torch::kFloat32 : input_type();
}

torch::Tensor FusedConv::operator()(const torch::Tensor& input, const torch::Tensor& added,
                                    const torch::Tensor& into) const {
  if (!fast_ || plain_operators() || !input.is_cpu()) {
    const torch::Tensor result = by_operators(input, added);
    return into.defined() ? into.copy_(result) : result;
  }
  const int64_t kernel = (weight_.size(2) - 1) * options_.dilation + 1;
  const auto across = [&](int64_t size, int64_t before, int64_t after) {
    return (size + before + after - kernel) / options_.stride + 1;
  };
  const ConvPadding& pad = options_.padding;
  const torch::Tensor result =
      into.defined() ? into
                     : torch::empty({input.size(0), across(input.size(1), pad.top, pad.bottom),
                                     across(input.size(2), pad.left, pad.right), weight_.size(0)},
                                    input.options().dtype(result_type()));
  run_onednn_conv(*fast_, input, added, result);
  return result;
}

torch::Tensor FusedConv::by_operators(const torch::Tensor& input,
                                      const torch::Tensor& added) const {
  const ConvPadding& pad = options_.padding;
  const bool even = pad.top == pad.bottom && pad.left == pad.right;
  const torch::Tensor image = input.permute({0, 3, 1, 2});
  const torch::Tensor padded =
      even ? image : torch::constant_pad_nd(image, {pad.left, pad.right, pad.top, pad.bottom});
  const torch::ExpandingArray<2> padding = even ? torch::ExpandingArray<2>({pad.top, pad.left}) : 0;
  const auto both_ways = [](int64_t value) { return torch::ExpandingArray<2>(value); };
  torch::Tensor result =
      torch::conv2d(padded, weight_, bias_.to(weight_.dtype()), both_ways(options_.stride), padding,
                    both_ways(options_.dilation), options_.groups);
  result = result.permute({0, 2, 3, 1});
  if (options_.added == AddedTensor::kBeforeActivation) {
    result = result + added;
  }
  result = activated_(result, options_.activation);
  if (options_.added == AddedTensor::kAfterActivation) {
    result = result + added;
  }
  return result.to(result_type()).contiguous();
}

FoldedConv folded(const torch::nn::Conv2dImpl& conv, const torch::nn::BatchNorm2dImpl& norm) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor factor = norm.weight.to(torch::kFloat64) /
                               (norm.running_var.to(torch::kFloat64) + norm.options.eps()).sqrt();
  const torch::Tensor weight = conv.weight.to(torch::kFloat64) * factor.reshape({-1, 1, 1, 1});
  const torch::Tensor bias =
      norm.bias.to(torch::kFloat64) - norm.running_mean.to(torch::kFloat64) * factor;
  return {.weight = weight.to(torch::kFloat32), .bias = bias.to(torch::kFloat32)};
}

}  // namespace mote::nn
