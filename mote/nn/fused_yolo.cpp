#include "mote/nn/fused_yolo.h"

#include "mote/nn/channels_last.h"

namespace mote::nn {
namespace {

constexpr ConvPadding around(int64_t px) {
  return {.top = px, .left = px, .bottom = px, .right = px};
}

/// A transposed 2x2 convolution of stride 2 and a 3x3 convolution behind it, as the 2x2 convolution
/// of the cells that gives the pixels in row `dy` and column `dx` of each cell.
///
/// Row 2 y + dy of the result sees rows 2 y + dy - 1 to 2 y + dy + 1 in between, which lie in cells
/// y - 1 and y (dy = 0) or y and y + 1 (dy = 1).
/// Shapes: up (C, M, 2, 2), conv (O, M, 3, 3) -> (O, C, 2, 2).
torch::Tensor composed(const torch::Tensor& up, const torch::Tensor& conv, int64_t dy, int64_t dx) {
  const torch::Tensor u = up.to(torch::kFloat64);
  const torch::Tensor v = conv.to(torch::kFloat64);
  torch::Tensor weight = torch::zeros({v.size(0), u.size(0), 2, 2}, v.options());
  for (int64_t ky = 0; ky < 3; ++ky) {
    for (int64_t kx = 0; kx < 3; ++kx) {
      const int64_t row = dy + ky - 1 + 2 * (1 - dy);  // from the first row of the upper cell
      const int64_t column = dx + kx - 1 + 2 * (1 - dx);
      weight.select(3, column / 2).select(2, row / 2) +=
          v.select(3, kx).select(2, ky).matmul(u.select(3, column % 2).select(2, row % 2).t());
    }
  }
  return weight.to(torch::kFloat32);
}

torch::Tensor channels_last(const torch::Tensor& image) {
  return image.permute({0, 2, 3, 1}).contiguous();
}

}  // namespace

FusedConv FusedYolo::fused(const YoloConv& conv, AddedTensor added) const {
  const FoldedConv both = folded(*conv->conv(), *conv->norm());
  return {both.weight, both.bias,
          FusedConvOptions{.stride = conv->options().stride,
                           .padding = around(conv->options().kernel_px / 2),
                           .added = added,
                           .precision = precision_}};
}

FusedConv FusedYolo::fused(const torch::nn::Conv2d& conv) const {
  return {conv->weight, conv->bias,
          FusedConvOptions{
              .activation = Activation::kNone, .float32_results = true, .precision = precision_}};
}

FusedYolo::Block FusedYolo::fused(C2f block) const {
  const FoldedConv split = folded(*block->split()->conv(), *block->split()->norm());
  const auto weights = split.weight.chunk(2, 0);
  const auto biases = split.bias.chunk(2, 0);
  const FusedConvOptions options{.precision = precision_};
  Block result{.first_half = {weights[0], biases[0], options},
               .second_half = {weights[1], biases[1], options},
               .join = fused(block->join()),
               .bottlenecks = {},
               .shortcut = false};
  for (const auto& module : *block->bottlenecks()) {
    const auto& bottleneck = *module->as<YoloBottleneck>();
    result.shortcut = bottleneck.shortcut();
    result.bottlenecks.push_back(
        {fused(bottleneck.first()),
         fused(bottleneck.second(),
               result.shortcut ? AddedTensor::kAfterActivation : AddedTensor::kNone)});
  }
  return result;
}

FusedYolo::Prototypes FusedYolo::fused(YoloPrototypes branch) const {
  const FoldedConv second = folded(*branch->second()->conv(), *branch->second()->norm());
  Prototypes result{.first = fused(branch->first()),
                    .phases = {},
                    .last = fused(branch->third()),
                    .bias = branch->upsample()->bias.detach().clone(),
                    .weight = second.weight,
                    .second_bias = second.bias};
  for (int64_t phase = 0; phase < 4; ++phase) {
    const int64_t dy = phase / 2;
    const int64_t dx = phase % 2;
    result.phases[static_cast<size_t>(phase)] = {
        composed(branch->upsample()->weight.detach(), second.weight, dy, dx),
        torch::zeros_like(second.bias),
        FusedConvOptions{.padding = {.top = 1 - dy, .left = 1 - dx, .bottom = dy, .right = dx},
                         .added = AddedTensor::kBeforeActivation,
                         .precision = precision_}};
  }
  const FoldedConv third = folded(*branch->third()->conv(), *branch->third()->norm());
  result.last = {third.weight, third.bias,
                 FusedConvOptions{.float32_results = true, .precision = precision_}};
  return result;
}

std::array<FusedYolo::Branch, 3> FusedYolo::fused(torch::nn::ModuleList branches) const {
  std::array<Branch, 3> result;
  for (size_t i = 0; i < result.size(); ++i) {
    const auto& layers = *branches[i]->as<torch::nn::Sequential>();
    result[i] = {.first = fused(YoloConv(layers.ptr<YoloConvImpl>(0))),
                 .second = fused(YoloConv(layers.ptr<YoloConvImpl>(1))),
                 .last = fused(torch::nn::Conv2d(layers.ptr<torch::nn::Conv2dImpl>(2)))};
  }
  return result;
}

FusedYolo::FusedYolo(Yolo network, Precision precision)
    : precision_(precision), in_channels_(network->options().in_channels) {
  const torch::NoGradGuard no_grad;
  const YoloLayersImpl& layer = *network->layers();
  bins_ = layer.head22->bins().detach().clone();
  convs_ = {fused(layer.conv0), fused(layer.conv1),  fused(layer.conv3), fused(layer.conv5),
            fused(layer.conv7), fused(layer.conv16), fused(layer.conv19)};
  blocks_ = {fused(layer.c2f2),  fused(layer.c2f4),  fused(layer.c2f6),  fused(layer.c2f8),
             fused(layer.c2f12), fused(layer.c2f15), fused(layer.c2f18), fused(layer.c2f21)};
  pool_ = {fused(layer.sppf9->reduce()), fused(layer.sppf9->join())};
  boxes_ = fused(layer.head22->boxes());
  classes_ = fused(layer.head22->classes());
  coefficients_ = fused(layer.head22->coefficients());
  prototypes_ = fused(layer.head22->prototypes());
}

torch::Tensor FusedYolo::run(const Block& block, const torch::Tensor& input) const {
  std::vector<JoinedPart> parts = {{block.first_half(input)}, {block.second_half(input)}};
  for (const auto& [first, second] : block.bottlenecks) {
    const torch::Tensor last = parts.back().image;
    parts.push_back({second(first(last), block.shortcut ? last : torch::Tensor())});
  }
  return block.join(joined(parts));
}

torch::Tensor FusedYolo::pooled(const torch::Tensor& input) const {
  std::vector<JoinedPart> parts = {{pool_[0](input)}};
  for (int pool = 0; pool < 3; ++pool) {
    const torch::Tensor last = parts.back().image.permute({0, 3, 1, 2});
    parts.push_back({channels_last(torch::max_pool2d(last, 5, 1, 2))});
  }
  return pool_[1](joined(parts));
}

torch::Tensor FusedYolo::rows(const std::array<Branch, 3>& branches,
                              const std::array<torch::Tensor, 3>& maps) const {
  std::vector<torch::Tensor> results;
  for (size_t i = 0; i < maps.size(); ++i) {
    const Branch& branch = branches[i];
    results.push_back(branch.last(branch.second(branch.first(maps[i]))).flatten(1, 2));
  }
  return torch::cat(results, 1);
}

torch::Tensor FusedYolo::prototypes(const torch::Tensor& map) const {
  const torch::Tensor cells = prototypes_.first(map);
  if (!phase_bias_[0].defined() ||
      phase_bias_[0].sizes().slice(0, 3) != cells.sizes().slice(0, 3)) {
    // What the transposed convolution's bias adds ends with the image: less at its border.
    const torch::Tensor inside =
        prototypes_.bias.reshape({1, -1, 1, 1})
            .expand({cells.size(0), -1, 2 * cells.size(1), 2 * cells.size(2)});
    const torch::Tensor bias =
        torch::conv2d(inside, prototypes_.weight, prototypes_.second_bias, 1, 1);
    for (int64_t phase = 0; phase < 4; ++phase) {
      phase_bias_[static_cast<size_t>(phase)] = channels_last(
          bias.slice(2, phase / 2, bias.size(2), 2).slice(3, phase % 2, bias.size(3), 2));
    }
  }
  std::vector<torch::Tensor> phases;
  for (size_t phase = 0; phase < 4; ++phase) {
    phases.push_back(prototypes_.last(prototypes_.phases[phase](cells, phase_bias_[phase])));
  }
  return interleaved(phases);
}

YoloOutput FusedYolo::forward(const torch::Tensor& image) const {
  check_yolo_input(image, in_channels_);
  const torch::NoGradGuard no_grad;
  const torch::Tensor input = channels_last(image).to(convs_[0].input_type());
  const torch::Tensor f2 = run(blocks_[0], convs_[1](convs_[0](input)));
  const torch::Tensor f4 = run(blocks_[1], convs_[2](f2));
  const torch::Tensor f6 = run(blocks_[2], convs_[3](f4));
  const torch::Tensor f9 = pooled(run(blocks_[3], convs_[4](f6)));
  const torch::Tensor f12 = run(blocks_[4], joined({{f9, true}, {f6}}));
  const torch::Tensor f15 = run(blocks_[5], joined({{f12, true}, {f4}}));
  const torch::Tensor f18 = run(blocks_[6], joined({{convs_[5](f15)}, {f12}}));
  const torch::Tensor f21 = run(blocks_[7], joined({{convs_[6](f18)}, {f9}}));
  return {.box_logits = rows(boxes_, {f15, f18, f21}),
          .class_logits = rows(classes_, {f15, f18, f21}),
          .coefficients = rows(coefficients_, {f15, f18, f21}),
          .prototypes = prototypes(f15)};
}

}  // namespace mote::nn
