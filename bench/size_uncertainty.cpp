// How often the stated 95 % interval of an ECD, +- 1.96 ecd_se, holds the truth: single particles
// of simulated recordings, cut out by the default segmenter, over dose and radius; and that of the
// noise alone, on discs drawn with correlated noise. Prints the tables of docs/measurements.md.
//
// bench_size_uncertainty [SEEDS]

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/core/image.h"
#include "mote/measure/instance.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "mote/simulate/simulation_presets.h"
#include "mote/simulate/simulator.h"
#include "tests/synthetic.h"

namespace {

using namespace mote;

constexpr double k95 = 1.959963984540054;
constexpr double kClearPx = 6;  // of other particles

/// Errors of ECD beside what is stated of them, in px.
struct Tally {
  double count = 0;
  double without = 0;  // instances without a stated uncertainty
  double sum = 0;
  double squares = 0;
  double noise = 0;
  double convention = 0;
  double held = 0;
  double held_by_random = 0;

  void add(double error, const measure::SizeUncertainty& stated) {
    if (!stated.combined_px()) {
      without += 1;
      return;
    }
    count += 1;
    sum += error;
    squares += error * error;
    noise += *stated.noise_px;
    convention += *stated.convention_px;
    held += std::abs(error) <= k95 * *stated.combined_px() ? 1 : 0;
    held_by_random += std::abs(error) <= k95 * *stated.random_px() ? 1 : 0;
  }
  void add(const Tally& other) {
    count += other.count;
    without += other.without;
    sum += other.sum;
    squares += other.squares;
    noise += other.noise;
    convention += other.convention;
    held += other.held;
    held_by_random += other.held_by_random;
  }
  double bias() const { return sum / count; }
  double sd() const { return std::sqrt(std::max(0.0, squares / count - bias() * bias())); }
};

std::vector<measure::InstanceMeasures> measured(const Grid<float>& image, LabelImage& labels) {
  const auto segmenter = segment::make_threshold_segmenter({});
  const Segmentation cut = segment::segment_one(*segmenter, {.image = image, .excluded = {}});
  labels = cut.labels;
  return measure::measure_instances(image, cut.labels, cut.coverage);
}

const measure::InstanceMeasures* instance_at(const std::vector<measure::InstanceMeasures>& all,
                                             const LabelImage& labels, Point at) {
  const int64_t y = std::llround(at.y_px);
  const int64_t x = std::llround(at.x_px);
  const int32_t label = labels.size().contains(y, x) ? labels(y, x) : 0;
  for (const measure::InstanceMeasures& m : all) {
    if (label != 0 && m.label == label && !m.touches_border && !m.touching) {
      return &m;
    }
  }
  return nullptr;
}

/// A sphere that is in contrast, no half of a pair, and clear of others.
bool stands_alone(const simulate::WorldFrame& truth, const simulate::WorldInstance& one,
                  double pixel_nm) {
  if (one.dark || one.neck_ratio > 0) {
    return false;
  }
  for (const simulate::WorldInstance& other : truth.instances) {
    const double apart =
        std::hypot(other.centre.y_px - one.centre.y_px, other.centre.x_px - one.centre.x_px);
    if (other.track != one.track &&
        apart < (other.radius_nm + one.radius_nm) / pixel_nm + kClearPx) {
      return false;
    }
  }
  return true;
}

constexpr std::array<double, 6> kRadii{8, 11, 16, 24, 36, 1000};

/// Frame 0 of a preset at three magnifications, by radius.
std::vector<Tally> simulated(const char* preset, double dose, uint64_t seeds) {
  std::vector<Tally> by_radius(kRadii.size() - 1);
  for (const double pixel_nm : {0.4, 0.2, 0.1}) {
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      simulate::SimulationOptions options = *simulate::simulation_preset(preset);
      simulate::set_pixel_size(options, pixel_nm);
      simulate::set_dose(options, options.microscope.beam.dose_e_per_a2_s * dose);
      options.world.seed = seed;
      simulate::Simulator simulator(options);
      const Grid<float> image = to_float32(simulator.image(0));
      const simulate::WorldFrame truth = simulator.truth();
      LabelImage labels;
      const auto instances = measured(image, labels);
      for (const simulate::WorldInstance& particle : truth.instances) {
        const double radius_px = particle.radius_nm / pixel_nm;
        const auto* m = instance_at(instances, labels, particle.centre);
        if (m == nullptr || radius_px < kRadii[0] || !stands_alone(truth, particle, pixel_nm)) {
          continue;
        }
        size_t bin = 0;
        while (radius_px >= kRadii[bin + 1]) {
          ++bin;
        }
        by_radius[bin].add(measure::equivalent_diameter_px(m->area_px2) - 2 * radius_px,
                           m->ecd_uncertainty);
      }
    }
  }
  return by_radius;
}

