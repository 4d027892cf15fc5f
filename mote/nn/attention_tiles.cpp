#include "mote/nn/attention_tiles.h"

#include <algorithm>
#include <cmath>

#include <ATen/Parallel.h>

#include "mote/core/error.h"
#include "mote/nn/attention_kernels.h"
#include "mote/nn/precision.h"

namespace mote::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Logits that the gradients hold at a time: 32 MB.
constexpr int64_t kLogitsAtATime = int64_t{1} << 23;

torch::Tensor with_dense_rows(const torch::Tensor& tensor) {
  return tensor.stride(3) == 1 ? tensor : tensor.contiguous();
}

torch::Tensor memory(size_t bytes) {
  return torch::empty({static_cast<int64_t>(bytes)}, torch::kUInt8);
}

int64_t ceil_div(int64_t count, int64_t step) {
  return (count + step - 1) / step;
}

/// A call of the kernels: tensors whose heads are addressed one by one.
class Tiles {
 public:
  Tiles(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v, double scale,
        const AttentionOptions& options)
      : q_(with_dense_rows(q)),
        k_(with_dense_rows(k)),
        v_(with_dense_rows(v)),
        bias_(options.bias.defined() ? options.bias.contiguous() : torch::Tensor()),
        mask_(options.mask.defined() ? options.mask.contiguous() : torch::Tensor()),
        kernels_(q.scalar_type() == torch::kBFloat16 ? bf16_attention() : float32_attention()),
        sizes_{.queries = q.size(2),
               .keys = k.size(2),
               .depth = q.size(3),
               .value_depth = v.size(3),
               .scale = static_cast<float>(scale)},
        out_(torch::empty({q.size(0), q.size(2), q.size(1), v.size(3)}, q.options())
                 .transpose(1, 2)) {}

  torch::Tensor compute(const torch::Tensor& log_sum) {
    log_sum_ = log_sum;
    const int64_t heads = q_.size(0) * q_.size(1);
    if (heads >= 4 * at::get_num_threads()) {
      compute_head_by_head(heads);
    } else {
      compute_rows_of_few_heads(heads);
    }
    return out_;
  }

 private:
  /// Enough heads for all threads: each packs its own, in memory that stays in its cache.
  void compute_head_by_head(int64_t heads) const {
    at::parallel_for(0, heads, 1, [&](int64_t begin, int64_t end) {
      const torch::Tensor packed = memory(kernels_.packed_bytes(sizes_));
      const torch::Tensor scratch = memory(kernels_.scratch_bytes(sizes_));
      for (int64_t index = begin; index < end; ++index) {
        const AttentionHead head = head_at(index);
        for (int64_t block = 0; block < blocks(); ++block) {
          kernels_.pack(sizes_, head, block, packed.data_ptr());
        }
        for (int64_t task = 0; task < tasks(); ++task) {
          attend(head, packed.data_ptr(), task, scratch.data_ptr());
        }
      }
    });
  }

  void compute_rows_of_few_heads(int64_t heads) const {
    const torch::Tensor packed =
        torch::empty({heads, static_cast<int64_t>((kernels_.packed_bytes(sizes_) + 63) / 64 * 64)},
                     torch::kUInt8);
    const auto packed_head = [&](int64_t index) {
      return packed.data_ptr<uint8_t>() + index * packed.size(1);
    };
    at::parallel_for(0, heads * blocks(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t index = i / blocks();
        kernels_.pack(sizes_, head_at(index), i % blocks(), packed_head(index));
      }
    });
    at::parallel_for(0, heads * tasks(), 1, [&](int64_t begin, int64_t end) {
      const torch::Tensor scratch = memory(kernels_.scratch_bytes(sizes_));
      for (int64_t i = begin; i < end; ++i) {
        const int64_t index = i / tasks();
        attend(head_at(index), packed_head(index), i % tasks(), scratch.data_ptr());
      }
    });
  }

  void attend(const AttentionHead& head, const void* packed, int64_t task, void* scratch) const {
    const int64_t first = task * kAttentionRows;
    kernels_.attend(sizes_, head, packed, first, std::min(kAttentionRows, sizes_.queries - first),
                    scratch);
  }

  AttentionHead head_at(int64_t index) const {
    const int64_t image = index / q_.size(1);
    const int64_t head = index % q_.size(1);
    const auto row = [&](const torch::Tensor& tensor) {
      return static_cast<char*>(tensor.data_ptr()) +
             (image * tensor.stride(0) + head * tensor.stride(1)) *
                 static_cast<int64_t>(tensor.element_size());
    };
    const int64_t logits = sizes_.queries * sizes_.keys;
    return {.q = row(q_),
            .k = row(k_),
            .v = row(v_),
            .q_stride = q_.stride(2),
            .k_stride = k_.stride(2),
            .v_stride = v_.stride(2),
            .bias = bias_.defined() ? bias_.data_ptr<float>() + head * logits : nullptr,
            .mask = mask_.defined() ? mask_.data_ptr<float>() + image % mask_.size(0) * logits
                                    : nullptr,
            .out = row(out_),
            .out_stride = out_.stride(2),
            .log_sum =
                log_sum_.defined() ? log_sum_.data_ptr<float>() + index * sizes_.queries : nullptr};
  }

  int64_t blocks() const { return ceil_div(sizes_.keys, kernels_.block_keys(sizes_)); }
  int64_t tasks() const { return ceil_div(sizes_.queries, kAttentionRows); }

  torch::Tensor q_, k_, v_, bias_, mask_;
  const AttentionKernels& kernels_;
  AttentionSizes sizes_;
  torch::Tensor out_;
  torch::Tensor log_sum_;
};

