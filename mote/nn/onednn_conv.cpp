#include "mote/nn/onednn_conv.h"

#include <map>
#include <new>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include <oneapi/dnnl/dnnl.hpp>
#include <oneapi/dnnl/dnnl_version.h>

namespace mote::nn {
namespace {

using dnnl::memory;

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::data_type type_of(const torch::Tensor& tensor) {
  return tensor.scalar_type() == torch::kBFloat16 ? memory::data_type::bf16
                                                  : memory::data_type::f32;
}

/// Images with channels last: oneDNN names the axes N, C, H, W.
memory::desc images(const torch::Tensor& tensor) {
  return {{tensor.size(0), tensor.size(3), tensor.size(1), tensor.size(2)},
          type_of(tensor),
          memory::format_tag::nhwc};
}

memory wrapped(const memory::desc& desc, const torch::Tensor& tensor) {
  return {desc, cpu(), tensor.data_ptr()};
}

struct Description {
  dnnl::algorithm algorithm = dnnl::algorithm::convolution_direct;
  memory::desc input, weight, bias, result;
  memory::dims strides, dilation, before, after;
};

// The interfaces of oneDNN 2 and 3 differ in these three.
#if DNNL_VERSION_MAJOR >= 3
dnnl::convolution_forward::primitive_desc chosen_for(const Description& wanted,
                                                     const dnnl::primitive_attr& attributes,
                                                     bool allow_empty) {
  return {cpu(),
          dnnl::prop_kind::forward_inference,
          wanted.algorithm,
          wanted.input,
          wanted.weight,
          wanted.bias,
          wanted.result,
          wanted.strides,
          wanted.dilation,
          wanted.before,
          wanted.after,
          attributes,
          allow_empty};
}

void append(dnnl::post_ops& after, dnnl::algorithm activation, float alpha, float beta) {
  after.append_eltwise(activation, alpha, beta);
}

memory::dims dims_of(const memory::desc& desc) {
  return desc.get_dims();
}
#else
dnnl::convolution_forward::primitive_desc chosen_for(const Description& wanted,
                                                     const dnnl::primitive_attr& attributes,
                                                     bool allow_empty) {
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, wanted.algorithm, wanted.input, wanted.weight,
      wanted.bias, wanted.result, wanted.strides, wanted.dilation, wanted.before, wanted.after);
  return {desc, attributes, cpu(), allow_empty};
}

void append(dnnl::post_ops& after, dnnl::algorithm activation, float alpha, float beta) {
  after.append_eltwise(1, activation, alpha, beta);
}

memory::dims dims_of(const memory::desc& desc) {
  return desc.dims();
}
#endif

/// Lets a primitive run in other threads than the one that made it: oneDNN's own working memory
/// belongs to that thread, so a run brings its own.
dnnl::primitive_attr any_thread() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

}  // namespace

class OneDnnConv {
 public:
  OneDnnConv(torch::Tensor weight, torch::Tensor bias, const FusedConvOptions& options)
      : weight_(std::move(weight)), bias_(std::move(bias)), options_(options) {}

  void run(const torch::Tensor& input, const torch::Tensor& added, const torch::Tensor& result) {
    const Plan& plan = plan_for(input, added, result);
    if (plan.winograd) {
      run_winograd(plan, input, added, result);
      return;
    }
    std::unordered_map<int, memory> arguments = {{DNNL_ARG_SRC, wrapped(plan.input, input)},
                                                 {DNNL_ARG_WEIGHTS, plan.weight},
                                                 {DNNL_ARG_BIAS, wrapped(plan.bias, bias_)},
                                                 {DNNL_ARG_DST, wrapped(plan.result, result)},
                                                 {DNNL_ARG_SCRATCHPAD, {plan.scratchpad, cpu()}}};
    if (added.defined()) {
      const bool comes_second = options_.added == AddedTensor::kAfterActivation &&
                                options_.activation != Activation::kNone;
      const int place = comes_second ? 1 : 0;
      arguments.emplace(DNNL_ARG_ATTR_MULTIPLE_POST_OP(place) | DNNL_ARG_SRC_1,
                        wrapped(images(added), added));
    }
    dnnl::stream stream(cpu());
    plan.primitive.execute(stream, arguments);
    stream.wait();
  }

