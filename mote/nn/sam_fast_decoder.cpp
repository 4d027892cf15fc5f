#include "mote/nn/sam_fast_decoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <ATen/Parallel.h>

#include "mote/nn/attention.h"
#include "mote/nn/attention_kernels.h"
#include "mote/nn/packed_linear.h"

namespace mote::nn {
namespace {

/// Rows of image tokens that a thread takes at a time: two tasks of the attention kernel.
constexpr int64_t kChunk = 2 * kAttentionRows;

/// Some image tokens of one query.
struct Range {
  int64_t query;
  int64_t begin;
  int64_t count;
};

/// Rows (Q h w, ...) that a batch of queries keeps of its image tokens.
struct Kept {
  torch::Tensor tokens, keys, values, looks;
};

float* row_of(const torch::Tensor& tensor, int64_t row) {
  return tensor.data_ptr<float>() + row * tensor.stride(0);
}

Rows rows_of(const torch::Tensor& tensor, int64_t begin, int64_t count) {
  return {.data = row_of(tensor, begin), .stride = tensor.stride(0), .count = count};
}

PackedLinear packed(const torch::nn::Linear& layer) {
  return {float32_rows(), layer->weight, layer->bias};
}

/// A transposed convolution of 2 x 2 pixels without overlap: rows (y, x, out channel) of weights.
PackedLinear packed(const torch::nn::ConvTranspose2dImpl& layer) {
  return {float32_rows(), layer.weight.permute({2, 3, 1, 0}).flatten(0, 2), layer.bias.repeat({4})};
}

RowNorm packed(const torch::nn::LayerNorm& layer) {
  return {float32_rows(), layer->weight, layer->bias, layer->options.eps()};
}

/// What the tokens of queries offer to the image: keys and values, packed by query and head.
class TokenSide {
 public:
  /// Shapes: keys, values (Q, T, inner).
  TokenSide(const torch::Tensor& keys, const torch::Tensor& values, int64_t heads,
            int64_t image_tokens)
      : heads_(heads),
        depth_(keys.size(2) / heads),
        sizes_{.queries = image_tokens,
               .keys = keys.size(1),
               .depth = depth_,
               .value_depth = depth_,
               .scale = 1 / std::sqrt(static_cast<float>(depth_))},
        packed_(torch::empty({keys.size(0) * heads,
                              static_cast<int64_t>((kernels_.packed_bytes(sizes_) + 63) / 64 * 64)},
                             torch::kUInt8)) {
    const torch::Tensor k = keys.contiguous();
    const torch::Tensor v = values.contiguous();
    for (int64_t i = 0; i < packed_.size(0); ++i) {
      const int64_t at = i / heads * k.stride(0) + i % heads * depth_;
      const AttentionHead head{.k = k.data_ptr<float>() + at,
                               .v = v.data_ptr<float>() + at,
                               .k_stride = k.stride(1),
                               .v_stride = v.stride(1)};
      kernels_.pack(sizes_, head, 0, packed_.data_ptr<uint8_t>() + i * packed_.size(1));
    }
  }

  /// Attention of rows (count, inner) to the tokens of their query -> (count, inner).
  void look(const float* rows, const Range& range, float* result) const {
    const torch::Tensor scratch =
        torch::empty({static_cast<int64_t>(kernels_.scratch_bytes(sizes_))}, torch::kUInt8);
    const int64_t inner = heads_ * depth_;
    for (int64_t i = 0; i < heads_; ++i) {
      const AttentionHead head{.q = rows + i * depth_,
                               .q_stride = inner,
                               .out = result + i * depth_,
                               .out_stride = inner};
      const void* packed =
          packed_.data_ptr<uint8_t>() + (range.query * heads_ + i) * packed_.size(1);
      for (int64_t first = 0; first < range.count; first += kAttentionRows) {
        kernels_.attend(sizes_, head, packed, first, std::min(kAttentionRows, range.count - first),
                        scratch.data_ptr());
      }
    }
  }

 private:
  const AttentionKernels& kernels_ = float32_attention();
  int64_t heads_;
  int64_t depth_;
  AttentionSizes sizes_;  // one block: a query has few tokens
  torch::Tensor packed_;
};

}  // namespace

struct SamFastDecoder::Parts {
  Parts(SamDecoderImpl& decoder, const torch::Tensor& code);

