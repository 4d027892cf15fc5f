#include "mote/pipeline/simulation_options.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/simulate/simulation_presets.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

class SimulationFile : public testing::Test {
 protected:
  RequestedSimulation read(const std::string& text, SimulationRequest request = {}) const {
    std::ofstream(path_) << text;
    request.config = path_;
    return requested_simulation(request);
  }

  void expect_refused(const std::string& text, const std::string& message) const {
    EXPECT_THAT([&] { read(text); },
                ThrowsMessage<Error>(AllOf(StartsWith(path_), HasSubstr(message))))
        << text;
  }

  testing_support::TemporaryFolder folder_;
  std::string path_ = folder_ / "simulation.toml";
};

TEST_F(SimulationFile, TakesThePlaceOfWhatItsPresetSays) {
  const RequestedSimulation made = read(R"(
preset = "overlap"
seed = 7
particles = 12
[migration]
size-exponent = 1
[detector]
bits = 16
)");

  EXPECT_EQ(made.preset, "overlap");
  const simulate::SimulationOptions& options = made.options;
  EXPECT_EQ(options.world.seed, 7U);
  EXPECT_EQ(options.world.particles, 12);
  EXPECT_EQ(options.world.migration.size_exponent, 1);
  EXPECT_EQ(options.world.share_below, 0.5);
  EXPECT_EQ(options.microscope.detector.bits, 16);
}

TEST_F(SimulationFile, GivesWayToTheCommandLine) {
  const RequestedSimulation made = read("preset = \"overlap\"\nseed = 7\nframes = 9\n",
                                        {.preset = "drift", .seed = 8, .dose_e_per_a2_s = 3});

  EXPECT_EQ(made.preset, "drift");
  EXPECT_EQ(made.options.world.seed, 8U);
  EXPECT_EQ(made.options.world.frames, 9);
  EXPECT_EQ(made.options.world.share_below, 0);
  EXPECT_EQ(made.options.microscope.beam.dose_e_per_a2_s, 3);
}

TEST_F(SimulationFile, TakesTheOpticsAlongToAnotherPixelSizeUnlessItSetsThem) {
  const double defocus =
      simulate::simulation_preset("sintering")->microscope.view.optics.defocus_nm;

  const RequestedSimulation along = read("preset = \"sintering\"\npixel-size-nm = 0.1\n");
  const RequestedSimulation set =
      read("preset = \"sintering\"\npixel-size-nm = 0.1\n[optics]\ndefocus-nm = 100\n");

  EXPECT_NEAR(along.options.microscope.view.optics.defocus_nm, defocus / 4, 1e-9);
  EXPECT_EQ(set.options.microscope.view.optics.defocus_nm, 100);
}

TEST_F(SimulationFile, KeepsTheDensityOfParticlesInAnotherFieldUnlessItSetsTheirNumber) {
  const double particles = simulate::simulation_preset("drift")->world.particles;

  const RequestedSimulation kept = read("preset = \"drift\"\nheight = 256\n");
  const RequestedSimulation set = read("preset = \"drift\"\nheight = 256\nparticles = 7\n");

  EXPECT_NEAR(kept.options.world.particles, particles / 2, 1e-9);
  EXPECT_EQ(set.options.world.particles, 7);
}

TEST_F(SimulationFile, ReplacesTheSpeciesOfItsPreset) {
  const RequestedSimulation made = read(R"(
preset = "haadf"
[[species]]
name = "big"
median-radius-nm = 5
[[species]]
material = "gold"
[[species]]
name = "light"
haadf-scatter-per-nm = 0.001
)");

  const auto& species = made.options.world.species;
  ASSERT_EQ(species.size(), 3U);
  EXPECT_EQ(species[0].name, "big");
  EXPECT_EQ(species[0].median_radius_nm, 5);
  EXPECT_EQ(species[1].name, "titania");
  EXPECT_EQ(made.options.materials[1].haadf_scatter_per_nm, 0.020);
  EXPECT_EQ(made.options.materials[2].haadf_scatter_per_nm, 0.001);
}

