#include "mote/nn/sam_fast_encoder.h"

#include <algorithm>

#include <ATen/Parallel.h>

#include "mote/core/error.h"
#include "mote/nn/attention_tiles.h"
#include "mote/nn/packed_linear.h"
#include "mote/nn/sam_encoder.h"

namespace mote::nn {
namespace {

/// Rows of tokens that a thread takes at a time: with four times their width, in half a
/// second-level cache. A multiple of the kernels' tile.
constexpr int64_t kChunk = 96;

struct Block {
  RowNorm norm1;
  PackedLinear qkv;
  PackedLinear proj;
  RowNorm norm2;
  PackedLinear fc1;
  PackedLinear fc2;
};

/// Tokens of one image on their way.
struct Stream {
  torch::Tensor tokens;    // (n, C) float: the residual stream
  torch::Tensor qkv;       // (n, 3 C) operands
  torch::Tensor attended;  // (n, C) operands, of the last attention
  torch::Tensor map;       // (h + 2, w + 2, 256) operands: the neck's, with a border of zeros
};

struct Range {
  int64_t begin;
  int64_t count;
};

torch::ScalarType operand_type(Precision precision) {
  return precision == Precision::kBFloat16 ? torch::kBFloat16 : torch::kFloat32;
}

const RowKernels& kernels_of(Precision precision) {
  if (precision == Precision::kBFloat16 && !has_fast_bf16()) {
    throw Error(ErrorKind::kUnsupported,
                "bf16: this processor does not multiply bfloat16 (AVX512-BF16); take float32");
  }
  return precision == Precision::kBFloat16 ? bf16_rows() : float32_rows();
}

Block packed(const RowKernels& kernels, const SamBlockImpl& block) {
  const auto linear = [&](const torch::nn::Linear& layer) {
    return PackedLinear(kernels, layer->weight, layer->bias);
  };
  const auto norm = [&](const torch::nn::LayerNorm& layer) {
    return RowNorm(kernels, layer->weight, layer->bias, layer->options.eps());
  };
  return {.norm1 = norm(block.norm1),
          .qkv = linear(block.attn->qkv),
          .proj = linear(block.attn->proj),
          .norm2 = norm(block.norm2),
          .fc1 = linear(block.mlp->fc1),
          .fc2 = linear(block.mlp->fc2)};
}

void* row_of(const torch::Tensor& tensor, int64_t row) {
  return static_cast<char*>(tensor.data_ptr()) +
         row * tensor.stride(0) * static_cast<int64_t>(tensor.element_size());
}

Rows rows_of(const torch::Tensor& tensor, Range range) {
  return {.data = row_of(tensor, range.begin), .stride = tensor.stride(0), .count = range.count};
}

template <typename Work>
void for_chunks(int64_t rows, const Work& work) {
  at::parallel_for(0, (rows + kChunk - 1) / kChunk, 1, [&](int64_t begin, int64_t end) {
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      work(Range{.begin = chunk * kChunk, .count = std::min(kChunk, rows - chunk * kChunk)});
    }
  });
}

}  // namespace

struct SamFastEncoder::Parts {
  Parts(const SamEncoderImpl& encoder, Precision precision);

  Stream stream() const;
  void embed(const float* image, const Stream& stream) const;
  void gather_patches(const float* image, Range range, void* patches) const;
  void project(const Block& block, Range range, const Stream& stream, void* scratch) const;
  void attend(Stream& stream) const;
  void finish_block(const Block& block, Range range, const Stream& stream, void* scratch) const;
  void enter_neck(Range range, const Stream& stream) const;
  void leave_neck(const Stream& stream, float* result) const;

  torch::Tensor scratch() const {
    return torch::empty({kChunk, std::max<int64_t>({4 * width, patch_weights.in(), hidden})}, type);
  }

  const RowKernels& kernels;
  torch::ScalarType type;
  int64_t grid, patch_px, width, heads, hidden;
  PackedLinear patch_weights;
  torch::Tensor positions;  // (n, C)
  std::vector<Block> blocks;
  PackedLinear neck1;
  RowNorm neck1_norm;
  std::array<PackedLinear, 3> neck2;  // one a row of the kernel
  RowNorm neck2_norm;
};

