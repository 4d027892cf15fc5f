#pragma once

#include <memory>

#include <torch/torch.h>

#include "mote/nn/precision.h"

namespace mote::nn {

class SamEncoderImpl;

/// EfficientSAM's encoder on the CPU without gradients: each thread takes a few rows of tokens
/// through all that lies between two attentions (projection, norm, dense layers), so that only the
/// tokens and the projections that attention needs go through memory. Weights are packed once.
///
/// It computes what SamEncoderImpl's operators do, in another order of additions; in bfloat16 with
/// rounded operands.
class SamFastEncoder {
 public:
  /// Packs the weights as they are now.
  /// Throws kUnsupported for bfloat16 where the processor does not multiply it.
  SamFastEncoder(const SamEncoderImpl& encoder, Precision precision);
  ~SamFastEncoder();

  /// Shapes: image (N, 3, image_px, image_px) in [0, 1], contiguous float32 -> (N, out_channels, h,
  /// w).
  torch::Tensor encode(const torch::Tensor& image) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mote::nn
