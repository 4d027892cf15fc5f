#include "mote/nn/attention.h"

#include <cmath>

#include "mote/core/error.h"
#include "mote/nn/attention_tiles.h"
#include "mote/nn/compat.h"
#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

std::string text(const torch::Tensor& tensor) {
  return fmt::format("({})", fmt::join(tensor.sizes().begin(), tensor.sizes().end(), ", "));
}

void check_shapes(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                  const AttentionOptions& options) {
  const bool agree = q.dim() == 4 && k.dim() == 4 && v.dim() == 4 &&
                     q.sizes().slice(0, 2) == k.sizes().slice(0, 2) && q.size(3) == k.size(3) &&
                     k.sizes().slice(0, 3) == v.sizes().slice(0, 3) && k.size(2) > 0;
  if (!agree) {
    throw Error(ErrorKind::kUsage,
                "attention of q {}, k {} and v {}: they must be (N, heads, tokens, depth)", text(q),
                text(k), text(v));
  }
  const torch::Tensor& bias = options.bias;
  if (bias.defined() && bias.sizes() != at::IntArrayRef({q.size(1), q.size(2), k.size(2)})) {
    throw Error(ErrorKind::kUsage,
                "attention bias {} where {} heads, {} queries and {} keys need one each",
                text(bias), q.size(1), q.size(2), k.size(2));
  }
  const torch::Tensor& mask = options.mask;
  if (mask.defined() && (mask.dim() != 3 || mask.size(0) == 0 || q.size(0) % mask.size(0) != 0 ||
                         mask.size(1) != q.size(2) || mask.size(2) != k.size(2))) {
    throw Error(ErrorKind::kUsage, "attention mask {} for {} images, {} queries and {} keys",
                text(mask), q.size(0), q.size(2), k.size(2));
  }
}

torch::Tensor plain_attention(const torch::Tensor& q, const torch::Tensor& k,
                              const torch::Tensor& v, double scale,
                              const AttentionOptions& options) {
  torch::Tensor logits = torch::matmul(q * scale, k.transpose(-2, -1));  // (N, heads, n, keys)
  if (options.bias.defined()) {
    logits = logits + options.bias.unsqueeze(0);
  }
  if (options.mask.defined()) {
    const int64_t windows = options.mask.size(0);
    logits = logits.unflatten(0, {-1, windows}) + options.mask.unsqueeze(1).unsqueeze(0);
    logits = logits.flatten(0, 1);
  }
  return torch::matmul(torch::softmax(logits, -1), v);
}

#if TORCH_VERSION_MAJOR >= 2
/// Bias and mask as one tensor that broadcasts to (N, heads, queries, keys); undefined without.
torch::Tensor joint_mask(const torch::Tensor& q, const AttentionOptions& options) {
  torch::Tensor joint = options.bias.defined() ? options.bias.unsqueeze(0) : torch::Tensor();
  if (options.mask.defined()) {
    const torch::Tensor mask =
        options.mask.repeat({q.size(0) / options.mask.size(0), 1, 1}).unsqueeze(1);
    joint = joint.defined() ? joint + mask : mask;
  }
  return joint;
}
#endif

}  // namespace

torch::Tensor attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                        const AttentionOptions& options) {
  check_shapes(q, k, v, options);
  const double scale =
      options.scale.value_or(1 / std::sqrt(static_cast<double>(std::max<int64_t>(q.size(3), 1))));
  if (plain_operators()) {
    return plain_attention(q, k, v, scale, options);
  }
  if (can_tile_attention(q, k, v, options)) {
    return tiled_attention(q, k, v, scale, options);
  }
#if TORCH_VERSION_MAJOR >= 2
  return libtorch_attention(q, k, v, joint_mask(q, options), scale);
#else
  return plain_attention(q, k, v, scale, options);
#endif
}

torch::Tensor join_heads(const torch::Tensor& heads) {
  return heads.transpose(1, 2).flatten(2);
}

}  // namespace mote::nn
