#include "mote/nn/yolo_nms.h"

#include <algorithm>
#include <numeric>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

struct Box {
  float x1, y1, x2, y2;

  float area() const { return (x2 - x1) * (y2 - y1); }
};

float iou(const Box& a, const Box& b) {
  const float width = std::max(0.0F, std::min(a.x2, b.x2) - std::max(a.x1, b.x1));
  const float height = std::max(0.0F, std::min(a.y2, b.y2) - std::max(a.y1, b.y1));
  const float common = width * height;
  return common / (a.area() + b.area() - common);
}

void check(const NmsOptions& options) {
  if (!(options.min_confidence >= 0 && options.min_confidence <= 1)) {
    throw Error(ErrorKind::kUsage, "min_confidence {} is not within 0 to 1",
                options.min_confidence);
  }
  if (!(options.max_iou >= 0 && options.max_iou <= 1)) {
    throw Error(ErrorKind::kUsage, "max_iou {} is not within 0 to 1", options.max_iou);
  }
  if (options.max_detections < 1) {
    throw Error(ErrorKind::kUsage, "max_detections {} is below 1", options.max_detections);
  }
}

}  // namespace

std::vector<int64_t> kept_by_nms(const torch::Tensor& boxes, const torch::Tensor& scores,
                                 const torch::Tensor& classes, const NmsOptions& options) {
  const torch::Tensor packed = boxes.contiguous();
  const auto score = scores.accessor<float, 1>();
  const auto class_of = classes.accessor<int64_t, 1>();
  const auto* box = reinterpret_cast<const Box*>(packed.data_ptr<float>());
  std::vector<int64_t> order(static_cast<size_t>(scores.size(0)));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return score[a] > score[b]; });

  std::vector<int64_t> kept;
  for (const int64_t candidate : order) {
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](int64_t earlier) {
      return class_of[earlier] == class_of[candidate] &&
             iou(box[earlier], box[candidate]) > static_cast<float>(options.max_iou);
    });
    if (!covered) {
      kept.push_back(candidate);
    }
    if (static_cast<int64_t>(kept.size()) == options.max_detections) {
      break;
    }
  }
  return kept;
}

YoloDetections yolo_detections(const torch::Tensor& decoded, const torch::Tensor& coefficients,
                               const NmsOptions& options) {
  check(options);
  const auto [best, best_class] = decoded.slice(1, 4).max(1);
  const torch::Tensor candidates = (best > options.min_confidence).nonzero().flatten();
  const auto chosen = [&](const torch::Tensor& rows) {
    return rows.index_select(0, candidates).to(torch::kCPU);
  };
  const torch::Tensor box = chosen(decoded.slice(1, 0, 4)).to(torch::kFloat32);
  const torch::Tensor centre = box.slice(1, 0, 2);
  const torch::Tensor half = box.slice(1, 2, 4) / 2;
  const torch::Tensor corners = torch::cat({centre - half, centre + half}, 1);
  const torch::Tensor scores = chosen(best).to(torch::kFloat32);
  const torch::Tensor classes = chosen(best_class);

  const torch::Tensor kept =
      torch::tensor(kept_by_nms(corners, scores, classes, options), torch::kInt64);
  return {.boxes = corners.index_select(0, kept),
          .confidence = scores.index_select(0, kept),
          .classes = classes.index_select(0, kept),
          .coefficients = chosen(coefficients).to(torch::kFloat32).index_select(0, kept)};
}

}  // namespace mote::nn
