// What the overlap tracker costs a frame, in CPU time: discs that jitter and drift on a square
// field, a tenth of them in pairs that touch, with coverage. Segmentations are drawn outside the
// clock. Prints one line a case, and how the cost grows from 1,000 to 4,000 particles.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "mote/imaging/regions.h"
#include "mote/track/overlap.h"

namespace {

using namespace mote;

struct Particle {
  double y_px = 0;
  double x_px = 0;
  double radius_px = 0;
};

std::vector<Particle> placed(int64_t count, int64_t side, std::mt19937& random) {
  // On a lattice, so that only chosen pairs touch.
  const auto columns = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  const double cell = static_cast<double>(side) / static_cast<double>(columns);
  std::vector<Particle> particles;
  for (int64_t i = 0; i < count; ++i) {
    const double radius = 6 + static_cast<double>(random() % 80) / 10;
    Particle particle{.y_px = (static_cast<double>(i / columns) + 0.5) * cell,
                      .x_px = (static_cast<double>(i % columns) + 0.5) * cell,
                      .radius_px = radius};
    if (i % 10 == 1 && i % columns != 0) {
      particle.x_px = particles.back().x_px + 0.95 * (radius + particles.back().radius_px);
    }
    particles.push_back(particle);
  }
  return particles;
}

Segmentation drawn(const std::vector<Particle>& particles, int64_t side, double shift) {
  LabelImage labels({side, side});
  Grid<uint8_t> coverage({side, side});
  for (size_t i = 0; i < particles.size(); ++i) {
    const Particle& p = particles[i];
    const auto reach = static_cast<int64_t>(p.radius_px) + 2;
    const auto cy = static_cast<int64_t>(p.y_px + shift);
    const auto cx = static_cast<int64_t>(p.x_px + shift);
    for (int64_t y = std::max<int64_t>(0, cy - reach); y <= std::min(side - 1, cy + reach); ++y) {
      for (int64_t x = std::max<int64_t>(0, cx - reach); x <= std::min(side - 1, cx + reach); ++x) {
        const double inside = p.radius_px - std::hypot(static_cast<double>(y) - p.y_px - shift,
                                                       static_cast<double>(x) - p.x_px - shift);
        const auto covered = static_cast<uint8_t>(std::clamp(255 * (inside + 0.5), 0.0, 255.0));
        coverage(y, x) = std::max(coverage(y, x), covered);
        if (covered >= 128 && labels(y, x) == 0) {
          labels(y, x) = static_cast<int32_t>(i) + 1;
        }
      }
    }
  }
  return imaging::segmentation_of(std::move(labels), std::move(coverage));
}

double ms_a_frame(int64_t count, int64_t side, int64_t frames) {
  std::mt19937 random(1);
  std::vector<Particle> particles = placed(count, side, random);
  const auto tracker = track::make_overlap_tracker({}, {side, side});
  const Grid<float> no_image;
  double seconds = 0;
  for (int64_t index = 0; index < frames; ++index) {
    for (Particle& particle : particles) {
      particle.y_px += (static_cast<double>(random() % 100) - 49.5) / 100;
      particle.x_px += (static_cast<double>(random() % 100) - 49.5) / 100;
    }
    const double shift = 0.3 * static_cast<double>(index);
    const Segmentation segmentation = drawn(particles, side, shift);
    const std::clock_t start = std::clock();
    tracker->push({.index = index,
                   .time = static_cast<double>(index),
                   .image = no_image,
                   .drift = {.y_px = shift, .x_px = shift}},
                  [&]() -> const Segmentation& { return segmentation; });
    // The first frames begin every track and hand nothing back.
    if (index >= frames / 2) {
      seconds += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    }
  }
  const double ms = 1000 * seconds / static_cast<double>(frames - frames / 2);
  fmt::print("{:5} particles, {:4} x {:4} px: {:7.2f} ms a frame\n", count, side, side, ms);
  return ms;
}

}  // namespace

int main() {
  ms_a_frame(16, 512, 100);
  const double thousand = ms_a_frame(1000, 2048, 40);
  const double four_thousand = ms_a_frame(4000, 4096, 40);
  fmt::print("4,000 particles on four times the area: {:.2f} x the cost of 1,000\n",
             four_thousand / thousand);
  const double crowded = ms_a_frame(4000, 2048, 40);
  fmt::print("4,000 particles on the same area: {:.2f} x the cost of 1,000\n", crowded / thousand);
}
