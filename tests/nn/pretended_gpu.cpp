#include "tests/nn/pretended_gpu.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

namespace mote::pretended {
namespace {

/// Added to addresses of the processor: what comes out is no address at all on x86-64 or Arm.
constexpr uintptr_t kWall = uintptr_t{1} << 60;

void* behind_the_wall(void* address) {
  return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) + kWall);
}

void* before_the_wall(void* address) {
  return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) - kWall);
}

/// The device's view of a tensor of the processor, which it keeps alive.
at::Tensor on_the_device(const at::Tensor& tensor) {
  return at::for_blob(behind_the_wall(tensor.data_ptr()), tensor.sizes())
      .strides(tensor.strides())
      .deleter([tensor](void*) {})
      .options(tensor.options().device(gpu()))
      .target_device(gpu())
      .make_tensor();
}

/// The processor's view of a tensor of the device, which it keeps alive.
at::Tensor on_the_processor(const at::Tensor& tensor) {
  const at::TensorOptions options = tensor.options().device(at::kCPU);
  if (tensor.numel() == 0) {
    return at::empty(tensor.sizes(), options);  // operators may give it another size
  }
  return at::for_blob(before_the_wall(tensor.data_ptr()), tensor.sizes())
      .strides(tensor.strides())
      .deleter([tensor](void*) {})
      .options(options)
      .target_device(at::kCPU)
      .make_tensor();
}

bool is_here(const at::Tensor& tensor) {
  return tensor.defined() && tensor.device() == gpu();
}

/// The arguments of one call, as the processor takes them, and what they stand for.
class Arguments {
 public:
  explicit Arguments(std::string name) : name_(std::move(name)) {}

  c10::IValue replaced(const c10::IValue& value) {
    if (value.isTensor()) {
      return replaced(value.toTensor());
    }
    if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector()) {
        list.push_back(replaced(tensor));
      }
      return list;
    }
    if (value.isOptionalTensorList()) {
      c10::List<c10::optional<at::Tensor>> list;
      for (const c10::optional<at::Tensor>& tensor : value.toOptionalTensorVector()) {
        list.push_back(tensor ? c10::optional<at::Tensor>(replaced(*tensor)) : tensor);
      }
      return list;
    }
    if (value.isDevice() && value.toDevice().type() == gpu().type()) {
      return c10::Device(at::kCPU);
    }
    return value;
  }

  /// What the device gives for a result: the argument itself where the operator wrote into it.
  /// Views of weights stay such in inference mode, too.
  at::Tensor given_back(const at::Tensor& result, bool is_view) const {
    for (const auto& [original, stand_in] : tensors_) {
      if (stand_in.is_same(result)) {
        if (original.sizes() != result.sizes()) {
          const at::Tensor resized = on_the_device(result);
          original.unsafeGetTensorImpl()->set_storage_keep_dtype(resized.storage());
          original.unsafeGetTensorImpl()->set_sizes_contiguous(resized.sizes());
        }
        return original;
      }
    }
    const bool of_weights = is_view && !tensors_.empty() && !tensors_.front().first.is_inference();
    const c10::InferenceMode mode(c10::InferenceMode::is_enabled() && !of_weights);
    return result.defined() ? on_the_device(result) : result;
  }

 private:
  at::Tensor replaced(const at::Tensor& tensor) {
    if (!is_here(tensor)) {
      TORCH_CHECK(!tensor.defined() || tensor.dim() == 0, name_,
                  " takes tensors of one device: one of shape ", tensor.sizes(), " is on the ",
                  tensor.device());
      return tensor;
    }
    tensors_.emplace_back(tensor, on_the_processor(tensor));
    return tensors_.back().second;
  }

  std::string name_;
  std::vector<std::pair<at::Tensor, at::Tensor>> tensors_;
};

