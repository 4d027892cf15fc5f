#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <torch/torch.h>

#include "mote/core/grid.h"

namespace mote::nn {

struct GatedPropagationOptions {
  int64_t channels = 256;  ///< of each branch, visual and identity
  int64_t key_channels = 128;
  int64_t value_channels = 512;  ///< of each branch
  int64_t window_radius = 7;     ///< of the short-term attention
  bool first = false;            ///< the first layer has no identity branch to read
};

class JointMemory;

/// What attention looks up: keys, and values of the visual and the identity branch side by side.
///
/// Shapes: key (N, M, key_channels), value (N, M, 2 value_channels).
struct PropagationMemory {
  torch::Tensor key;
  torch::Tensor value;
};

/// What a layer makes of one frame before it looks at any memory; T tokens.
struct LayerTokens {
  torch::Tensor visual;         ///< (N, T, channels), as it came in
  torch::Tensor identity;       ///< likewise; undefined before the first layer
  torch::Tensor key;            ///< (N, T, key_channels), the query too
  torch::Tensor value;          ///< (N, T, value_channels) of the visual branch
  torch::Tensor gate;           ///< (N, T, value_channels) or, but in the first layer, twice that
  torch::Tensor identity_norm;  ///< (N, T, channels); undefined in the first layer
};

/// What a layer adds, before it is added: for those who look inside.
struct LayerProbe {
  torch::Tensor long_term;       ///< (N, T, 2 channels)
  torch::Tensor short_term;      ///< likewise
  torch::Tensor self_attention;  ///< likewise
};

struct BranchTokens {
  torch::Tensor visual;    ///< (N, T, channels)
  torch::Tensor identity;  ///< likewise
};

/// The end of every propagation: what was attended to, times a gate, filtered channel by channel
/// (5 x 5) over the map, and projected.
class GatedOutput {
 public:
  /// Registers `dw_conv.conv` and `projection` in `holder`.
  GatedOutput(torch::nn::Module& holder, int64_t channels, int64_t out_channels);

  /// A gate of fewer channels than `attended` is 1 for the rest.
  ///
  /// Shapes: (N, T, channels), (N, T, up to channels) -> (N, T, out_channels).
  torch::Tensor operator()(const torch::Tensor& attended, const torch::Tensor& gate, Size map);

  /// The same for several groups whose visual halves of `attended` are one, and are gated: added to
  /// `sums`, one a group.
  ///
  /// Shapes: (1, T, channels / 2 * (1 + groups)), (1, T, channels / 2), sums (T, out_channels).
  void add_to_groups(const torch::Tensor& attended, const torch::Tensor& gate, Size map,
                     std::vector<torch::Tensor>& sums);

 private:
  torch::nn::Conv2d filter_;
  torch::nn::Linear projection_;
};

/// One gated propagation module: two branches of tokens, one of what the frame looks like and one
/// of which object each token belongs to, share the attention maps that the first computes: to the
/// long-term memory, to the short-term memory in a window, and to themselves.
///
/// Yang and Yang, "Decoupling Features in Hierarchical Propagation for Video Object Segmentation",
/// NeurIPS 2022 (arXiv:2210.09782), sec. 4.
class GatedPropagationImpl : public torch::nn::Module {
 public:
  explicit GatedPropagationImpl(const GatedPropagationOptions& options);

  const GatedPropagationOptions& options() const { return options_; }

  /// `identity` is undefined for the first layer.
  LayerTokens prepare(const torch::Tensor& visual, const torch::Tensor& identity);

  /// Query (and key) and value before its activation, side by side, of `visual` (N, T, channels).
  torch::Tensor query_and_value(const torch::Tensor& visual);

  /// What the frame is remembered by, once it is known which object is where.
  ///
  /// Shapes: embedding (N, T, channels) -> memory of T tokens.
  PropagationMemory remember(const LayerTokens& tokens, const torch::Tensor& embedding);

  /// Tokens of both branches after looking at both memories and at themselves. The short-term
  /// memory is one frame of the size `map`; `probe`, where given, is filled.
  BranchTokens propagate(const LayerTokens& tokens, const PropagationMemory& long_term,
                         const PropagationMemory& short_term, Size map,
                         LayerProbe* probe = nullptr);

  /// The same of the first layer for groups of objects that remember the same images: what does not
  /// depend on the objects is computed once. Float32 on the CPU, without gradients.
  std::vector<BranchTokens> propagate_groups(const LayerTokens& tokens,
                                             const JointMemory& long_term,
                                             const std::vector<PropagationMemory>& short_term,
                                             Size map);

 private:
  torch::Tensor look_back(const LayerTokens& tokens, const PropagationMemory& memory, Size map);
  torch::Tensor look_around(const LayerTokens& tokens, const PropagationMemory& memory, Size map);
  torch::Tensor attend_around(const LayerTokens& tokens, const torch::Tensor& key,
                              const std::vector<torch::Tensor>& values, Size map);
  torch::Tensor look_within(const BranchTokens& branches, Size map);

  /// The dense layers for mote's kernels, packed anew where weights have changed.
  struct Packed;
  const Packed& packed();
  LayerTokens prepare_fast(const torch::Tensor& visual, const torch::Tensor& identity);
  PropagationMemory remember_fast(const LayerTokens& tokens, const torch::Tensor& embedding);
  torch::Tensor look_within_fast(const BranchTokens& branches, Size map);

  GatedPropagationOptions options_;
  torch::nn::LayerNorm norm1_;
  torch::nn::Linear linear_qv_;
  torch::nn::Linear linear_u_;
  torch::nn::LayerNorm id_norm1_{nullptr};
  torch::nn::Linear linear_id_v_;
  torch::nn::Linear linear_id_u_{nullptr};
  std::optional<GatedOutput> long_term_;
  torch::nn::Conv2d relative_emb_k_{nullptr};
  std::optional<GatedOutput> short_term_;
  torch::nn::LayerNorm norm2_;
  torch::nn::LayerNorm id_norm2_;
  torch::nn::Linear linear_qk_{nullptr};
  torch::nn::Linear linear_v1_{nullptr};
  torch::nn::Linear linear_v2_{nullptr};
  torch::nn::Linear linear_u1_{nullptr};
  torch::nn::Linear linear_u2_{nullptr};
  std::optional<GatedOutput> self_;
  std::shared_ptr<const Packed> packed_;
  int64_t packed_version_ = -1;
};
TORCH_MODULE(GatedPropagation);

}  // namespace mote::nn
