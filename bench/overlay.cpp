// What an overlay costs: CPU time to draw one frame with outlines, trails, ids and events.

#include "mote/report/overlay.h"

#include <cmath>
#include <ctime>
#include <vector>

#include <fmt/format.h>

#include "tests/synthetic.h"

namespace {

using namespace mote;

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measure(Size size, int particles, double radius_px) {
  synthetic::Noise noise(1);
  std::vector<synthetic::Disc> discs;
  std::vector<report::OverlayInstance> instances;
  for (int32_t id = 1; id <= particles; ++id) {
    const synthetic::Disc disc{.y_px = noise.uniform() * static_cast<double>(size.height),
                               .x_px = noise.uniform() * static_cast<double>(size.width),
                               .radius_px = radius_px * (0.5 + noise.uniform())};
    discs.push_back(disc);
    instances.push_back({.label = id,
                         .tracks = {id},
                         .centroid = {disc.y_px, disc.x_px},
                         .ecd_px = 2 * disc.radius_px});
  }
  const Grid<float> image = synthetic::image(size, discs, {.noise_sd = 18});
  const LabelImage labels = synthetic::labels(size, discs);
  report::Trails trails;
  for (int64_t index = 0; index < 20; ++index) {
    trails.push(index, instances, {0.4 * static_cast<double>(index), 0});
  }
  std::vector<Event> events;
  for (int32_t id = 1; id + 1 <= particles; id += 8) {
    events.push_back({.type = EventType::kContact,
                      .frame_before = 18,
                      .frame = 19,
                      .tracks = {id, id + 1},
                      .position = instances[static_cast<size_t>(id - 1)].centroid});
  }
  const report::Overlay overlay({.range = report::display_range(image)}, size);
  const report::OverlayFrame frame{.image = image,
                                   .labels = labels,
                                   .instances = instances,
                                   .index = 19,
                                   .recorded_frame = 19,
                                   .time_s = 0.76,
                                   .trails = trails.now(),
                                   .events = events};
  overlay.draw(frame);
  const int repeats = size.height > 1024 ? 8 : 60;
  const double start = cpu_ms();
  for (int i = 0; i < repeats; ++i) {
    overlay.draw(frame);
  }
  fmt::print("{:>4} x {:<4} {:>5} particles -> {:>4} x {:<4} {:7.2f} ms CPU\n", size.height,
             size.width, particles, overlay.size().height, overlay.size().width,
             (cpu_ms() - start) / repeats);
}

}  // namespace

int main() {
  measure({512, 512}, 16, 20);
  measure({1024, 1024}, 250, 14);
  measure({2048, 2048}, 1000, 14);
  measure({4096, 4096}, 4000, 14);
}
