#include "mote/nn/kernels.h"

#include <algorithm>

#include "mote/nn/plain.h"

namespace mote::nn {

bool kernels_take(std::initializer_list<torch::Tensor> tensors) {
  return kernels_take(std::vector<torch::Tensor>(tensors));
}

bool kernels_take(const std::vector<torch::Tensor>& tensors) {
  const auto fits = [](const torch::Tensor& tensor) {
    return !tensor.defined() ||
           (tensor.device().is_cpu() && tensor.scalar_type() == torch::kFloat32 &&
            !(torch::GradMode::is_enabled() && tensor.requires_grad()));
  };
  return !plain_operators() && std::all_of(tensors.begin(), tensors.end(), fits);
}

}  // namespace mote::nn
