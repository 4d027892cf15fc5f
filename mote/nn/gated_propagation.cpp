#include "mote/nn/gated_propagation.h"

#include <cmath>

#include "mote/nn/attention.h"
#include "mote/nn/dense_rows.h"
#include "mote/nn/frozen_norm.h"
#include "mote/nn/joint_memory.h"
#include "mote/nn/kernels.h"
#include "mote/nn/token_filter.h"
#include "mote/nn/windowed_attention.h"

namespace mote::nn {
namespace {

constexpr int64_t kFilterPx = 5;

torch::nn::LayerNorm layer_norm(int64_t channels) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels}));
}

/// Attention with one head: (N, T, D), (N, M, D), (N, M, C) -> (N, T, C).
torch::Tensor attend(const torch::Tensor& query, const torch::Tensor& key,
                     const torch::Tensor& value) {
  return attention(query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)).squeeze(1);
}

/// Both branches with what was seen, which holds them side by side: (N, T, 2 channels).
BranchTokens sum_of(const BranchTokens& branches, const torch::Tensor& seen) {
  const int64_t channels = branches.visual.size(2);
  return {.visual = branches.visual + seen.narrow(2, 0, channels),
          .identity = branches.identity + seen.narrow(2, channels, channels)};
}

}  // namespace

GatedOutput::GatedOutput(torch::nn::Module& holder, int64_t channels, int64_t out_channels)
    : filter_(add_holder(holder, "dw_conv")
                  .register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(
                                                                 channels, channels, kFilterPx)
                                                                 .padding(kFilterPx / 2)
                                                                 .groups(channels)
                                                                 .bias(false)))),
      projection_(holder.register_module("projection", torch::nn::Linear(channels, out_channels))) {
}

torch::Tensor GatedOutput::operator()(const torch::Tensor& attended, const torch::Tensor& gate,
                                      Size map) {
  return projection_->forward(gated_filter(attended, gate, filter_->weight, map));
}

void GatedOutput::add_to_groups(const torch::Tensor& attended, const torch::Tensor& gate, Size map,
                                std::vector<torch::Tensor>& sums) {
  const int64_t half = gate.size(2);
  const torch::Tensor visual_taps = filter_->weight.narrow(0, 0, half);
  const torch::Tensor identity_taps = filter_->weight.narrow(0, half, half);
  std::vector<torch::Tensor> taps(1 + sums.size(), identity_taps);
  taps.front() = visual_taps;
  const torch::Tensor filtered = gated_filter(attended, gate, torch::cat(taps), map)[0];
  const torch::Tensor shared = torch::linear(
      filtered.narrow(1, 0, half), projection_->weight.narrow(1, 0, half), projection_->bias);
  const torch::Tensor weight = projection_->weight.narrow(1, half, half).t();
  for (size_t g = 0; g < sums.size(); ++g) {
    const auto first = static_cast<int64_t>(1 + g) * half;
    sums[g].add_(shared).addmm_(filtered.narrow(1, first, half), weight);
  }
}

GatedPropagationImpl::GatedPropagationImpl(const GatedPropagationOptions& options)
    : options_(options),
      norm1_(register_module("norm1", layer_norm(options.channels))),
      linear_qv_(register_module(
          "linear_QV",
          torch::nn::Linear(options.channels, options.key_channels + options.value_channels))),
      linear_u_(
          register_module("linear_U", torch::nn::Linear(options.channels, options.value_channels))),
      linear_id_v_(register_module(
          "linear_ID_V",
          torch::nn::Linear(options.channels * (options.first ? 1 : 2), options.value_channels))),
      norm2_(register_module("norm2", layer_norm(options.channels))),
      id_norm2_(register_module("id_norm2", layer_norm(options.channels))) {
  const int64_t channels = options.channels;
  const int64_t values = options.value_channels;
  if (!options.first) {
    id_norm1_ = register_module("id_norm1", layer_norm(channels));
    linear_id_u_ = register_module("linear_ID_U", torch::nn::Linear(channels, values));
  }
  long_term_.emplace(add_holder(*this, "long_term_attn"), 2 * values, 2 * channels);
  torch::nn::Module& local = add_holder(*this, "short_term_attn");
  const int64_t side = 2 * options.window_radius + 1;
  relative_emb_k_ = local.register_module(
      "relative_emb_k",
      torch::nn::Conv2d(torch::nn::Conv2dOptions(options.key_channels, side * side, 1)));
  short_term_.emplace(local, 2 * values, 2 * channels);
  torch::nn::Module& self = add_holder(*this, "self_attn");
  linear_qk_ =
      self.register_module("linear_QK", torch::nn::Linear(2 * channels, options.key_channels));
  linear_v1_ = self.register_module("linear_V1", torch::nn::Linear(channels, values));
  linear_v2_ = self.register_module("linear_V2", torch::nn::Linear(channels, values));
  linear_u1_ = self.register_module("linear_U1", torch::nn::Linear(channels, values));
  linear_u2_ = self.register_module("linear_U2", torch::nn::Linear(channels, values));
  self_.emplace(self, 2 * values, 2 * channels);
}

