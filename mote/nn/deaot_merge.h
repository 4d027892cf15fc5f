#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/core/grid.h"

namespace mote::nn {

/// The logits of several groups of objects as one: background, the objects of the first group, of
/// the second, ... Background is where every group sees it. Those of one group stay as they are.
///
/// Yang, Wei and Yang, "Associating Objects with Transformers for Video Object Segmentation",
/// NeurIPS 2021 (arXiv:2106.02638), soft aggregation of the published program.
///
/// Shapes: groups (1, 1 + objects, h, w) each -> (1, 1 + groups * objects, H, W), H and W those of
/// `size`.
torch::Tensor merged_logits(const std::vector<torch::Tensor>& groups, Size size);

/// Which object each pixel is most likely of: the index of the largest merged logit.
///
/// Shapes: as above -> (1, H, W) int64.
torch::Tensor merged_labels(const std::vector<torch::Tensor>& groups, Size size);

}  // namespace mote::nn
