#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/nn/yolo_assign.h"
#include "mote/nn/yolo_head.h"

namespace mote::nn {

struct YoloLossOptions {
  double box_gain = 7.5;  ///< of the boxes and of the masks
  double class_gain = 0.5;
  double bins_gain = 1.5;
  YoloAssignOptions assign;
};

struct YoloLoss {
  torch::Tensor total;  ///< scalar to call backward() on: batch size times the sum of what follows
  torch::Tensor box;    ///< scalars, gains included
  torch::Tensor mask;
  torch::Tensor classes;
  torch::Tensor bins;
  std::vector<YoloAssignment> assigned;  ///< of each image
};

/// The training loss of YOLOv8-seg on a batch: complete IoU of the boxes, binary cross-entropy of
/// the classes and of the masks, cross-entropy of the distributions of the box sides (Li et al.,
/// "Generalized Focal Loss", NeurIPS 2020, arXiv:2006.04388, eq. 6), for the anchors that
/// `assigned` chooses. An image without instances counts as background.
///
/// Shapes: output of N images, bins (B), targets.
/// Throws kUsage where targets and output disagree in shape, class or image.
YoloLoss yolo_loss(const YoloOutput& output, const torch::Tensor& bins, const YoloTargets& targets,
                   const YoloLossOptions& options = {});

}  // namespace mote::nn
