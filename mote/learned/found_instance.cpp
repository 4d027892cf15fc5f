#include "mote/learned/found_instance.h"

#include <algorithm>
#include <utility>

#include <torch/torch.h>

namespace mote::learned {

torch::Tensor boxes_of(const torch::Tensor& masks) {
  const auto ends = [](const torch::Tensor& occupied) {  // (M, n) bool
    const int64_t n = occupied.size(1);
    const torch::Tensor at = torch::arange(n, occupied.device());
    const torch::Tensor first = torch::where(occupied, at, n).amin(1);
    const torch::Tensor last = torch::where(occupied, at + 1, 0).amax(1);
    return std::pair(first, last);
  };
  const auto [y0, y1] = ends(masks.any(2));
  const auto [x0, x1] = ends(masks.any(1));
  return torch::stack({y0, x0, y1, x1}, 1);
}

FoundInstance found_instance(const torch::Tensor& mask, double score, int64_t y_px, int64_t x_px) {
  if (mask.numel() == 0) {
    return {};
  }
  const torch::Tensor box = boxes_of(mask.unsqueeze(0))[0].to(torch::kCPU);
  const auto edge = [&box](int64_t which) { return box[which].item<int64_t>(); };
  if (edge(2) <= edge(0)) {
    return {};
  }
  const Size size{.height = edge(2) - edge(0), .width = edge(3) - edge(1)};
  const torch::Tensor inside = mask.slice(0, edge(0), edge(2))
                                   .slice(1, edge(1), edge(3))
                                   .to(torch::kCPU, torch::kUInt8)
                                   .contiguous();
  auto pixels = BinaryImage::unfilled(size);
  std::copy_n(inside.data_ptr<uint8_t>(), inside.numel(), pixels.data());
  return {
      .box = {.y = y_px + edge(0), .x = x_px + edge(1), .height = size.height, .width = size.width},
      .mask = std::move(pixels),
      .score = score};
}

}  // namespace mote::learned
