#include "mote/nn/yolo_assign.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote::nn {
namespace {

constexpr double kTiny = 1e-7;

struct Sides {
  torch::Tensor x1, y1, x2, y2, width, height;
};

Sides sides(const torch::Tensor& boxes) {
  const auto side = boxes.unbind(-1);
  return {.x1 = side[0],
          .y1 = side[1],
          .x2 = side[2],
          .y2 = side[3],
          .width = side[2] - side[0],
          .height = side[3] - side[1] + kTiny};
}

/// Whether each point lies inside each box, (G, A).
torch::Tensor inside(const torch::Tensor& points, const torch::Tensor& boxes) {
  const torch::Tensor from = points.unsqueeze(0) - boxes.slice(1, 0, 2).unsqueeze(1);
  const torch::Tensor to = boxes.slice(1, 2, 4).unsqueeze(1) - points.unsqueeze(0);
  return torch::cat({from, to}, 2).amin(2) > 1e-9;
}

}  // namespace

torch::Tensor complete_iou(const torch::Tensor& a, const torch::Tensor& b) {
  const Sides p = sides(a);
  const Sides q = sides(b);
  const torch::Tensor common = (p.x2.minimum(q.x2) - p.x1.maximum(q.x1)).clamp_min(0) *
                               (p.y2.minimum(q.y2) - p.y1.maximum(q.y1)).clamp_min(0);
  const torch::Tensor iou = common / (p.width * p.height + q.width * q.height - common + kTiny);
  const torch::Tensor hull_width = p.x2.maximum(q.x2) - p.x1.minimum(q.x1);
  const torch::Tensor hull_height = p.y2.maximum(q.y2) - p.y1.minimum(q.y1);
  const torch::Tensor diagonal2 = hull_width.square() + hull_height.square() + kTiny;
  const torch::Tensor distance2 =
      ((q.x1 + q.x2 - p.x1 - p.x2).square() + (q.y1 + q.y2 - p.y1 - p.y2).square()) / 4;
  const torch::Tensor aspect = 4 / (std::numbers::pi * std::numbers::pi) *
                               ((q.width / q.height).atan() - (p.width / p.height).atan()).square();
  const torch::Tensor alpha = (aspect / (aspect - iou + (1 + kTiny))).detach();
  return iou - distance2 / diagonal2 - alpha * aspect;
}

YoloAssignment assigned(const torch::Tensor& boxes, const torch::Tensor& probabilities,
                        const torch::Tensor& points, const torch::Tensor& true_boxes,
                        const torch::Tensor& true_classes, const YoloAssignOptions& options) {
  const torch::NoGradGuard no_grad;
  if (true_boxes.size(0) == 0) {
    const torch::Tensor none = torch::empty(0, true_classes.options());
    return {.anchors = none,
            .instances = none,
            .scores = torch::empty(0, boxes.options()),
            .iou = torch::empty(0, boxes.options())};
  }
  const torch::Tensor candidate = inside(points, true_boxes);  // (G, A)
  const torch::Tensor iou =
      complete_iou(true_boxes.unsqueeze(1), boxes.unsqueeze(0)).clamp_min(0) * candidate;
  const torch::Tensor score = probabilities.index_select(1, true_classes).t();
  const torch::Tensor metric =
      score.pow(options.score_power) * iou.pow(options.iou_power) * candidate;

  const int64_t best = std::min(options.anchors_per_instance, points.size(0));
  const torch::Tensor top = std::get<1>(metric.topk(best, 1));
  const torch::Tensor claimed =
      torch::zeros_like(candidate).scatter(1, top, 1).logical_and(candidate);
  const torch::Tensor owner = torch::where(claimed.sum(0) > 1, iou.argmax(0),
                                           claimed.to(torch::kUInt8).argmax(0));  // (A)
  const torch::Tensor anchors = claimed.any(0).nonzero().flatten();
  const torch::Tensor instances = owner.index_select(0, anchors);

  const torch::Tensor owned = torch::zeros_like(candidate).index_put(
      {instances, anchors}, torch::ones({}, candidate.options()));
  const torch::Tensor largest_iou = (iou * owned).amax(1);
  const torch::Tensor largest_metric = (metric * owned).amax(1);
  const torch::Tensor factor = largest_iou / (largest_metric + 1e-9);
  return {.anchors = anchors,
          .instances = instances,
          .scores = metric.index({instances, anchors}) * factor.index_select(0, instances),
          .iou = iou.index({instances, anchors})};
}

}  // namespace mote::nn