void print(const std::string& what, const Tally& tally) {
  fmt::print("| {} | {:.0f} | {:+.2f} ± {:.2f} | {:.2f} | {:.2f} | {:.1f} |\n", what, tally.count,
             tally.bias(), tally.sd(), tally.noise / tally.count, tally.convention / tally.count,
             100 * tally.held / tally.count);
}

void recordings(uint64_t seeds) {
  fmt::print(
      "| dose, radius | particles | error of ECD, px | noise, px | convention, px | within the 95 "
      "% "
      "interval, % |\n| --- | --- | --- | --- | --- | --- |\n");
  double without = 0;
  for (const double dose : {4.0, 1.0, 0.25}) {
    std::vector<Tally> tallies = simulated("sintering", dose, seeds);
    const std::vector<Tally> more = simulated("ripening", dose, seeds);
    Tally all;
    for (size_t i = 0; i < tallies.size(); ++i) {
      tallies[i].add(more[i]);
      all.add(tallies[i]);
      const std::string to =
          i + 2 < kRadii.size() ? fmt::format("to {:g} px", kRadii[i + 1]) : "px and more";
      print(fmt::format("x {:g}, {:g} {}", dose, kRadii[i], to), tallies[i]);
    }
    print(fmt::format("x {:g}, all from {:g} px", dose, kRadii[0]), all);
    without += all.without;
  }
  fmt::print("\n({:.0f} instances had no stated uncertainty.)\n", without);
}

/// Noise of standard deviation 1 that a Gaussian of `blur_px` has correlated.
Grid<float> unit_noise(Size size, double blur_px, uint64_t seed) {
  Grid<float> noise(size);
  synthetic::add_noise(noise, 1, seed);
  noise = synthetic::blurred(noise, blur_px);
  double squares = 0;
  for (const float value : noise.values()) {
    squares += static_cast<double>(value) * value;
  }
  const double scale = std::sqrt(static_cast<double>(size.area()) / squares);
  for (float& value : noise.values()) {
    value = static_cast<float>(value * scale);
  }
  return noise;
}

Tally drawn(double radius_px, double blur_px, double noise_sd, double noise_blur_px) {
  constexpr Size kSize{512, 512};
  Tally tally;
  for (uint64_t seed = 1; seed <= 40 && tally.count < 300; ++seed) {
    const auto discs = synthetic::scattered(kSize, radius_px, radius_px, 0.1, 16, seed);
    Grid<float> image = synthetic::image(kSize, discs, {.blur_px = blur_px});
    const Grid<float> noise = unit_noise(kSize, noise_blur_px, seed);
    for (size_t i = 0; i < image.values().size(); ++i) {
      image.values()[i] += static_cast<float>(noise_sd) * noise.values()[i];
    }
    LabelImage labels;
    const auto instances = measured(image, labels);
    for (const synthetic::Disc& disc : discs) {
      if (const auto* m = instance_at(instances, labels, {disc.y_px, disc.x_px})) {
        tally.add(measure::equivalent_diameter_px(m->area_px2) - 2 * radius_px, m->ecd_uncertainty);
      }
    }
  }
  return tally;
}

void discs() {
  fmt::print(
      "| radius, px | blur of the edge, px | noise, % of the contrast | its Gaussian, px | error "
      "of "
      "ECD, px | noise, px | within 1.96 of noise and pixels, % |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const double radius : {8.0, 17.0, 34.0}) {
    for (const double blur : {1.0, 3.0}) {
      for (const double noise_blur : {0.0, 1.0}) {
        for (const double noise : {10.0, 20.0, 40.0}) {
          const Tally tally = drawn(radius, blur, noise, noise_blur);
          fmt::print("| {:g} | {:g} | {:g} | {:g} | {:+.2f} ± {:.2f} | {:.2f} | {:.1f} |\n", radius,
                     blur, noise, noise_blur, tally.bias(), tally.sd(), tally.noise / tally.count,
                     100 * tally.held_by_random / tally.count);
        }
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  recordings(argc > 1 ? std::stoull(argv[1]) : 10);
  fmt::print("\n");
  discs();
}
