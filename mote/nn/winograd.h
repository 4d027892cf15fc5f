#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace mote::nn {

/// The weights of a 3 x 3 convolution, ready for `winograd_convolution`.
struct WinogradWeights {
  torch::Tensor packed;
  int64_t in = 0;
  int64_t out = 0;
};

/// Shapes: weight (Cout, Cin, 3, 3).
WinogradWeights winograd_weights(const torch::Tensor& weight);

/// A 3 x 3 convolution with zeros around and stride 1, by tiles of 4 x 4 outputs: a quarter of the
/// multiplications. Float32 on the CPU; its error is some 1e-5 of the largest output.
///
/// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016
/// (arXiv:1509.09308), F(4x4, 3x3).
///
/// Shapes: image (H, W, Cin), bias (Cout) -> (H, W, Cout).
/// Throws kUsage unless Cin and Cout are multiples of 16.
torch::Tensor winograd_convolution(const torch::Tensor& image, const WinogradWeights& weights,
                                   const torch::Tensor& bias);

}  // namespace mote::nn
