#include "mote/nn/efficient_sam.h"

#include "mote/core/error.h"
#include "mote/nn/kernels.h"
#include "mote/nn/sam_fast_decoder.h"

namespace mote::nn {
namespace {

namespace F = torch::nn::functional;

std::string text(const torch::Tensor& tensor) {
  return fmt::format("({})", fmt::join(tensor.sizes().begin(), tensor.sizes().end(), ", "));
}

void check_queries(const torch::Tensor& embedding, const SamQueries& queries) {
  const torch::Tensor& points = queries.points;
  const bool agree = points.dim() == 4 && points.size(3) == 2 &&
                     points.size(0) == embedding.size(0) &&
                     queries.labels.sizes() == points.sizes().slice(0, 3);
  if (!agree) {
    throw Error(ErrorKind::kUsage,
                "points {} and labels {} for {} images: they must be (N, Q, P, 2) and (N, Q, P)",
                text(points), text(queries.labels), embedding.size(0));
  }
}

}  // namespace

EfficientSamOptions efficient_sam_small() {
  return {.encoder = {.embed_dim = 384, .heads = 6}};
}

EfficientSamOptions efficient_sam_options(const std::string& name) {
  if (name == "efficientsam-tiny") {
    return {};
  }
  if (name == "efficientsam-small") {
    return efficient_sam_small();
  }
  throw Error(ErrorKind::kUsage, "EfficientSAM is {}, expected efficientsam-tiny or -small", name);
}

EfficientSamImpl::EfficientSamImpl(const EfficientSamOptions& options)
    : image_encoder(register_module("image_encoder", SamEncoder(options.encoder))),
      prompt_encoder(register_module(
          "prompt_encoder", SamPrompts(SamPromptsOptions{.image_px = options.encoder.image_px,
                                                         .channels = options.encoder.out_channels,
                                                         .slots = options.prompt_slots}))),
      mask_decoder(register_module("mask_decoder", SamDecoder(options.decoder))),
      options_(options) {}

torch::Tensor EfficientSamImpl::encode(const torch::Tensor& image) {
  return image_encoder(image);
}

torch::Tensor EfficientSamImpl::prompt_tokens(const SamQueries& queries,
                                              const SamImageSize& image) {
  const auto side = static_cast<double>(options_.encoder.image_px);
  const torch::Tensor x =
      queries.points.narrow(-1, 0, 1) * (side / static_cast<double>(image.width));
  const torch::Tensor y =
      queries.points.narrow(-1, 1, 1) * (side / static_cast<double>(image.height));
  const torch::Tensor points = torch::where(queries.points.ge(0), torch::cat({x, y}, -1), -1);
  return prompt_encoder(points.flatten(0, 1), queries.labels.flatten(0, 1));
}

SamMasks EfficientSamImpl::decode_batch(const torch::Tensor& embedding,
                                        const torch::Tensor& prompts) {
  const int64_t queries = prompts.size(0) / embedding.size(0);
  const torch::Tensor repeated =
      embedding.unsqueeze(1).expand({-1, queries, -1, -1, -1}).flatten(0, 1);  // (N Q, 256, h, w)
  return mask_decoder(repeated, prompt_encoder->dense(embedding.size(2)), prompts);
}

/// Shapes: embedding (N, 256, h, w), prompts (N, Q, slots, 256) -> logits (N, Q, ...).
SamMasks EfficientSamImpl::decode_fast(const torch::Tensor& embedding,
                                       const torch::Tensor& prompts) {
  const SamFastDecoder fast(*mask_decoder, prompt_encoder->dense(embedding.size(2)));
  std::vector<torch::Tensor> logits;
  std::vector<torch::Tensor> iou;
  for (int64_t n = 0; n < embedding.size(0); ++n) {
    const SamFastDecoder::Image image = fast.prepared(embedding[n]);
    for (const torch::Tensor& some : prompts[n].split(options_.query_batch)) {
      const SamMasks masks = fast.decode(image, some);
      logits.push_back(masks.logits);
      iou.push_back(masks.iou);
    }
  }
  const std::vector<int64_t> outer{embedding.size(0), prompts.size(1)};
  return {.logits = torch::cat(logits).unflatten(0, outer),
          .iou = torch::cat(iou).unflatten(0, outer)};
}

SamMasks EfficientSamImpl::decode(const torch::Tensor& embedding, const SamQueries& queries,
                                  const SamImageSize& image, bool several) {
  check_queries(embedding, queries);
  const int64_t images = embedding.size(0);
  const torch::Tensor prompts =
      prompt_tokens(queries, image).unflatten(0, {images, queries.points.size(1)});
  const int64_t first = several ? 1 : 0;
  const int64_t end = several ? options_.decoder.mask_tokens : 1;
  if (prompts.numel() > 0 && kernels_take({embedding, prompts}) &&
      kernels_take(mask_decoder->parameters()) && options_.decoder.transformer.layers == 2) {
    const SamMasks masks = decode_fast(embedding, prompts);
    return {.logits = masks.logits.slice(2, first, end), .iou = masks.iou.slice(2, first, end)};
  }
  std::vector<torch::Tensor> logits;
  std::vector<torch::Tensor> iou;
  const int64_t step = std::max<int64_t>(options_.query_batch / images, 1);
  for (int64_t begin = 0; begin < prompts.size(1); begin += step) {
    const torch::Tensor some = prompts.slice(1, begin, begin + step);
    const SamMasks masks = decode_batch(embedding, some.flatten(0, 1));
    logits.push_back(masks.logits.slice(1, first, end).unflatten(0, {images, some.size(1)}));
    iou.push_back(masks.iou.slice(1, first, end).unflatten(0, {images, some.size(1)}));
  }
  return {.logits = torch::cat(logits, 1), .iou = torch::cat(iou, 1)};
}

torch::Tensor EfficientSamImpl::resized(const torch::Tensor& logits, const SamImageSize& image) {
  std::vector<int64_t> shape = logits.sizes().slice(0, logits.dim() - 2).vec();
  shape.insert(shape.end(), {image.height, image.width});
  return F::interpolate(logits.flatten(0, -4),
                        F::InterpolateFuncOptions()
                            .size(std::vector<int64_t>{image.height, image.width})
                            .mode(torch::kBicubic)
                            .align_corners(false))
      .reshape(shape);
}

SamMasks EfficientSamImpl::forward(const torch::Tensor& image, const SamQueries& queries) {
  const SamImageSize size{.height = image.size(2), .width = image.size(3)};
  SamMasks masks = decode(encode(image), queries, size);
  masks.logits = resized(masks.logits, size);
  return masks;
}

}  // namespace mote::nn
