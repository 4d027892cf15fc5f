#include "tests/nn/gradients.h"

#include <set>

#include <gtest/gtest.h>

#include "mote/nn/losses.h"

namespace mote::golden {

void expect_gradients(const Fixture& fixture, torch::nn::Module& network,
                      const std::function<torch::Tensor(const torch::Tensor&)>& predict) {
  network.train();
  const auto loss = nn::bce_dice_loss(predict(fixture.input("input")), fixture.input("target"));
  loss.total().backward();

  const auto& training = fixture.manifest().at("training");
  EXPECT_NEAR(loss.bce.item<double>(), training.at("bce").get<double>(), 1e-5);
  EXPECT_NEAR(loss.dice.item<double>(), training.at("dice").get<double>(), 1e-5);
  const auto parameters = network.named_parameters();
  std::set<std::string> expected;
  for (const auto& entry : fixture.manifest().at("gradients")) {
    const std::string name = entry.at("name");
    expected.insert(name);
    const torch::Tensor gradient = parameters[name].grad();
    ASSERT_TRUE(gradient.defined()) << name;
    const double sumsq = entry.at("sumsq");
    // Sums of squares that float32 itself does not know better are allowed its own difference.
    const double noise = 2 * std::abs(sumsq - entry.at("sumsq_fp64").get<double>());
    EXPECT_NEAR(gradient.to(torch::kFloat64).square().sum().item<double>(), sumsq,
                1e-3 * sumsq + noise)
        << name;
  }
  for (const auto& parameter : parameters) {
    const torch::Tensor gradient = parameter.value().grad();
    EXPECT_TRUE(expected.contains(parameter.key()) || !gradient.defined() ||
                gradient.abs().max().item<double>() == 0)
        << parameter.key() << " has a gradient, the published network none";
  }
}

}  // namespace mote::golden