void run_on_the_processor(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const at::AutoDispatchBelowADInplaceOrView without_gradients;
  Arguments arguments(op.schema().name());
  const size_t first = stack->size() - op.schema().arguments().size();
  for (size_t i = first; i < stack->size(); ++i) {
    (*stack)[i] = arguments.replaced((*stack)[i]);
  }
  op.callBoxed(stack);
  const std::vector<c10::Argument>& returns = op.schema().returns();
  const size_t first_result = stack->size() - returns.size();
  for (size_t i = 0; i < returns.size(); ++i) {
    c10::IValue& value = (*stack)[first_result + i];
    const bool is_view = returns[i].alias_info() != nullptr;
    if (value.isTensor()) {
      value = arguments.given_back(value.toTensor(), is_view);
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector()) {
        list.push_back(arguments.given_back(tensor, is_view));
      }
      value = list;
    }
  }
}

/// What libtorch calls on devices that it knows no convolution of.
void run_convolution(const c10::OperatorHandle& /*op*/, torch::jit::Stack* stack) {
  run_on_the_processor(c10::Dispatcher::singleton().findSchemaOrThrow("aten::convolution", ""),
                       stack);
}

/// Likewise, with one argument less: the sizes of the bias.
void run_convolution_backward(const c10::OperatorHandle& /*op*/, torch::jit::Stack* stack) {
  const size_t first = stack->size() - 10;
  const at::Tensor weight = (*stack)[first + 2].toTensor();
  const bool transposed = (*stack)[first + 6].toBool();
  const int64_t groups = (*stack)[first + 8].toInt();
  const int64_t channels = transposed ? weight.size(1) * groups : weight.size(0);
  stack->insert(stack->begin() + static_cast<ptrdiff_t>(first) + 3, c10::List<int64_t>({channels}));
  run_on_the_processor(
      c10::Dispatcher::singleton().findSchemaOrThrow("aten::convolution_backward", ""), stack);
}

/// Libtorch 2's attention, which asks what kernels a device has before it takes any, by operators:
/// its own form for devices without, which takes a mask of what is dropped as well.
void run_attention(const c10::OperatorHandle& /*op*/, torch::jit::Stack* stack) {
  const c10::OperatorHandle by_operators = c10::Dispatcher::singleton().findSchemaOrThrow(
      "aten::_scaled_dot_product_attention_math", "");
  const size_t first = stack->size() + 1 - by_operators.schema().arguments().size();
  stack->insert(stack->begin() + static_cast<ptrdiff_t>(first) + 6, c10::IValue());
  by_operators.callBoxed(stack);
  stack->pop_back();  // the weights
}

/// The one way between the processor and the device, and within it.
at::Tensor& copy(at::Tensor& to, const at::Tensor& from, bool /*non_blocking*/) {
  const at::AutoDispatchBelowADInplaceOrView without_gradients;
  const auto readable = [](const at::Tensor& tensor) {
    return is_here(tensor) ? on_the_processor(tensor) : tensor;
  };
  readable(to).copy_(readable(from));
  return to;
}

TORCH_LIBRARY_IMPL(_, XPU, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&run_on_the_processor>());
}

TORCH_LIBRARY_IMPL(aten, XPU, library) {
  library.impl("copy_", &copy);
  library.impl("scaled_dot_product_attention",
               torch::CppFunction::makeFromBoxedFunction<&run_attention>());
  library.impl("convolution_overrideable",
               torch::CppFunction::makeFromBoxedFunction<&run_convolution>());
  library.impl("convolution_backward_overrideable",
               torch::CppFunction::makeFromBoxedFunction<&run_convolution_backward>());
}

TORCH_LIBRARY_IMPL(aten, AutogradXPU, library) {
  library.impl("scaled_dot_product_attention",
               torch::CppFunction::makeFromBoxedFunction<&run_attention>());
}

C10_REGISTER_GUARD_IMPL(XPU, c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::XPU>);

}  // namespace

torch::Device gpu() {
  return {torch::kXPU, 0};
}

}  // namespace mote::pretended
