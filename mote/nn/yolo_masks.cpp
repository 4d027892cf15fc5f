#include "mote/nn/yolo_masks.h"

#include <algorithm>
#include <cmath>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

torch::Tensor mask_logits(const torch::Tensor& coefficients, const torch::Tensor& prototypes) {
  const torch::Tensor flat = prototypes.to(torch::kFloat32).flatten(1);  // (P, h * w)
  return coefficients.to(flat.options())
      .matmul(flat)
      .unflatten(1, {prototypes.size(1), prototypes.size(2)});
}

torch::Tensor resized(const torch::Tensor& planes, int64_t height, int64_t width) {
  if (planes.size(0) == 0) {
    return planes.new_empty({0, height, width});
  }
  return torch::upsample_bilinear2d(planes.unsqueeze(0), {height, width}, /*align_corners=*/false)
      .squeeze(0);
}

/// Zero where a plane's row or column index lies outside its box: inside is x1 <= column < x2.
torch::Tensor cropped(const torch::Tensor& planes, const torch::Tensor& boxes) {
  const torch::Tensor rows = torch::arange(planes.size(1), planes.options()).reshape({1, -1, 1});
  const torch::Tensor columns = torch::arange(planes.size(2), planes.options()).reshape({1, 1, -1});
  const auto side = boxes.to(planes.options()).reshape({-1, 4, 1, 1}).unbind(1);
  const torch::Tensor inside = (columns >= side[0]).logical_and(columns < side[2]) *
                               (rows >= side[1]).logical_and(rows < side[3]);
  return planes * inside;
}

}  // namespace

torch::Tensor yolo_masks(const YoloDetections& detections, const torch::Tensor& prototypes) {
  const torch::Tensor logits = mask_logits(detections.coefficients, prototypes);
  return resized(cropped(logits, detections.boxes / 4), 4 * prototypes.size(1),
                 4 * prototypes.size(2)) > 0;
}

std::vector<CutMask> yolo_cut_masks(const YoloDetections& detections,
                                    const torch::Tensor& prototypes) {
  const torch::Tensor cells = detections.boxes / 4;
  const torch::Tensor logits = cropped(mask_logits(detections.coefficients, prototypes), cells);
  const auto box = cells.accessor<float, 2>();
  // One cell more on each side: resizing reaches as far, and what is cropped there is 0.
  const auto span = [](float from, float to, int64_t size) {
    const double last = static_cast<double>(size);
    const auto first = static_cast<int64_t>(std::clamp(std::floor(from) - 1.0, 0.0, last));
    const auto end = static_cast<int64_t>(std::clamp(std::ceil(to) + 1.0, 0.0, last));
    return std::pair(first, std::max(first, end));
  };
  std::vector<CutMask> masks;
  for (int64_t i = 0; i < cells.size(0); ++i) {
    const auto [top, bottom] = span(box[i][1], box[i][3], logits.size(1));
    const auto [left, right] = span(box[i][0], box[i][2], logits.size(2));
    const torch::Tensor part =
        logits.slice(0, i, i + 1).slice(1, top, bottom).slice(2, left, right);
    const int64_t height = 4 * (bottom - top);
    const int64_t width = 4 * (right - left);
    masks.push_back({.y_px = 4 * top,
                     .x_px = 4 * left,
                     .mask = part.numel() == 0
                                 ? torch::zeros({height, width}, part.options().dtype(torch::kBool))
                                 : (resized(part, height, width) > 0)[0]});
  }
  return masks;
}

Letterbox letterbox(int64_t height_px, int64_t width_px, int64_t input_height_px,
                    int64_t input_width_px) {
  if (std::min({height_px, width_px, input_height_px, input_width_px}) < 1) {
    throw Error(ErrorKind::kUsage, "an image of {} x {} px does not fit an input of {} x {} px",
                height_px, width_px, input_height_px, input_width_px);
  }
  const auto ratio = [](int64_t a, int64_t b) {
    return static_cast<double>(a) / static_cast<double>(b);
  };
  const double gain = std::min(ratio(input_height_px, height_px), ratio(input_width_px, width_px));
  // The subtracted 0.1 rounds halves down: the published rule.
  const auto padding = [gain](int64_t input, int64_t side) {
    return std::round((static_cast<double>(input) - static_cast<double>(side) * gain) / 2 - 0.1);
  };
  return {.height_px = height_px,
          .width_px = width_px,
          .gain = gain,
          .top = padding(input_height_px, height_px),
          .left = padding(input_width_px, width_px)};
}

torch::Tensor native_boxes(const torch::Tensor& boxes, const Letterbox& letterbox) {
  const torch::Tensor shift = torch::tensor(
      {letterbox.left, letterbox.top, letterbox.left, letterbox.top}, boxes.options());
  const auto height = static_cast<double>(letterbox.height_px);
  const auto width = static_cast<double>(letterbox.width_px);
  const torch::Tensor limit = torch::tensor({width, height, width, height}, boxes.options());
  return ((boxes - shift) / letterbox.gain).clamp_min(0).minimum(limit);
}

torch::Tensor native_mask_logits(const torch::Tensor& coefficients, const torch::Tensor& prototypes,
                                 const Letterbox& letterbox) {
  // At the prototypes' resolution the padding is truncated to whole pixels, at both ends.
  const auto kept = [](int64_t cells, int64_t side, double gain) {
    const double padding = (static_cast<double>(cells) - static_cast<double>(side) * gain) / 2;
    const auto first = static_cast<int64_t>(padding);
    const auto last = static_cast<int64_t>(static_cast<double>(cells) - padding);
    return std::pair(first, last);
  };
  const auto [top, bottom] = kept(prototypes.size(1), letterbox.height_px, letterbox.gain / 4);
  const auto [left, right] = kept(prototypes.size(2), letterbox.width_px, letterbox.gain / 4);
  const torch::Tensor logits =
      mask_logits(coefficients, prototypes).slice(1, top, bottom).slice(2, left, right);
  return resized(logits, letterbox.height_px, letterbox.width_px);
}

torch::Tensor native_masks(const YoloDetections& detections, const torch::Tensor& prototypes,
                           const Letterbox& letterbox) {
  return cropped(native_mask_logits(detections.coefficients, prototypes, letterbox),
                 native_boxes(detections.boxes, letterbox)) > 0;
}

}  // namespace mote::nn
