#include "mote/nn/sam_transformer.h"

#include "mote/nn/attention.h"

namespace mote::nn {
namespace {

torch::nn::LayerNorm token_norm(int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}).eps(1e-5));
}

}  // namespace

SamHeadImpl::SamHeadImpl(int64_t in, int64_t hidden, int64_t out, int64_t hidden_layers)
    : layers_(register_module("layers", torch::nn::ModuleList())),
      fc_(register_module("fc", torch::nn::Linear(hidden, out))) {
  for (int64_t i = 0; i < hidden_layers; ++i) {
    layers_->push_back(
        torch::nn::Sequential(torch::nn::Linear(i == 0 ? in : hidden, hidden), torch::nn::GELU()));
  }
}

torch::Tensor SamHeadImpl::forward(const torch::Tensor& values) {
  torch::Tensor hidden = values;
  for (const auto& layer : *layers_) {
    hidden = layer->as<torch::nn::Sequential>()->forward(hidden);
  }
  return fc_(hidden);
}

SamCrossAttentionImpl::SamCrossAttentionImpl(int64_t channels, int64_t inner, int64_t heads)
    : q_proj(register_module("q_proj", torch::nn::Linear(channels, inner))),
      k_proj(register_module("k_proj", torch::nn::Linear(channels, inner))),
      v_proj(register_module("v_proj", torch::nn::Linear(channels, inner))),
      out_proj(register_module("out_proj", torch::nn::Linear(inner, channels))),
      heads_(heads) {}

torch::Tensor SamCrossAttentionImpl::split(const torch::Tensor& projected) const {
  return projected.unflatten(2, {heads_, -1}).transpose(1, 2);
}

torch::Tensor SamCrossAttentionImpl::forward(const torch::Tensor& q, const torch::Tensor& k,
                                             const torch::Tensor& v) {
  return out_proj(join_heads(attention(split(q_proj(q)), split(k_proj(k)), split(v_proj(v)))));
}

SamTwoWayLayerImpl::SamTwoWayLayerImpl(const SamTransformerOptions& options, bool first)
    : self_attn(register_module(
          "self_attn", SamCrossAttention(options.channels, options.channels, options.heads))),
      norm1(register_module("norm1", token_norm(options.channels))),
      cross_attn_token_to_image(register_module(
          "cross_attn_token_to_image",
          SamCrossAttention(options.channels, options.cross_channels, options.heads))),
      norm2(register_module("norm2", token_norm(options.channels))),
      mlp(register_module("mlp",
                          SamHead(options.channels, options.mlp_channels, options.channels, 1))),
      norm3(register_module("norm3", token_norm(options.channels))),
      norm4(register_module("norm4", token_norm(options.channels))),
      cross_attn_image_to_token(register_module(
          "cross_attn_image_to_token",
          SamCrossAttention(options.channels, options.cross_channels, options.heads))),
      first_(first) {}

torch::Tensor SamTwoWayLayerImpl::among_tokens(const torch::Tensor& tokens,
                                               const torch::Tensor& token_code) {
  const torch::Tensor coded = first_ ? tokens : tokens + token_code;
  return norm1(coded + self_attn(coded, coded, coded));
}

torch::Tensor SamTwoWayLayerImpl::through_mlp(const torch::Tensor& tokens) {
  return norm3(tokens + mlp(tokens));
}

SamStreams SamTwoWayLayerImpl::forward(const SamStreams& streams, const torch::Tensor& token_code,
                                       const torch::Tensor& image_code) {
  torch::Tensor tokens = among_tokens(streams.tokens, token_code);
  const torch::Tensor image = streams.image + image_code;
  tokens = norm2(tokens + cross_attn_token_to_image(tokens + token_code, image, streams.image));
  tokens = through_mlp(tokens);
  return {.tokens = tokens,
          .image =
              norm4(streams.image + cross_attn_image_to_token(image, tokens + token_code, tokens))};
}

SamTransformerImpl::SamTransformerImpl(const SamTransformerOptions& options)
    : final_attn_token_to_image(register_module(
          "final_attn_token_to_image",
          SamCrossAttention(options.channels, options.cross_channels, options.heads))),
      norm_final_attn(register_module("norm_final_attn", token_norm(options.channels))),
      layers_(register_module("layers", torch::nn::ModuleList())) {
  for (int64_t i = 0; i < options.layers; ++i) {
    layers_->push_back(SamTwoWayLayer(options, i == 0));
  }
}

SamTwoWayLayerImpl& SamTransformerImpl::layer(int64_t index) {
  return layers_->at<SamTwoWayLayerImpl>(static_cast<size_t>(index));
}

SamStreams SamTransformerImpl::forward(const SamStreams& streams, const torch::Tensor& image_code) {
  SamStreams now = streams;
  for (int64_t i = 0; i < layer_count(); ++i) {
    now = layer(i).forward(now, streams.tokens, image_code);
  }
  const torch::Tensor attended =
      final_attn_token_to_image(now.tokens + streams.tokens, now.image + image_code, now.image);
  return {.tokens = norm_final_attn(now.tokens + attended), .image = now.image};
}

}  // namespace mote::nn
