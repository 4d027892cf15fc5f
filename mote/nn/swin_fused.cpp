#include "mote/nn/swin_fused.h"

#include <algorithm>

#include <ATen/Parallel.h>

#include "mote/nn/row_kernels.h"

namespace mote::nn {
namespace {

constexpr int64_t kChunk = 64;  // rows, whose hidden layer stays in the second cache

RowNorm packed(const torch::nn::LayerNorm& norm) {
  return {float32_rows(), norm->weight, norm->bias, norm->options.eps()};
}

PackedLinear packed(const torch::nn::Linear& layer) {
  return {float32_rows(), layer->weight, layer->bias};
}

/// Calls `work(begin, count)` for some rows at a time. A chunk lies in one image.
template <typename Work>
void for_chunks(int64_t images, int64_t rows, const Work& work) {
  const int64_t chunks = (rows + kChunk - 1) / kChunk;
  at::parallel_for(0, images * chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i % chunks * kChunk;
      work(i / chunks, first, std::min(kChunk, rows - first));
    }
  });
}

/// The rows `order` of an image of `width` channels.
void gather(const float* image, const int64_t* order, int64_t count, int64_t width, float* rows) {
  for (int64_t i = 0; i < count; ++i) {
    std::copy_n(image + order[i] * width, width, rows + i * width);
  }
}

void scatter(const float* rows, const int64_t* order, int64_t count, int64_t width, float* image) {
  for (int64_t i = 0; i < count; ++i) {
    std::copy_n(rows + i * width, width, image + order[i] * width);
  }
}

}  // namespace

FusedSwinLayers::FusedSwinLayers(const SwinLayers& layers)
    : stamp_(stamp_of(layers)),
      norm1_(packed(layers.norm1)),
      qkv_(packed(layers.qkv)),
      proj_(packed(layers.proj)),
      norm2_(packed(layers.norm2)),
      fc1_(packed(layers.fc1)),
      fc2_(packed(layers.fc2)) {}

FusedSwinLayers::Stamp FusedSwinLayers::stamp_of(const SwinLayers& layers) {
  Stamp stamp;
  for (const auto* norm : {&layers.norm1, &layers.norm2}) {
    stamp.emplace_back((*norm)->weight.data_ptr(), (*norm)->weight._version());
    stamp.emplace_back((*norm)->bias.data_ptr(), (*norm)->bias._version());
  }
  for (const auto* layer : {&layers.qkv, &layers.proj, &layers.fc1, &layers.fc2}) {
    stamp.emplace_back((*layer)->weight.data_ptr(), (*layer)->weight._version());
    stamp.emplace_back((*layer)->bias.data_ptr(), (*layer)->bias._version());
  }
  return stamp;
}

bool FusedSwinLayers::is_of(const SwinLayers& layers) const {
  return stamp_ == stamp_of(layers);
}

torch::Tensor FusedSwinLayers::before(const torch::Tensor& map, const torch::Tensor& order) const {
  const torch::Tensor in = map.contiguous();
  const int64_t width = qkv_.in();
  const int64_t tokens = order.numel();
  const torch::Tensor out = torch::empty({in.size(0) * tokens, qkv_.out()}, in.options());
  for_chunks(in.size(0), tokens, [&](int64_t image, int64_t first, int64_t count) {
    std::vector<float> rows(static_cast<size_t>(count * width));
    std::vector<float> normed(rows.size());
    gather(in.data_ptr<float>() + image * tokens * width, order.data_ptr<int64_t>() + first, count,
           width, rows.data());
    norm1_.to_operands({.data = rows.data(), .stride = width, .count = count}, normed.data(),
                       width);
    qkv_.multiply({.data = normed.data(), .stride = width, .count = count}, Epilogue::kStore,
                  out.data_ptr<float>() + (image * tokens + first) * qkv_.out(), qkv_.out());
  });
  return out;
}

torch::Tensor FusedSwinLayers::after(const torch::Tensor& map, const torch::Tensor& attended,
                                     const torch::Tensor& order) const {
  const torch::Tensor in = map.contiguous();
  const torch::Tensor heads = attended.contiguous();
  const torch::Tensor out = torch::empty_like(in);
  const int64_t width = proj_.out();
  const int64_t hidden = fc1_.out();
  const int64_t tokens = order.numel();
  for_chunks(in.size(0), tokens, [&](int64_t image, int64_t first, int64_t count) {
    std::vector<float> sums(static_cast<size_t>(count * width));
    std::vector<float> normed(sums.size());
    std::vector<float> inner(static_cast<size_t>(count * hidden));
    const int64_t* places = order.data_ptr<int64_t>() + first;
    const float* operands = heads.data_ptr<float>() + (image * tokens + first) * width;
    gather(in.data_ptr<float>() + image * tokens * width, places, count, width, sums.data());
    proj_.multiply({.data = operands, .stride = width, .count = count}, Epilogue::kAdd, sums.data(),
                   width);
    norm2_.to_operands({.data = sums.data(), .stride = width, .count = count}, normed.data(),
                       width);
    fc1_.multiply({.data = normed.data(), .stride = width, .count = count}, Epilogue::kGeluOperand,
                  inner.data(), hidden);
    fc2_.multiply({.data = inner.data(), .stride = hidden, .count = count}, Epilogue::kAdd,
                  sums.data(), width);
    scatter(sums.data(), places, count, width, out.data_ptr<float>() + image * tokens * width);
  });
  return out;
}

}  // namespace mote::nn