struct Gradients {
  torch::Tensor q, k, v, bias;
};

struct Saved {
  torch::Tensor q, k, v, bias, mask, out, log_sum;
  double scale;
};

torch::Tensor weights_of_rows(const Saved& saved, int64_t begin, int64_t end) {
  torch::Tensor logits =
      torch::matmul(saved.q.slice(2, begin, end) * saved.scale, saved.k.transpose(-2, -1));
  if (saved.bias.defined()) {
    logits.add_(saved.bias.slice(1, begin, end).unsqueeze(0));
  }
  if (saved.mask.defined()) {
    logits.unflatten(0, {-1, saved.mask.size(0)})
        .add_(saved.mask.slice(1, begin, end).unsqueeze(1).unsqueeze(0));
  }
  return logits.sub_(saved.log_sum.slice(2, begin, end).unsqueeze(-1)).exp_();
}

Gradients gradients(const Saved& saved, const torch::Tensor& incoming) {
  Gradients sums{.q = torch::empty_like(saved.q),
                 .k = torch::zeros_like(saved.k),
                 .v = torch::zeros_like(saved.v),
                 .bias = saved.bias.defined() ? torch::empty_like(saved.bias) : torch::Tensor()};
  const torch::Tensor own = (incoming * saved.out).sum(-1, true);
  const int64_t queries = saved.q.size(2);
  const int64_t step =
      std::clamp<int64_t>(kLogitsAtATime / (saved.q.size(0) * saved.q.size(1) * saved.k.size(2)),
                          16, std::max<int64_t>(queries, 16));
  for (int64_t begin = 0; begin < queries; begin += step) {
    const int64_t end = std::min(begin + step, queries);
    const torch::Tensor arriving = incoming.slice(2, begin, end);
    const torch::Tensor weights = weights_of_rows(saved, begin, end);
    sums.v.add_(torch::matmul(weights.transpose(-2, -1), arriving));
    const torch::Tensor logits = torch::matmul(arriving, saved.v.transpose(-2, -1))
                                     .sub_(own.slice(2, begin, end))
                                     .mul_(weights);
    sums.q.slice(2, begin, end).copy_(torch::matmul(logits, saved.k).mul_(saved.scale));
    sums.k.add_(torch::matmul(logits.transpose(-2, -1), saved.q.slice(2, begin, end)), saved.scale);
    if (sums.bias.defined()) {
      sums.bias.slice(1, begin, end).copy_(logits.sum(0));
    }
  }
  return sums;
}

/// Functions take no undefined tensors.
c10::optional<torch::Tensor> optional(const torch::Tensor& tensor) {
  return tensor.defined() ? c10::make_optional(tensor) : c10::nullopt;
}

