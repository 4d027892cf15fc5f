#include "mote/nn/losses.h"

#include <cmath>

#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

TEST(BceDiceLoss, IsTheFormulaOfItsDescription) {
  const auto p = torch::tensor({0.5F, 0.25F, 0.75F, 1.0F}).reshape({2, 2});
  const auto t = torch::tensor({1.0F, 0.0F, 1.0F, 1.0F}).reshape({2, 2});

  const BceDiceLoss loss = bce_dice_loss(p, t);

  const double bce = -(std::log(0.5) + std::log(0.75) + std::log(0.75) + std::log(1.0)) / 4;
  const double dice = 1 - ((2 * 0.5 + 1) / (0.75 + 1 + 1) + (2 * 1.75 + 1) / (1.75 + 2 + 1)) / 2;
  EXPECT_NEAR(loss.bce.item<double>(), bce, 1e-6);
  EXPECT_NEAR(loss.dice.item<double>(), dice, 1e-6);
  EXPECT_NEAR(loss.total().item<double>(), bce + dice, 1e-6);
}

TEST(BceDiceLoss, StaysFiniteWhereAPredictionIsWrongForSure) {
  const auto p = torch::tensor({0.0F, 1.0F}).reshape({1, 2});
  const auto t = torch::tensor({1.0F, 0.0F}).reshape({1, 2});

  EXPECT_NEAR(bce_dice_loss(p, t).bce.item<double>(), 100, 1e-3);
}

TEST(BceDiceLoss, RefusesShapesThatDiffer) {
  EXPECT_THROW(bce_dice_loss(torch::zeros({1, 3, 2, 2}), torch::zeros({1, 1, 2, 2})), Error);
}

}  // namespace
}  // namespace mote::nn
