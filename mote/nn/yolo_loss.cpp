#include "mote/nn/yolo_loss.h"

#include "mote/core/error.h"

namespace mote::nn {
namespace {

namespace F = torch::nn::functional;

/// The instances of one image, in px of the input.
struct ImageTargets {
  torch::Tensor classes;  // (G)
  torch::Tensor boxes;    // (G, 4) x1, y1, x2, y2
  torch::Tensor shares;   // (G) box area over image area
  torch::Tensor mask;     // (H / 4, W / 4)
};

void check(const YoloOutput& output, const YoloTargets& targets) {
  const int64_t count = targets.classes.size(0);
  if (targets.image.sizes() != targets.classes.sizes() ||
      targets.boxes.sizes() != at::IntArrayRef({count, 4})) {
    throw Error(ErrorKind::kUsage, "targets of {} images, {} classes and {} boxes",
                targets.image.size(0), count, targets.boxes.size(0));
  }
  const torch::Tensor& planes = output.prototypes;
  if (targets.masks.sizes() != at::IntArrayRef({planes.size(0), planes.size(2), planes.size(3)})) {
    throw Error(ErrorKind::kUsage, "target masks are not {} maps of {} x {} px", planes.size(0),
                planes.size(2), planes.size(3));
  }
  const auto within = [](const torch::Tensor& indices, int64_t size) {
    return indices.numel() == 0 ||
           (indices.min().item<int64_t>() >= 0 && indices.max().item<int64_t>() < size);
  };
  if (!within(targets.image, planes.size(0)) ||
      !within(targets.classes, output.class_logits.size(2))) {
    throw Error(ErrorKind::kUsage, "targets name an image or class beyond the {} and {} there are",
                planes.size(0), output.class_logits.size(2));
  }
}

ImageTargets targets_of(const YoloTargets& targets, int64_t image) {
  const torch::Tensor rows = (targets.image == image).nonzero().flatten();
  const torch::Tensor boxes = targets.boxes.index_select(0, rows);
  const torch::Tensor centre = boxes.slice(1, 0, 2);
  const torch::Tensor size = boxes.slice(1, 2, 4);
  const torch::Tensor px = torch::tensor({4 * targets.masks.size(2), 4 * targets.masks.size(1)},
                                         boxes.options());  // width, height
  return {.classes = targets.classes.index_select(0, rows),
          .boxes = torch::cat({(centre - size / 2) * px, (centre + size / 2) * px}, 1),
          .shares = size.prod(1),
          .mask = targets.masks[image]};
}

/// Cross-entropy to the two bins around each side's distance, (P).
torch::Tensor bins_loss(const torch::Tensor& logits, const torch::Tensor& distances, int64_t bins) {
  const torch::Tensor wanted = distances.clamp(0, static_cast<double>(bins) - 1 - 0.01);  // (P, 4)
  const torch::Tensor lower = wanted.floor();
  const torch::Tensor log_shares = logits.unflatten(1, {4, bins}).log_softmax(2);
  const auto at_bin = [&](const torch::Tensor& bin) {
    return -log_shares.gather(2, bin.to(torch::kInt64).unsqueeze(2)).squeeze(2);
  };
  const torch::Tensor share = wanted - lower;
  return (at_bin(lower) * (1 - share) + at_bin(lower + 1) * share).mean(1);
}

/// Cross-entropy of each positive anchor's mask inside its instance's box, a mean over the whole
/// plane, over the share of the image that the box is; summed.
torch::Tensor mask_loss(const torch::Tensor& coefficients, const torch::Tensor& prototypes,
                        const ImageTargets& targets, const torch::Tensor& instances) {
  const int64_t height = prototypes.size(1);
  const int64_t width = prototypes.size(2);
  const torch::Tensor logits =
      coefficients.matmul(prototypes.flatten(1)).unflatten(1, {height, width});
  const torch::Tensor wanted =
      (targets.mask.unsqueeze(0) == (instances + 1).reshape({-1, 1, 1})).to(logits.dtype());
  const auto side = (targets.boxes.index_select(0, instances) / 4).reshape({-1, 4, 1, 1}).unbind(1);
  const torch::Tensor rows = torch::arange(height, logits.options()).reshape({1, -1, 1});
  const torch::Tensor columns = torch::arange(width, logits.options()).reshape({1, 1, -1});
  const torch::Tensor inside = (columns >= side[0]).logical_and(columns < side[2]) *
                               (rows >= side[1]).logical_and(rows < side[3]);
  const torch::Tensor entropy = F::binary_cross_entropy_with_logits(
      logits, wanted, F::BinaryCrossEntropyWithLogitsFuncOptions().reduction(torch::kNone));
  const torch::Tensor means = (entropy * inside).mean({1, 2});
  return (means / targets.shares.index_select(0, instances)).sum();
}

/// Sums over the positive anchors of one image, before any division.
struct Sums {
  torch::Tensor box;
  torch::Tensor mask;
  torch::Tensor bins;
};

Sums sums_of(const YoloOutput& output, int64_t image, const torch::Tensor& boxes,
             const YoloAnchors& anchors, const ImageTargets& targets,
             const YoloAssignment& assignment) {
  const auto positive = [&](const torch::Tensor& rows) {
    return rows.index_select(0, assignment.anchors);
  };
  const torch::Tensor strides = positive(anchors.strides);
  const torch::Tensor points = positive(anchors.points);
  const torch::Tensor wanted = targets.boxes.index_select(0, assignment.instances) / strides;
  const torch::Tensor distances =
      torch::cat({points - wanted.slice(1, 0, 2), wanted.slice(1, 2, 4) - points}, 1);
  const torch::Tensor by_side =
      bins_loss(positive(output.box_logits[image]), distances, output.box_logits.size(2) / 4);
  const torch::Tensor iou = complete_iou(positive(boxes[image]), wanted);
  return {.box = ((1 - iou) * assignment.scores).sum(),
          .mask = mask_loss(positive(output.coefficients[image]), output.prototypes[image], targets,
                            assignment.instances),
          .bins = (by_side * assignment.scores).sum()};
}

}  // namespace

YoloLoss yolo_loss(const YoloOutput& output, const torch::Tensor& bins, const YoloTargets& targets,
                   const YoloLossOptions& options) {
  check(output, targets);
  const YoloAnchors anchors =
      yolo_anchors(4 * output.prototypes.size(2), 4 * output.prototypes.size(3),
                   output.box_logits.options().requires_grad(false));
  const torch::Tensor boxes = yolo_boxes(output.box_logits, anchors.points, bins);
  const torch::Tensor boxes_px = boxes.detach() * anchors.strides;
  const torch::Tensor probabilities = output.class_logits.detach().sigmoid();
  const torch::Tensor points_px = anchors.points * anchors.strides;

  YoloLoss loss;
  torch::Tensor soft = torch::zeros_like(output.class_logits);
  torch::Tensor box = output.box_logits.sum() * 0;  // keeps a gradient where nothing is positive
  torch::Tensor mask = output.prototypes.sum() * 0 + output.coefficients.sum() * 0;
  torch::Tensor by_bins = torch::zeros_like(box);
  int64_t positives = 0;
  for (int64_t image = 0; image < output.prototypes.size(0); ++image) {
    const ImageTargets in_image = targets_of(targets, image);
    loss.assigned.push_back(assigned(boxes_px[image], probabilities[image], points_px,
                                     in_image.boxes, in_image.classes, options.assign));
    const YoloAssignment& assignment = loss.assigned.back();
    const torch::Tensor classes = in_image.classes.index_select(0, assignment.instances);
    soft[image].index_put_({assignment.anchors, classes}, assignment.scores);
    positives += assignment.anchors.size(0);
    if (assignment.anchors.size(0) > 0) {
      const Sums sums = sums_of(output, image, boxes, anchors, in_image, assignment);
      box = box + sums.box;
      mask = mask + sums.mask;
      by_bins = by_bins + sums.bins;
    }
  }
  const torch::Tensor norm = soft.sum().clamp_min(1);
  const torch::Tensor entropy = F::binary_cross_entropy_with_logits(
      output.class_logits, soft,
      F::BinaryCrossEntropyWithLogitsFuncOptions().reduction(torch::kSum));
  loss.box = options.box_gain * box / norm;
  loss.mask = options.box_gain * mask / static_cast<double>(std::max<int64_t>(1, positives));
  loss.classes = options.class_gain * entropy / norm;
  loss.bins = options.bins_gain * by_bins / norm;
  loss.total = static_cast<double>(output.prototypes.size(0)) *
               (loss.box + loss.mask + loss.classes + loss.bins);
  return loss;
}

}  // namespace mote::nn
