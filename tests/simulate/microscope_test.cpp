#include "mote/simulate/microscope.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/exit_wave.h"
#include "mote/simulate/microscope_presets.h"
#include "tests/spheres.h"

namespace mote::simulate {
namespace {

const DriftAt kStill = [](double) { return Point{}; };
const LayersAt kNothing = [](double, Box, std::vector<Layer>& layers) { layers.clear(); };

MicroscopeOptions small(std::string_view preset) {
  MicroscopeOptions out = microscope_preset(preset);
  out.view.field = {96, 120};
  return out;
}

/// One gold sphere in the middle of such a field.
LayersAt sphere(double pixel_size_nm) {
  return synthetic::layers_of({{.y_px = 48, .x_px = 60, .radius_px = 18}}, pixel_size_nm);
}

double mean_of(const Grid<float>& grid) {
  double sum = 0;
  for (const float value : grid.values()) {
    sum += value;
  }
  return sum / static_cast<double>(grid.size().area());
}

Grid<float> grey(const Image& image) {
  return to_float32(image);
}

TEST(ExitWave, IsTheExponentialOfAbsorptionAndPhase) {
  Grid<float> absorption({1, 2000});
  Grid<float> phase({1, 2000});
  for (int64_t x = 0; x < 2000; ++x) {
    absorption(0, x) = static_cast<float>(0.005 * static_cast<double>(x));
    phase(0, x) = static_cast<float>(0.05 * static_cast<double>(x - 1000));
  }
  Wave wave({1, 2000});

  write_exit_wave(absorption, phase, wave);

  double worst = 0;
  for (int64_t x = 0; x < 2000; ++x) {
    const std::complex<double> theory =
        std::polar(std::exp(-double{absorption(0, x)}), double{phase(0, x)});
    worst = std::max(worst, std::abs(std::complex<double>(wave.re(0, x), wave.im(0, x)) - theory));
  }
  EXPECT_LT(worst, 2e-6);
}

TEST(Film, MovesByWholePixelsExactlyAndByPartsNearly) {
  Film film({.phase_sd_rad = 0.1, .grain_nm = 0.15}, 0.1, 5);
  const Box box{.y = -8, .x = -8, .height = 64, .width = 64};
  Grid<float> still(box.size());
  Grid<float> moved(box.size());
  Grid<float> halfway(box.size());
  Grid<float> back(box.size());

  film.write_phase({0, 0}, box, still);
  film.write_phase({100, -3}, box, moved);
  film.write_phase({100.5, -3}, box, halfway);
  film.write_phase({100, -3}, {.y = 92, .x = -11, .height = 64, .width = 64}, back);

  EXPECT_EQ(back, still);  // the same part of the specimen
  EXPECT_NE(moved, still);
  double worst = 0;
  for (int64_t y = 1; y < 62; ++y) {  // against interpolation of fourth order
    for (int64_t x = 0; x < 64; ++x) {
      const double between = (9.0 * (moved(y - 1, x) + moved(y, x)) -
                              (y > 1 ? moved(y - 2, x) : moved(y - 1, x)) - moved(y + 1, x)) /
                             16;
      worst = std::max(worst, y > 1 ? std::abs(between - halfway(y, x)) : 0);
    }
  }
  EXPECT_LT(worst, 0.03);
}

TEST(Film, HasItsStandardDeviation) {
  Film film({.phase_sd_rad = 0.2, .grain_nm = 0.1}, 0.1, 5);
  Grid<float> phase({400, 400});

  film.write_phase({}, {.height = 400, .width = 400}, phase);

  double squares = 0;
  for (const float value : phase.values()) {
    squares += double{value} * value / static_cast<double>(phase.size().area());
  }
  EXPECT_NEAR(std::sqrt(squares), 0.2, 0.005);
}

TEST(BrightField, ConservesTheBeamWithoutLossAndEnvelope) {
  ViewOptions view{.field = {64, 64}, .sub_exposures = 1};
  view.optics = {.defocus_nm = 20, .focal_spread_nm = 0, .convergence_mrad = 0};
  view.film = {.thickness_nm = 0, .phase_sd_rad = 0.3};
  BrightField bright(view, 1);
  const LayersAt phase_alone = [&](double, Box box, std::vector<Layer>& layers) {
    synthetic::layers_of({{.y_px = 32, .x_px = 32, .radius_px = 12}}, 0.1)(0, box, layers);
    layers[0].material.mean_free_path_nm = 0;
  };

  const Grid<float>& intensity = bright.expose(phase_alone, kStill, 0, 1);

  // All the wave but what the margin of the canvas keeps out of the sensor.
  EXPECT_NEAR(mean_of(intensity), 1, 0.01);
}

TEST(BrightField, OfAThickFlatSlabFollowsBeer) {
  ViewOptions view{.field = {64, 64}, .sub_exposures = 2};
  view.film = {.thickness_nm = 0, .phase_sd_rad = 0};
  BrightField bright(view, 1);
  const LayersAt slab = [](double, Box box, std::vector<Layer>& layers) {
    layers.assign(1, {.material = {.inner_potential_v = 28, .mean_free_path_nm = 13},
                      .thickness_nm = Grid<float>(box.size(), 10),
                      .bragg_loss = Grid<float>(box.size(), 0.5F)});
  };

  const Grid<float>& intensity = bright.expose(slab, kStill, 0, 1);

  EXPECT_NEAR(intensity(32, 32), std::exp(-10.0 / 13 - 0.5), 1e-5);
}

TEST(BrightField, PropagatesBetweenPlanesAsDefocusDoes) {
  ViewOptions high{.field = {96, 96}, .sub_exposures = 1, .plane_nm = 5};
  high.optics = {.defocus_nm = 100, .cs_mm = 0, .focal_spread_nm = 0, .convergence_mrad = 0};
  high.film = {.thickness_nm = 0, .phase_sd_rad = 0};
  ViewOptions low = high;
  // A body 60 nm nearer to the source is seen as if the lens had been focused 60 nm lower.
  low.optics.defocus_nm = 40;
  const auto at = [](double z_nm) -> LayersAt {
    return [z_nm](double, Box box, std::vector<Layer>& layers) {
      synthetic::layers_of({{.y_px = 48, .x_px = 48, .radius_px = 15}}, 0.1)(0, box, layers);
      layers[0].z_nm = z_nm;
    };
  };
  BrightField raised(high, 1);
  BrightField refocused(low, 1);

  const Grid<float>& a = raised.expose(at(60), kStill, 0, 1);
  const Grid<float>& b = refocused.expose(at(0), kStill, 0, 1);

  double worst = 0;
  for (size_t i = 0; i < a.values().size(); ++i) {
    worst = std::max(worst, double{std::abs(a.values()[i] - b.values()[i])});
  }
  EXPECT_LT(worst, 1e-4);
}

TEST(BrightField, BlursWhatMovesWithinAnExposure) {
  ViewOptions view{.field = {96, 96}, .sub_exposures = 5};
  view.film = {.thickness_nm = 0, .phase_sd_rad = 0};
  BrightField bright(view, 1);
  const std::vector<synthetic::Sphere> body{{.y_px = 48, .x_px = 44, .radius_px = 10}};

  const Grid<float> sharp = bright.expose(synthetic::layers_of(body, 0.1), kStill, 0, 1);
  const Grid<float> blurred = bright.expose(synthetic::layers_of(body, 0.1, {0, 8}), kStill, 0, 1);

  // The edge that it moves over is crossed in fifths.
  EXPECT_NEAR(mean_of(blurred), mean_of(sharp), 1e-3);
  const int64_t row = 48 - bright.sensor().y;
  const auto at = [&](const Grid<float>& image, int64_t x) {
    return image(row, x - bright.sensor().x);
  };
  EXPECT_GT(at(blurred, 36), at(sharp, 36));
  EXPECT_LT(at(blurred, 58), at(sharp, 58));
}

TEST(Microscope, CountsTheDoseInElectronsPerPixel) {
  MicroscopeOptions options = small("sintering");
  options.beam = {.dose_e_per_a2_s = 300, .exposure_s = 0.1, .unevenness = 0, .wander = 0};
  options.view.film.thickness_nm = 0;
  options.view.film.phase_sd_rad = 0;
  Microscope microscope(options);

  microscope.frame(kNothing, kStill, 0, 0);

  // 0.1 nm pixels are a square angstrom each.
  EXPECT_DOUBLE_EQ(electrons_per_pixel(options), 30);
  EXPECT_NEAR(mean_of(microscope.expected()), 30, 1e-3);
  EXPECT_NEAR(mean_of(microscope.counted()), 30, 0.25);
}

TEST(Microscope, MakesTheSameFramesInAnyOrderOnAnyThread) {
  const MicroscopeOptions options = small("sintering");
  const DriftAt drift = [](double time_s) { return Point{30 * time_s, -20 * time_s}; };
  const LayersAt layers = sphere(options.view.pixel_size_nm);
  constexpr int64_t kFrames = 6;
  const auto make = [&](Microscope& microscope, int64_t index) {
    return microscope.frame(layers, drift, index, 0.04 * static_cast<double>(index));
  };
  Microscope alone(options);
  std::vector<Image> in_order(kFrames);
  for (int64_t i = 0; i < kFrames; ++i) {
    in_order[static_cast<size_t>(i)] = make(alone, i);
  }

  std::vector<Image> threaded(kFrames);
  std::vector<std::thread> threads;
  for (int64_t first = 0; first < 3; ++first) {
    threads.emplace_back([&, first] {
      Microscope own(options);
      for (int64_t i = kFrames - 1 - first; i >= 0; i -= 3) {
        threaded[static_cast<size_t>(i)] = make(own, i);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(threaded, in_order);
  EXPECT_NE(in_order[0], in_order[1]);
}

TEST(Microscope, KeepsItsPictureToAGreyLevel) {
  MicroscopeOptions options{.noise = false};
  options.view.field = {96, 120};
  options.view.optics = {.defocus_nm = 400, .convergence_mrad = 0.5};
  options.view.film.phase_sd_rad = 0;
  options.beam = {.dose_e_per_a2_s = 100, .exposure_s = 0.05, .unevenness = 0, .wander = 0};
  options.detector = {.gain = 30,
                      .offset = 20,
                      .mtf_half_per_px = 0.2,
                      .mtf_power = 2,
                      .gain_pattern_sd = 0,
                      .offset_pattern_sd = 0,
                      .hot_pixel_share = 0,
                      .bits = 8};
  Microscope microscope(options);

  const Grid<float> image =
      grey(microscope.frame(sphere(options.view.pixel_size_nm), kStill, 0, 0));

  // From far outside, over the bright fringe, to the middle; transforms round differently.
  std::vector<float> found;
  for (const int64_t x : {4, 34, 38, 40, 42, 44, 50, 60}) {
    found.push_back(image(48, x));
  }
  EXPECT_THAT(found, testing::Pointwise(testing::FloatNear(1.01F),
                                        {165.F, 169.F, 180.F, 174.F, 162.F, 147.F, 121.F, 129.F}));
}

TEST(Microscope, SeesNothingWithoutElectronsAndWhiteWithVeryMany) {
  MicroscopeOptions dark = small("sintering");
  dark.beam.dose_e_per_a2_s = 0;
  dark.detector.hot_pixel_share = 0;
  MicroscopeOptions bright = small("sintering");
  bright.beam.dose_e_per_a2_s = 1e8;

  const Grid<float> black = grey(Microscope(dark).frame(kNothing, kStill, 0, 0));
  const Grid<float> white = grey(Microscope(bright).frame(kNothing, kStill, 0, 0));

  EXPECT_NEAR(mean_of(black), dark.detector.offset, 0.5);
  EXPECT_EQ(mean_of(white), 255);
}

TEST(DarkField, ShowsHeavyBodiesBright) {
  const MicroscopeOptions options = small("haadf");
  Microscope microscope(options);

  microscope.frame(sphere(options.view.pixel_size_nm), kStill, 0, 0);

  const Grid<float>& expected = microscope.expected();
  EXPECT_EQ(expected.size(), options.view.field);
  EXPECT_GT(expected(48, 60), 4 * expected(8, 8));
}

TEST(DarkField, ScansEachLineAtItsOwnTime) {
  MicroscopeOptions options = small("haadf");
  options.view.scan.line_jitter_px = 0;
  options.view.scan.line_gain_sd = 0;
  options.beam.wander = 0;
  Microscope microscope(options);
  // 40 px to the right in the time of a scan: a disc is sheared by 40 px over the field.
  const auto moving = synthetic::layers_of({{.y_px = 48, .x_px = 40, .radius_px = 18}},
                                           options.view.pixel_size_nm, {0, 40});

  microscope.frame(moving, kStill, 0, 0);

  const auto centre = [&](int64_t y) {
    double sum = 0;
    double weighted = 0;
    for (int64_t x = 0; x < 120; ++x) {
      const double signal = microscope.expected()(y, x) - microscope.expected()(2, 2);
      sum += std::max(0.0, signal - 5);
      weighted += static_cast<double>(x) * std::max(0.0, signal - 5);
    }
    return weighted / sum;
  };
  EXPECT_NEAR(centre(38), 40 + 40 * 38.5 / 96, 1);
  EXPECT_NEAR(centre(58), 40 + 40 * 58.5 / 96, 1);
}

TEST(DarkField, MovesAndBrightensEachLineByItself) {
  MicroscopeOptions options = small("haadf");
  options.view.film.phase_sd_rad = 0;
  options.view.scan.line_jitter_px = 0.5;
  options.view.scan.line_gain_sd = 0.03;
  options.beam.wander = 0;
  options.beam.unevenness = 0;
  Microscope microscope(options);
  // A wedge so thin that the signal is linear in x: a line moved by d is brighter by d slopes.
  const LayersAt wedge = [](double, Box box, std::vector<Layer>& layers) {
    layers.assign(1, Layer{.material = kGold, .thickness_nm = Grid<float>(box.size())});
    for (int64_t y = 0; y < box.height; ++y) {
      for (int64_t x = 0; x < box.width; ++x) {
        layers[0].thickness_nm(y, x) = 1e-3F * static_cast<float>(50 + box.x + x);
      }
    }
  };
  double gains = 0;
  double mean = 0;  // of where lines seem to be; the wedge is not quite linear
  double squares = 0;
  constexpr int kFrames = 8;
  constexpr double kLines = 96 * kFrames;

  for (int frame = 0; frame < kFrames; ++frame) {
    microscope.frame(wedge, kStill, frame, 0);
    const Grid<float>& seen = microscope.expected();
    const double film = options.view.film.thickness_nm * options.view.film.haadf_scatter_per_nm;
    const double slope =
        electrons_per_pixel(options) * kGold.haadf_scatter_per_nm * 1e-3 * std::exp(-film);
    for (int64_t y = 0; y < 96; ++y) {
      const double gain = (seen(y, 110) - seen(y, 10)) / (100 * slope);
      gains += (gain - 1) * (gain - 1) / kLines;
      const double at =
          (seen(y, 60) / gain - electrons_per_pixel(options) * (1 - std::exp(-film))) / slope;
      mean += at / kLines;
      squares += at * at / kLines;
    }
  }

  // The standard error of a standard deviation of 768 lines is 2.6 %.
  EXPECT_NEAR(std::sqrt(gains), 0.03, 0.003);
  EXPECT_NEAR(std::sqrt(squares - mean * mean), 0.5, 0.06);
}

TEST(BrightField, ShowsABrightFringeOutsideABodyAtUnderfocus) {
  MicroscopeOptions options = small("sintering");
  options.view.film.phase_sd_rad = 0;
  const auto fringe = [&](double defocus_nm) {  // 3 px outside the outline, relative to the film
    options.view.optics.defocus_nm = defocus_nm;
    Microscope microscope(options);
    microscope.frame(sphere(options.view.pixel_size_nm), kStill, 0, 0);
    const Box sensor = microscope.sensor();
    const Grid<float>& seen = microscope.expected();
    return seen(48 - sensor.y, 81 - sensor.x) / seen(48 - sensor.y, 112 - sensor.x);
  };

  EXPECT_GT(fringe(440), 1.03);
  EXPECT_LT(fringe(-440), 0.97);
}

TEST(Microscope, IsLitAsTheUnevennessSays) {
  MicroscopeOptions options = small("sintering");
  options.view.film.phase_sd_rad = 0;
  options.beam.unevenness = 0.3;
  options.beam.wander = 0;
  Microscope microscope(options);

  microscope.frame(kNothing, kStill, 0, 0);

  const Grid<float>& seen = microscope.expected();
  const auto values = seen.values();
  const auto brightest =
      static_cast<int64_t>(std::max_element(values.begin(), values.end()) - values.begin());
  const int64_t by = brightest / seen.width();
  const int64_t bx = brightest % seen.width();
  const double film = options.view.film.thickness_nm / options.view.film.mean_free_path_nm;
  const double level = electrons_per_pixel(options) * std::exp(-film);
  const double half_diagonal = 0.5 * std::hypot(96, 120);
  for (const auto& [y, x] : {std::pair{by, bx}, std::pair<int64_t, int64_t>{8, 8},
                             std::pair<int64_t, int64_t>{100, 120}}) {
    const double r = std::hypot(y - by, x - bx) / half_diagonal;
    EXPECT_NEAR(seen(y, x) / level, 1 + 0.3 * (1.0 / 3 - r * r), 0.01) << y << " " << x;
  }
  EXPECT_LT(seen(8, 8), 0.95 * seen(by, bx));
}

TEST(Microscope, BrightensAndDimsSlowly) {
  MicroscopeOptions options = small("sintering");
  options.view.film.phase_sd_rad = 0;
  options.beam.wander = 0.1;
  options.beam.wander_period_s = 8;
  Microscope microscope(options);
  std::vector<double> levels;

  for (int i = 0; i <= 16; ++i) {
    microscope.frame(kNothing, kStill, i, 0.5 * i);
    levels.push_back(mean_of(microscope.expected()));
  }

  const auto [least, most] = std::minmax_element(levels.begin(), levels.end());
  EXPECT_NEAR(*most / *least, 1.1 / 0.9, 0.01);
  EXPECT_NEAR(levels[16], levels[0], 1e-4 * levels[0]);
  for (size_t i = 0; i < 8; ++i) {  // half a period apart they lie around the mean
    EXPECT_NEAR(levels[i] + levels[i + 8], *most + *least, 0.01 * *most);
  }
}

TEST(Microscope, LosesContrastInLiquid) {
  MicroscopeOptions wet = small("liquid-cell");
  wet.view.film.phase_sd_rad = 0;
  MicroscopeOptions dry = wet;
  dry.view.liquid.thickness_nm = 0;
  const auto contrast = [&](const MicroscopeOptions& options) {
    Microscope microscope(options);
    microscope.frame(sphere(options.view.pixel_size_nm), kStill, 0, 0);
    const Grid<float>& seen = microscope.expected();
    return 1 - seen(48 - microscope.sensor().y, 60 - microscope.sensor().x) / seen(12, 12);
  };

  EXPECT_LT(contrast(wet), contrast(dry));
  EXPECT_GT(contrast(wet), 0.1);
}

TEST(Microscope, RefusesImpossibleParameters) {
  MicroscopeOptions dose = small("sintering");
  dose.beam.dose_e_per_a2_s = -1;
  MicroscopeOptions huge = small("sintering");
  huge.beam.dose_e_per_a2_s = 1e9;
  MicroscopeOptions field = small("sintering");
  field.view.field = {0, 512};
  MicroscopeOptions film = small("sintering");
  film.view.film.grain_nm = -1;
  MicroscopeOptions scan = small("haadf");
  scan.view.scan.lines_per_step = 0;

  EXPECT_THROW(Microscope{dose}, Error);
  EXPECT_THROW(Microscope{huge}, Error);
  EXPECT_THROW(Microscope{field}, Error);
  EXPECT_THROW(Microscope{film}, Error);
  EXPECT_THROW(Microscope{scan}, Error);
  EXPECT_THROW(microscope_preset("sinter"), Error);
}

TEST(MicroscopePreset, MakesFramesUnderEveryName) {
  for (const std::string_view name : microscope_presets()) {
    const MicroscopeOptions options = small(name);
    Microscope microscope(options);

    const Grid<float> image =
        grey(microscope.frame(sphere(options.view.pixel_size_nm), kStill, 0, 0));

    const auto [low, high] = std::minmax_element(image.values().begin(), image.values().end());
    EXPECT_GT(*high - *low, 20) << name;
  }
}

}  // namespace
}  // namespace mote::simulate
