#include "mote/nn/dense_rows.h"

#include <gtest/gtest.h>

#include "mote/nn/precision.h"

namespace mote::nn {
namespace {

struct Layers {
  torch::nn::LayerNorm norm{torch::nn::LayerNormOptions({24})};
  torch::nn::Linear both{40, 70};
  torch::nn::Linear second{16, 33};
};

double relative_error(const torch::Tensor& result, const torch::Tensor& expected) {
  return ((result - expected).abs().max() / expected.abs().max()).item<double>();
}

// 200 rows are two whole parts and a piece, and the last rows of a part are no whole tile.
TEST(DenseRows, AreLayersOfNormedRowsSideBySide) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  Layers layers;
  const torch::Tensor a = torch::randn({200, 24});
  const torch::Tensor b = torch::randn({16, 200}).t();
  const RowNorm norm(float32_rows(), layers.norm->weight, layers.norm->bias, 1e-5);
  const PackedLinear both(float32_rows(), layers.both->weight, layers.both->bias);
  const PackedLinear second(float32_rows(), layers.second->weight, layers.second->bias);
  const torch::Tensor joined = torch::zeros({200, 110});

  dense_rows({{.rows = a, .norm = &norm}, {.rows = b}},
             {{.layer = &both, .to = joined.narrow(1, 0, 70)},
              {.layer = &second,
               .first = 24,
               .epilogue = Epilogue::kSilu,
               .to = joined.narrow(1, 77, 33)}});

  EXPECT_LE(
      relative_error(joined.narrow(1, 0, 70), layers.both(torch::cat({layers.norm(a), b}, 1))),
      1e-6);
  EXPECT_LE(relative_error(joined.narrow(1, 77, 33), torch::silu(layers.second(b))), 1e-6);
  EXPECT_EQ(joined.narrow(1, 70, 7).abs().max().item<float>(), 0);
}

TEST(RowKernels, EndInSiluWithOperandsOfBfloat16) {
  if (!has_fast_bf16()) {
    GTEST_SKIP() << "this processor does not multiply bfloat16";
  }
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  torch::nn::Linear layer(32, 40);
  const torch::Tensor rows = (30 * torch::randn({20, 32})).to(torch::kBFloat16);
  const torch::Tensor result = torch::empty({20, 40});

  PackedLinear(bf16_rows(), layer->weight, layer->bias)
      .multiply({.data = rows.data_ptr(), .stride = 32, .count = 20}, Epilogue::kSilu,
                result.data_ptr(), 40);

  EXPECT_LE(relative_error(result, torch::silu(layer(rows.to(torch::kFloat32)))), 1e-2);
}

}  // namespace
}  // namespace mote::nn
