#pragma once

#include <memory>

#include <torch/torch.h>

#include "mote/nn/sam_decoder.h"

namespace mote::nn {

/// SAM's mask decoder on the CPU without gradients, for many queries to one image: what the first
/// layer needs of the image is projected once an image, and each thread takes a few rows of image
/// tokens from one look at the query's tokens to the next in its cache.
///
/// It computes what SamDecoderImpl's operators do, in another order of additions. Two layers.
class SamFastDecoder {
 public:
  /// Packs the weights as they are now; `decoder` must outlive this.
  /// Shapes: code (1, channels, h, w), the position code of the image.
  SamFastDecoder(SamDecoderImpl& decoder, const torch::Tensor& code);
  ~SamFastDecoder();

  /// An image, ready for queries.
  struct Image {
    torch::Tensor tokens;               // (h w, channels)
    torch::Tensor keys, values, looks;  // (h w, inner): of the first layer
  };

  /// Shapes: embedding (channels, h, w).
  Image prepared(const torch::Tensor& embedding) const;

  /// Shapes: prompts (Q, slots, channels) -> logits (Q, mask_tokens, 4 h, 4 w), iou (Q,
  /// mask_tokens).
  SamMasks decode(const Image& image, const torch::Tensor& prompts) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mote::nn