class TiledFunction : public torch::autograd::Function<TiledFunction> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& q,
                               const torch::Tensor& k, const torch::Tensor& v,
                               const c10::optional<torch::Tensor>& given_bias,
                               const c10::optional<torch::Tensor>& given_mask, double scale) {
    const torch::Tensor bias = given_bias.value_or(torch::Tensor());
    const torch::Tensor mask = given_mask.value_or(torch::Tensor());
    const torch::Tensor log_sum = torch::empty(q.sizes().slice(0, 3), q.options());
    const torch::Tensor out = Tiles(q, k, v, scale, {.bias = bias, .mask = mask}).compute(log_sum);
    context->save_for_backward({q, k, v, bias, mask, out, log_sum});
    context->saved_data["scale"] = scale;
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& incoming) {
    if (at::GradMode::is_enabled()) {
      throw Error(ErrorKind::kUnsupported, "mote's attention has no gradients of its gradients");
    }
    const variable_list kept = context->get_saved_variables();
    const Gradients sums = gradients({.q = kept[0],
                                      .k = kept[1],
                                      .v = kept[2],
                                      .bias = kept[3],
                                      .mask = kept[4],
                                      .out = kept[5],
                                      .log_sum = kept[6],
                                      .scale = context->saved_data["scale"].toDouble()},
                                     incoming[0]);
    return {sums.q, sums.k, sums.v, sums.bias, {}, {}};
  }
};

bool wants_gradient(const torch::Tensor& tensor) {
  return at::GradMode::is_enabled() && tensor.defined() && tensor.requires_grad();
}

bool want_gradients(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                    const AttentionOptions& options) {
  return wants_gradient(q) || wants_gradient(k) || wants_gradient(v) ||
         wants_gradient(options.bias);
}

bool is_float32_on_cpu(const torch::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == torch::kFloat32;
}

}  // namespace

bool can_tile_attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                        const AttentionOptions& options) {
  for (const torch::Tensor& added : {options.bias, options.mask}) {
    if (added.defined() && !is_float32_on_cpu(added)) {
      return false;
    }
  }
  if (wants_gradient(options.mask)) {
    return false;
  }
  if (q.scalar_type() == torch::kBFloat16) {
    return !want_gradients(q, k, v, options) && has_fast_bf16() && q.device().is_cpu() &&
           k.scalar_type() == torch::kBFloat16 && v.scalar_type() == torch::kBFloat16;
  }
  return is_float32_on_cpu(q) && is_float32_on_cpu(k) && is_float32_on_cpu(v);
}

torch::Tensor tiled_attention(const torch::Tensor& q, const torch::Tensor& k,
                              const torch::Tensor& v, double scale,
                              const AttentionOptions& options) {
  if (want_gradients(q, k, v, options)) {
    return TiledFunction::apply(q, k, v, optional(options.bias), optional(options.mask), scale);
  }
  return Tiles(q, k, v, scale, options).compute({});
}

PackedMemory::PackedMemory(const torch::Tensor& key, const torch::Tensor& value)
    : keys_(key.size(0)), depth_(key.size(1)), value_depth_(value.size(1)) {
  const AttentionKernels& kernels = float32_attention();
  const torch::Tensor k = key.contiguous();
  const torch::Tensor v = value.contiguous();
  const AttentionSizes sizes = {.keys = keys_, .depth = depth_, .value_depth = value_depth_};
  const AttentionHead head = {.k = k.data_ptr<float>(),
                              .v = v.data_ptr<float>(),
                              .k_stride = depth_,
                              .v_stride = value_depth_};
  packed_ = memory(kernels.packed_bytes(sizes));
  at::parallel_for(0, ceil_div(keys_, kernels.block_keys(sizes)), 1,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t block = begin; block < end; ++block) {
                       kernels.pack(sizes, head, block, packed_.data_ptr());
                     }
                   });
}

torch::Tensor PackedMemory::attend(const torch::Tensor& query) const {
  const AttentionKernels& kernels = float32_attention();
  const torch::Tensor q = query.stride(1) == 1 ? query : query.contiguous();
  const torch::Tensor out = torch::empty({q.size(0), value_depth_}, q.options());
  const AttentionSizes sizes = {.queries = q.size(0),
                                .keys = keys_,
                                .depth = depth_,
                                .value_depth = value_depth_,
                                .scale = 1 / std::sqrt(static_cast<float>(depth_))};
  const AttentionHead head = {.q = q.data_ptr<float>(),
                              .q_stride = q.stride(0),
                              .out = out.data_ptr<float>(),
                              .out_stride = value_depth_};
  at::parallel_for(0, ceil_div(sizes.queries, kAttentionRows), 1, [&](int64_t begin, int64_t end) {
    const torch::Tensor scratch = memory(kernels.scratch_bytes(sizes));
    for (int64_t task = begin; task < end; ++task) {
      const int64_t first = task * kAttentionRows;
      kernels.attend(sizes, head, packed_.data_ptr(), first,
                     std::min(kAttentionRows, sizes.queries - first), scratch.data_ptr());
    }
  });
  return out;
}

}  // namespace mote::nn