TEST_F(SimulationFile, ReadsTemperatureSteps) {
  const RequestedSimulation made =
      read("[temperature]\nsteps = [{time-s = 2, kelvin = 700.5}, {time-s = 4.5, kelvin = 800}]\n");

  const auto& steps = made.options.world.temperature.steps;
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].kelvin, 700.5);
  EXPECT_EQ(steps[1].time_s, 4.5);
}

TEST_F(SimulationFile, IsRefusedWithFileAndKeyWhereAKeyIsUnknown) {
  expect_refused("particels = 3\n", "option 'particels' is not known");
  expect_refused("[migration]\nspeed = 3\n", "option 'migration.speed' is not known");
  expect_refused("[[species]]\ncolour = \"red\"\n", "option 'species.colour' is not known");
  expect_refused("[temperature]\nsteps = [{time-s = 1, celsius = 3}]\n",
                 "option 'temperature.steps.celsius' is not known");
}

TEST_F(SimulationFile, IsRefusedWithFileAndKeyWhereAValueIsOfTheWrongType) {
  expect_refused("particles = \"many\"\n", "option 'particles' is \"many\": expected a number");
  expect_refused("frames = 2.5\n", "option 'frames' is 2.5: expected a whole number");
  expect_refused("migration = true\n", "option 'migration' is true: expected a table");
  expect_refused("species = 3\n", "option 'species' is 3: expected a list of tables");
  expect_refused("mode = \"x-ray\"\n", "expected one of bright-field, haadf");
  expect_refused("[flicker]\nenabled = 1\n", "option 'flicker.enabled' is 1: expected true");
  expect_refused("particles = nan\n", "expected a finite number");
  expect_refused("preset = 3\n", "preset is '3', expected one of sintering, ripening");
  expect_refused("preset = \"demo\"\n", "preset is 'demo', expected one of sintering, ripening");
}

TEST_F(SimulationFile, IsRefusedWithFileAndKeyWhereAValueIsImpossible) {
  expect_refused("seed = -1\n", "seed is -1");
  expect_refused("frames = 0\n", "frames is 0, expected 1 to");
  expect_refused("exposure-s = 3\n", "exposure-s is 3, expected 0 to 0.1");
  expect_refused("exposure-s = 0\n", "exposure-s is 0, expected more than 0");
  expect_refused("pixel-size-nm = 0\n", "pixel-size-nm is 0");
  expect_refused("species = []\n", "species is empty");
  expect_refused("[optics]\nvoltage-kv = 3\n", "optics.voltage-kv is 3, expected 20 to 3000");
  expect_refused("[film]\ngrain-nm = 1000\n", "film.grain-nm is 1000");
  expect_refused("[detector]\nbits = 12\n", "detector.bits is 12, expected 8 or 16");
  expect_refused("[ripening]\nexponent = 5\n", "ripening.exponent is 5, expected 2 to 4");
  expect_refused("[ripening]\nexponent = 5000000000\n", "exponent is 5000000000");
  expect_refused("[[species]]\nmean-free-path-nm = -1\n", "species.mean-free-path-nm is -1");
  expect_refused("[stage\n", "line 1");
}

TEST(Simulation, OfEveryPresetIsTheSameAfterItsTomlFileIsRead) {
  const testing_support::TemporaryFolder folder;
  const std::string path = folder / "simulation.toml";
  for (const std::string& preset : simulation_preset_names()) {
    const auto options = requested_simulation({.preset = preset, .seed = 5}).options;
    std::ofstream(path) << simulation_to_toml(options);

    const auto read = requested_simulation({.config = path}).options;

    EXPECT_EQ(simulation_to_json(read).dump(2), simulation_to_json(options).dump(2));
  }
}

TEST(Simulation, IsRefusedWhereTheCommandLineIsImpossible) {
  EXPECT_THAT([] { requested_simulation({.preset = "drift", .height_px = 3}); },
              ThrowsMessage<Error>(StartsWith("height is 3")));
  EXPECT_THAT([] { requested_simulation({.preset = "drift", .dose_e_per_a2_s = -1}); },
              ThrowsMessage<Error>(HasSubstr("dose-e-per-a2-s is -1")));
  EXPECT_THAT([] { requested_simulation({.config = "missing.toml"}); },
              ThrowsMessage<Error>(HasSubstr("missing.toml")));
}

}  // namespace
}  // namespace mote::pipeline