  torch::Tensor attended(SamCrossAttention layer, const torch::Tensor& tokens,
                         const torch::Tensor& keys, const torch::Tensor& values) const;
  TokenSide offered(int64_t layer, const torch::Tensor& tokens, const torch::Tensor& code) const;
  void update_rows(int64_t layer, const TokenSide& side, const Range& range, const float* looks,
                   const float* from, float* to) const;
  void draw_rows(const Range& range, const torch::Tensor& rows, const torch::Tensor& scale,
                 const torch::Tensor& shift, const PackedLinear& kernels,
                 const torch::Tensor& logits) const;

  SamMasks drawn(const torch::Tensor& tokens, const torch::Tensor& up1) const;

  template <typename Work>
  void for_rows(int64_t queries, const Work& work) const {
    const int64_t chunks = (pixels() + kChunk - 1) / kChunk;
    at::parallel_for(0, queries * chunks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t first = i % chunks * kChunk;
        work(Range{
            .query = i / chunks, .begin = first, .count = std::min(kChunk, pixels() - first)});
      }
    });
  }

  int64_t pixels() const { return code.size(0); }
  int64_t row(const Range& range) const { return range.query * pixels() + range.begin; }

  /// (count, channels): image tokens with their position code, for projections.
  torch::Tensor coded(const float* tokens, const Range& range) const {
    const torch::Tensor rows =
        torch::from_blob(const_cast<float*>(tokens), {range.count, channels});
    return rows + code.slice(0, range.begin, range.begin + range.count);
  }

  SamDecoderImpl& decoder;
  torch::Tensor code;  // (h w, channels)
  int64_t grid, channels, inner;
  struct Layer {
    PackedLinear keys, values, looks, out;
    RowNorm norm;
  };
  std::array<Layer, 2> layers;
  PackedLinear final_keys, final_values;
  PackedLinear up1, up2;
};

SamFastDecoder::Parts::Parts(SamDecoderImpl& of, const torch::Tensor& position_code)
    : decoder(of),
      code(position_code[0].flatten(1).t().contiguous()),
      grid(position_code.size(3)),
      channels(position_code.size(1)),
      inner(of.options().transformer.cross_channels) {
  for (int64_t i = 0; i < 2; ++i) {
    const SamTwoWayLayerImpl& layer = decoder.transformer->layer(i);
    layers[static_cast<size_t>(i)] = {.keys = packed(layer.cross_attn_token_to_image->k_proj),
                                      .values = packed(layer.cross_attn_token_to_image->v_proj),
                                      .looks = packed(layer.cross_attn_image_to_token->q_proj),
                                      .out = packed(layer.cross_attn_image_to_token->out_proj),
                                      .norm = packed(layer.norm4)};
  }
  const SamCrossAttention& last = decoder.transformer->final_attn_token_to_image;
  final_keys = packed(last->k_proj);
  final_values = packed(last->v_proj);
  up1 = packed(decoder.upscaling(0));
  up2 = packed(decoder.upscaling(1));
}

/// Tokens (Q, T, channels) look at the image: keys and values (h w, inner), or (Q, h w, inner).
torch::Tensor SamFastDecoder::Parts::attended(SamCrossAttention layer, const torch::Tensor& tokens,
                                              const torch::Tensor& keys,
                                              const torch::Tensor& values) const {
  const torch::Tensor q = layer->q_proj->forward(tokens);
  // One image for all queries: their tokens look at it together.
  const torch::Tensor looking = keys.dim() == 2 ? q.reshape({1, -1, inner}) : q;
  const auto split = [&](const torch::Tensor& rows) {
    return layer->split(rows.dim() == 2 ? rows.unsqueeze(0) : rows);
  };
  const torch::Tensor heads = attention(split(looking), split(keys), split(values));
  return layer->out_proj->forward(join_heads(heads).reshape(q.sizes()));
}

TokenSide SamFastDecoder::Parts::offered(int64_t layer, const torch::Tensor& tokens,
                                         const torch::Tensor& token_code) const {
  SamCrossAttention side = decoder.transformer->layer(layer).cross_attn_image_to_token;
  return {side->k_proj->forward(tokens + token_code), side->v_proj->forward(tokens), side->heads(),
          pixels()};
}

/// A layer's last step for some rows of the image: from (count, channels) to `to`.
void SamFastDecoder::Parts::update_rows(int64_t layer, const TokenSide& side, const Range& range,
                                        const float* looks, const float* from, float* to) const {
  const Layer& weights = layers[static_cast<size_t>(layer)];
  const torch::Tensor seen = torch::empty({range.count, inner});
  side.look(looks, range, seen.data_ptr<float>());
  const torch::Tensor sums = torch::empty({range.count, channels});
  std::copy_n(from, range.count * channels, sums.data_ptr<float>());
  weights.out.multiply(rows_of(seen, 0, range.count), Epilogue::kAdd, sums.data_ptr(), channels);
  weights.norm.to_floats(rows_of(sums, 0, range.count), to, channels);
}

