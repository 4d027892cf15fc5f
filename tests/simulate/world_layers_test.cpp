#include "mote/simulate/world_layers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/bright_field.h"
#include "mote/simulate/microscope.h"
#include "mote/simulate/microscope_presets.h"
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

/// A world with a particle that is out of contrast from `dark_s` on, well inside the field.
struct Flickering {
  World world;
  double dark_s = 0;
  Point centre;
  double radius_px = 0;
};

Flickering flickering(const WorldOptions& options) {
  Flickering out{.world = World(options), .dark_s = 0, .centre = {}, .radius_px = 0};
  World scout(options);
  for (const WorldEvent& event : scout.take_events(10)) {
    for (const SeenBody& body : out.world.bodies_at(0.5 * options.step_s)) {
      const PositionNm& at = std::get<Sphere>(body.body).centre;
      const Point centre{at.y_nm / options.pixel_size_nm, at.x_nm / options.pixel_size_nm};
      const auto inside = [](double px) { return px > 100 && px < 412; };
      if (event.type == WorldEventType::kContrastLost && event.particles[0] == body.particle &&
          event.time_s > 0.1 && inside(centre.y_px) && inside(centre.x_px)) {
        out.dark_s = event.time_s;
        out.centre = centre;
        out.radius_px = body.radius_nm / options.pixel_size_nm;
        return out;
      }
    }
  }
  ADD_FAILURE() << "no particle flickers";
  return out;
}

/// Gold whose crystals are all alike.
Material plain_gold() {
  Material out = kGold;
  out.crystal = {};
  return out;
}

WorldOptions still_flicker() {
  WorldOptions options = *world_preset("flicker");
  options.migration.enabled = false;
  return options;
}

TEST(DrawLayers, LeavesADarkParticleItsThicknessAndTakesItsScattering) {
  Flickering seen = flickering(still_flicker());
  const Material materials[] = {plain_gold()};
  const auto y = static_cast<int64_t>(seen.centre.y_px);
  const auto x = static_cast<int64_t>(seen.centre.x_px);
  const Box box = {.y = y, .x = x, .height = 1, .width = 1};
  std::vector<Layer> before;
  std::vector<Layer> after;

  draw_layers(seen.world, seen.dark_s - 1e-6, box, materials, before);
  draw_layers(seen.world, seen.dark_s + 1e-6, box, materials, after);

  const float thickness = after[0].thickness_nm(0, 0);
  EXPECT_EQ(thickness, before[0].thickness_nm(0, 0));
  EXPECT_GT(thickness, 1);
  EXPECT_NEAR(after[0].bragg_loss(0, 0), -0.95 * thickness / kGold.mean_free_path_nm, 1e-5);
}

TEST(DrawLayers, ShowsAFlickerInTheImage) {
  Flickering seen = flickering(still_flicker());
  MicroscopeOptions options = microscope_preset("sintering");
  options.view.pixel_size_nm = seen.world.options().pixel_size_nm;
  options.view.film.phase_sd_rad = 0;
  options.noise = false;
  Microscope microscope(options);
  const Material materials[] = {plain_gold()};
  const LayersAt layers = [&](double time_s, Box box, std::vector<Layer>& out) {
    draw_layers(seen.world, time_s, box, materials, out);
  };
  const auto still = [](double) { return Point{}; };
  const auto core_of = [&](double begin_s) {  // mean expected electrons of the inner half
    microscope.frame(layers, still, 0, begin_s);
    const Box sensor = microscope.sensor();
    double sum = 0;
    int64_t count = 0;
    for (int64_t y = 0; y < sensor.height; ++y) {
      for (int64_t x = 0; x < sensor.width; ++x) {
        const double dy = static_cast<double>(sensor.y + y) - seen.centre.y_px;
        const double dx = static_cast<double>(sensor.x + x) - seen.centre.x_px;
        if (dy * dy + dx * dx < 0.25 * seen.radius_px * seen.radius_px) {
          sum += microscope.expected()(y, x);
          ++count;
        }
      }
    }
    return sum / static_cast<double>(count);
  };
  const double exposure = options.beam.exposure_s;

  const double scattering = core_of(seen.dark_s - 1.01 * exposure);
  const double turning = core_of(seen.dark_s - 0.5 * exposure);
  const double dark = core_of(seen.dark_s + 0.01 * exposure);

  // Through the middle of a sphere about 2 r of gold: exp(-0.95 * 2 r / 15 nm) is lost.
  const double thickness = 2 * 0.93 * seen.radius_px * seen.world.options().pixel_size_nm;
  EXPECT_NEAR(std::log(dark / scattering), 0.95 * thickness / kGold.mean_free_path_nm, 0.06);
  // Of five sub-exposures two or three fall on either side.
  EXPECT_GT(turning, scattering + 0.35 * (dark - scattering));
  EXPECT_LT(turning, scattering + 0.65 * (dark - scattering));
}

