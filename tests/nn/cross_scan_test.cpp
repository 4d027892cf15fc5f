#include "mote/nn/cross_scan.h"

#include <vector>

#include <gtest/gtest.h>

#include "mote/nn/plain.h"
#include "mote/nn/selective_scan.h"

namespace mote::nn {
namespace {

struct Sizes {
  int64_t images = 1;
  int64_t height = 9;
  int64_t width = 13;
  int64_t channels = 96;
  int64_t states = 16;
  int64_t rank = 3;
};

/// Leaves in float64, as an untrained network has them: slow and fast decays.
CrossScanInputs inputs_of(const Sizes& sizes) {
  torch::manual_seed(7);
  const auto real = torch::TensorOptions(torch::kFloat64);
  const auto n = sizes.states;
  CrossScanInputs in = {
      .u = torch::randn({sizes.images, sizes.height, sizes.width, sizes.channels}, real),
      .projected =
          torch::randn({sizes.images, sizes.height, sizes.width, 4, sizes.rank + 2 * n}, real),
      .rate_weight = torch::randn({4, sizes.channels, sizes.rank}, real) * 0.5,
      .rate_bias = torch::rand({4, sizes.channels}, real) * 5 - 7,
      .a = -torch::arange(1, n + 1, real).expand({4 * sizes.channels, n}) *
           (0.9 + 0.2 * torch::rand({4 * sizes.channels, n}, real)),
      .d = torch::randn({4 * sizes.channels}, real)};
  return in;
}

std::vector<torch::Tensor> tensors_of(const CrossScanInputs& in) {
  return {in.u, in.projected, in.rate_weight, in.rate_bias, in.a, in.d};
}

CrossScanInputs converted(const CrossScanInputs& in, torch::ScalarType type) {
  const auto leaf = [&](const torch::Tensor& tensor) {
    return tensor.to(type).detach().clone().requires_grad_();
  };
  return {leaf(in.u),         leaf(in.projected), leaf(in.rate_weight),
          leaf(in.rate_bias), leaf(in.a),         leaf(in.d)};
}

/// The directions one by one, by the loop over positions.
torch::Tensor reference(const CrossScanInputs& in) {
  const PlainOperators plain;
  const int64_t height = in.u.size(1);
  const int64_t width = in.u.size(2);
  const int64_t channels = in.u.size(3);
  const int64_t rank = in.rate_weight.size(2);
  const int64_t states = in.a.size(1);
  torch::Tensor sum = torch::zeros_like(in.u);
  for (int64_t k = 0; k < 4; ++k) {
    const auto sequence = [&](const torch::Tensor& map) {  // (N, H, W, X) -> (N, X, L)
      const auto by = k % 2 == 0 ? map : map.transpose(1, 2);
      const auto forwards = by.flatten(1, 2).transpose(1, 2);
      return k < 2 ? forwards : forwards.flip({2});
    };
    const auto parts =
        sequence(in.projected.select(3, k)).split_with_sizes({rank, states, states}, 1);
    const auto own = [&](const torch::Tensor& all) {
      return all.slice(0, k * channels, (k + 1) * channels);
    };
    const auto y = selective_scan({.u = sequence(in.u),
                                   .delta = torch::matmul(in.rate_weight[k], parts[0]),
                                   .a = own(in.a),
                                   .b = parts[1].unsqueeze(1),
                                   .c = parts[2].unsqueeze(1),
                                   .d = own(in.d),
                                   .delta_bias = in.rate_bias[k]})
                       .y;
    const auto forwards = (k < 2 ? y : y.flip({2})).transpose(1, 2);
    sum = sum + (k % 2 == 0 ? forwards.unflatten(1, {height, width})
                            : forwards.unflatten(1, {width, height}).transpose(1, 2));
  }
  return sum;
}

double relative_difference(const torch::Tensor& tensor, const torch::Tensor& exact) {
  return ((tensor.to(torch::kFloat64) - exact).abs().max() / exact.abs().max()).item<double>();
}

/// Output and gradients against float64.
void expect_accurate(const Sizes& sizes) {
  const auto exact = converted(inputs_of(sizes), torch::kFloat64);
  const auto fused = converted(inputs_of(sizes), torch::kFloat32);
  const auto grad_y = torch::randn(exact.u.sizes(), torch::kFloat64);

  const auto y_exact = reference(exact);
  const auto y = cross_selective_scan(fused);
  y_exact.backward(grad_y);
  y.backward(grad_y.to(torch::kFloat32));

  EXPECT_LE(relative_difference(y, y_exact), 1e-5);
  for (size_t i = 0; i < tensors_of(exact).size(); ++i) {
    EXPECT_LE(relative_difference(tensors_of(fused)[i].grad(), tensors_of(exact)[i].grad()), 1e-5)
        << "gradient of input " << i;
  }
}

TEST(CrossScan, IsAccurateToAHundredThousandthWithItsGradients) {
  expect_accurate({.images = 2});
}

TEST(CrossScan, TakesChannelsAndStatesThatFillNoVector) {
  expect_accurate({.channels = 53, .states = 5, .rank = 1});
}

TEST(CrossScan, StaysAccurateOverLongSequences) {
  expect_accurate({.height = 16, .width = 64, .channels = 16, .rank = 2});
}

TEST(CrossScan, TakesMapsOfOneRow) {
  expect_accurate({.height = 1, .width = 3});
}

TEST(CrossScan, DoesNotDependOnTheNumberOfThreads) {
  const auto in = converted(inputs_of({.images = 2}), torch::kFloat32);
  const int threads = at::get_num_threads();

  at::set_num_threads(1);
  const auto one = cross_selective_scan(in);
  one.sum().backward();
  const auto grad_one = in.projected.grad().clone();
  in.projected.mutable_grad().zero_();
  at::set_num_threads(3);
  const auto three = cross_selective_scan(in);
  three.sum().backward();
  at::set_num_threads(threads);

  EXPECT_TRUE(torch::equal(one, three));
  EXPECT_TRUE(torch::equal(grad_one, in.projected.grad()));
}

}  // namespace
}  // namespace mote::nn
