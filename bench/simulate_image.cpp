// What a simulated frame costs: processor time and frames per second of the whole way from the
// world `sintering` to its image and truth; of each microscope preset with a specimen of 60
// spheres; and of the steps of an image.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "mote/simulate/bright_field.h"
#include "mote/simulate/detector.h"
#include "mote/simulate/exit_wave.h"
#include "mote/simulate/film.h"
#include "mote/simulate/microscope.h"
#include "mote/simulate/microscope_presets.h"
#include "mote/simulate/optics.h"
#include "mote/simulate/poisson.h"
#include "mote/simulate/simulation_options.h"
#include "mote/simulate/simulation_presets.h"
#include "mote/simulate/simulator.h"
#include "mote/simulate/wave_filter.h"
#include "mote/simulate/world.h"
#include "mote/simulate/world_layers.h"
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
  Wave wave(canvas.size());
  WaveFilter lens(transfer(options.view.optics, canvas.size(), options.view.pixel_size_nm));
  Grid<float> intensity(canvas.size());
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
  print("lens and intensity",
        cost_ms(kRepeats, [&](int) { lens.add_intensity(wave, 0.2F, intensity); }));
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

/// Runs `work` for each of `first` to `end` on two threads.
void on_two_threads(int64_t first, int64_t end, const std::function<void(int64_t)>& work) {
  std::atomic<int64_t> next{first};
  const auto loop = [&] {
    for (int64_t i = next++; i < end; i = next++) {
      work(i);
    }
  };
  std::thread other(loop);
  loop();
  other.join();
}

/// The whole recording `sintering`, images and truth, on two threads and not written anywhere.
void print_recording() {
  constexpr int64_t kChunk = 8;  // frames whose images are made before their truth is told
  constexpr int64_t kChunks = 5;
  const SimulationOptions options = *simulation_preset("sintering");
  Simulator simulator(options);
  on_two_threads(0, 2, [&](int64_t i) { simulator.image(i); });  // tables and scratch memory
  double image_ms = 0;
  double truth_ms = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int64_t chunk = 0; chunk < kChunks; ++chunk) {
    const double begin = cpu_ms();
    on_two_threads(chunk * kChunk, (chunk + 1) * kChunk, [&](int64_t i) { simulator.image(i); });
    image_ms += cpu_ms() - begin;
    const double told = cpu_ms();
    for (int64_t i = 0; i < kChunk; ++i) {
      simulator.truth();
    }
    truth_ms += cpu_ms() - told;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  constexpr auto kFrames = static_cast<double>(kChunk * kChunks);
  World world(options.world);
  const std::vector<SeenBody> bodies = world.bodies_at(4);
  const Box canvas = BrightField(microscope_of(options).view, 1).canvas();
  std::vector<Layer> layers;
  const double layers_ms = cost_ms(
      20, [&](int) { draw_layers(bodies, options.world, canvas, options.materials, layers); });
  fmt::print(
      "recording `sintering`, {} particles in {} x {} px, images and truth: {:.1f} ms CPU a frame, "
      "{:.1f} frames/s on two cores ({:.1f} frames/s seen)\n"
      "  world and image {:.1f} ms, of which five times drawing layers {:.1f} ms; truth {:.1f} "
      "ms\n",
      options.world.particles, options.world.height_px, options.world.width_px,
      (image_ms + truth_ms) / kFrames, 2e3 * kFrames / (image_ms + truth_ms), kFrames / seconds,
      image_ms / kFrames, 5 * layers_ms, truth_ms / kFrames);
}

}  // namespace

int main() {
  print_recording();
  for (const std::string_view name : microscope_presets()) {
    print_preset(name);
  }
  print_steps();
}
