#include "mote/nn/attention.h"

#include <functional>
#include <limits>
#include <set>
#include <string>

#include <ATen/record_function.h>
#include <gtest/gtest.h>
#include <torch/version.h>

#include "mote/core/error.h"
#include "mote/nn/attention_tiles.h"
#include "mote/nn/precision.h"
#include "tests/nn/pretended_gpu.h"

namespace mote::nn {
namespace {

struct Heads {
  torch::Tensor q;
  torch::Tensor k;
  torch::Tensor v;
};

struct HeadsOptions {
  int64_t images = 1;
  int64_t heads = 2;
  int64_t queries = 5;
  int64_t keys = 7;
  int64_t depth = 16;
  int64_t value_depth = 16;
};

Heads random_heads(const HeadsOptions& options) {
  torch::manual_seed(1);
  return {.q = torch::randn({options.images, options.heads, options.queries, options.depth}),
          .k = torch::randn({options.images, options.heads, options.keys, options.depth}),
          .v = torch::randn({options.images, options.heads, options.keys, options.value_depth})};
}

/// The formula in float64, one image after the other.
torch::Tensor reference(const Heads& heads, const AttentionOptions& options = {}) {
  const double scale = options.scale.value_or(1 / std::sqrt(heads.q.size(3)));
  std::vector<torch::Tensor> images;
  for (int64_t image = 0; image < heads.q.size(0); ++image) {
    torch::Tensor logits = torch::matmul(heads.q[image].to(torch::kFloat64) * scale,
                                         heads.k[image].to(torch::kFloat64).transpose(-2, -1));
    if (options.bias.defined()) {
      logits = logits + options.bias;
    }
    if (options.mask.defined()) {
      logits = logits + options.mask[image % options.mask.size(0)];
    }
    images.push_back(torch::matmul(logits.softmax(-1), heads.v[image].to(torch::kFloat64)));
  }
  return torch::stack(images);
}

double relative_error(const torch::Tensor& found, const torch::Tensor& expected) {
  const torch::Tensor difference = (found.to(torch::kFloat64) - expected).abs().max();
  return (difference / expected.abs().max()).item<double>();
}

/// The names of libtorch's operators that `work` calls.
std::set<std::string> operators_of(const std::function<void()>& work) {
  static thread_local std::set<std::string> names;
  names.clear();
  const auto note = [](const at::RecordFunction& call) -> std::unique_ptr<at::ObserverContext> {
    names.insert(call.name());
    return nullptr;
  };
  const at::CallbackHandle handle = at::addThreadLocalCallback(at::RecordFunctionCallback(note));
  work();
  at::removeCallback(handle);
  return names;
}

Heads in_float64(const Heads& heads) {
  return {.q = heads.q.to(torch::kFloat64),
          .k = heads.k.to(torch::kFloat64),
          .v = heads.v.to(torch::kFloat64)};
}

// 600 keys are some blocks of keys, the second of which has no values in some channels.
TEST(PackedMemory, IsAttendedToAsItsKeysAndValues) {
  const torch::NoGradGuard no_grad;
  Heads heads = random_heads({.heads = 1, .queries = 100, .keys = 600, .value_depth = 200});
  heads.v[0][0].narrow(0, 60, 300).narrow(1, 0, 130).zero_();

  const PackedMemory memory(heads.k[0][0], heads.v[0][0]);
  const torch::Tensor result = memory.attend(heads.q[0][0]);

  EXPECT_LE(relative_error(result, reference(heads)[0][0]), 1e-6);
}

TEST(Attention, IsTheFormula) {
  const Heads heads = random_heads({});

  const torch::Tensor found = attention(heads.q, heads.k, heads.v);

  EXPECT_EQ(found.sizes(), heads.q.sizes());
  EXPECT_LE(relative_error(found, reference(heads)), 1e-5);
}

TEST(Attention, TakesAScale) {
  const Heads heads = random_heads({});

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, {.scale = 0.7});

  EXPECT_LE(relative_error(found, reference(heads, {.scale = 0.7})), 1e-5);
}

TEST(Attention, AddsABiasToEveryWindowAndAMaskToEveryHead) {
  const Heads heads = random_heads({.images = 6, .queries = 7});
  const AttentionOptions options{.bias = torch::randn({2, 7, 7}),
                                 .mask = torch::randn({3, 7, 7}).gt(0.5) * -100.0f};

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, options);

  EXPECT_LE(relative_error(found, reference(heads, options)), 1e-5);
}

