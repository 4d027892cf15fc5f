#pragma once

#include <torch/torch.h>

namespace mote::nn {

struct SamTransformerOptions {
  int64_t channels = 256;
  int64_t cross_channels = 128;  ///< inner width of attention between tokens and image
  int64_t heads = 8;
  int64_t mlp_channels = 2048;
  int64_t layers = 2;
};

/// Linear layers with GELU between them: `layers.0.0` to the last hidden one, then `fc`.
class SamHeadImpl : public torch::nn::Module {
 public:
  SamHeadImpl(int64_t in, int64_t hidden, int64_t out, int64_t hidden_layers);
  torch::Tensor forward(const torch::Tensor& values);

 private:
  torch::nn::ModuleList layers_;
  torch::nn::Linear fc_;
};
TORCH_MODULE(SamHead);

/// Multi-head attention with projections (`q_proj`, `k_proj`, `v_proj`, `out_proj`).
///
/// Shapes: q (N, n, channels), k and v (N, m, channels) -> (N, n, channels).
class SamCrossAttentionImpl : public torch::nn::Module {
 public:
  SamCrossAttentionImpl(int64_t channels, int64_t inner, int64_t heads);
  torch::Tensor forward(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v);

  /// (N, n, inner) -> (N, heads, n, inner / heads).
  torch::Tensor split(const torch::Tensor& projected) const;

  int64_t heads() const { return heads_; }

  torch::nn::Linear q_proj, k_proj, v_proj, out_proj;

 private:
  int64_t heads_;
};
TORCH_MODULE(SamCrossAttention);

/// What a two-way layer changes: the tokens of the prompts and those of the image.
struct SamStreams {
  torch::Tensor tokens;  ///< (N, T, channels)
  torch::Tensor image;   ///< (N, h w, channels)
};

/// One layer of the two-way transformer: tokens attend to themselves and to the image, then the
/// image to the tokens.
class SamTwoWayLayerImpl : public torch::nn::Module {
 public:
  /// `first`: the layer that leaves the tokens' own code out of its self-attention.
  SamTwoWayLayerImpl(const SamTransformerOptions& options, bool first);

  /// Shapes: token_code (N, T, channels), the tokens as they came in; image_code (1, h w,
  /// channels).
  SamStreams forward(const SamStreams& streams, const torch::Tensor& token_code,
                     const torch::Tensor& image_code);

  /// The part before the tokens look at the image, and the one after they did.
  torch::Tensor among_tokens(const torch::Tensor& tokens, const torch::Tensor& token_code);
  torch::Tensor through_mlp(const torch::Tensor& tokens);

  SamCrossAttention self_attn;
  torch::nn::LayerNorm norm1;
  SamCrossAttention cross_attn_token_to_image;
  torch::nn::LayerNorm norm2;
  SamHead mlp;
  torch::nn::LayerNorm norm3, norm4;
  SamCrossAttention cross_attn_image_to_token;

 private:
  bool first_;
};
TORCH_MODULE(SamTwoWayLayer);

/// The transformer of SAM's mask decoder.
///
/// Kirillov et al., "Segment Anything", ICCV 2023 (arXiv:2304.02643), appendix A.
class SamTransformerImpl : public torch::nn::Module {
 public:
  explicit SamTransformerImpl(const SamTransformerOptions& options);

  SamStreams forward(const SamStreams& streams, const torch::Tensor& image_code);

  SamTwoWayLayerImpl& layer(int64_t index);
  int64_t layer_count() const { return static_cast<int64_t>(layers_->size()); }

  SamCrossAttention final_attn_token_to_image;
  torch::nn::LayerNorm norm_final_attn;

 private:
  torch::nn::ModuleList layers_;
};
TORCH_MODULE(SamTransformer);

}  // namespace mote::nn
