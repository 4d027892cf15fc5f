#include "mote/nn/vmunet.h"

#include "mote/core/error.h"

namespace mote::nn {
namespace {

torch::nn::ModuleList up_stages(const VmUnetOptions& options) {
  const auto& channels = options.encoder.channels;
  if (options.decoder_depths.size() != channels.size()) {
    throw Error(ErrorKind::kUsage, "{} stages to decode what {} encode",
                options.decoder_depths.size(), channels.size());
  }
  torch::nn::ModuleList list;
  for (size_t k = 0; k < channels.size(); ++k) {
    list->push_back(VssUpStage(options.decoder_depths[k], channels[channels.size() - 1 - k],
                               options.encoder.states, k > 0));
  }
  return list;
}

}  // namespace

VssUpStageImpl::VssUpStageImpl(int64_t count, int64_t channels, int64_t states, bool expands)
    : blocks_(register_module("blocks", vss_blocks(count, channels, states))) {
  if (expands) {
    upsample_ = register_module(
        "upsample",
        PatchExpand(PatchExpandOptions{.channels = 2 * channels, .out_channels = channels}));
  }
}

torch::Tensor VssUpStageImpl::forward(const torch::Tensor& map) {
  return run_vss_blocks(blocks_, upsample_.is_empty() ? map : upsample_(map));
}

VssmImpl::VssmImpl(const VmUnetOptions& options)
    : VssEncoderImpl(options.encoder),
      layers_up_(register_module("layers_up", up_stages(options))),
      final_up_(register_module("final_up", PatchExpand(PatchExpandOptions{
                                                .channels = options.encoder.channels[0],
                                                .out_channels = options.encoder.channels[0] / 4,
                                                .factor = 4}))),
      final_conv_(register_module(
          "final_conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(options.encoder.channels[0] / 4,
                                                                   options.classes, 1)))) {}

std::vector<torch::Tensor> VssmImpl::decode(const std::vector<torch::Tensor>& features) {
  // The skip of a stage is the input of the stage of its width; the first has none.
  std::vector<torch::Tensor> decoded;
  torch::Tensor map = features.back();
  for (size_t k = 0; k < layers_up_->size(); ++k) {
    if (k > 0) {
      map = map + features[layers_up_->size() - k];
    }
    map = layers_up_[k]->as<VssUpStage>()->forward(map);
    decoded.push_back(map);
  }
  return decoded;
}

torch::Tensor VssmImpl::classify(const torch::Tensor& map) {
  return final_up_->convolved(map, final_conv_);
}

VmUnetImpl::VmUnetImpl(const VmUnetOptions& options)
    : options_(options), vmunet_(register_module("vmunet", Vssm(options))) {
  init_linears(*this);
}

torch::Tensor VmUnetImpl::forward(const torch::Tensor& image) {
  const auto features = vmunet_->encode(three_channels(image), options_.encoder.depths.size());
  const auto logits = vmunet_->classify(vmunet_->decode(features).back());
  return options_.classes == 1 ? torch::sigmoid(logits) : logits;
}

}  // namespace mote::nn