/// Sizes that no tile divides, and the shapes of the networks.
class AttentionSizesTest : public testing::TestWithParam<HeadsOptions> {};
INSTANTIATE_TEST_SUITE_P(
    Attention, AttentionSizesTest,
    testing::Values(
        HeadsOptions{
            .images = 3, .heads = 5, .queries = 49, .keys = 49, .depth = 32, .value_depth = 32},
        HeadsOptions{.queries = 1, .keys = 1, .depth = 1, .value_depth = 1},
        HeadsOptions{.queries = 11, .keys = 300, .depth = 16, .value_depth = 16},
        HeadsOptions{.queries = 300, .keys = 11, .depth = 16, .value_depth = 16},
        HeadsOptions{.heads = 1, .queries = 130, .keys = 517, .depth = 128, .value_depth = 1024},
        HeadsOptions{.heads = 3, .queries = 97, .keys = 257, .depth = 33, .value_depth = 19},
        HeadsOptions{.heads = 3, .queries = 256, .keys = 256, .depth = 64, .value_depth = 64}));

TEST_P(AttentionSizesTest, IsWithin1eMinus5OfTheFormulaInFloat64) {
  const Heads heads = random_heads(GetParam());

  const torch::Tensor found = attention(heads.q, heads.k, heads.v);

  EXPECT_LE(relative_error(found, reference(heads)), 1e-5);
}

TEST_P(AttentionSizesTest, AddsBiasAndMaskWithin1eMinus5) {
  const Heads heads = random_heads(GetParam());
  const int64_t queries = GetParam().queries;
  const int64_t keys = GetParam().keys;
  const AttentionOptions options{
      .bias = torch::randn({GetParam().heads, queries, keys}),
      .mask = torch::randn({GetParam().images, queries, keys}).gt(0.8) * -100.0f};

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, options);

  EXPECT_LE(relative_error(found, reference(heads, options)), 1e-5);
}

TEST_P(AttentionSizesTest, GivesTheGradientsOfTheFormula) {
  const Heads heads = random_heads(GetParam());
  const torch::Tensor bias =
      torch::randn({GetParam().heads, GetParam().queries, GetParam().keys}).requires_grad_();
  const torch::Tensor incoming = torch::randn(
      {GetParam().images, GetParam().heads, GetParam().queries, GetParam().value_depth});
  for (const torch::Tensor& tensor : {heads.q, heads.k, heads.v}) {
    tensor.requires_grad_();
  }
  const std::vector<torch::Tensor> inputs{heads.q, heads.k, heads.v, bias};

  const auto found = torch::autograd::grad({attention(heads.q, heads.k, heads.v, {.bias = bias})},
                                           inputs, {incoming});

  const auto expected = torch::autograd::grad({reference(heads, {.bias = bias})}, inputs,
                                              {incoming.to(torch::kFloat64)});
  for (size_t i = 0; i < inputs.size(); ++i) {
    const double noise = 1e-6;  // where a gradient vanishes altogether: one key alone
    EXPECT_LE((found[i] - expected[i]).abs().max().item<double>(),
              2e-5 * expected[i].abs().max().item<double>() + noise)
        << "input " << i;
  }
}

TEST_P(AttentionSizesTest, IsWithin1PercentInBFloat16) {
  if (!has_fast_bf16()) {
    GTEST_SKIP() << "this processor does not multiply bfloat16";
  }
  const Heads heads = random_heads(GetParam());
  const Heads rounded{.q = heads.q.to(torch::kBFloat16),
                      .k = heads.k.to(torch::kBFloat16),
                      .v = heads.v.to(torch::kBFloat16)};
  const AttentionOptions options{
      .bias = torch::randn({GetParam().heads, GetParam().queries, GetParam().keys})};

  const torch::Tensor found = attention(rounded.q, rounded.k, rounded.v, options);

  EXPECT_LE(relative_error(found, reference(rounded, options)), 1e-2);
}

TEST(Attention, BearsLogitsThatOverflowTheExponential) {
  Heads heads = random_heads({.queries = 50, .keys = 700});
  heads.q *= 100;

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, {.scale = 1.0});

  // A logit near 1000 has an error of 6e-5 by its own rounding.
  EXPECT_LE(relative_error(found, reference(heads, {.scale = 1.0})), 1e-3);
}

TEST(Attention, LeavesOutKeysBehindAMaskOfMinusInfinity) {
  const Heads heads = random_heads({.queries = 9, .keys = 600});
  torch::Tensor mask = torch::zeros({1, 9, 600});
  mask.slice(2, 0, 400) = -std::numeric_limits<float>::infinity();

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, {.mask = mask});

  const Heads seen{.q = heads.q, .k = heads.k.slice(2, 400), .v = heads.v.slice(2, 400)};
  EXPECT_LE(relative_error(found, reference(seen)), 1e-5);
}

TEST(Attention, GivesNaNToAQueryThatSeesNoKey) {
  const Heads heads = random_heads({.queries = 7, .keys = 7});
  torch::Tensor mask = torch::zeros({1, 7, 7});
  mask[0][3] = -std::numeric_limits<float>::infinity();

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, {.mask = mask});

  EXPECT_TRUE(found.select(2, 3).isnan().all().item<bool>());
  EXPECT_FALSE(found.select(2, 4).isnan().any().item<bool>());
}

