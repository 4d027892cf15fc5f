#include "mote/nn/joint_memory.h"

#include <gtest/gtest.h>

#include "mote/nn/attention.h"

namespace mote::nn {
namespace {

constexpr int64_t kTokens = 300;
constexpr int64_t kKeyChannels = 16;
constexpr int64_t kValueChannels = 64;

torch::Tensor attended(const torch::Tensor& query, const PropagationMemory& memory) {
  return attention(query.unsqueeze(1), memory.key.unsqueeze(1), memory.value.unsqueeze(1))
      .squeeze(1);
}

/// Groups that share keys and visual values; `own` of their tokens have identity values that
/// differ from those of the rest.
std::vector<PropagationMemory> groups_of(int64_t count, int64_t own) {
  const torch::Tensor key = torch::randn({1, kTokens, kKeyChannels});
  const torch::Tensor visual = torch::randn({1, kTokens, kValueChannels});
  std::vector<PropagationMemory> groups;
  for (int64_t g = 0; g < count; ++g) {
    const torch::Tensor identity =
        torch::randn({1, 1, kValueChannels}).repeat({1, kTokens, 1}).contiguous();
    const torch::Tensor tokens = torch::randperm(kTokens).narrow(0, 0, own);
    identity[0].index_copy_(0, tokens, torch::randn({own, kValueChannels}));
    groups.push_back({.key = key, .value = torch::cat({visual, identity}, 2)});
  }
  return groups;
}

void expect_each_group(int64_t count, int64_t own) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  const std::vector<PropagationMemory> groups = groups_of(count, own);
  const torch::Tensor query = torch::randn({1, 70, kKeyChannels});

  const torch::Tensor together = JointMemory(groups, kValueChannels).attend(query);

  ASSERT_EQ(together.size(2), kValueChannels * (1 + count));
  for (int64_t g = 0; g < count; ++g) {
    const torch::Tensor visual = together.narrow(2, 0, kValueChannels);
    const torch::Tensor identity = together.narrow(2, kValueChannels * (1 + g), kValueChannels);
    const torch::Tensor alone = attended(query, groups[static_cast<size_t>(g)]);
    EXPECT_TRUE(torch::allclose(torch::cat({visual, identity}, 2), alone, 1e-5, 1e-5))
        << "group " << g << " of " << count << ", " << own << " tokens of its own";
  }
}

TEST(JointMemory, GivesEachGroupWhatItRemembers) {
  expect_each_group(1, 40);
  expect_each_group(3, 40);
}

TEST(JointMemory, NeedsNoTokensOfOneValue) {
  expect_each_group(2, kTokens);
}

TEST(JointMemory, TakesGroupsWhoseTokensAreAllOfOneValue) {
  expect_each_group(2, 0);
}

}  // namespace
}  // namespace mote::nn
