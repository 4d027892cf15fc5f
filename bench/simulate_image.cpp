// What a frame of the simulated microscope costs: frames per second and processor time by step, of
// a specimen of 60 spheres, and of each preset.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <complex>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "mote/imaging/fourier.h"
#include "mote/simulate/bright_field.h"
#include "mote/simulate/detector.h"
#include "mote/simulate/exit_wave.h"
#include "mote/simulate/film.h"
#include "mote/simulate/microscope.h"
#include "mote/simulate/microscope_presets.h"
#include "mote/simulate/poisson.h"
#include "tests/spheres.h"

namespace {

using namespace mote;
using namespace mote::simulate;

constexpr Size kField{512, 512};
const DriftAt kDrift = [](double time_s) { return Point{8 * time_s, 5 * time_s}; };

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double cost_ms(int repeats, const std::function<void(int)>& step) {
  step(0);  // tables and scratch memory
  const double start = cpu_ms();
  for (int i = 1; i <= repeats; ++i) {
    step(i);
  }
  return (cpu_ms() - start) / repeats;
}

LayersAt specimen(double pixel_size_nm) {
  return synthetic::layers_of(synthetic::scattered_spheres(kField, 60, 5, 25, 4, 1), pixel_size_nm,
                              {8, 5});
}

void print_steps() {
  const MicroscopeOptions options = microscope_preset("sintering");
  constexpr int kRepeats = 20;
  BrightField bright(options.view, 1);
  const Box canvas = bright.canvas();
  const LayersAt layers_at = specimen(options.view.pixel_size_nm);
  std::vector<Layer> layers;
  Film film(options.view.film, options.view.pixel_size_nm, 1);
  Grid<float> phase(canvas.size());
  const Grid<float> absorption(canvas.size(), 0.1F);
  Grid<std::complex<float>> wave(canvas.size());
  const Grid<float> expected(bright.sensor().size(), 5);
  Grid<float> counted;
  Detector detector(options.detector, expected.size(), 1);
  const Box field{.y = -bright.sensor().y,
                  .x = -bright.sensor().x,
                  .height = kField.height,
                  .width = kField.width};
  const auto print = [](std::string_view step, double ms) {
    fmt::print("  {:<42} {:6.2f} ms\n", step, ms);
  };
  fmt::print("steps of `sintering`, canvas {} x {} px; processor time\n", canvas.height,
             canvas.width);
  print("thickness of 60 spheres (not the simulator's)",
        cost_ms(kRepeats, [&](int i) { layers_at(0.01 * i, canvas, layers); }));
  print("film",
        cost_ms(kRepeats, [&](int i) { film.write_phase(kDrift(0.01 * i), canvas, phase); }));
  print("exit wave", cost_ms(kRepeats, [&](int) { write_exit_wave(absorption, phase, wave); }));
  print("transform there and back", cost_ms(kRepeats, [&](int) {
          imaging::transform(wave);
          imaging::transform_back(wave);
        }));
  print("five sub-exposures, all of it",
        cost_ms(kRepeats, [&](int i) { bright.expose(layers_at, kDrift, 0.04 * i, 0.04); }));
  print("counting electrons", cost_ms(kRepeats, [&](int i) {
          count_electrons(static_cast<uint64_t>(i), expected, counted);
        }));
  print("detector", cost_ms(kRepeats, [&](int i) {
          detector.digitised(detector.signal(expected, counted, i), field);
        }));
}

/// Frames a second of wall time on two threads, and processor time a frame.
void print_preset(std::string_view name) {
  MicroscopeOptions options = microscope_preset(name);
  options.view.field = kField;
  const LayersAt layers = specimen(options.view.pixel_size_nm);
  const int frames = options.view.mode == Mode::kHaadf ? 8 : 60;
  std::vector<Microscope> microscopes;
  microscopes.emplace_back(options);
  microscopes.emplace_back(options);
  for (Microscope& microscope : microscopes) {
    microscope.frame(layers, kDrift, 0, 0);
  }
  std::atomic<int> next{0};
  const double cpu = cpu_ms();
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (Microscope& microscope : microscopes) {
    threads.emplace_back([&] {
      for (int i = next++; i < frames; i = next++) {
        microscope.frame(layers, kDrift, i, options.beam.exposure_s * i);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double per_frame = (cpu_ms() - cpu) / frames;
  fmt::print(
      "{:<12} {:6.1f} frames/s seen, {:6.1f} ms CPU a frame: {:5.1f} frames/s on two cores\n", name,
      frames / seconds, per_frame, 2e3 / per_frame);
}

}  // namespace

int main() {
  for (const std::string_view name : microscope_presets()) {
    print_preset(name);
  }
  print_steps();
}
