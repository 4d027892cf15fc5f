#include "mote/nn/deaot_decoder_fast.h"

#include <cmath>
#include <vector>

#include "mote/nn/pyramid_kernel.h"

namespace mote::nn {
namespace {

PixelMap map_of(const torch::Tensor& image) {
  return {.values = image.data_ptr<float>(),
          .height = image.size(0),
          .width = image.size(1),
          .channels = image.size(2)};
}

torch::Tensor resized(const torch::Tensor& image, const ChannelAffine& affine, const float* added,
                      int64_t height, int64_t width) {
  const torch::Tensor in = image.contiguous();
  torch::Tensor out = torch::empty({height, width, in.size(2)}, in.options());
  rectified_and_resized(map_of(in), affine.scale.data_ptr<float>(), affine.shift.data_ptr<float>(),
                        added, height, width, out.data_ptr<float>());
  return out;
}

}  // namespace

torch::Tensor ReadyConvolution::operator()(const torch::Tensor& image) {
  const int64_t version = parts_.conv->weight._version();
  if (version_ != version) {
    ready_ = winograd_weights(parts_.conv->weight);
    version_ = version;
  }
  return winograd_convolution(image, ready_, parts_.conv->bias);
}

ChannelAffine affine_of(const torch::nn::GroupNorm& norm, const torch::Tensor& image) {
  const int64_t channels = image.size(2);
  const torch::Tensor sums = torch::empty({2, channels}, torch::kFloat64);
  channel_sums(map_of(image), sums[0].data_ptr<double>(), sums[1].data_ptr<double>());
  const int64_t groups = norm->options.num_groups();
  const auto count = static_cast<double>(image.numel() / groups);
  const torch::Tensor moments = sums.reshape({2, groups, -1}).sum(2) / count;  // (2, groups)
  const torch::Tensor deviation =
      (moments[1] - moments[0].square()).clamp_min(0).add(norm->options.eps()).sqrt();
  const auto of_channels = [&](const torch::Tensor& of_groups) {
    return of_groups.repeat_interleave(channels / groups);
  };
  const torch::Tensor scale = norm->weight.to(torch::kFloat64) / of_channels(deviation);
  const torch::Tensor shift = norm->bias.to(torch::kFloat64) - of_channels(moments[0]) * scale;
  return {.scale = scale.to(torch::kFloat32), .shift = shift.to(torch::kFloat32)};
}

torch::Tensor rectified_onto(const torch::Tensor& image, const ChannelAffine& affine,
                             const torch::Tensor& added) {
  const torch::Tensor onto = added.contiguous();
  return resized(image, affine, onto.data_ptr<float>(), onto.size(0), onto.size(1));
}

torch::Tensor rectified(const torch::Tensor& image, const ChannelAffine& affine) {
  return resized(image, affine, nullptr, image.size(0), image.size(1));
}

}  // namespace mote::nn
