#include "mote/nn/vss_encoder.h"

#include "mote/core/error.h"
#include "mote/nn/fused_ops.h"

namespace mote::nn {
namespace {

constexpr int64_t kPatchPx = 4;

void check(const VssEncoderOptions& options) {
  if (options.channels.size() != options.depths.size() || options.channels.empty()) {
    throw Error(ErrorKind::kUsage, "{} widths for {} stages", options.channels.size(),
                options.depths.size());
  }
}

torch::nn::ModuleList stages(const VssEncoderOptions& options) {
  check(options);
  torch::nn::ModuleList list;
  for (size_t s = 0; s < options.depths.size(); ++s) {
    list->push_back(VssStage(options.depths[s], options.channels[s], options.states,
                             s + 1 < options.depths.size()));
  }
  return list;
}

}  // namespace

VssBlockImpl::VssBlockImpl(int64_t channels, int64_t states)
    : ln_1_(register_module("ln_1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels})))),
      self_attention_(register_module("self_attention",
                                      Ss2d(Ss2dOptions{.channels = channels, .states = states}))) {}

torch::Tensor VssBlockImpl::forward(const torch::Tensor& map) {
  return map + self_attention_(fuses(map) ? normed(map, ln_1_) : ln_1_(map));
}

torch::nn::ModuleList vss_blocks(int64_t count, int64_t channels, int64_t states) {
  torch::nn::ModuleList list;
  for (int64_t i = 0; i < count; ++i) {
    list->push_back(VssBlock(channels, states));
  }
  return list;
}

torch::Tensor run_vss_blocks(const torch::nn::ModuleList& blocks, torch::Tensor map) {
  for (const auto& block : *blocks) {
    map = block->as<VssBlock>()->forward(map);
  }
  return map;
}

VssStageImpl::VssStageImpl(int64_t count, int64_t channels, int64_t states, bool merges)
    : blocks_(register_module("blocks", vss_blocks(count, channels, states))) {
  if (merges) {
    downsample_ = register_module("downsample", PatchMerging(channels));
  }
}

torch::Tensor VssStageImpl::forward(const torch::Tensor& map) {
  const auto out = run_vss_blocks(blocks_, map);
  return downsample_.is_empty() ? out : downsample_(out);
}

VssEncoderImpl::VssEncoderImpl(const VssEncoderOptions& options)
    : patch_embed_(
          register_module("patch_embed", NormedPatchEmbed(3, options.channels.at(0), kPatchPx))),
      layers_(register_module("layers", stages(options))) {}

std::vector<torch::Tensor> VssEncoderImpl::encode(const torch::Tensor& image, size_t stages) {
  const int64_t multiple = kPatchPx << (layers_->size() - 1);
  if (image.size(2) % multiple != 0 || image.size(3) % multiple != 0) {
    throw Error(ErrorKind::kUsage, "image of {} x {} px: VM-UNet takes multiples of {} px",
                image.size(2), image.size(3), multiple);
  }
  std::vector<torch::Tensor> features = {patch_embed_(image)};
  for (size_t s = 0; s < stages; ++s) {
    features.push_back(layers_[s]->as<VssStage>()->forward(features.back()));
  }
  return features;
}

}  // namespace mote::nn
