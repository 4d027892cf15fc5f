#include "mote/nn/attention.h"

#include <limits>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/plain.h"

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
