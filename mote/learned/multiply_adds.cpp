#include <ATen/record_function.h>
#include <torch/torch.h>

#include "mote/learned/bench.h"

namespace mote::learned {
namespace {

double counted = 0;  // of the one count that runs at a time

double elements(const torch::Tensor& tensor) {
  return static_cast<double>(tensor.numel());
}

/// Of `product`: rows x inner times inner x columns.
double of_product(const torch::Tensor& left, const torch::Tensor& right) {
  return elements(left) * static_cast<double>(right.size(-1));
}

/// Each output, or for a transposed convolution each input, meets a kernel of one group.
double of_convolution(const std::vector<c10::IValue>& in) {
  const torch::Tensor image = in.at(0).toTensor();
  const torch::Tensor kernel = in.at(1).toTensor();
  const auto stride = in.at(3).toIntVector();
  const auto padding = in.at(4).toIntVector();
  const auto dilation = in.at(5).toIntVector();
  const bool transposed = in.at(6).toBool();
  double positions = static_cast<double>(image.size(0));
  for (size_t axis = 0; axis < stride.size(); ++axis) {
    const auto at = static_cast<int64_t>(axis) + 2;
    const int64_t reach = dilation[axis] * (kernel.size(at) - 1);
    positions *= static_cast<double>(
        transposed ? image.size(at)
                   : (image.size(at) + 2 * padding[axis] - reach - 1) / stride[axis] + 1);
  }
  return positions * elements(kernel);
}

std::unique_ptr<at::ObserverContext> count(const at::RecordFunction& function) {
  const std::string name = function.name();
  const bool product = name == "aten::mm" || name == "aten::bmm";
  const bool sum = name == "aten::addmm" || name == "aten::baddbmm";
  if (!product && !sum && name != "aten::convolution") {
    return nullptr;  // inputs of others may not be there
  }
  std::vector<c10::IValue> in;
  try {
    in.assign(function.inputs().begin(), function.inputs().end());
  } catch (const c10::Error&) {
    return nullptr;  // libtorch hands the inputs to one of the two calls that it makes of a
                     // function
  }
  if (product) {
    counted += of_product(in.at(0).toTensor(), in.at(1).toTensor());
  } else if (sum) {
    counted += of_product(in.at(1).toTensor(), in.at(2).toTensor());
  } else {
    counted += of_convolution(in);
  }
  return nullptr;
}

}  // namespace

double multiply_adds_of(const std::function<void()>& work) {
  counted = 0;
  const auto handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(count).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  work();
  at::removeCallback(handle);
  return counted;
}

}  // namespace mote::learned
