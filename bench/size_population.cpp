// Mean ECD of large particles in a small field, with and without border correction, against the
// population of the simulated world that the field is a piece of: as the truth's masks show them,
// and through the default segmenter and edge model, in bright field and in dark field. Prints the
// table of docs/measurements.md.
//
// bench_size_population [SEEDS]

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mote/core/image.h"
#include "mote/measure/edge_model.h"
#include "mote/measure/frame.h"
#include "mote/measure/instance.h"
#include "mote/measure/sizes.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "mote/simulate/simulation_presets.h"
#include "mote/simulate/simulator.h"
#include "mote/simulate/world.h"

namespace {

using namespace mote;

/// What a user would leave out as specks: no particle of this population is as small.
constexpr double kSpeckPx = 20;

/// A sum of ECDs, and of their weights.
struct Mean {
  double sum = 0;
  double weights = 0;

  void add(double ecd_px, double weight = 1) {
    sum += weight * ecd_px;
    weights += weight;
  }
  double value() const { return sum / weights; }
};

struct Means {
  Mean corrected;
  Mean dropped;  // without those at the border, unweighted
  Mean plain;
};

void add(const std::vector<measure::InstanceMeasures>& instances, Size field, Means& means) {
  std::vector<measure::ParticleRow> rows;
  for (const measure::InstanceMeasures& m : instances) {
    rows.push_back(measure::particle_row({}, m, {m.label}, 0, field));
    means.plain.add(rows.back().ecd_px());
  }
  for (const auto& body : measure::sized_bodies(rows, field, measure::ClusterRule::kSplit)) {
    if (body.border_weight > 0) {
      means.corrected.add(body.ecd_px, body.border_weight);
      means.dropped.add(body.ecd_px);
    }
  }
}

/// The world of `options` under the microscope of the preset `haadf`, tuned to its pixel size.
simulate::SimulationOptions in_dark_field(const simulate::SimulationOptions& options) {
  simulate::SimulationOptions dark = options;
  dark.microscope = simulate::simulation_preset("haadf")->microscope;
  dark.world.pixel_size_nm = dark.microscope.view.pixel_size_nm;
  simulate::set_pixel_size(dark, options.world.pixel_size_nm);
  dark.world = options.world;
  return dark;
}

simulate::SimulationOptions options_of(int64_t side, bool dark_field, uint64_t seed) {
  simulate::SimulationOptions options = *simulate::simulation_preset("ripening");
  options = dark_field ? in_dark_field(options) : options;
  simulate::set_pixel_size(options, 0.1);
  simulate::set_field(options, {side, side});
  options.world.species[0].radius_spread = 0.25;
  options.world.particles *= 0.5;          // so wide a spread needs room
  options.world.ripening.enabled = false;  // its stationary law would set the sizes
  options.world.seed = seed;
  return options;
}

Mean population(const simulate::SimulationOptions& options) {
  const simulate::World world(options.world);
  Mean mean;
  for (const simulate::Particle& particle : world.particles()) {
    mean.add(2 * particle.radius_nm / options.world.pixel_size_nm);
  }
  return mean;
}

void row(const std::string& what, const Means& means, const Mean& truth) {
  const auto cell = [&](const Mean& mean) {
    return fmt::format("{:.1f} ({:+.1f} %)", mean.value(),
                       100 * (mean.value() / truth.value() - 1));
  };
  fmt::print("| {} | {:.1f} | {} | {} | {} |\n", what, truth.value(), cell(means.plain),
             cell(means.dropped), cell(means.corrected));
}

/// The segmented fields of one kind, whose edge model is that of all.
struct Segmented {
  std::vector<std::vector<measure::InstanceMeasures>> fields;
  measure::EdgePool pool;

  void add(const Grid<float>& image, const segment::ThresholdOptions& options) {
    const auto segmenter = segment::make_threshold_segmenter(options);
    const Segmentation cut = segment::segment_one(*segmenter, {.image = image, .excluded = {}});
    fields.push_back(measure::measure_instances(image, cut.labels, cut.coverage));
    for (const measure::InstanceMeasures& instance : fields.back()) {
      pool.add(instance);
    }
  }
};

Means means_of(Segmented segmented, Size field) {
  const measure::EdgeModel model = measure::fitted_edge_model(segmented.pool);
  Means means;
  for (std::vector<measure::InstanceMeasures>& instances : segmented.fields) {
    for (measure::InstanceMeasures& instance : instances) {
      instance = measure::at_rim(instance, model);
    }
    add(instances, field, means);
  }
  return means;
}

void print_rows(int64_t side, bool dark_field, uint64_t seeds) {
  const Size field{side, side};
  Means by_truth;
  Segmented segmented;
  Segmented without_specks;
  Mean truth;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    const simulate::SimulationOptions options = options_of(side, dark_field, seed);
    const Mean world = population(options);
    truth.sum += world.sum;
    truth.weights += world.weights;
    simulate::Simulator simulator(options);
    const Grid<float> image = to_float32(simulator.image(0));
    segmented.add(image, {});
    without_specks.add(image, {.min_diameter_px = kSpeckPx});
    if (!dark_field) {
      const LabelImage labels = simulator.truth().labels;
      add(measure::measure_instances(Grid<float>(field), labels, {}), field, by_truth);
    }
  }
  if (!dark_field) {
    row(fmt::format("{0} x {0} px, masks of the truth", side), by_truth, truth);
  }
  const std::string segmenter = fmt::format("{0} x {0} px, {1} field, default segmenter", side,
                                            dark_field ? "dark" : "bright");
  row(segmenter, means_of(std::move(segmented), field), truth);
  row(fmt::format("{}, {:g} px and larger", segmenter, kSpeckPx),
      means_of(std::move(without_specks), field), truth);
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t seeds = argc > 1 ? std::stoull(argv[1]) : 1000;
  fmt::print(
      "| field | mean of the population, px | all in view, as they are cut | border dropped, no "
      "weights | border dropped, weighted |\n| --- | --- | --- | --- | --- |\n");
  for (const int64_t side : {256, 384}) {
    for (const bool dark_field : {false, true}) {
      print_rows(side, dark_field, seeds);
    }
  }
}
