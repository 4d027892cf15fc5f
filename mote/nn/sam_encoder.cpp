#include "mote/nn/sam_encoder.h"

#include "mote/core/error.h"
#include "mote/nn/attention.h"
#include "mote/nn/kernels.h"

namespace mote::nn {
namespace {

namespace F = torch::nn::functional;

torch::nn::LayerNorm block_norm(int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}).eps(1e-6));
}

torch::nn::Conv2d neck_convolution(int64_t from, int64_t to, int64_t kernel) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(from, to, kernel).padding(kernel / 2).bias(false));
}

/// One value a channel, on the device of the image.
torch::Tensor per_channel(const std::vector<float>& values, const torch::Tensor& image) {
  return torch::tensor(values).to(image.device()).view({1, 3, 1, 1});
}

void check_options(const SamEncoderOptions& options) {
  if (options.image_px <= 0 || options.image_px % options.patch_px != 0) {
    throw Error(ErrorKind::kUsage, "EfficientSAM at {} px: the size must be a multiple of {} px",
                options.image_px, options.patch_px);
  }
  if (options.embed_dim % options.heads != 0) {
    throw Error(ErrorKind::kUsage, "{} channels do not divide into {} heads", options.embed_dim,
                options.heads);
  }
}

}  // namespace

ChannelNormImpl::ChannelNormImpl(int64_t channels, double epsilon)
    : eps(epsilon),
      weight(register_parameter("weight", torch::ones({channels}))),
      bias(register_parameter("bias", torch::zeros({channels}))) {}

torch::Tensor ChannelNormImpl::forward(const torch::Tensor& map) {
  const torch::Tensor centred = map - map.mean(1, true);
  const torch::Tensor variance = centred.square().mean(1, true);
  return centred / torch::sqrt(variance + eps) * weight.view({1, -1, 1, 1}) +
         bias.view({1, -1, 1, 1});
}

SamPatchesImpl::SamPatchesImpl(const SamEncoderOptions& options)
    : proj(register_module(
          "proj", torch::nn::Conv2d(torch::nn::Conv2dOptions(3, options.embed_dim, options.patch_px)
                                        .stride(options.patch_px)))) {}

torch::Tensor SamPatchesImpl::forward(const torch::Tensor& image) {
  return proj(image);
}

SamAttentionImpl::SamAttentionImpl(const SamEncoderOptions& options)
    : qkv(register_module("qkv", torch::nn::Linear(options.embed_dim, 3 * options.embed_dim))),
      proj(register_module("proj", torch::nn::Linear(options.embed_dim, options.embed_dim))),
      heads_(options.heads) {}

torch::Tensor SamAttentionImpl::forward(const torch::Tensor& tokens) {
  const torch::Tensor joint = qkv(tokens).unflatten(2, {3, heads_, -1});  // (N, n, 3, heads, d)
  const std::vector<torch::Tensor> parts = joint.permute({2, 0, 3, 1, 4}).unbind(0);
  return proj(join_heads(attention(parts[0], parts[1], parts[2])));
}

SamMlpImpl::SamMlpImpl(const SamEncoderOptions& options)
    : fc1(register_module(
          "fc1", torch::nn::Linear(options.embed_dim, options.mlp_ratio * options.embed_dim))),
      fc2(register_module(
          "fc2", torch::nn::Linear(options.mlp_ratio * options.embed_dim, options.embed_dim))) {}

torch::Tensor SamMlpImpl::forward(const torch::Tensor& tokens) {
  return fc2(torch::gelu(fc1(tokens)));
}

SamBlockImpl::SamBlockImpl(const SamEncoderOptions& options)
    : norm1(register_module("norm1", block_norm(options.embed_dim))),
      attn(register_module("attn", SamAttention(options))),
      norm2(register_module("norm2", block_norm(options.embed_dim))),
      mlp(register_module("mlp", SamMlp(options))) {}

torch::Tensor SamBlockImpl::forward(const torch::Tensor& tokens) {
  const torch::Tensor attended = tokens + attn(norm1(tokens));
  return attended + mlp(norm2(attended));
}