struct GatedPropagationImpl::Packed {
  RowNorm norm1, id_norm1, norm2, id_norm2;
  PackedLinear query, value, gate, id_value, id_gate;
  PackedLinear qk, v1, v2, u1, u2;
};

const GatedPropagationImpl::Packed& GatedPropagationImpl::packed() {
  int64_t version = 0;
  for (const torch::Tensor& parameter : parameters()) {
    version += parameter._version();
  }
  if (packed_version_ == version) {
    return *packed_;
  }
  const RowKernels& kernels = float32_rows();
  const auto norm = [&](const torch::nn::LayerNorm& layer) {
    return RowNorm(kernels, layer->weight, layer->bias, layer->options.eps());
  };
  const auto part = [&](const torch::nn::Linear& layer, int64_t first, int64_t count) {
    return PackedLinear(kernels, layer->weight.narrow(0, first, count),
                        layer->bias.narrow(0, first, count));
  };
  const auto whole = [&](const torch::nn::Linear& layer) {
    return part(layer, 0, layer->weight.size(0));
  };
  Packed layers = {.norm1 = norm(norm1_),
                   .norm2 = norm(norm2_),
                   .id_norm2 = norm(id_norm2_),
                   .query = part(linear_qv_, 0, options_.key_channels),
                   .value = part(linear_qv_, options_.key_channels, options_.value_channels),
                   .gate = whole(linear_u_),
                   .id_value = whole(linear_id_v_),
                   .qk = whole(linear_qk_),
                   .v1 = whole(linear_v1_),
                   .v2 = whole(linear_v2_),
                   .u1 = whole(linear_u1_),
                   .u2 = whole(linear_u2_)};
  if (!options_.first) {
    layers.id_norm1 = norm(id_norm1_);
    layers.id_gate = whole(linear_id_u_);
  }
  packed_ = std::make_shared<const Packed>(std::move(layers));
  packed_version_ = version;
  return *packed_;
}

LayerTokens GatedPropagationImpl::prepare_fast(const torch::Tensor& visual,
                                               const torch::Tensor& identity) {
  const Packed& layers = packed();
  const int64_t values = options_.value_channels;
  const auto room = [&](int64_t width) {
    return torch::empty({1, visual.size(1), width}, visual.options());
  };
  LayerTokens tokens = {.visual = visual,
                        .identity = identity,
                        .key = room(options_.key_channels),
                        .value = room(values),
                        .gate = room(options_.first ? values : 2 * values)};
  dense_rows({{.rows = visual[0], .norm = &layers.norm1}},
             {{.layer = &layers.query, .to = tokens.key[0]},
              {.layer = &layers.value, .epilogue = Epilogue::kSilu, .to = tokens.value[0]},
              {.layer = &layers.gate,
               .epilogue = Epilogue::kSilu,
               .to = tokens.gate[0].narrow(1, 0, values)}});
  if (!options_.first) {
    tokens.identity_norm = id_norm1_(identity);
    dense_rows({{.rows = tokens.identity_norm[0]}},
               {{.layer = &layers.id_gate,
                 .epilogue = Epilogue::kSilu,
                 .to = tokens.gate[0].narrow(1, values, values)}});
  }
  return tokens;
}

