#include "mote/nn/windowed_attention.h"

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/plain.h"
#include "mote/nn/token_filter.h"

namespace mote::nn {
namespace {

struct Inputs {
  torch::Tensor query;
  torch::Tensor key;
  torch::Tensor value;
  torch::Tensor bias;
  WindowedAttentionOptions options;
};

Inputs random_inputs(Size map, int64_t radius, int64_t depth, int64_t channels) {
  torch::manual_seed(1);
  const int64_t window = (2 * radius + 1) * (2 * radius + 1);
  return {.query = torch::randn({2, map.area(), depth}),
          .key = torch::randn({2, map.area(), depth}),
          .value = torch::randn({2, map.area(), channels}),
          .bias = torch::randn({2, map.area(), window}),
          .options = {.map = map, .radius = radius, .scale = 0.3}};
}

torch::Tensor attended(const Inputs& in) {
  return windowed_attention(in.query, in.key, in.value, in.bias, in.options);
}

/// The same in float64, operator by operator.
torch::Tensor reference(const Inputs& in) {
  const auto wide = [](const torch::Tensor& tensor) { return tensor.to(torch::kFloat64); };
  return windowed_attention(wide(in.query), wide(in.key), wide(in.value), wide(in.bias),
                            in.options);
}

double relative_error(const torch::Tensor& result, const torch::Tensor& expected) {
  return ((result.to(torch::kFloat64) - expected).abs().max() / expected.abs().max())
      .item<double>();
}

// The bound is that of the project for attention in float32.
TEST(WindowedAttention, IsThatOfPlainOperatorsOnMapsOfAnySize) {
  const torch::NoGradGuard no_grad;
  for (const Size map : {Size{11, 13}, Size{1, 1}, Size{3, 40}, Size{20, 5}, Size{17, 24}}) {
    const Inputs in = random_inputs(map, 7, 128, 1024);

    EXPECT_LE(relative_error(attended(in), reference(in)), 1e-5) << map.height << " " << map.width;
  }
}

TEST(WindowedAttention, TakesOddDepthsChannelsAndRadii) {
  const torch::NoGradGuard no_grad;
  const Inputs in = random_inputs({9, 10}, 2, 7, 45);

  EXPECT_LE(relative_error(attended(in), reference(in)), 1e-5);
}

TEST(WindowedAttention, TakesViewsOfWiderRows) {
  const torch::NoGradGuard no_grad;
  Inputs in = random_inputs({6, 9}, 3, 32, 64);
  in.query = torch::randn({2, 54, 50}).narrow(2, 10, 32);
  in.value = torch::randn({2, 64, 54}).transpose(1, 2);

  EXPECT_LE(relative_error(attended(in), reference(in)), 1e-5);
}

TEST(WindowedAttention, PutsTheResultsOfSeveralValuesSideBySide) {
  const torch::NoGradGuard no_grad;
  const Inputs in = random_inputs({9, 10}, 3, 32, 333);

  const torch::Tensor result = windowed_attention(
      in.query, in.key, {in.value.narrow(2, 0, 300), in.value.narrow(2, 300, 33)}, in.bias,
      in.options);

  EXPECT_LE(relative_error(result, reference(in)), 1e-5);
}

TEST(WindowedAttention, GivesPositionsOutsideTheMapNoWeight) {
  const Inputs in = random_inputs({2, 2}, 1, 4, 4);

  const torch::Tensor weights =
      windowed_attention_weights(in.query, in.key, in.bias, in.options);  // (2, 4, 9)

  const torch::Tensor outside = torch::tensor({0, 1, 2, 3, 6});  // of the corner at the top left
  EXPECT_EQ(weights.select(1, 0).index_select(1, outside).abs().max().item<float>(), 0);
  EXPECT_NEAR(weights.select(1, 0).sum(1).min().item<float>(), 1, 1e-6);
}

TEST(WindowedAttention, HasTheGradientsOfItsOperators) {
  Inputs in = random_inputs({3, 4}, 2, 5, 6);
  in.value.requires_grad_();
  const torch::Tensor numbers = torch::randn({2, 12, 6});

  (attended(in) * numbers).sum().backward();

  const torch::Tensor moved = in.value.detach() + 1e-2 * in.value.grad();
  Inputs other = in;
  other.value = moved;
  const double change = ((attended(other) - attended(in)) * numbers).sum().item<double>();
  EXPECT_NEAR(change, 1e-2 * in.value.grad().square().sum().item<double>(), 1e-3);
}

TEST(WindowedAttention, RefusesShapesThatDisagree) {
  Inputs in = random_inputs({3, 4}, 2, 5, 6);
  in.options.map = {3, 5};

  EXPECT_THROW(attended(in), Error);
}

TEST(GatedFilter, IsThatOfPlainOperators) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  const torch::Tensor weight = torch::randn({128, 1, 5, 5});
  for (const Size map : {Size{11, 13}, Size{1, 1}, Size{2, 9}, Size{30, 4}}) {
    for (const int64_t gates : {64, 128}) {
      const torch::Tensor tokens = torch::randn({2, map.area(), 128});
      const torch::Tensor gate = torch::randn({2, map.area(), gates});

      const torch::Tensor result = gated_filter(tokens, gate, weight, map);

      const torch::Tensor expected = gated_filter(
          tokens.to(torch::kFloat64), gate.to(torch::kFloat64), weight.to(torch::kFloat64), map);
      EXPECT_LE(relative_error(result, expected), 1e-6) << map.height << " " << map.width;
    }
  }
}

}  // namespace
}  // namespace mote::nn
