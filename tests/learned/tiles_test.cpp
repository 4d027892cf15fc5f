#include "mote/learned/tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

using testing::ElementsAre;

TEST(Tiles, CoverAFieldEvenlyWithTheOverlapAskedFor) {
  const std::vector<Box> tiles = tiles_of({100, 250}, 100, 20);

  EXPECT_THAT(tiles, ElementsAre(Box{0, 0, 100, 100}, Box{0, 75, 100, 100}, Box{0, 150, 100, 100}));
}

TEST(Tiles, AreOneWhereTheFieldIsSmaller) {
  const std::vector<Box> tiles = tiles_of({40, 90}, 96, 16);

  EXPECT_THAT(tiles, ElementsAre(Box{0, 0, 96, 96}));
}

TEST(Tiles, RefuseAnOverlapAsLargeAsATile) {
  EXPECT_THROW(tiles_of({40, 90}, 32, 32), Error);
}

TEST(TileSide, IsTheNetworksOwnOrTheLeastThatHoldsTheField) {
  EXPECT_EQ(tile_side_px({2000, 3000}, 0, 1024, 64), 1024);
  EXPECT_EQ(tile_side_px({200, 300}, 0, 1024, 64), 320);
  EXPECT_EQ(tile_side_px({2000, 3000}, 512, 1024, 64), 512);
  EXPECT_EQ(tile_side_px({200, 300}, 16384, 1024, 64), 320);
}

TEST(TileSide, RefusesWhatTheNetworkCannotTake) {
  EXPECT_THROW(tile_side_px({200, 300}, 500, 1024, 64), Error);
}

TEST(Tile, IsMirroredBeyondTheField) {
  const torch::Tensor field = torch::arange(6, torch::kFloat32).reshape({2, 3});

  const torch::Tensor tile = cut(field, {0, 0, 4, 5});

  const torch::Tensor expected = torch::tensor(
      {{0, 1, 2, 1, 0}, {3, 4, 5, 4, 3}, {0, 1, 2, 1, 0}, {3, 4, 5, 4, 3}}, torch::kFloat32);
  EXPECT_TRUE(torch::equal(tile, expected));
}

TEST(Tile, OfAFieldOfOnePixelIsThatPixel) {
  EXPECT_TRUE(
      torch::equal(cut(torch::full({1, 1}, 7.0F), {0, 0, 2, 2}), torch::full({2, 2}, 7.0F)));
}

TEST(BlendingWeights, FallTowardsTheEdgesAndNeverToZero) {
  const torch::Tensor weights = blending_weights(8, 2);

  EXPECT_EQ(weights[4][4].item<float>(), 1);
  EXPECT_EQ(weights[0][4].item<float>(), 0.25);
  EXPECT_GT(weights.min().item<float>(), 0);
}

}  // namespace
}  // namespace mote::learned
