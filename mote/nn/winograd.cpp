#include "mote/nn/winograd.h"

#include <algorithm>

#include "mote/core/error.h"
#include "mote/nn/winograd_kernel.h"

namespace mote::nn {
namespace {

constexpr int64_t kTilesAtOnce = 512;  // whose points and products stay in the cache

}  // namespace

torch::Tensor winograd_weights(const torch::Tensor& weight) {
  const torch::Tensor g = torch::tensor({{1.0 / 4, 0.0, 0.0},
                                         {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                         {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                         {0.0, 0.0, 1.0}},
                                        torch::kFloat64);
  const torch::Tensor wide = weight.detach().to(torch::kFloat64);
  const torch::Tensor transformed = torch::matmul(torch::matmul(g, wide), g.t());  // (O, I, 6, 6)
  return transformed.permute({2, 3, 1, 0})
      .reshape({kWinogradPoints, weight.size(1), weight.size(0)})
      .to(torch::kFloat32)
      .contiguous();
}

torch::Tensor winograd_convolution(const torch::Tensor& image, const torch::Tensor& weights,
                                   const torch::Tensor& bias) {
  const int64_t in_channels = weights.size(1);
  const int64_t out_channels = weights.size(2);
  if (image.dim() != 3 || image.size(2) != in_channels || in_channels % kWinogradChannels != 0 ||
      out_channels % kWinogradChannels != 0) {
    throw Error(ErrorKind::kUsage, "a convolution of {} to {} channels does not take {}",
                in_channels, out_channels, fmt::join(image.sizes().vec(), " x "));
  }
  const WinogradSize size = {.height = image.size(0), .width = image.size(1)};
  const torch::Tensor in = image.contiguous();
  const torch::Tensor shift = bias.contiguous();
  torch::Tensor out = torch::empty({size.height, size.width, out_channels}, in.options());
  const int64_t rows = std::clamp<int64_t>(kTilesAtOnce / size.columns(), 1, size.rows());
  const int64_t most = rows * size.columns();
  const torch::Tensor points = torch::empty({kWinogradPoints * most * in_channels}, in.options());
  const torch::Tensor products =
      torch::empty({kWinogradPoints * most * out_channels}, in.options());
  for (int64_t first = 0; first < size.rows(); first += rows) {
    const WinogradBand band = {
        .size = size, .first = first, .end = std::min(first + rows, size.rows())};
    const auto of_band = [&](const torch::Tensor& room, int64_t channels) {
      return room.narrow(0, 0, kWinogradPoints * band.tiles() * channels)
          .reshape({kWinogradPoints, band.tiles(), channels});
    };
    winograd_input(in.data_ptr<float>(), band, in_channels, points.data_ptr<float>());
    torch::Tensor products_of_band = of_band(products, out_channels);
    torch::bmm_out(products_of_band, of_band(points, in_channels), weights);
    winograd_output(products.data_ptr<float>(), band, out_channels, shift.data_ptr<float>(),
                    out.data_ptr<float>());
  }
  return out;
}

}  // namespace mote::nn
