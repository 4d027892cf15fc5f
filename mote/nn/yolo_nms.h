#pragma once

#include <vector>

#include <torch/torch.h>

namespace mote::nn {

struct NmsOptions {
  double min_confidence = 0.25;  ///< the best class probability of a detection is above it
  double max_iou = 0.7;          ///< detections of one class that overlap more are one
  int64_t max_detections = 300;  ///< of an image
};

/// The instances found in one image, in falling order of confidence. D is their number.
struct YoloDetections {
  torch::Tensor boxes;         ///< (D, 4) float32: x1, y1, x2, y2 in px of the network's input
  torch::Tensor confidence;    ///< (D) float32
  torch::Tensor classes;       ///< (D) int64
  torch::Tensor coefficients;  ///< (D, prototypes) float32
};

/// Greedy non-maximum suppression: the boxes in falling order of score (equal ones in the order
/// given), less those that overlap a kept one of the same class by more than `max_iou`.
///
/// Shapes: boxes (K, 4) float32 x1, y1, x2, y2; scores (K) float32; classes (K) int64, all on the
/// CPU. Returns at most `max_detections` indices into them, by falling score.
std::vector<int64_t> kept_by_nms(const torch::Tensor& boxes, const torch::Tensor& scores,
                                 const torch::Tensor& classes, const NmsOptions& options);

/// The detections of one image: each anchor has its most probable class.
///
/// Shapes: decoded (A, 4 + classes) as of yolo_decoded, coefficients (A, prototypes); any device
/// and type, results on the CPU. Throws kUsage for options out of range.
YoloDetections yolo_detections(const torch::Tensor& decoded, const torch::Tensor& coefficients,
                               const NmsOptions& options);

}  // namespace mote::nn