 private:
  /// The code and the packed weights for one size of input.
  struct Plan {
    dnnl::convolution_forward primitive;
    memory::desc input, bias, result, scratchpad;
    memory weight;
    bool winograd = false;
  };
  using Key = std::tuple<int64_t, int64_t, int64_t, int>;  // N, H, W, threads

  const Plan& plan_for(const torch::Tensor& input, const torch::Tensor& added,
                       const torch::Tensor& result) {
    const Key key(input.size(0), input.size(1), input.size(2), at::get_num_threads());
    const auto found = plans_.find(key);
    return found != plans_.end() ? found->second
                                 : plans_.emplace(key, planned(input, added, result)).first->second;
  }

  dnnl::primitive_attr attributes(const torch::Tensor& added) const {
    dnnl::post_ops after;
    const auto add = [&](AddedTensor place) {
      if (options_.added == place) {
        after.append_binary(dnnl::algorithm::binary_add, images(added));
      }
    };
    add(AddedTensor::kBeforeActivation);
    switch (options_.activation) {
      case Activation::kNone: break;
      case Activation::kSilu: append(after, dnnl::algorithm::eltwise_swish, 1, 0); break;
      case Activation::kRelu: append(after, dnnl::algorithm::eltwise_relu, 0, 0); break;
      case Activation::kRelu6: append(after, dnnl::algorithm::eltwise_clip, 0, 6); break;
    }
    add(AddedTensor::kAfterActivation);
    dnnl::primitive_attr attributes = any_thread();
    attributes.set_post_ops(after);
    return attributes;
  }

  /// Winograd's algorithm multiplies 2 to 4 times less in 3x3 convolutions, but wants layouts of
  /// its own and applies no activation: it pays where the image is not small.
  bool winograd_pays(const torch::Tensor& input) const {
    const ConvPadding& pad = options_.padding;
    return weight_.size(2) == 3 && options_.stride == 1 && options_.dilation == 1 &&
           options_.groups == 1 && pad.top == 1 && pad.left == 1 && pad.bottom == 1 &&
           pad.right == 1 && options_.added != AddedTensor::kBeforeActivation &&
           options_.precision == Precision::kFloat32 && weight_.size(1) >= 32 &&
           weight_.size(0) >= 32 && input.size(1) * input.size(2) >= 400;
  }

  void run_winograd(const Plan& plan, const torch::Tensor& input, const torch::Tensor& added,
                    const torch::Tensor& result) const {
    dnnl::stream stream(cpu());
    memory from = wrapped(images(input), input);
    memory to = wrapped(images(result), result);
    memory blocked_input = from;
    if (plan.input != images(input)) {
      blocked_input = memory(plan.input, cpu());
      dnnl::reorder(from, blocked_input).execute(stream, from, blocked_input);
    }
    memory blocked_result = plan.result != images(result) ? memory(plan.result, cpu()) : to;
    plan.primitive.execute(stream, {{DNNL_ARG_SRC, blocked_input},
                                    {DNNL_ARG_WEIGHTS, plan.weight},
                                    {DNNL_ARG_BIAS, wrapped(plan.bias, bias_)},
                                    {DNNL_ARG_DST, blocked_result},
                                    {DNNL_ARG_SCRATCHPAD, {plan.scratchpad, cpu()}}});
    if (plan.result != images(result)) {
      dnnl::reorder(blocked_result, to).execute(stream, blocked_result, to);
    }
    stream.wait();
    torch::Tensor finished = activated_(result, options_.activation);
    if (added.defined()) {
      finished.add_(added);
    }
  }

