#pragma once

#include <torch/torch.h>

#include "mote/nn/sam_transformer.h"

namespace mote::nn {

struct SamDecoderOptions {
  SamTransformerOptions transformer = {};
  int64_t mask_tokens = 4;  ///< one for a single mask, and one for each of several
  int64_t head_channels = 256;
  int64_t up1_channels = 64;
  int64_t up2_channels = 32;
};

/// Masks of queries, as logits: positive is particle.
struct SamMasks {
  torch::Tensor logits;  ///< (..., masks, height, width)
  torch::Tensor iou;     ///< (..., masks), the network's guess at each mask's IoU
};

/// EfficientSAM's mask decoder.
///
/// Kirillov et al., "Segment Anything", ICCV 2023 (arXiv:2304.02643), sec. 3 and appendix A; group
/// norm of one group in place of the layer norm between the transposed convolutions.
class SamDecoderImpl : public torch::nn::Module {
 public:
  explicit SamDecoderImpl(const SamDecoderOptions& options);

  /// The masks of all mask tokens.
  ///
  /// Shapes: embedding (N, channels, h, w), one a query; code (1, channels, h, w); prompts
  /// (N, slots, channels) -> logits (N, mask_tokens, 4 h, 4 w), iou (N, mask_tokens).
  SamMasks forward(const torch::Tensor& embedding, const torch::Tensor& code,
                   const torch::Tensor& prompts);

  /// The steps of forward. Shapes: prompts (N, slots, channels) -> (N, 1 + mask_tokens + slots,
  /// channels); map (N, channels, h, w) -> (N, 64, 2 h, 2 w) -> (N, 32, 4 h, 4 w); tokens and the
  /// last map -> logits and iou.
  torch::Tensor tokens(const torch::Tensor& prompts) const;
  torch::Tensor upscaled_once(const torch::Tensor& map);
  torch::Tensor upscaled_twice(const torch::Tensor& map);
  SamMasks masks(const torch::Tensor& tokens, const torch::Tensor& upscaled);

  /// What each mask token multiplies the last map with. Shapes: -> (N, mask_tokens, 32).
  torch::Tensor mask_kernels(const torch::Tensor& tokens);
  torch::Tensor iou(const torch::Tensor& tokens);  // -> (N, mask_tokens)

  /// The transposed convolution with which an upscaling begins, and the norm of the first.
  torch::nn::ConvTranspose2dImpl& upscaling(int64_t index);
  torch::nn::GroupNormImpl& upscaling_norm();

  const SamDecoderOptions& options() const { return options_; }

  SamTransformer transformer;

 private:
  SamDecoderOptions options_;
  torch::nn::Embedding iou_token_;
  torch::nn::Embedding mask_tokens_;
  torch::nn::ModuleList final_output_upscaling_layers_;
  torch::nn::ModuleList output_hypernetworks_mlps_;
  SamHead iou_prediction_head_;
};
TORCH_MODULE(SamDecoder);

}  // namespace mote::nn
