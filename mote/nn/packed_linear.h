#pragma once

#include <torch/torch.h>

#include "mote/nn/row_kernels.h"

namespace mote::nn {

/// A dense layer's weights, packed for RowKernels.
class PackedLinear {
 public:
  PackedLinear() = default;

  /// Shapes: weight (out, in); bias (out), or undefined.
  PackedLinear(const RowKernels& kernels, const torch::Tensor& weight, const torch::Tensor& bias);

  void multiply(const Rows& operands, Epilogue epilogue, void* result, int64_t stride) const;

  int64_t in() const { return in_; }
  int64_t out() const { return out_; }

 private:
  const RowKernels* kernels_ = nullptr;
  torch::Tensor packed_;
  torch::Tensor bias_;
  int64_t in_ = 0;
  int64_t out_ = 0;
};

/// A layer norm's weights, for RowKernels.
class RowNorm {
 public:
  RowNorm() = default;
  RowNorm(const RowKernels& kernels, const torch::Tensor& weight, const torch::Tensor& bias,
          double eps);

  void to_operands(const Rows& rows, void* result, int64_t stride) const;
  void to_floats(const Rows& rows, float* result, int64_t stride) const;

 private:
  const RowKernels* kernels_ = nullptr;
  torch::Tensor weight_;
  torch::Tensor bias_;
  float eps_ = 0;
};

}  // namespace mote::nn
