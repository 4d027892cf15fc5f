#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <torch/torch.h>

#include "mote/core/grid.h"
#include "mote/nn/deaot_decoder.h"
#include "mote/nn/gated_propagation.h"
#include "mote/nn/identity_embedding.h"
#include "mote/nn/mobilenet_v2.h"
#include "mote/nn/resnet.h"

namespace mote::nn {

enum class DeAotEncoder { kMobileNetV2, kResNet50 };

struct DeAotOptions {
  DeAotEncoder encoder = DeAotEncoder::kMobileNetV2;
  int64_t layers = 1;  ///< gated propagation modules
  int64_t channels = 256;
  int64_t objects = 10;  ///< that one identity embedding tells apart, background aside
};

/// DeAOT-T, and R50-DeAOT-L, as published.
DeAotOptions deaot_t();
DeAotOptions r50_deaot_l();

/// Heights and widths that the network takes are multiples of this, and one more pixel.
inline constexpr int64_t kDeAotStride = 16;

/// The size nearest to `size` that the network takes, at least 17 x 17 px.
Size deaot_size(Size size);

/// What all groups of objects need of an image.
struct DeAotFeatures {
  torch::Tensor tokens;  ///< (N, T, channels), T = map.height * map.width
  Size map;              ///< at stride 16
  DecoderSkips skips;
  std::optional<LayerTokens> first = {};  ///< of the first layer, where mote's kernels compute
  int64_t image = 0;                      ///< its number, for an engine to tell images apart
};

/// The network of DeAOT: an encoder, gated propagation modules over tokens at stride 16, an
/// embedding of which object is where, and a decoder. What is remembered, and when, is for
/// DeAotEngine to say.
///
/// Yang and Yang, "Decoupling Features in Hierarchical Propagation for Video Object Segmentation",
/// NeurIPS 2022 (arXiv:2210.09782). As published, but for the sine position embedding, which the
/// published engine computes and never uses.
class DeAotImpl : public torch::nn::Module {
 public:
  explicit DeAotImpl(const DeAotOptions& options);

  const DeAotOptions& options() const { return options_; }
  FeaturePyramid encode(const torch::Tensor& image);

  /// Shapes: image (N, 3, H, W), normalised, H and W of the form 16 n + 1.
  /// Throws kUsage on other shapes.
  DeAotFeatures features(const torch::Tensor& image);

  /// Shapes: labels (N, H, W) int64, 0 to options().objects -> (N, T, channels).
  torch::Tensor embed(const torch::Tensor& labels);

  GatedPropagation& layer(int64_t index) { return layers_[static_cast<size_t>(index)]; }

  /// Shapes: tokens after the last layer -> logits (N, 1 + objects, H / 4, W / 4), rounded up.
  torch::Tensor decode(const BranchTokens& branches, const DeAotFeatures& features,
                       DecoderProbe* probe = nullptr);

  /// What `decode` starts from: both branches, each normalised as a whole (N, T, 2 channels).
  torch::Tensor decoder_norm(const BranchTokens& branches);

  /// The tokens of `encode`'s last features (N, T, channels).
  torch::Tensor project(const FeaturePyramid& pyramid);

 private:
  torch::Tensor norm_of_branches(const torch::Tensor& both);

  DeAotOptions options_;
  MobileNetV2 mobilenet_{nullptr};
  ResNet50 resnet_{nullptr};
  torch::nn::Conv2d encoder_projector_{nullptr};
  std::vector<GatedPropagation> layers_;
  torch::nn::GroupNorm decoder_norm_{nullptr};
  DeAotDecoder decoder_{nullptr};
  torch::nn::Conv2d patch_wise_id_bank_{nullptr};
  std::optional<IdentityEmbedding> embedding_;
  torch::nn::LayerNorm id_norm_{nullptr};
};
TORCH_MODULE(DeAot);

}  // namespace mote::nn