  std::optional<Plan> winograd_plan(const torch::Tensor& input, const torch::Tensor& result) {
    const memory::dims shape(weight_.sizes().begin(), weight_.sizes().end());
    const auto any = [](const memory::desc& desc) {
      return memory::desc(dims_of(desc), memory::data_type::f32, memory::format_tag::any);
    };
    const memory::desc stored(shape, type_of(weight_), memory::format_tag::oihw);
    const memory::desc bias({shape[0]}, memory::data_type::f32, memory::format_tag::x);
    const auto chosen = chosen_for({.algorithm = dnnl::algorithm::convolution_winograd,
                                    .input = any(images(input)),
                                    .weight = any(stored),
                                    .bias = bias,
                                    .result = any(images(result)),
                                    .strides = {1, 1},
                                    .dilation = {0, 0},
                                    .before = {1, 1},
                                    .after = {1, 1}},
                                   any_thread(), /*allow_empty=*/true);
    if (!chosen) {
      return std::nullopt;
    }
    return Plan{.primitive = dnnl::convolution_forward(chosen),
                .input = chosen.src_desc(),
                .bias = chosen.bias_desc(),
                .result = chosen.dst_desc(),
                .scratchpad = chosen.scratchpad_desc(),
                .weight = packed_as(chosen.weights_desc(), wrapped(stored, weight_)),
                .winograd = true};
  }

  Plan planned(const torch::Tensor& input, const torch::Tensor& added,
               const torch::Tensor& result) {
    if (winograd_pays(input)) {
      const std::optional<Plan> plan = winograd_plan(input, result);
      if (plan) {
        return *plan;
      }
    }
    const memory::desc stored = stored_weight();
    const memory::desc packed(dims_of(stored), type_of(weight_), memory::format_tag::any);
    const memory::desc bias({weight_.size(0)}, memory::data_type::f32, memory::format_tag::x);
    const ConvPadding& pad = options_.padding;
    const int64_t between = options_.dilation - 1;  // oneDNN counts what is left out
    const auto chosen = chosen_for({.input = images(input),
                                    .weight = packed,
                                    .bias = bias,
                                    .result = images(result),
                                    .strides = {options_.stride, options_.stride},
                                    .dilation = {between, between},
                                    .before = {pad.top, pad.left},
                                    .after = {pad.bottom, pad.right}},
                                   attributes(added), /*allow_empty=*/false);
    Plan plan{.primitive = dnnl::convolution_forward(chosen),
              .input = chosen.src_desc(),
              .bias = chosen.bias_desc(),
              .result = chosen.dst_desc(),
              .scratchpad = chosen.scratchpad_desc(),
              .weight = packed_as(chosen.weights_desc(), wrapped(stored, weight_))};
    return plan;
  }

  /// The weights as they came; where there are groups these are an axis of their own.
  memory::desc stored_weight() const {
    memory::dims shape(weight_.sizes().begin(), weight_.sizes().end());
    if (options_.groups == 1) {
      return {shape, type_of(weight_), memory::format_tag::oihw};
    }
    shape.front() /= options_.groups;
    shape.insert(shape.begin(), options_.groups);
    return {shape, type_of(weight_), memory::format_tag::goihw};
  }

  /// The weights in the layout of `desc`; sizes of input that want the same share it.
  memory packed_as(const memory::desc& desc, memory stored) {
    for (const auto& [key, plan] : plans_) {
      if (plan.weight.get_desc() == desc) {
        return plan.weight;
      }
    }
    memory packed(desc, cpu());
    dnnl::stream stream(cpu());
    dnnl::reorder(stored, packed).execute(stream, stored, packed);
    stream.wait();
    return packed;
  }

  torch::Tensor weight_;
  torch::Tensor bias_;
  FusedConvOptions options_;
  std::map<Key, Plan> plans_;
};

std::shared_ptr<OneDnnConv> make_onednn_conv(const torch::Tensor& weight, const torch::Tensor& bias,
                                             const FusedConvOptions& options) {
  return std::make_shared<OneDnnConv>(weight, bias, options);
}

void run_onednn_conv(OneDnnConv& conv, const torch::Tensor& input, const torch::Tensor& added,
                     const torch::Tensor& result) {
  try {
    conv.run(input, added, result);
  } catch (const dnnl::error& error) {  // no runtime_error, as libtorch's are
    if (error.status == dnnl_out_of_memory) {
      throw std::bad_alloc();
    }
    throw std::runtime_error(error.what());
  }
}

}  // namespace mote::nn
