#include "mote/nn/yolo.h"

#include <algorithm>
#include <cmath>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

/// Channels are rounded up to multiples of 8.
int64_t scaled(const YoloOptions& options, int64_t channels) {
  const auto wanted = static_cast<double>(std::min(channels, options.max_channels));
  return static_cast<int64_t>(std::ceil(wanted * options.width / 8)) * 8;
}

int64_t repeats(const YoloOptions& options, int64_t bottlenecks) {
  const double wanted = static_cast<double>(bottlenecks) * options.depth;
  return std::max<int64_t>(1, std::lround(wanted));
}

YoloConv down(int64_t in_channels, int64_t out_channels) {
  return YoloConv(YoloConvOptions{
      .in_channels = in_channels, .out_channels = out_channels, .kernel_px = 3, .stride = 2});
}

C2f block(int64_t in_channels, int64_t out_channels, int64_t depth, bool shortcut) {
  return C2f(C2fOptions{.in_channels = in_channels,
                        .out_channels = out_channels,
                        .depth = depth,
                        .shortcut = shortcut});
}

YoloHeadOptions head_options(const YoloOptions& options) {
  return {.in_channels = {scaled(options, 256), scaled(options, 512), scaled(options, 1024)},
          .classes = options.classes,
          .bins = options.bins,
          .prototypes = options.prototypes,
          .prototype_channels = scaled(options, 256)};
}

torch::Tensor doubled(const torch::Tensor& features) {
  return torch::upsample_nearest2d(features, {2 * features.size(2), 2 * features.size(3)});
}

}  // namespace

void check_yolo_input(const torch::Tensor& image, int64_t channels) {
  if (image.dim() != 4 || image.size(1) != channels) {
    throw Error(ErrorKind::kUsage, "YOLO takes images (N, {}, H, W), not {} axes of {} channels",
                channels, image.dim(), image.dim() > 1 ? image.size(1) : 0);
  }
  if (image.size(2) % 32 != 0 || image.size(3) % 32 != 0 || image.numel() == 0) {
    throw Error(ErrorKind::kUsage, "YOLO takes sides that are multiples of 32 px, not {} x {}",
                image.size(2), image.size(3));
  }
}

YoloLayersImpl::YoloLayersImpl(const YoloOptions& o)
    : conv0(register_module("0", down(o.in_channels, scaled(o, 64)))),
      conv1(register_module("1", down(scaled(o, 64), scaled(o, 128)))),
      c2f2(register_module("2", block(scaled(o, 128), scaled(o, 128), repeats(o, 3), true))),
      conv3(register_module("3", down(scaled(o, 128), scaled(o, 256)))),
      c2f4(register_module("4", block(scaled(o, 256), scaled(o, 256), repeats(o, 6), true))),
      conv5(register_module("5", down(scaled(o, 256), scaled(o, 512)))),
      c2f6(register_module("6", block(scaled(o, 512), scaled(o, 512), repeats(o, 6), true))),
      conv7(register_module("7", down(scaled(o, 512), scaled(o, 1024)))),
      c2f8(register_module("8", block(scaled(o, 1024), scaled(o, 1024), repeats(o, 3), true))),
      sppf9(register_module("9", Sppf(scaled(o, 1024)))),
      c2f12(register_module(
          "12", block(scaled(o, 1024) + scaled(o, 512), scaled(o, 512), repeats(o, 3), false))),
      c2f15(register_module(
          "15", block(scaled(o, 512) + scaled(o, 256), scaled(o, 256), repeats(o, 3), false))),
      conv16(register_module("16", down(scaled(o, 256), scaled(o, 256)))),
      c2f18(register_module(
          "18", block(scaled(o, 256) + scaled(o, 512), scaled(o, 512), repeats(o, 3), false))),
      conv19(register_module("19", down(scaled(o, 512), scaled(o, 512)))),
      c2f21(register_module(
          "21", block(scaled(o, 512) + scaled(o, 1024), scaled(o, 1024), repeats(o, 3), false))),
      head22(register_module("22", YoloHead(head_options(o)))) {}

YoloImpl::YoloImpl(const YoloOptions& options)
    : options_(options), layers_(register_module("model", YoloLayers(options))) {}

std::array<torch::Tensor, 22> YoloImpl::features(const torch::Tensor& image) {
  check_yolo_input(image, options_.in_channels);
  YoloLayersImpl& layer = *layers_;
  std::array<torch::Tensor, 22> f;
  f[0] = layer.conv0(image);
  f[1] = layer.conv1(f[0]);
  f[2] = layer.c2f2(f[1]);
  f[3] = layer.conv3(f[2]);
  f[4] = layer.c2f4(f[3]);
  f[5] = layer.conv5(f[4]);
  f[6] = layer.c2f6(f[5]);
  f[7] = layer.conv7(f[6]);
  f[8] = layer.c2f8(f[7]);
  f[9] = layer.sppf9(f[8]);
  f[12] = layer.c2f12(torch::cat({doubled(f[9]), f[6]}, 1));
  f[15] = layer.c2f15(torch::cat({doubled(f[12]), f[4]}, 1));
  f[16] = layer.conv16(f[15]);
  f[18] = layer.c2f18(torch::cat({f[16], f[12]}, 1));
  f[19] = layer.conv19(f[18]);
  f[21] = layer.c2f21(torch::cat({f[19], f[9]}, 1));
  return f;
}

YoloOutput YoloImpl::forward(const torch::Tensor& image) {
  const auto f = features(image);
  return layers_->head22->forward({f[15], f[18], f[21]});
}

torch::Tensor yolo_decoded(const YoloOutput& output, const torch::Tensor& bins) {
  const int64_t height_px = 4 * output.prototypes.size(2);
  const int64_t width_px = 4 * output.prototypes.size(3);
  const YoloAnchors anchors = yolo_anchors(height_px, width_px, output.box_logits.options());
  const auto corners = yolo_boxes(output.box_logits, anchors.points, bins).chunk(2, -1);
  return torch::cat({(corners[0] + corners[1]) / 2 * anchors.strides,
                     (corners[1] - corners[0]) * anchors.strides, output.class_logits.sigmoid()},
                    -1);
}
}  // namespace mote::nn