TEST(DrawLayers, GivesCrystalsTheirOwnContrast) {
  World world(*world_preset("coalescence"));
  Material gold = kGold;
  gold.crystal = {.bragg_share = 0.5,
                  .bragg_strength = 0.4,
                  .fringe_share = 0.5,
                  .fringe_contrast = 0.2,
                  .fringe_nm = 1};
  std::vector<Layer> layers;
  std::vector<Layer> again;

  draw_layers(world, 0.1, kWithMargin, {&gold, 1}, layers);
  draw_layers(world, 0.1, kWithMargin, {&gold, 1}, again);

  const auto losses = layers[0].bragg_loss.values();
  const auto fringes = layers[0].fringes.values();
  const auto thickness = layers[0].thickness_nm.values();
  ASSERT_FALSE(losses.empty());
  ASSERT_FALSE(fringes.empty());
  EXPECT_EQ(layers[0].bragg_loss, again[0].bragg_loss);
  EXPECT_EQ(layers[0].fringes, again[0].fringes);
  double most_loss = 0;  // beside the loss by the mean free path
  double most_fringe = 0;
  for (size_t i = 0; i < losses.size(); ++i) {
    ASSERT_GE(losses[i], 0);
    ASSERT_EQ(thickness[i] == 0 && (losses[i] != 0 || fringes[i] != 0), false);
    if (thickness[i] > 1) {
      most_loss = std::max<double>(most_loss, losses[i] * gold.mean_free_path_nm / thickness[i]);
      most_fringe = std::max<double>(most_fringe, std::abs(fringes[i]));
    }
  }
  EXPECT_GT(most_loss, 0.2);
  EXPECT_LE(most_loss, 0.4 + 1e-6);
  EXPECT_GT(most_fringe, 0.1);
  EXPECT_LE(most_fringe, 0.2 + 1e-6);
}

TEST(BrightField, ShowsFringesAsStrongAsTheyAre) {
  ViewOptions options{.field = {64, 64}};
  options.film.phase_sd_rad = 0;
  BrightField bright(options, 1);
  const LayersAt layers = [](double, Box box, std::vector<Layer>& to) {
    to.assign(1, Layer{.material = {}, .thickness_nm = Grid<float>(box.size())});
    to[0].fringes = Grid<float>(box.size());
    for (int64_t x = 0; x < box.width; ++x) {
      to[0].fringes(box.height / 2, x) = x % 2 == 0 ? 0.25F : -0.25F;
    }
  };

  const Grid<float>& intensity = bright.expose(
      layers, [](double) { return Point{}; }, 0, 0.1);

  const int64_t y = bright.canvas().height / 2 + bright.canvas().y - bright.sensor().y;
  EXPECT_NEAR(std::abs(intensity(y, 20) / intensity(y - 1, 20) - 1), 0.25, 1e-4);
  EXPECT_NEAR(intensity(y, 20) + intensity(y, 21), 2 * intensity(y - 1, 20), 1e-4);
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
