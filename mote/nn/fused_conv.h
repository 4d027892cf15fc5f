#pragma once

#include <memory>

#include <torch/torch.h>

#include "mote/nn/precision.h"

namespace mote::nn {

class OneDnnConv;

/// What a convolution's result goes through; kRelu6 is min(max(x, 0), 6).
enum class Activation { kNone, kSilu, kRelu, kRelu6 };

/// `tensor` itself, changed in place.
torch::Tensor activated_(torch::Tensor tensor, Activation activation);

/// Where a tensor is added to a convolution's result.
enum class AddedTensor { kNone, kBeforeActivation, kAfterActivation };

/// Zeros around the input of a convolution, in px.
struct ConvPadding {
  int64_t top = 0;
  int64_t left = 0;
  int64_t bottom = 0;
  int64_t right = 0;
};

struct FusedConvOptions {
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t groups = 1;  ///< of channels, each convolved by itself
  ConvPadding padding;
  Activation activation = Activation::kSilu;
  AddedTensor added = AddedTensor::kNone;
  bool float32_results = false;  ///< even where the precision is bfloat16
  Precision precision = Precision::kFloat32;
};

/// A convolution that writes its result once: bias, an added tensor and the activation are applied
/// before it leaves the registers. For inference only; takes and gives images with their channels
/// last, (N, H, W, C), contiguous.
///
/// oneDNN computes it on the CPU, with weights packed once for each size of input, 3x3 convolutions
/// of float32 by Winograd's algorithm where that pays (Lavin and Gray, "Fast Algorithms for
/// Convolutional Neural Networks", CVPR 2016, arXiv:1509.09308); where mote is
/// built without oneDNN, on other devices and under PlainOperators it is libtorch's convolution and
/// what follows it.
/// Not safe to call from two threads at once.
class FusedConv {
 public:
  FusedConv() = default;

  /// Shapes: weight (O, C / groups, kernel, kernel), bias (O), float32.
  FusedConv(const torch::Tensor& weight, const torch::Tensor& bias,
            const FusedConvOptions& options);

  /// Shapes: input (N, H, W, C), `added` of the result's shape -> (N, H', W', O). The result is
  /// written to `into` where that is defined: contiguous and of its shape and type.
  torch::Tensor operator()(const torch::Tensor& input, const torch::Tensor& added = {},
                           const torch::Tensor& into = {}) const;

  /// The type of input that the precision asks for.
  torch::ScalarType input_type() const;

 private:
  torch::Tensor by_operators(const torch::Tensor& input, const torch::Tensor& added) const;
  torch::ScalarType result_type() const;

  FusedConvOptions options_;
  torch::Tensor weight_;  // (O, C / groups, kernel, kernel), of the input's type
  torch::Tensor bias_;    // (O) float32
  std::shared_ptr<OneDnnConv> fast_;
};

/// A convolution's weight and bias with the batch norm behind it multiplied in.
struct FoldedConv {
  torch::Tensor weight;
  torch::Tensor bias;
};
FoldedConv folded(const torch::nn::Conv2dImpl& conv, const torch::nn::BatchNorm2dImpl& norm);

}  // namespace mote::nn
