#include "mote/nn/autoencoder.h"

#include <gmock/gmock.h>

#include "mote/core/error.h"
#include "mote/nn/losses.h"
#include "mote/nn/weights.h"

namespace mote::nn {
namespace {

using testing::ElementsAre;

AutoencoderOptions small(bool skips) {
  return {.channels = {8, 16, 16, 32, 32}, .skips = skips};
}

/// Three discs on a dark ground, and which pixels they cover.
torch::Tensor discs() {
  const auto y = torch::arange(32, torch::kFloat32).unsqueeze(1);
  const auto x = torch::arange(48, torch::kFloat32).unsqueeze(0);
  const auto disc = [&](float cy, float cx, float radius) {
    return (y - cy).square() + (x - cx).square() <= radius * radius;
  };
  return (disc(10, 10, 6) | disc(20, 30, 8) | disc(8, 40, 4))
      .to(torch::kFloat32)
      .expand({1, 1, 32, 48});
}

/// The loss on one image before and after some steps of training on it.
std::pair<double, double> losses_of_overfitting(bool skips) {
  torch::manual_seed(1);
  Autoencoder network(small(skips));
  const auto target = discs();
  const auto image = 0.5 * target + 0.1 * torch::randn({1, 1, 32, 48});
  torch::optim::Adam optimizer(network->parameters(), torch::optim::AdamOptions(1e-2));
  const auto loss = [&] { return bce_dice_loss(torch::sigmoid(network(image)), target).total(); };
  const double before = loss().item<double>();
  for (int step = 0; step < 40; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
  return {before, loss().item<double>()};
}

TEST(Autoencoder, GivesOneMapAClassOfTheSizeOfTheImage) {
  const torch::NoGradGuard no_grad;
  AutoencoderOptions options = small(false);
  options.classes = 3;
  Autoencoder network(options);

  EXPECT_THAT(network(torch::rand({2, 1, 32, 80})).sizes().vec(), ElementsAre(2, 3, 32, 80));
}

TEST(Autoencoder, WithSkipsGivesOneMapAClassOfTheSizeOfTheImage) {
  const torch::NoGradGuard no_grad;
  Autoencoder network(small(true));

  EXPECT_THAT(network(torch::rand({1, 1, 16, 48})).sizes().vec(), ElementsAre(1, 1, 16, 48));
}

TEST(Autoencoder, RefusesWhatItCannotTake) {
  Autoencoder network(small(false));

  EXPECT_THROW(network(torch::rand({1, 1, 24, 32})), Error);
  EXPECT_THROW(network(torch::rand({1, 3, 32, 32})), Error);
  EXPECT_THROW(network(torch::rand({1, 32, 32})), Error);
}

TEST(Autoencoder, WithSkipsHasMoreWeightsInItsWayUpAlone) {
  const Autoencoder without(small(false));
  const Autoencoder with(small(true));

  // 3 x 3 convolutions from twice the channels: 9 c^2 more for c = 32, 16, 16, 8.
  EXPECT_EQ(parameter_count(*with) - parameter_count(*without),
            9 * (32 * 32 + 16 * 16 + 16 * 16 + 8 * 8));
}

TEST(Autoencoder, LearnsOneImageByHeart) {
  const auto [before, after] = losses_of_overfitting(false);

  EXPECT_GT(before, 0.8);
  EXPECT_LT(after, 0.3);
}

TEST(Autoencoder, WithSkipsLearnsOneImageByHeart) {
  const auto [before, after] = losses_of_overfitting(true);

  EXPECT_GT(before, 0.8);
  EXPECT_LT(after, 0.3);
}

TEST(Autoencoder, ComputesTheSameAfterItsWeightsWereSavedAndLoaded) {
  const torch::NoGradGuard no_grad;
  Autoencoder network(small(true));
  Autoencoder other(small(true));
  network->eval();
  other->eval();
  const auto image = torch::rand({1, 1, 32, 32});

  const WeightsMismatch mismatch = load(weights_of(*network), *other);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(network(image), other(image)));
}

}  // namespace
}  // namespace mote::nn