SamFastEncoder::Parts::Parts(const SamEncoderImpl& encoder, Precision precision)
    : kernels(kernels_of(precision)),
      type(operand_type(precision)),
      grid(encoder.grid()),
      patch_px(encoder.options().patch_px),
      width(encoder.options().embed_dim),
      heads(encoder.options().heads),
      hidden(encoder.options().mlp_ratio * width),
      positions(encoder.position_table().flatten(0, 2).contiguous()) {
  const torch::nn::Conv2d& patch = encoder.patch_embed->proj;
  patch_weights = PackedLinear(kernels, patch->weight.flatten(1), patch->bias);
  for (size_t i = 0; i < encoder.blocks->size(); ++i) {
    blocks.push_back(packed(kernels, encoder.blocks->at<SamBlockImpl>(i)));
  }
  const SamNeckImpl& neck = *encoder.neck;
  neck1 = PackedLinear(kernels, neck.conv1->weight.flatten(1), {});
  neck1_norm = RowNorm(kernels, neck.norm1->weight, neck.norm1->bias, neck.norm1->eps);
  for (int64_t y = 0; y < 3; ++y) {  // (out, in, 3, 3) -> (out, 3 in): the pixels of one row
    neck2[static_cast<size_t>(y)] =
        PackedLinear(kernels, neck.conv2->weight.select(2, y).transpose(1, 2).flatten(1), {});
  }
  neck2_norm = RowNorm(kernels, neck.norm2->weight, neck.norm2->bias, neck.norm2->eps);
}

Stream SamFastEncoder::Parts::stream() const {
  const int64_t tokens = grid * grid;
  return {.tokens = torch::empty({tokens, width}),
          .qkv = torch::empty({tokens, 3 * width}, type),
          .attended = {},
          .map = torch::zeros({grid + 2, grid + 2, neck1.out()}, type)};
}

/// Patches as rows of (channel, y, x), normalised.
void SamFastEncoder::Parts::gather_patches(const float* image, Range range, void* patches) const {
  constexpr std::array<float, 3> kMean{0.485f, 0.456f, 0.406f};
  constexpr std::array<float, 3> kDeviation{0.229f, 0.224f, 0.225f};
  const int64_t side = grid * patch_px;
  char* to = static_cast<char*>(patches);
  for (int64_t token = range.begin; token < range.begin + range.count; ++token) {
    for (int64_t channel = 0; channel < 3; ++channel) {
      const auto c = static_cast<size_t>(channel);
      for (int64_t y = 0; y < patch_px; ++y) {
        const int64_t row = channel * side + token / grid * patch_px + y;
        kernels.to_operands(image + row * side + token % grid * patch_px, patch_px, kMean[c],
                            1 / kDeviation[c], to);
        to += patch_px * static_cast<int64_t>(kernels.operand_bytes);
      }
    }
  }
}

void SamFastEncoder::Parts::embed(const float* image, const Stream& stream) const {
  for_chunks(grid * grid, [&](Range range) {
    const torch::Tensor memory = scratch();
    gather_patches(image, range, memory.data_ptr());
    float* tokens = static_cast<float*>(row_of(stream.tokens, range.begin));
    std::copy_n(positions.data_ptr<float>() + range.begin * width, range.count * width, tokens);
    patch_weights.multiply(
        {.data = memory.data_ptr(), .stride = patch_weights.in(), .count = range.count},
        Epilogue::kAdd, tokens, width);
    project(blocks.front(), range, stream, memory.data_ptr());
  });
}

void SamFastEncoder::Parts::project(const Block& block, Range range, const Stream& stream,
                                    void* scratch) const {
  block.norm1.to_operands(rows_of(stream.tokens, range), scratch, width);
  block.qkv.multiply({.data = scratch, .stride = width, .count = range.count},
                     Epilogue::kStoreOperand, row_of(stream.qkv, range.begin), 3 * width);
}

void SamFastEncoder::Parts::attend(Stream& stream) const {
  const std::vector<torch::Tensor> parts =
      stream.qkv.view({1, grid * grid, 3, heads, width / heads}).permute({2, 0, 3, 1, 4}).unbind(0);
  stream.attended = join_heads(attention(parts[0], parts[1], parts[2]))[0];
}