TEST(Attention, GoesThroughLibtorchsOwnWhereNoKernelTakesItsNumbers) {
  const Heads heads = random_heads({});
  const Heads wide = in_float64(heads);
  const std::string own = "aten::scaled_dot_product_attention";  // libtorch 1.13 has none

  const auto of_float64 = operators_of([&] { attention(wide.q, wide.k, wide.v); });
  const auto of_float32 = operators_of([&] { attention(heads.q, heads.k, heads.v); });

  EXPECT_EQ(of_float64.contains(own), TORCH_VERSION_MAJOR >= 2);
  EXPECT_FALSE(of_float32.contains(own));
}

TEST(Attention, GoesThroughLibtorchsOwnOnAnotherDevice) {
  const Heads heads = random_heads({});
  const torch::Device gpu = pretended::gpu();
  const Heads there = {.q = heads.q.to(gpu), .k = heads.k.to(gpu), .v = heads.v.to(gpu)};

  torch::Tensor found;
  const auto operators = operators_of([&] { found = attention(there.q, there.k, there.v); });

  EXPECT_EQ(operators.contains("aten::scaled_dot_product_attention"), TORCH_VERSION_MAJOR >= 2);
  EXPECT_LE(relative_error(found.to(torch::kCPU), reference(heads)), 1e-5);
}

TEST(Attention, IsTheFormulaWhereNoKernelTakesItsNumbers) {
  const Heads heads = in_float64(random_heads({.images = 6, .queries = 7}));
  const AttentionOptions options{.scale = 0.3,
                                 .bias = torch::randn({2, 7, 7}),
                                 .mask = torch::randn({3, 7, 7}).gt(0.5) * -100.0f};

  const torch::Tensor found = attention(heads.q, heads.k, heads.v, options);

  EXPECT_LE(relative_error(found, reference(heads, options)), 1e-12);
}

TEST(Attention, GivesTheGradientsOfTheFormulaWhereNoKernelTakesItsNumbers) {
  const Heads heads = in_float64(random_heads({.images = 2, .queries = 7}));
  const torch::Tensor bias = torch::randn({2, 7, 7}, torch::kFloat64).requires_grad_();
  const torch::Tensor incoming = torch::randn({2, 2, 7, 16}, torch::kFloat64);
  for (const torch::Tensor& tensor : {heads.q, heads.k, heads.v}) {
    tensor.requires_grad_();
  }
  const std::vector<torch::Tensor> inputs{heads.q, heads.k, heads.v, bias};

  const auto found = torch::autograd::grad({attention(heads.q, heads.k, heads.v, {.bias = bias})},
                                           inputs, {incoming});

  const auto expected =
      torch::autograd::grad({reference(heads, {.bias = bias})}, inputs, {incoming});
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(torch::allclose(found[i], expected[i], 1e-10, 1e-12)) << "input " << i;
  }
}

TEST(Attention, TakesHeadsCutOutOfOneProjection) {
  torch::manual_seed(1);
  const std::vector<torch::Tensor> parts =
      torch::randn({2, 100, 3, 4, 16}).permute({2, 0, 3, 1, 4}).unbind(0);

  const torch::Tensor found = attention(parts[0], parts[1], parts[2]);

  EXPECT_LE(relative_error(found, reference({parts[0], parts[1], parts[2]})), 1e-5);
}

TEST(Attention, IsTheSameOnAnyNumberOfThreads) {
  const Heads heads = random_heads({.images = 2, .queries = 200, .keys = 300});

  at::set_num_threads(1);
  const torch::Tensor one = attention(heads.q, heads.k, heads.v);
  at::set_num_threads(2);
  const torch::Tensor two = attention(heads.q, heads.k, heads.v);

  EXPECT_TRUE(torch::equal(one, two));
}

TEST(Attention, RefusesKeysOfAnotherDepth) {
  const Heads heads = random_heads({});

  EXPECT_THROW(attention(heads.q, heads.k.slice(3, 0, 8), heads.v), Error);
}

TEST(Attention, RefusesABiasOfAnotherShape) {
  const Heads heads = random_heads({});

  EXPECT_THROW(attention(heads.q, heads.k, heads.v, {.bias = torch::zeros({2, 5, 5})}), Error);
}

TEST(Attention, RefusesAMaskThatTheWindowsDoNotDivideInto) {
  const Heads heads = random_heads({.images = 3});

  EXPECT_THROW(attention(heads.q, heads.k, heads.v, {.mask = torch::zeros({2, 5, 7})}), Error);
}

}  // namespace
}  // namespace mote::nn