torch::Tensor GatedPropagationImpl::query_and_value(const torch::Tensor& visual) {
  return linear_qv_(norm1_(visual));
}

LayerTokens GatedPropagationImpl::prepare(const torch::Tensor& visual,
                                          const torch::Tensor& identity) {
  if (visual.size(0) == 1 && kernels_take({visual, identity, linear_u_->weight})) {
    return prepare_fast(visual, identity);
  }
  const torch::Tensor normed = norm1_(visual);
  const torch::Tensor qv = linear_qv_(normed);
  LayerTokens tokens;
  tokens.visual = visual;
  tokens.identity = identity;
  tokens.key = qv.narrow(2, 0, options_.key_channels);
  tokens.value = torch::silu(qv.narrow(2, options_.key_channels, options_.value_channels));
  tokens.gate = linear_u_(normed);
  if (!options_.first) {
    tokens.identity_norm = id_norm1_(identity);
    tokens.gate = torch::cat({tokens.gate, linear_id_u_(tokens.identity_norm)}, 2);
  }
  tokens.gate = torch::silu(tokens.gate);
  return tokens;
}

PropagationMemory GatedPropagationImpl::remember_fast(const LayerTokens& tokens,
                                                      const torch::Tensor& embedding) {
  const int64_t channels = options_.value_channels;
  const torch::Tensor value =
      torch::empty({1, embedding.size(1), 2 * channels}, embedding.options());
  value.narrow(2, 0, channels).copy_(tokens.value);
  std::vector<RowInput> read = {{.rows = embedding[0]}};
  if (!options_.first) {
    read.insert(read.begin(), {.rows = tokens.identity_norm[0]});
  }
  dense_rows(read, {{.layer = &packed().id_value,
                     .epilogue = Epilogue::kSilu,
                     .to = value[0].narrow(1, channels, channels)}});
  return {.key = tokens.key, .value = value};
}

PropagationMemory GatedPropagationImpl::remember(const LayerTokens& tokens,
                                                 const torch::Tensor& embedding) {
  if (embedding.size(0) == 1 && kernels_take({tokens.value, embedding, linear_id_v_->weight})) {
    return remember_fast(tokens, embedding);
  }
  const torch::Tensor read =
      options_.first ? embedding : torch::cat({tokens.identity_norm, embedding}, 2);
  return {.key = tokens.key,
          .value = torch::cat({tokens.value, torch::silu(linear_id_v_(read))}, 2)};
}

torch::Tensor GatedPropagationImpl::look_back(const LayerTokens& tokens,
                                              const PropagationMemory& memory, Size map) {
  return (*long_term_)(attend(tokens.key, memory.key, memory.value), tokens.gate, map);
}

torch::Tensor GatedPropagationImpl::attend_around(const LayerTokens& tokens,
                                                  const torch::Tensor& key,
                                                  const std::vector<torch::Tensor>& values,
                                                  Size map) {
  const torch::Tensor bias = torch::linear(tokens.key, relative_emb_k_->weight.flatten(1),
                                           relative_emb_k_->bias);  // of q, not scaled
  const WindowedAttentionOptions window = {
      .map = map,
      .radius = options_.window_radius,
      .scale = 1 / std::sqrt(static_cast<double>(options_.key_channels))};
  return windowed_attention(tokens.key, key, values, bias, window);
}

torch::Tensor GatedPropagationImpl::look_around(const LayerTokens& tokens,
                                                const PropagationMemory& memory, Size map) {
  return (*short_term_)(attend_around(tokens, memory.key, {memory.value}, map), tokens.gate, map);
}

