#include "mote/nn/dense_rows.h"

#include <algorithm>

#include <ATen/Parallel.h>

namespace mote::nn {
namespace {

constexpr int64_t kRowsATime = 96;  // a multiple of the kernels' tile

}  // namespace

void dense_rows(const std::vector<RowInput>& inputs, const std::vector<RowOutput>& outputs) {
  std::vector<RowInput> read = inputs;
  int64_t width = 0;
  for (RowInput& input : read) {
    input.rows = input.rows.stride(1) == 1 ? input.rows : input.rows.contiguous();
    width += input.rows.size(1);
  }
  const int64_t rows = read.front().rows.size(0);
  at::parallel_for(0, (rows + kRowsATime - 1) / kRowsATime, 1, [&](int64_t begin, int64_t end) {
    const torch::Tensor scratch = torch::empty({kRowsATime, width});
    auto* operands = scratch.data_ptr<float>();
    for (int64_t part = begin; part < end; ++part) {
      const int64_t first = part * kRowsATime;
      const int64_t count = std::min(kRowsATime, rows - first);
      float* to = operands;
      for (const RowInput& input : read) {
        const float* from = input.rows.data_ptr<float>() + first * input.rows.stride(0);
        if (input.norm != nullptr) {
          input.norm->to_floats({.data = from, .stride = input.rows.stride(0), .count = count}, to,
                                width);
        } else {
          for (int64_t row = 0; row < count; ++row) {
            std::copy_n(from + row * input.rows.stride(0), input.rows.size(1), to + row * width);
          }
        }
        to += input.rows.size(1);
      }
      for (const RowOutput& output : outputs) {
        output.layer->multiply(
            {.data = operands + output.first, .stride = width, .count = count}, output.epilogue,
            output.to.data_ptr<float>() + first * output.to.stride(0), output.to.stride(0));
      }
    }
  });
}

}  // namespace mote::nn