/// From the rows of the first upscaling to the logits of 4 x 4 pixels each.
void SamFastDecoder::Parts::draw_rows(const Range& range, const torch::Tensor& rows,
                                      const torch::Tensor& scale, const torch::Tensor& shift,
                                      const PackedLinear& kernels,
                                      const torch::Tensor& logits) const {
  const int64_t wide = up2.in();
  const int64_t narrow = kernels.in();
  const int64_t masks = kernels.out();
  const torch::Tensor once = torch::empty({range.count * 4, wide});
  float32_rows().scaled_gelu(
      {.data = row_of(rows, row(range)), .stride = wide, .count = range.count * 4}, wide,
      scale.data_ptr<float>(), shift.data_ptr<float>(), once.data_ptr(), wide);
  const torch::Tensor twice = torch::empty({range.count * 16, narrow});
  up2.multiply(rows_of(once, 0, once.size(0)), Epilogue::kGeluOperand, twice.data_ptr(),
               4 * narrow);
  const torch::Tensor drawn = torch::empty({range.count * 16, masks});
  kernels.multiply(rows_of(twice, 0, twice.size(0)), Epilogue::kStore, drawn.data_ptr(), masks);
  const float* from = drawn.data_ptr<float>();
  for (int64_t i = 0; i < drawn.size(0); ++i) {
    const int64_t token = range.begin + i / 16;
    const int64_t y = token / grid * 4 + i / 8 % 2 * 2 + i / 2 % 2;
    const int64_t x = token % grid * 4 + i / 4 % 2 * 2 + i % 2;
    for (int64_t mask = 0; mask < masks; ++mask) {
      row_of(logits, range.query)[(mask * 4 * grid + y) * 4 * grid + x] = from[i * masks + mask];
    }
  }
}

/// Group norm of one group, GELU, the second upscaling and the masks, of rows (Q h w, 4 64).
SamMasks SamFastDecoder::Parts::drawn(const torch::Tensor& tokens,
                                      const torch::Tensor& up1_rows) const {
  const int64_t queries = tokens.size(0);
  torch::nn::GroupNormImpl& norm = decoder.upscaling_norm();
  const torch::Tensor of_query = up1_rows.view({queries, -1});
  const torch::Tensor mean = of_query.mean(1, true);  // (Q, 1)
  const torch::Tensor squares =
      of_query.norm(2, {1}, true).square() / static_cast<double>(of_query.size(1));
  const torch::Tensor variance = squares - mean.square();  // the mean is near 0: nothing cancels
  const torch::Tensor scale =
      (norm.weight.unsqueeze(0) / torch::sqrt(variance + norm.options.eps())).contiguous();
  const torch::Tensor shift = (norm.bias.unsqueeze(0) - mean * scale).contiguous();  // (Q, 64)
  const torch::Tensor kernels = decoder.mask_kernels(tokens);
  std::vector<PackedLinear> packed_kernels;
  for (int64_t i = 0; i < queries; ++i) {
    packed_kernels.emplace_back(float32_rows(), kernels[i], torch::Tensor());
  }
  const torch::Tensor logits = torch::empty({queries, kernels.size(1), 4 * grid, 4 * grid});
  for_rows(queries, [&](const Range& range) {
    draw_rows(range, up1_rows, scale[range.query], shift[range.query],
              packed_kernels[static_cast<size_t>(range.query)], logits);
  });
  return {.logits = logits, .iou = decoder.iou(tokens)};
}

SamFastDecoder::SamFastDecoder(SamDecoderImpl& decoder, const torch::Tensor& code)
    : parts_(std::make_unique<Parts>(decoder, code)) {}

SamFastDecoder::~SamFastDecoder() = default;