torch::Tensor GatedPropagationImpl::look_within_fast(const BranchTokens& branches, Size map) {
  const Packed& layers = packed();
  const int64_t channels = options_.channels;
  const int64_t values = options_.value_channels;
  const auto room = [&](int64_t width) {
    return torch::empty({map.area(), width}, branches.visual.options());
  };
  const torch::Tensor key = room(options_.key_channels);
  const torch::Tensor value = room(2 * values);
  const torch::Tensor gate = room(2 * values);
  const auto activated = [&](const PackedLinear& layer, int64_t first, const torch::Tensor& to) {
    return RowOutput{.layer = &layer, .first = first, .epilogue = Epilogue::kSilu, .to = to};
  };
  dense_rows({{.rows = branches.visual[0], .norm = &layers.norm2},
              {.rows = branches.identity[0], .norm = &layers.id_norm2}},
             {{.layer = &layers.qk, .to = key},
              activated(layers.v1, 0, value.narrow(1, 0, values)),
              activated(layers.v2, channels, value.narrow(1, values, values)),
              activated(layers.u1, 0, gate.narrow(1, 0, values)),
              activated(layers.u2, channels, gate.narrow(1, values, values))});
  const torch::Tensor keys = key.unsqueeze(0);
  return (*self_)(attend(keys, keys, value.unsqueeze(0)), gate.unsqueeze(0), map);
}

torch::Tensor GatedPropagationImpl::look_within(const BranchTokens& branches, Size map) {
  if (branches.visual.size(0) == 1 &&
      kernels_take({branches.visual, branches.identity, linear_qk_->weight})) {
    return look_within_fast(branches, map);
  }
  const torch::Tensor visual = norm2_(branches.visual);
  const torch::Tensor identity = id_norm2_(branches.identity);
  const torch::Tensor key = linear_qk_(torch::cat({visual, identity}, 2));
  const torch::Tensor value =
      torch::silu(torch::cat({linear_v1_(visual), linear_v2_(identity)}, 2));
  const torch::Tensor gate = torch::silu(torch::cat({linear_u1_(visual), linear_u2_(identity)}, 2));
  return (*self_)(attend(key, key, value), gate, map);
}

BranchTokens GatedPropagationImpl::propagate(const LayerTokens& tokens,
                                             const PropagationMemory& long_term,
                                             const PropagationMemory& short_term, Size map,
                                             LayerProbe* probe) {
  const torch::Tensor back = look_back(tokens, long_term, map);
  const torch::Tensor around = look_around(tokens, short_term, map);
  const torch::Tensor seen = back + around;
  const int64_t channels = options_.channels;
  BranchTokens branches;
  branches.visual = tokens.visual + seen.narrow(2, 0, channels);
  branches.identity = seen.narrow(2, channels, channels);
  if (tokens.identity.defined()) {
    branches.identity = branches.identity + tokens.identity;
  }
  const torch::Tensor within = look_within(branches, map);
  if (probe != nullptr) {
    *probe = {.long_term = back, .short_term = around, .self_attention = within};
  }
  return sum_of(branches, within);
}

std::vector<BranchTokens> GatedPropagationImpl::propagate_groups(
    const LayerTokens& tokens, const JointMemory& long_term,
    const std::vector<PropagationMemory>& short_term, Size map) {
  const int64_t channels = options_.channels;
  std::vector<torch::Tensor> seen(short_term.size());
  std::vector<torch::Tensor> values = {
      short_term.front().value.narrow(2, 0, options_.value_channels)};
  for (size_t g = 0; g < short_term.size(); ++g) {
    seen[g] = torch::zeros({map.area(), 2 * channels}, tokens.visual.options());
    values.push_back(
        short_term[g].value.narrow(2, options_.value_channels, options_.value_channels));
  }
  long_term_->add_to_groups(long_term.attend(tokens.key), tokens.gate, map, seen);
  short_term_->add_to_groups(attend_around(tokens, short_term.front().key, values, map),
                             tokens.gate, map, seen);
  std::vector<BranchTokens> groups;
  for (const torch::Tensor& both : seen) {
    const BranchTokens branches = {.visual = tokens.visual + both.narrow(1, 0, channels),
                                   .identity = both.narrow(1, channels, channels).unsqueeze(0)};
    groups.push_back(sum_of(branches, look_within(branches, map)));
  }
  return groups;
}

}  // namespace mote::nn
