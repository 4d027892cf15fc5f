#include "mote/nn/identity_embedding.h"

#include <algorithm>

#include <ATen/Parallel.h>

namespace mote::nn {
namespace {

/// One image of labels, the sums, and where to.
struct Task {
  const int64_t* labels = nullptr;
  int64_t height = 0;
  int64_t width = 0;
  const float* sums = nullptr;
  const float* bias = nullptr;
  int64_t kernel = 0;
  int64_t stride = 0;
  int64_t channels = 0;
};

void add_difference(const float* more, const float* less, int64_t channels, float* out) {
  for (int64_t c = 0; c < channels; ++c) {
    out[c] += more[c] - less[c];
  }
}

/// The token whose window has its corner at (y0, x0), which may lie outside.
void embed_token(const Task& task, int64_t y0, int64_t x0, float* out) {
  std::copy_n(task.bias, task.channels, out);
  const int64_t row_size = (task.kernel + 1) * task.channels;
  const int64_t first = std::max<int64_t>(0, x0);
  const int64_t end = std::min(task.width, x0 + task.kernel);
  for (int64_t ky = std::max<int64_t>(0, -y0); ky < std::min(task.kernel, task.height - y0); ++ky) {
    const int64_t* row = task.labels + (y0 + ky) * task.width;
    for (int64_t x = first; x < end;) {
      const int64_t label = row[x];
      const int64_t begin = x;
      while (x < end && row[x] == label) {
        ++x;
      }
      const float* sums = task.sums + (label * task.kernel + ky) * row_size;
      add_difference(sums + (x - x0) * task.channels, sums + (begin - x0) * task.channels,
                     task.channels, out);
    }
  }
}

torch::Tensor sums_of(const torch::Tensor& weight) {
  const torch::Tensor by_label =
      weight.detach().to(torch::kFloat64).permute({1, 2, 3, 0});  // (labels, k, k, channels)
  const torch::Tensor none = torch::zeros_like(by_label.narrow(2, 0, 1));
  return torch::cat({none, by_label.cumsum(2)}, 2).to(torch::kFloat32).contiguous();
}

}  // namespace

torch::Tensor IdentityEmbedding::operator()(const torch::Tensor& labels) {
  const int64_t version = bank_->weight._version();
  if (version_ != version) {
    sums_ = sums_of(bank_->weight);
    version_ = version;
  }
  const int64_t kernel = bank_->weight.size(2);
  const int64_t stride = bank_->options.stride()->at(0);
  const int64_t channels = bank_->weight.size(0);
  const auto positions = [&](int64_t length) {
    return (length + 2 * (kernel / 2) - kernel) / stride + 1;
  };
  const int64_t rows = positions(labels.size(1));
  const int64_t columns = positions(labels.size(2));
  const torch::Tensor in = labels.contiguous();
  const torch::Tensor bias = bank_->bias.contiguous();
  torch::Tensor out = torch::empty({labels.size(0), rows * columns, channels}, torch::kFloat32);
  at::parallel_for(0, labels.size(0) * rows, 1, [&](int64_t first, int64_t end) {
    for (int64_t row = first; row < end; ++row) {
      const Task task = {
          .labels = in.data_ptr<int64_t>() + row / rows * labels.size(1) * labels.size(2),
          .height = labels.size(1),
          .width = labels.size(2),
          .sums = sums_.data_ptr<float>(),
          .bias = bias.data_ptr<float>(),
          .kernel = kernel,
          .stride = stride,
          .channels = channels};
      for (int64_t column = 0; column < columns; ++column) {
        embed_token(task, row % rows * stride - kernel / 2, column * stride - kernel / 2,
                    out.data_ptr<float>() + (row * columns + column) * channels);
      }
    }
  });
  return out;
}

}  // namespace mote::nn