SamFastDecoder::Image SamFastDecoder::prepared(const torch::Tensor& embedding) const {
  const Parts& parts = *parts_;
  Image image{.tokens = embedding.flatten(1).t().contiguous(),
              .keys = torch::empty({parts.pixels(), parts.inner}),
              .values = torch::empty({parts.pixels(), parts.inner}),
              .looks = torch::empty({parts.pixels(), parts.inner})};
  parts.for_rows(1, [&](const Range& range) {
    const torch::Tensor coded = parts.coded(row_of(image.tokens, range.begin), range);
    const Rows rows = rows_of(coded, 0, range.count);
    const auto to = [&](const torch::Tensor& result) { return row_of(result, range.begin); };
    parts.layers[0].keys.multiply(rows, Epilogue::kStore, to(image.keys), parts.inner);
    parts.layers[0].looks.multiply(rows, Epilogue::kStore, to(image.looks), parts.inner);
    parts.layers[0].values.multiply(rows_of(image.tokens, range.begin, range.count),
                                    Epilogue::kStore, to(image.values), parts.inner);
  });
  return image;
}

SamMasks SamFastDecoder::decode(const Image& image, const torch::Tensor& prompts) const {
  const Parts& parts = *parts_;
  SamTransformerImpl& transformer = *parts.decoder.transformer;
  const int64_t queries = prompts.size(0);
  const int64_t rows = queries * parts.pixels();
  const torch::Tensor code = parts.decoder.tokens(prompts);  // (Q, T, channels)
  const auto by_query = [&](const torch::Tensor& kept) {
    return kept.view({queries, parts.pixels(), -1});
  };

  // Layer 0: all queries see the same image.
  SamTwoWayLayerImpl& layer0 = transformer.layer(0);
  torch::Tensor tokens = layer0.among_tokens(code, code);
  tokens = layer0.norm2(tokens + parts.attended(layer0.cross_attn_token_to_image, tokens + code,
                                                image.keys, image.values));
  tokens = layer0.through_mlp(tokens);
  const Kept kept{.tokens = torch::empty({rows, parts.channels}),
                  .keys = torch::empty({rows, parts.inner}),
                  .values = torch::empty({rows, parts.inner}),
                  .looks = torch::empty({rows, parts.inner})};
  const TokenSide side0 = parts.offered(0, tokens, code);
  parts.for_rows(queries, [&](const Range& range) {
    const int64_t at = parts.row(range);
    float* updated = row_of(kept.tokens, at);
    parts.update_rows(0, side0, range, row_of(image.looks, range.begin),
                      row_of(image.tokens, range.begin), updated);
    const torch::Tensor coded = parts.coded(updated, range);
    const Rows coded_rows = rows_of(coded, 0, range.count);
    parts.layers[1].keys.multiply(coded_rows, Epilogue::kStore, row_of(kept.keys, at), parts.inner);
    parts.layers[1].looks.multiply(coded_rows, Epilogue::kStore, row_of(kept.looks, at),
                                   parts.inner);
    parts.layers[1].values.multiply(rows_of(kept.tokens, at, range.count), Epilogue::kStore,
                                    row_of(kept.values, at), parts.inner);
  });

  // Layer 1, and what the last attention and the upscaling need of each row.
  SamTwoWayLayerImpl& layer1 = transformer.layer(1);
  tokens = layer1.among_tokens(tokens, code);
  tokens = layer1.norm2(tokens + parts.attended(layer1.cross_attn_token_to_image, tokens + code,
                                                by_query(kept.keys), by_query(kept.values)));
  tokens = layer1.through_mlp(tokens);
  const TokenSide side1 = parts.offered(1, tokens, code);
  const torch::Tensor up1 = torch::empty({rows, parts.up1.out()});
  parts.for_rows(queries, [&](const Range& range) {
    const int64_t at = parts.row(range);
    const torch::Tensor updated = torch::empty({range.count, parts.channels});
    const Rows updated_rows = rows_of(updated, 0, range.count);
    parts.update_rows(1, side1, range, row_of(kept.looks, at), row_of(kept.tokens, at),
                      updated.data_ptr<float>());
    const torch::Tensor coded = parts.coded(updated.data_ptr<float>(), range);
    parts.final_keys.multiply(rows_of(coded, 0, range.count), Epilogue::kStore,
                              row_of(kept.keys, at), parts.inner);
    parts.final_values.multiply(updated_rows, Epilogue::kStore, row_of(kept.values, at),
                                parts.inner);
    parts.up1.multiply(updated_rows, Epilogue::kStore, row_of(up1, at), parts.up1.out());
  });
  tokens = transformer.norm_final_attn(
      tokens + parts.attended(transformer.final_attn_token_to_image, tokens + code,
                              by_query(kept.keys), by_query(kept.values)));
  return parts.drawn(tokens, up1);
}

}  // namespace mote::nn
