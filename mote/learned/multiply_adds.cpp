#include <string>
#include <vector>

#include <torch/library.h>
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

void count(const std::string& name, const std::vector<c10::IValue>& in) {
  if (name == "aten::mm" || name == "aten::bmm") {
    counted += of_product(in.at(0).toTensor(), in.at(1).toTensor());
  } else if (name == "aten::addmm" || name == "aten::baddbmm") {
    counted += of_product(in.at(1).toTensor(), in.at(2).toTensor());
  } else if (name == "aten::convolution") {
    counted += of_convolution(in);
  }
}

/// Stands before every operator where kWatched is included, and hands it on.
/// (libtorch's RecordFunction leaves the inputs of products out in inference mode.)
constexpr c10::DispatchKey kWatched = c10::DispatchKey::TESTING_ONLY_GenericMode;

void watch(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack* stack) {
  const auto arguments = static_cast<int64_t>(op.schema().arguments().size());
  count(op.schema().name(), {stack->end() - arguments, stack->end()});
  op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kWatched), stack);
}

TORCH_LIBRARY_IMPL(_, TESTING_ONLY_GenericMode, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&watch>());
}

}  // namespace

double multiply_adds_of(const std::function<void()>& work) {
  counted = 0;
  const c10::impl::IncludeDispatchKeyGuard watching(kWatched);
  work();
  return counted;
}

}  // namespace mote::learned