void SamFastEncoder::Parts::finish_block(const Block& block, Range range, const Stream& stream,
                                         void* scratch) const {
  const Rows tokens = rows_of(stream.tokens, range);
  void* sums = row_of(stream.tokens, range.begin);
  block.proj.multiply(rows_of(stream.attended, range), Epilogue::kAdd, sums, width);
  const torch::Tensor normed = torch::empty({kChunk, width}, type);
  block.norm2.to_operands(tokens, normed.data_ptr(), width);
  block.fc1.multiply(rows_of(normed, {.begin = 0, .count = range.count}), Epilogue::kGeluOperand,
                     scratch, hidden);
  block.fc2.multiply({.data = scratch, .stride = hidden, .count = range.count}, Epilogue::kAdd,
                     sums, width);
}

/// The neck's 1x1 convolution and its norm, into the map that the 3x3 one reads.
void SamFastEncoder::Parts::enter_neck(Range range, const Stream& stream) const {
  const int64_t channels = neck1.out();
  const torch::Tensor operands = torch::empty({range.count, width}, type);
  kernels.to_operands(static_cast<const float*>(row_of(stream.tokens, range.begin)),
                      range.count * width, 0, 1, operands.data_ptr());
  const torch::Tensor sums = torch::empty({range.count, channels});
  neck1.multiply(rows_of(operands, {.begin = 0, .count = range.count}), Epilogue::kStore,
                 sums.data_ptr(), channels);
  for (int64_t i = 0; i < range.count; ++i) {
    const int64_t y = (range.begin + i) / grid;
    const int64_t x = (range.begin + i) % grid;
    char* to =
        static_cast<char*>(stream.map.data_ptr()) +
        ((y + 1) * (grid + 2) + x + 1) * channels * static_cast<int64_t>(kernels.operand_bytes);
    neck1_norm.to_operands(rows_of(sums, {.begin = i, .count = 1}), to, channels);
  }
}

/// The 3x3 convolution row by row: three neighbouring pixels of a channels-last map lie side by
/// side, so each row of the kernel is one product of rows that overlap.
void SamFastEncoder::Parts::leave_neck(const Stream& stream, float* result) const {
  const int64_t channels = neck1.out();
  at::parallel_for(0, grid, 1, [&](int64_t begin, int64_t end) {
    const torch::Tensor sums = torch::empty({grid, channels});
    const torch::Tensor normed = torch::empty({grid, channels});
    for (int64_t y = begin; y < end; ++y) {
      for (int64_t dy = 0; dy < 3; ++dy) {
        neck2[static_cast<size_t>(dy)].multiply(
            {.data = row_of(stream.map, y + dy), .stride = channels, .count = grid},
            dy == 0 ? Epilogue::kStore : Epilogue::kAdd, sums.data_ptr(), channels);
      }
      neck2_norm.to_floats(rows_of(sums, {.begin = 0, .count = grid}), normed.data_ptr<float>(),
                           channels);
      const float* from = normed.data_ptr<float>();
      for (int64_t channel = 0; channel < channels; ++channel) {
        for (int64_t x = 0; x < grid; ++x) {
          result[(channel * grid + y) * grid + x] = from[x * channels + channel];
        }
      }
    }
  });
}

SamFastEncoder::SamFastEncoder(const SamEncoderImpl& encoder, Precision precision)
    : parts_(std::make_unique<Parts>(encoder, precision)) {}

SamFastEncoder::~SamFastEncoder() = default;

torch::Tensor SamFastEncoder::encode(const torch::Tensor& image) const {
  const Parts& parts = *parts_;
  const torch::Tensor result =
      torch::empty({image.size(0), parts.neck1.out(), parts.grid, parts.grid});
  Stream stream = parts.stream();
  for (int64_t n = 0; n < image.size(0); ++n) {
    parts.embed(image[n].data_ptr<float>(), stream);
    for (size_t i = 0; i < parts.blocks.size(); ++i) {
      parts.attend(stream);
      for_chunks(parts.grid * parts.grid, [&](Range range) {
        const torch::Tensor memory = parts.scratch();
        parts.finish_block(parts.blocks[i], range, stream, memory.data_ptr());
        if (i + 1 < parts.blocks.size()) {
          parts.project(parts.blocks[i + 1], range, stream, memory.data_ptr());
        } else {
          parts.enter_neck(range, stream);
        }
      });
    }
    parts.leave_neck(stream, result[n].data_ptr<float>());
  }
  return result;
}

}  // namespace mote::nn
