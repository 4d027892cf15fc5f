#include "mote/nn/packed_linear.h"

namespace mote::nn {
namespace {

/// A copy of its own: what is packed must not change with the network.
torch::Tensor kept(const torch::Tensor& tensor) {
  return tensor.detach().to(torch::kFloat32).clone(torch::MemoryFormat::Contiguous);
}

}  // namespace

PackedLinear::PackedLinear(const RowKernels& kernels, const torch::Tensor& weight,
                           const torch::Tensor& bias)
    : kernels_(&kernels), in_(weight.size(1)), out_(weight.size(0)) {
  const torch::Tensor rows = weight.detach().to(torch::kFloat32).contiguous();
  packed_ = torch::empty({static_cast<int64_t>(kernels.packed_bytes(in_, out_))}, torch::kUInt8);
  kernels.pack(rows.data_ptr<float>(), in_, out_, packed_.data_ptr());
  if (bias.defined()) {
    bias_ = kept(bias);
  }
}

void PackedLinear::multiply(const Rows& operands, Epilogue epilogue, void* result,
                            int64_t stride) const {
  const PackedWeights weights{.data = packed_.data_ptr(),
                              .bias = bias_.defined() ? bias_.data_ptr<float>() : nullptr,
                              .in = in_,
                              .out = out_};
  kernels_->multiply(operands, weights, epilogue, result, stride);
}

RowNorm::RowNorm(const RowKernels& kernels, const torch::Tensor& weight, const torch::Tensor& bias,
                 double eps)
    : kernels_(&kernels), weight_(kept(weight)), bias_(kept(bias)), eps_(static_cast<float>(eps)) {}

void RowNorm::to_operands(const Rows& rows, void* result, int64_t stride) const {
  kernels_->normalise(rows, weight_.numel(), weight_.data_ptr<float>(), bias_.data_ptr<float>(),
                      eps_, false, result, stride);
}

void RowNorm::to_floats(const Rows& rows, float* result, int64_t stride) const {
  kernels_->normalise(rows, weight_.numel(), weight_.data_ptr<float>(), bias_.data_ptr<float>(),
                      eps_, true, result, stride);
}

}  // namespace mote::nn
