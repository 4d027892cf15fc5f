#pragma once

#include <vector>

#include <torch/torch.h>

namespace mote::nn {

/// One of the images that `joined` puts side by side.
struct JoinedPart {
  torch::Tensor image;   ///< (N, H, W, C), contiguous; with `doubled` half as high and wide
  bool doubled = false;  ///< enlarged twofold, each pixel four times
};

/// The parts' channels side by side: (N, H, W, sum of C). For images with channels last.
torch::Tensor joined(const std::vector<JoinedPart>& parts);

/// One image (N, C, 2 H, 2 W) float32 of four (N, H, W, C): of the pixels in even rows and columns,
/// of those in even rows and odd columns, in odd and even, in odd and odd.
torch::Tensor interleaved(const std::vector<torch::Tensor>& phases);

}  // namespace mote::nn
