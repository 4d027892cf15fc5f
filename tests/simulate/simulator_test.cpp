#include "mote/simulate/simulator.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/simulation_presets.h"

namespace mote::simulate {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

SimulationOptions small(std::string_view preset) {
  SimulationOptions options = *simulation_preset(preset);
  set_field(options, {96, 128});
  options.world.frames = 6;
  options.world.ripening.ensemble = 2000;
  options.microscope.view.scan.lines_per_step = 24;
  return options;
}

std::vector<Image> in_turn(const SimulationOptions& options) {
  Simulator simulator(options);
  std::vector<Image> images;
  for (int64_t i = 0; i < options.world.frames; ++i) {
    images.push_back(simulator.image(i));
    simulator.truth();
  }
  return images;
}

TEST(SimulationPresets, AreSoundAndAgreeOnWhatWorldAndMicroscopeShare) {
  for (const std::string_view preset : simulation_presets()) {
    const SimulationOptions options = *simulation_preset(preset);

    EXPECT_NO_THROW(check(options)) << preset;
    const MicroscopeOptions microscope = microscope_of(options);
    EXPECT_EQ(microscope.view.pixel_size_nm, options.world.pixel_size_nm);
    EXPECT_EQ(microscope.beam.exposure_s, options.world.exposure_s);
    EXPECT_EQ(microscope.view.film.thickness_nm, options.world.film_thickness_nm);
    EXPECT_GT(electrons_per_pixel(microscope), 0.5) << preset;
    EXPECT_LT(electrons_per_pixel(microscope), 500) << preset;
  }
  EXPECT_FALSE(simulation_preset("nothing").has_value());
}

TEST(SetPixelSize, KeepsElectronsAndFringesOfAPixel) {
  SimulationOptions options = *simulation_preset("sintering");
  const double electrons = electrons_per_pixel(microscope_of(options));
  const double defocus = options.microscope.view.optics.defocus_nm;

  set_pixel_size(options, 2 * options.world.pixel_size_nm);

  EXPECT_NEAR(electrons_per_pixel(microscope_of(options)), electrons, 1e-9 * electrons);
  EXPECT_NEAR(options.microscope.view.optics.defocus_nm, 4 * defocus, 1e-9 * defocus);
}

TEST(SetPixelSize, ShowsMoreOfTheSpecimen) {
  SimulationOptions options = *simulation_preset("sintering");
  const double particles = options.world.particles;

  set_pixel_size(options, 2 * options.world.pixel_size_nm);

  EXPECT_NEAR(options.world.particles, 4 * particles, 1e-9);
}

TEST(SetField, KeepsTheDensityOfParticles) {
  SimulationOptions options = *simulation_preset("sintering");
  const double particles = options.world.particles;

  set_field(options, {256, 128});

  EXPECT_EQ(options.world.width_px, 128);
  EXPECT_NEAR(options.world.particles, particles / 8, 1e-9);
}

TEST(SetDose, KeepsTheGreyLevelOfAFrame) {
  SimulationOptions options = *simulation_preset("sintering");
  const double grey =
      electrons_per_pixel(microscope_of(options)) * options.microscope.detector.gain;

  set_dose(options, 4 * options.microscope.beam.dose_e_per_a2_s);
  set_exposure(options, options.world.exposure_s / 2);

  const double after =
      electrons_per_pixel(microscope_of(options)) * options.microscope.detector.gain;
  EXPECT_NEAR(after, grey, 1e-9 * grey);
}

TEST(SetFrameInterval, KeepsTheShareOfTheExposureAndTheDoseASecond) {
  SimulationOptions options = *simulation_preset("haadf");
  const double dose = options.microscope.beam.dose_e_per_a2_s;

  set_frame_interval(options, 2);

  EXPECT_EQ(options.world.exposure_s, 2);
  EXPECT_EQ(options.microscope.beam.dose_e_per_a2_s, dose);
}

TEST(Simulator, MakesTheSameImagesOnManyThreadsInAnyOrder) {
  for (const char* preset : {"sintering", "haadf"}) {
    const SimulationOptions options = small(preset);
    const std::vector<Image> expected = in_turn(options);
    Simulator simulator(options);
    std::vector<Image> images(expected.size());

    std::vector<std::thread> threads;
    for (const std::vector<int64_t>& mine : {std::vector<int64_t>{5, 0, 3}, {2, 4, 1}}) {
      threads.emplace_back([&, mine] {
        for (const int64_t i : mine) {
          images[static_cast<size_t>(i)] = simulator.image(i);
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }

    EXPECT_TRUE(images == expected) << preset;
  }
}

TEST(Simulator, TellsTheSameTruthWhateverImagesWereMade) {
  const SimulationOptions options = small("overlap");
  Simulator seen(options);
  Simulator unseen(options);
  for (int64_t i = 0; i < options.world.frames; ++i) {
    seen.image(options.world.frames - 1);
    const WorldFrame a = seen.truth();
    const WorldFrame b = unseen.truth();

    EXPECT_EQ(a.labels, b.labels);
    EXPECT_EQ(a.drift, b.drift);
    EXPECT_EQ(a.instances.size(), b.instances.size());
    if (i + 2 == options.world.frames) {
      break;  // of the last frame the image is forgotten next
    }
  }
  EXPECT_EQ(seen.lineage(), unseen.lineage());
}

TEST(Simulator, ShowsParticlesWhereTheTruthHasThem) {
  SimulationOptions options = small("coalescence");
  options.microscope.noise = false;
  options.world.frames = 1;
  Simulator simulator(options);

  const Grid<float> image = to_float32(simulator.image(0));
  const WorldFrame truth = simulator.truth();

  double inside = 0;
  double outside = 0;
  double inside_px = 0;
  for (size_t i = 0; i < image.values().size(); ++i) {
    const bool particle = truth.labels.values()[i] != 0;
    (particle ? inside : outside) += image.values()[i];
    inside_px += particle ? 1 : 0;
  }
  const double all = static_cast<double>(image.values().size());
  EXPECT_GT(inside_px, 500);
  EXPECT_GT(outside / (all - inside_px) - inside / inside_px, 30);
}

TEST(Simulator, RefusesFramesThatAreForgottenOrNotThere) {
  Simulator simulator(small("drift"));
  simulator.truth();

  EXPECT_THAT([&] { simulator.image(0); },
              ThrowsMessage<Error>(HasSubstr("frame 0, expected one of 1 to 5")));
  EXPECT_THAT([&] { simulator.image(6); }, ThrowsMessage<Error>(HasSubstr("frame 6")));
}

TEST(Simulator, RefusesFlickerThatItsImageDoesNotShow) {
  SimulationOptions options = *simulation_preset("haadf");
  options.world.flicker.enabled = true;

  EXPECT_THAT([&] { Simulator{options}; },
              ThrowsMessage<Error>(HasSubstr("flicker.enabled with a HAADF image")));
}

TEST(Simulator, RefusesAMaterialTooFew) {
  SimulationOptions options = small("haadf");
  options.materials.pop_back();

  EXPECT_THAT([&] { Simulator simulator(options); },
              ThrowsMessage<Error>(HasSubstr("1 materials for 2 species")));
}

}  // namespace
}  // namespace mote::simulate
