#include "mote/nn/deaot_merge.h"

#include <gtest/gtest.h>

#include "mote/nn/identity_embedding.h"
#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

double different_share(const torch::Tensor& a, const torch::Tensor& b) {
  return a.ne(b).to(torch::kFloat64).mean().item<double>();
}

torch::Tensor plain_labels(const std::vector<torch::Tensor>& groups, Size size) {
  const PlainOperators plain;
  return merged_labels(groups, size);
}

// Where two logits are equal to the last bit, either may win.
TEST(MergedLabels, AreThoseOfPlainOperators) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  for (const size_t count : {1, 2, 3}) {
    std::vector<torch::Tensor> groups(count);
    for (torch::Tensor& group : groups) {
      group = 4 * torch::randn({1, 11, 13, 17});
    }
    for (const Size size : {Size{49, 65}, Size{13, 17}, Size{7, 200}}) {
      EXPECT_LE(different_share(merged_labels(groups, size), plain_labels(groups, size)), 2e-4)
          << count << " groups, " << size.width;
    }
  }
}

TEST(MergedLabels, GiveNoPixelAnIdThatIsNotInUse) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  std::vector<torch::Tensor> groups = {torch::randn({1, 11, 13, 17}),
                                       torch::randn({1, 11, 13, 17})};
  groups[1].narrow(1, 4, 7).fill_(-1e10);

  EXPECT_EQ(merged_labels(groups, {49, 65}).max().item<int64_t>(), 13);
}

TEST(IdentityEmbedding, IsTheConvolutionOfOneHotImages) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  torch::nn::Conv2d bank(torch::nn::Conv2dOptions(5, 24, 17).stride(16).padding(8));
  const torch::Tensor labels = torch::randint(5, {2, 33, 49}, torch::kInt64);
  IdentityEmbedding embedding(bank);

  const torch::Tensor result = embedding(labels);

  const torch::Tensor one_hot = torch::one_hot(labels, 5).permute({0, 3, 1, 2});
  const torch::Tensor expected = bank(one_hot.to(torch::kFloat32)).flatten(2).transpose(1, 2);
  EXPECT_TRUE(torch::allclose(result, expected, 1e-5, 1e-5));
}

TEST(IdentityEmbedding, FollowsWeightsThatChange) {
  const torch::NoGradGuard no_grad;
  torch::nn::Conv2d bank(torch::nn::Conv2dOptions(2, 16, 17).stride(16).padding(8));
  const torch::Tensor labels = torch::ones({1, 17, 17}, torch::kInt64);
  IdentityEmbedding embedding(bank);
  const torch::Tensor before = embedding(labels);

  bank->weight.mul_(2);

  const torch::Tensor bias = bank->bias.reshape({1, 1, 16});
  EXPECT_TRUE(torch::allclose(embedding(labels) - bias, 2 * (before - bias), 1e-4, 1e-5));
}

}  // namespace
}  // namespace mote::nn
