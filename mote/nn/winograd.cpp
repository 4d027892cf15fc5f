#include "mote/nn/winograd.h"

#include "mote/core/error.h"
#include "mote/nn/winograd_kernel.h"

namespace mote::nn {

WinogradWeights winograd_weights(const torch::Tensor& weight) {
  const torch::Tensor g = torch::tensor({{1.0 / 4, 0.0, 0.0},
                                         {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                         {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                         {0.0, 0.0, 1.0}},
                                        torch::kFloat64);
  const torch::Tensor wide = weight.detach().to(torch::kFloat64);
  const torch::Tensor transformed = torch::matmul(torch::matmul(g, wide), g.t());  // (O, I, 6, 6)
  const torch::Tensor by_point = transformed.permute({2, 3, 0, 1}).to(torch::kFloat32).contiguous();
  WinogradWeights ready = {.in = weight.size(1), .out = weight.size(0)};
  ready.packed = torch::empty({static_cast<int64_t>(winograd_packed_bytes(ready.in, ready.out))},
                              torch::kUInt8);
  pack_winograd(by_point.data_ptr<float>(), ready.in, ready.out, ready.packed.data_ptr());
  return ready;
}

torch::Tensor winograd_convolution(const torch::Tensor& image, const WinogradWeights& weights,
                                   const torch::Tensor& bias) {
  if (image.dim() != 3 || image.size(2) != weights.in || weights.in % kWinogradChannels != 0 ||
      weights.out % kWinogradChannels != 0) {
    throw Error(ErrorKind::kUsage, "a convolution of {} to {} channels does not take {}",
                weights.in, weights.out, fmt::join(image.sizes().vec(), " x "));
  }
  const torch::Tensor in = image.contiguous();
  const torch::Tensor shift = bias.contiguous();
  torch::Tensor out = torch::empty({in.size(0), in.size(1), weights.out}, in.options());
  winograd_kernel({.height = in.size(0),
                   .width = in.size(1),
                   .in = weights.in,
                   .out = weights.out,
                   .image = in.data_ptr<float>(),
                   .weights = weights.packed.data_ptr(),
                   .bias = shift.data_ptr<float>(),
                   .result = out.data_ptr<float>()});
  return out;
}

}  // namespace mote::nn
