#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/nn/packed_linear.h"

namespace mote::nn {

/// What dense layers read: rows, which a layer norm goes over first where there is one.
struct RowInput {
  torch::Tensor rows;             ///< (T, C)
  const RowNorm* norm = nullptr;  ///< of C channels
};

/// What a dense layer makes of some of the inputs' channels, from `first` on.
struct RowOutput {
  const PackedLinear* layer = nullptr;
  int64_t first = 0;
  Epilogue epilogue = Epilogue::kStore;
  torch::Tensor to;  ///< (T, channels of the layer), a slice of wider rows or not
};

/// Dense layers over rows of inputs that lie side by side, some rows at a time, so that nothing but
/// the outputs leaves the cache. Float32 on the CPU, on all threads of libtorch.
void dense_rows(const std::vector<RowInput>& inputs, const std::vector<RowOutput>& outputs);

}  // namespace mote::nn
