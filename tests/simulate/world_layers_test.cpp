#include "mote/simulate/world_layers.h"

#include <numbers>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/world_presets.h"

namespace mote::simulate {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr Box kWithMargin = {.y = -60, .x = -60, .height = 632, .width = 632};

double volume_nm3(const Layer& layer, double pixel_size_nm) {
  const auto values = layer.thickness_nm.values();
  return std::accumulate(values.begin(), values.end(), 0.0) * pixel_size_nm * pixel_size_nm;
}

TEST(DrawLayers, GivesEachFaceTheVolumeOfItsParticles) {
  const WorldOptions options = *world_preset("overlap");
  World world(options);
  const Material materials[] = {kGold};
  std::vector<Layer> layers;

  draw_layers(world, 0.1, kWithMargin, materials, layers);

  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].z_nm, 5);
  EXPECT_EQ(layers[1].z_nm, -5);
  double above = 0;
  double below = 0;
  for (const SeenBody& body : world.bodies_at(0.1)) {
    const auto& sphere = std::get<Sphere>(body.body);
    const double first = -60.5 * 0.2;  // the box's edges
    const double last = 571.5 * 0.2;
    const bool whole = sphere.centre.y_nm - body.radius_nm > first &&
                       sphere.centre.x_nm - body.radius_nm > first &&
                       sphere.centre.y_nm + body.radius_nm < last &&
                       sphere.centre.x_nm + body.radius_nm < last;
    const double volume =
        whole ? 4.0 / 3 * std::numbers::pi * body.radius_nm * body.radius_nm * body.radius_nm : 0;
    (body.face == Face::kAbove ? above : below) += volume;
  }
  // Parts of particles at the box's edge come on top.
  EXPECT_GT(volume_nm3(layers[0], 0.2), 0.999 * above);
  EXPECT_LT(volume_nm3(layers[0], 0.2), 1.25 * above);
  EXPECT_GT(volume_nm3(layers[1], 0.2), 0.999 * below);
}

TEST(DrawLayers, GivesTheSameForAPartOfTheBox) {
  World world(*world_preset("coalescence"));
  const Material materials[] = {kGold};
  std::vector<Layer> whole;
  std::vector<Layer> part;

  draw_layers(world, 2, kWithMargin, materials, whole);
  draw_layers(world, 2, {.y = 40, .x = 30, .height = 300, .width = 400}, materials, part);

  for (int64_t y = 1; y < 299; ++y) {
    for (int64_t x = 1; x < 399; ++x) {
      ASSERT_NEAR(part[0].thickness_nm(y, x), whole[0].thickness_nm(y + 100, x + 90), 1e-4);
    }
  }
}

TEST(DrawLayers, WantsAMaterialForEachSpecies) {
  World world(*world_preset("haadf"));
  const Material materials[] = {kGold};
  std::vector<Layer> layers;

  EXPECT_THAT([&] { draw_layers(world, 0, kWithMargin, materials, layers); },
              ThrowsMessage<Error>(HasSubstr("1 materials for 2 species")));
}

}  // namespace
}  // namespace mote::simulate
