#include "mote/nn/sam_decoder.h"

namespace mote::nn {
namespace {

torch::nn::ConvTranspose2d doubling(int64_t from, int64_t to) {
  return torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(from, to, 2).stride(2));
}

}  // namespace

SamDecoderImpl::SamDecoderImpl(const SamDecoderOptions& options)
    : transformer(register_module("transformer", SamTransformer(options.transformer))),
      options_(options),
      iou_token_(
          register_module("iou_token", torch::nn::Embedding(1, options.transformer.channels))),
      mask_tokens_(register_module(
          "mask_tokens", torch::nn::Embedding(options.mask_tokens, options.transformer.channels))),
      final_output_upscaling_layers_(
          register_module("final_output_upscaling_layers", torch::nn::ModuleList())),
      output_hypernetworks_mlps_(
          register_module("output_hypernetworks_mlps", torch::nn::ModuleList())),
      iou_prediction_head_(register_module(
          "iou_prediction_head",
          SamHead(options.transformer.channels, options.head_channels, options.mask_tokens, 2))) {
  final_output_upscaling_layers_->push_back(torch::nn::Sequential(
      doubling(options.transformer.channels, options.up1_channels),
      torch::nn::GroupNorm(torch::nn::GroupNormOptions(1, options.up1_channels)),
      torch::nn::GELU()));
  final_output_upscaling_layers_->push_back(torch::nn::Sequential(
      doubling(options.up1_channels, options.up2_channels), torch::nn::GELU()));
  for (int64_t i = 0; i < options.mask_tokens; ++i) {
    output_hypernetworks_mlps_->push_back(SamHead(
        options.transformer.channels, options.transformer.channels, options.up2_channels, 2));
  }
}

torch::Tensor SamDecoderImpl::tokens(const torch::Tensor& prompts) const {
  const torch::Tensor learned = torch::cat({iou_token_->weight, mask_tokens_->weight}, 0);
  return torch::cat({learned.unsqueeze(0).expand({prompts.size(0), -1, -1}), prompts}, 1);
}

torch::Tensor SamDecoderImpl::upscaled_once(const torch::Tensor& map) {
  return final_output_upscaling_layers_[0]->as<torch::nn::Sequential>()->forward(map);
}

torch::Tensor SamDecoderImpl::upscaled_twice(const torch::Tensor& map) {
  return final_output_upscaling_layers_[1]->as<torch::nn::Sequential>()->forward(map);
}

torch::nn::ConvTranspose2dImpl& SamDecoderImpl::upscaling(int64_t index) {
  return final_output_upscaling_layers_[static_cast<size_t>(index)]
      ->as<torch::nn::Sequential>()
      ->at<torch::nn::ConvTranspose2dImpl>(0);
}

torch::nn::GroupNormImpl& SamDecoderImpl::upscaling_norm() {
  return final_output_upscaling_layers_[0]
      ->as<torch::nn::Sequential>()
      ->at<torch::nn::GroupNormImpl>(1);
}

torch::Tensor SamDecoderImpl::mask_kernels(const torch::Tensor& tokens) {
  std::vector<torch::Tensor> kernels;
  for (int64_t i = 0; i < options_.mask_tokens; ++i) {
    SamHeadImpl& head = output_hypernetworks_mlps_->at<SamHeadImpl>(static_cast<size_t>(i));
    kernels.push_back(head.forward(tokens.select(1, 1 + i)));
  }
  return torch::stack(kernels, 1);
}

torch::Tensor SamDecoderImpl::iou(const torch::Tensor& tokens) {
  return iou_prediction_head_(tokens.select(1, 0));
}

SamMasks SamDecoderImpl::masks(const torch::Tensor& tokens, const torch::Tensor& upscaled) {
  const torch::Tensor logits = torch::matmul(mask_kernels(tokens), upscaled.flatten(2));
  return {.logits = logits.unflatten(2, {upscaled.size(2), upscaled.size(3)}), .iou = iou(tokens)};
}

SamMasks SamDecoderImpl::forward(const torch::Tensor& embedding, const torch::Tensor& code,
                                 const torch::Tensor& prompts) {
  const SamStreams streams = transformer->forward(
      {.tokens = tokens(prompts), .image = embedding.flatten(2).transpose(1, 2)},
      code.flatten(2).transpose(1, 2));
  const torch::Tensor map =
      streams.image.transpose(1, 2).unflatten(2, {embedding.size(2), embedding.size(3)});
  return masks(streams.tokens, upscaled_twice(upscaled_once(map)));
}

}  // namespace mote::nn
