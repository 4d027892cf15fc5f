#pragma once

#include <string>

#include <torch/torch.h>

#include "mote/nn/sam_decoder.h"
#include "mote/nn/sam_encoder.h"
#include "mote/nn/sam_prompts.h"

namespace mote::nn {

struct EfficientSamOptions {
  SamEncoderOptions encoder = {};  ///< the tiny network; `efficient_sam_small()` is the other
  SamDecoderOptions decoder = {};
  int64_t prompt_slots = 6;  ///< points a query has
  int64_t query_batch = 8;   ///< queries decoded at once, which bounds the memory
};

/// The options of EfficientSAM-S: 26,413,028 parameters.
EfficientSamOptions efficient_sam_small();

/// Those of `efficientsam-tiny` or `efficientsam-small`. Throws kUsage for another name.
EfficientSamOptions efficient_sam_options(const std::string& name);

/// Queries to each of N images.
struct SamQueries {
  torch::Tensor points;  ///< (N, Q, P, 2), (x, y) in pixels of the image as given
  torch::Tensor labels;  ///< (N, Q, P), SamLabel values
};

/// Size of the image as it was given.
struct SamImageSize {
  int64_t height = 0;
  int64_t width = 0;
};

/// EfficientSAM: an image is encoded once, and masks are decoded for any number of queries.
///
/// Xiong et al., "EfficientSAM: Leveraged Masked Image Pretraining for Efficient Segment Anything",
/// CVPR 2024 (arXiv:2312.00863). Tiny: 10,223,204 parameters (often given as 10,185,380, which
/// leaves out the position table).
class EfficientSamImpl : public torch::nn::Module {
 public:
  explicit EfficientSamImpl(const EfficientSamOptions& options = {});

  /// Shapes: image (N, 3, H, W), red, green, blue in [0, 1] -> (N, 256, h, w), a cell for each 16
  /// px of the network's own size. The image is stretched to that size. Throws kUsage unless the
  /// image has three channels.
  torch::Tensor encode(const torch::Tensor& image);

  /// The three masks of each query, at a quarter of the network's own size, and their IoU; or, with
  /// `several` false, the one mask of its first mask token.
  ///
  /// Shapes: embedding (N, 256, h, w) -> logits (N, Q, 3, 4 h, 4 w), iou (N, Q, 3).
  /// Without gradients, float32 embeddings on the CPU are decoded by SamFastDecoder.
  /// Throws kUsage for queries of other shapes.
  SamMasks decode(const torch::Tensor& embedding, const SamQueries& queries,
                  const SamImageSize& image, bool several = true);

  /// Logits of decode at the size of the image: (..., 4 h, 4 w) -> (..., height, width), bicubic.
  static torch::Tensor resized(const torch::Tensor& logits, const SamImageSize& image);

  /// encode, decode and resized in one: what the published network does.
  /// Shapes: image (N, 3, H, W) -> logits (N, Q, 3, H, W), iou (N, Q, 3).
  SamMasks forward(const torch::Tensor& image, const SamQueries& queries);

  /// The steps of decode, for all queries at once, operator by operator: the tokens of the queries'
  /// points, and the masks of all mask tokens.
  /// Shapes: queries -> (N Q, prompt_slots, 256) -> logits (N Q, 4, 4 h, 4 w), iou (N Q, 4).
  torch::Tensor prompt_tokens(const SamQueries& queries, const SamImageSize& image);
  SamMasks decode_batch(const torch::Tensor& embedding, const torch::Tensor& prompts);

  const EfficientSamOptions& options() const { return options_; }

  SamEncoder image_encoder;
  SamPrompts prompt_encoder;
  SamDecoder mask_decoder;

 private:
  SamMasks decode_fast(const torch::Tensor& embedding, const torch::Tensor& prompts);

  EfficientSamOptions options_;
};
TORCH_MODULE(EfficientSam);

}  // namespace mote::nn
