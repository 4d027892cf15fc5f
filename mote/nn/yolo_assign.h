#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// Complete intersection over union of boxes x1, y1, x2, y2, pair by pair (broadcast): less than
/// the IoU by the distance of the centres and by the difference in aspect. Differentiable; its
/// trade-off weight has no gradient.
///
/// Zheng et al., "Distance-IoU Loss", AAAI 2020 (arXiv:1911.08287), eq. 10-12.
/// Shapes: (..., 4), (..., 4) -> (...).
torch::Tensor complete_iou(const torch::Tensor& a, const torch::Tensor& b);

/// Instances to learn from. T is their number over the whole batch.
struct YoloTargets {
  torch::Tensor image;    ///< (T) int64: index within the batch, rising
  torch::Tensor classes;  ///< (T) int64
  torch::Tensor boxes;  ///< (T, 4) float32: centre x, centre y, width, height, of the image's sides
  torch::Tensor masks;  ///< (N, H / 4, W / 4): j + 1 where instance j of its image lies, else 0
};

struct YoloAssignOptions {
  int64_t anchors_per_instance = 10;
  double score_power = 0.5;
  double iou_power = 6;
};

/// Which anchors of one image learn which of its instances. P is the number of such anchors.
struct YoloAssignment {
  torch::Tensor anchors;    ///< (P) int64, rising
  torch::Tensor instances;  ///< (P) int64: index within the image
  torch::Tensor scores;     ///< (P): soft target of the true class
  torch::Tensor iou;        ///< (P): complete IoU of predicted and true box, at least 0
};

/// Assigns anchors to the instances of one image by how well they do already: the best by
/// score^score_power * IoU^iou_power of those whose points lie inside the box. An anchor that
/// several instances claim learns the one that it overlaps most.
///
/// Feng et al., "TOOD", ICCV 2021 (arXiv:2108.07755), sec. 3.2.
/// Shapes, all in px of the input: boxes (A, 4) x1, y1, x2, y2; probabilities (A, classes); points
/// (A, 2); true_boxes (G, 4) x1, y1, x2, y2; true_classes (G) int64.
YoloAssignment assigned(const torch::Tensor& boxes, const torch::Tensor& probabilities,
                        const torch::Tensor& points, const torch::Tensor& true_boxes,
                        const torch::Tensor& true_classes, const YoloAssignOptions& options);

}  // namespace mote::nn