SamNeckImpl::SamNeckImpl(const SamEncoderOptions& options)
    : conv1(register_module("0", neck_convolution(options.embed_dim, options.out_channels, 1))),
      norm1(register_module("1", ChannelNorm(options.out_channels))),
      conv2(register_module("2", neck_convolution(options.out_channels, options.out_channels, 3))),
      norm2(register_module("3", ChannelNorm(options.out_channels))) {}

torch::Tensor SamNeckImpl::forward(const torch::Tensor& map) {
  return norm2(conv2(norm1(conv1(map))));
}

SamEncoderImpl::SamEncoderImpl(const SamEncoderOptions& options) : options_(options) {
  check_options(options);
  const int64_t trained = options.pretrain_image_px / options.patch_px;
  pos_embed_ =
      register_parameter("pos_embed", torch::zeros({1, trained * trained + 1, options.embed_dim}));
  patch_embed = register_module("patch_embed", SamPatches(options));
  blocks = register_module("blocks", torch::nn::ModuleList());
  for (int64_t i = 0; i < options.depth; ++i) {
    blocks->push_back(SamBlock(options));
  }
  neck = register_module("neck", SamNeck(options));
}

torch::Tensor SamEncoderImpl::resized(const torch::Tensor& image) const {
  if (image.dim() != 4 || image.size(1) != 3 || image.size(2) == 0 || image.size(3) == 0) {
    throw Error(ErrorKind::kUsage, "EfficientSAM takes images (N, 3, H, W), not ({})",
                fmt::join(image.sizes().begin(), image.sizes().end(), ", "));
  }
  const int64_t side = options_.image_px;
  if (image.size(2) == side && image.size(3) == side) {
    return image;
  }
  return F::interpolate(image, F::InterpolateFuncOptions()
                                   .size(std::vector<int64_t>{side, side})
                                   .mode(torch::kBilinear)
                                   .align_corners(false));
}

torch::Tensor SamEncoderImpl::preprocessed(const torch::Tensor& image) const {
  return (resized(image) - per_channel({0.485f, 0.456f, 0.406f}, image)) /
         per_channel({0.229f, 0.224f, 0.225f}, image);
}

torch::Tensor SamEncoderImpl::patches(const torch::Tensor& preprocessed) {
  return patch_embed(preprocessed);
}

torch::Tensor SamEncoderImpl::position_table() const {
  const int64_t trained = options_.pretrain_image_px / options_.patch_px;
  const torch::Tensor table =  // without the class token, which EfficientSAM has no use for
      pos_embed_.slice(1, 1).view({1, trained, trained, options_.embed_dim});
  if (grid() == trained) {
    return table;
  }
  return F::interpolate(table.permute({0, 3, 1, 2}), F::InterpolateFuncOptions()
                                                         .size(std::vector<int64_t>{grid(), grid()})
                                                         .mode(torch::kBicubic)
                                                         .align_corners(false))
      .permute({0, 2, 3, 1});
}

torch::Tensor SamEncoderImpl::through_neck(const torch::Tensor& tokens) {
  return neck(tokens.transpose(1, 2).unflatten(2, {grid(), grid()}));
}

std::shared_ptr<const SamFastEncoder> SamEncoderImpl::fast() {
  const std::lock_guard lock(packing_);
  std::vector<std::pair<const void*, int64_t>> weights;
  for (const torch::Tensor& parameter : parameters()) {
    weights.emplace_back(parameter.data_ptr(), parameter._version());
  }
  if (!fast_ || weights != packed_from_) {
    fast_ = std::make_shared<const SamFastEncoder>(*this, options_.precision);
    packed_from_ = weights;
  }
  return fast_;
}

torch::Tensor SamEncoderImpl::forward(const torch::Tensor& image) {
  if (kernels_take({image}) && kernels_take(parameters())) {
    return fast()->encode(resized(image).contiguous());
  }
  if (options_.precision == Precision::kBFloat16 && !image.device().is_cpu()) {
    throw Error(ErrorKind::kUnsupported, "EfficientSAM computes in bf16 on the CPU alone");
  }
  const torch::Tensor cells = patches(preprocessed(image)).permute({0, 2, 3, 1});
  torch::Tensor tokens = (cells + position_table()).flatten(1, 2);  // (N, h w, embed_dim)
  for (const auto& block : *blocks) {
    tokens = block->as<SamBlock>()->forward(tokens);
  }
  return through_neck(tokens);
}

}  // namespace mote::nn
