#pragma once

#include <initializer_list>
#include <vector>

#include <torch/torch.h>

namespace mote::nn {

/// Whether mote's kernels for the CPU may compute with these tensors: all float32, on the CPU and
/// without gradients, and plain operators are not asked for. Undefined tensors do not count.
bool kernels_take(std::initializer_list<torch::Tensor> tensors);
bool kernels_take(const std::vector<torch::Tensor>& tensors);

}  // namespace mote::nn
