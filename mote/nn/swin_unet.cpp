#include "mote/nn/swin_unet.h"

#include "mote/core/error.h"

namespace mote::nn {
namespace {

constexpr int64_t kPatchPx = 4;

torch::nn::LayerNorm layer_norm(int64_t channels) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels}));
}

int64_t channels_of(const SwinUnetOptions& options, size_t stage) {
  return options.channels << stage;
}

torch::nn::ModuleList swin_blocks(const SwinUnetOptions& options, size_t stage) {
  torch::nn::ModuleList list;
  for (int64_t i = 0; i < options.depths[stage]; ++i) {
    list->push_back(SwinBlock(SwinBlockOptions{.channels = channels_of(options, stage),
                                               .heads = options.heads[stage],
                                               .window = options.window,
                                               .shift = i % 2 == 0 ? 0 : options.window / 2,
                                               .mlp_ratio = options.mlp_ratio}));
  }
  return list;
}

torch::Tensor run(const torch::nn::ModuleList& blocks, torch::Tensor map) {
  for (const auto& block : *blocks) {
    map = block->as<SwinBlock>()->forward(map);
  }
  return map;
}

PatchExpand doubling(int64_t channels) {
  return PatchExpand(PatchExpandOptions{.channels = channels, .out_channels = channels / 2});
}

void check(const SwinUnetOptions& options) {
  if (options.depths.size() < 2 || options.heads.size() != options.depths.size()) {
    throw Error(ErrorKind::kUsage, "Swin-UNet of {} depths and {} numbers of heads",
                options.depths.size(), options.heads.size());
  }
  for (size_t s = 0; s < options.heads.size(); ++s) {
    if (channels_of(options, s) % options.heads[s] != 0) {
      throw Error(ErrorKind::kUsage, "{} channels do not divide among {} heads",
                  channels_of(options, s), options.heads[s]);
    }
  }
}

torch::nn::ModuleList down_stages(const SwinUnetOptions& options) {
  check(options);
  torch::nn::ModuleList list;
  for (size_t s = 0; s < options.depths.size(); ++s) {
    list->push_back(SwinStage(options, s));
  }
  return list;
}

/// The first only expands, the others have blocks.
torch::nn::ModuleList up_stages(const SwinUnetOptions& options) {
  const size_t last = options.depths.size() - 1;
  torch::nn::ModuleList list;
  list->push_back(doubling(channels_of(options, last)));
  for (size_t k = 1; k <= last; ++k) {
    list->push_back(SwinUpStage(options, last - k));
  }
  return list;
}

torch::nn::ModuleList joining_layers(const SwinUnetOptions& options) {
  const size_t last = options.depths.size() - 1;
  torch::nn::ModuleList list;
  list->push_back(torch::nn::Identity());
  for (size_t k = 1; k <= last; ++k) {
    const int64_t channels = channels_of(options, last - k);
    list->push_back(torch::nn::Linear(2 * channels, channels));
  }
  return list;
}

}  // namespace

SwinStageImpl::SwinStageImpl(const SwinUnetOptions& options, size_t stage)
    : blocks_(register_module("blocks", swin_blocks(options, stage))) {
  if (stage + 1 < options.depths.size()) {
    downsample_ = register_module("downsample", PatchMerging(channels_of(options, stage)));
  }
}

torch::Tensor SwinStageImpl::forward(const torch::Tensor& map) {
  const auto out = run(blocks_, map);
  return downsample_.is_empty() ? out : downsample_(out);
}

SwinUpStageImpl::SwinUpStageImpl(const SwinUnetOptions& options, size_t stage)
    : blocks_(register_module("blocks", swin_blocks(options, stage))) {
  if (stage > 0) {
    upsample_ = register_module("upsample", doubling(channels_of(options, stage)));
  }
}

torch::Tensor SwinUpStageImpl::forward(const torch::Tensor& map) {
  const auto out = run(blocks_, map);
  return upsample_.is_empty() ? out : upsample_(out);
}

SwinTransformerSysImpl::SwinTransformerSysImpl(const SwinUnetOptions& options)
    : patch_embed_(register_module("patch_embed", NormedPatchEmbed(3, options.channels, kPatchPx))),
      layers_(register_module("layers", down_stages(options))),
      layers_up_(register_module("layers_up", up_stages(options))),
      concat_back_dim_(register_module("concat_back_dim", joining_layers(options))),
      norm_(register_module("norm", layer_norm(channels_of(options, options.depths.size() - 1)))),
      norm_up_(register_module("norm_up", layer_norm(options.channels))),
      up_(register_module("up", PatchExpand(PatchExpandOptions{.channels = options.channels,
                                                               .out_channels = options.channels,
                                                               .factor = kPatchPx}))),
      output_(register_module(
          "output",
          torch::nn::Conv2d(
              torch::nn::Conv2dOptions(options.channels, options.classes, 1).bias(false)))) {}

std::vector<torch::Tensor> SwinTransformerSysImpl::encode(const torch::Tensor& image) {
  std::vector<torch::Tensor> features = {patch_embed_(image)};
  for (const auto& stage : *layers_) {
    features.push_back(stage->as<SwinStage>()->forward(features.back()));
  }
  features.back() = norm_(features.back());
  return features;
}

std::vector<torch::Tensor> SwinTransformerSysImpl::decode(
    const std::vector<torch::Tensor>& features) {
  std::vector<torch::Tensor> decoded = {layers_up_[0]->as<PatchExpand>()->forward(features.back())};
  for (size_t k = 1; k < layers_up_->size(); ++k) {
    const auto& skip = features[layers_up_->size() - 1 - k];
    const auto joined = concat_back_dim_[k]->as<torch::nn::Linear>()->forward(
        torch::cat({decoded.back(), skip}, -1));
    decoded.push_back(layers_up_[k]->as<SwinUpStage>()->forward(joined));
  }
  return decoded;
}

torch::Tensor SwinTransformerSysImpl::classify(const torch::Tensor& map) {
  return up_->convolved(norm_up_(map), output_);
}

SwinUnetImpl::SwinUnetImpl(const SwinUnetOptions& options)
    : options_(options), swin_unet_(register_module("swin_unet", SwinTransformerSys(options))) {
  init_linears(*this);
}

torch::Tensor SwinUnetImpl::forward(const torch::Tensor& image) {
  const auto channels = three_channels(image);
  const int64_t multiple = (kPatchPx << (options_.depths.size() - 1)) * options_.window;
  if (image.size(2) % multiple != 0 || image.size(3) % multiple != 0) {
    throw Error(ErrorKind::kUsage, "image of {} x {} px: Swin-UNet takes multiples of {} px",
                image.size(2), image.size(3), multiple);
  }
  return swin_unet_->classify(swin_unet_->decode(swin_unet_->encode(channels)).back());
}

}  // namespace mote::nn
