// How far off the rim of a sphere its half level lies, and what the edge model of a recording makes
// of it: lone spheres as the simulator images them, in bright field and dark field, and flat discs.
// Prints the table of docs/measurements.md.
//
// bench_edge_model [FRAMES]

#include "mote/measure/edge_model.h"

#include <algorithm>
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
#include "mote/simulate/microscope.h"
#include "mote/simulate/random.h"
#include "mote/simulate/simulation_presets.h"
#include "mote/simulate/world_layers.h"
#include "tests/synthetic.h"

namespace {

using namespace mote;

constexpr int64_t kSide = 640;
constexpr double kClearPx = 24;

struct Drawn {
  Point centre;
  double radius_px = 0;
};

struct Setting {
  std::string preset;  // empty: flat discs
  double pixel_nm = 0.2;
  double dose = 1;
  double least_px = 8;
  double most_px = 28;
};

/// Places in rows, each with a radius of its own.
std::vector<Drawn> drawn_of(const Setting& setting, simulate::Random& random) {
  const double cell = 2 * setting.most_px + kClearPx;
  const auto cells = static_cast<int64_t>(kSide / cell);
  std::vector<Drawn> out;
  for (int64_t i = 0; i < cells * cells; ++i) {
    out.push_back({{(static_cast<double>(i / cells) + 0.5) * cell + random.uniform(-2, 2),
                    (static_cast<double>(i % cells) + 0.5) * cell + random.uniform(-2, 2)},
                   random.uniform(setting.least_px, setting.most_px)});
  }
  return out;
}

Grid<float> flat_image(const Setting& setting, const std::vector<Drawn>& all, int64_t frame) {
  std::vector<synthetic::Disc> discs;
  for (const Drawn& one : all) {
    discs.push_back({one.centre.y_px, one.centre.x_px, one.radius_px});
  }
  return synthetic::image({kSide, kSide}, discs,
                          {.background = 100,
                           .particle = 200,
                           .blur_px = 2,
                           .noise_sd = 20 / std::sqrt(setting.dose),
                           .seed = static_cast<uint64_t>(frame) + 1});
}

struct Scored {
  double radius_px = 0;
  measure::InstanceMeasures measures;
};

void score(const Setting& setting, int64_t frames) {
  simulate::SimulationOptions options =
      *simulate::simulation_preset(setting.preset.empty() ? "sintering" : setting.preset);
  simulate::set_pixel_size(options, setting.pixel_nm);
  simulate::set_field(options, {kSide, kSide});
  simulate::set_dose(options, setting.dose * options.microscope.beam.dose_e_per_a2_s);
  simulate::Microscope microscope(simulate::microscope_of(options));
  simulate::Random random(1);
  measure::EdgePool pool;
  std::vector<Scored> scored;
  for (int64_t frame = 0; frame < frames; ++frame) {
    const std::vector<Drawn> all = drawn_of(setting, random);
    std::vector<simulate::SeenBody> bodies;
    for (const Drawn& one : all) {
      simulate::SeenBody body;
      body.particle = static_cast<int64_t>(bodies.size()) + 1;
      body.crystal = static_cast<uint64_t>(random.uniform(0, 1e9));
      body.radius_nm = one.radius_px * setting.pixel_nm;
      body.body = simulate::Sphere{
          {.y_nm = one.centre.y_px * setting.pixel_nm, .x_nm = one.centre.x_px * setting.pixel_nm},
          body.radius_nm};
      bodies.push_back(body);
    }
    const auto layers = [&](double /*time_s*/, Box box, std::vector<simulate::Layer>& out) {
      simulate::draw_layers(bodies, options.world, box, options.materials, out);
    };
    const Grid<float> image =
        setting.preset.empty()
            ? flat_image(setting, all, frame)
            : to_float32(microscope.frame(
                  layers, [](double) { return Point{}; }, frame, 0.1 * static_cast<double>(frame)));
    const auto segmenter = segment::make_threshold_segmenter({});
    const Segmentation cut = segment::segment_one(*segmenter, {.image = image, .excluded = {}});
    const auto instances = measure::measure_instances(image, cut.labels, cut.coverage);
    for (const auto& instance : instances) {
      pool.add(instance);
    }
    for (const Drawn& one : all) {
      const int32_t label =
          cut.labels(std::llround(one.centre.y_px), std::llround(one.centre.x_px));
      for (const auto& instance : instances) {
        if (label != 0 && instance.label == label && !instance.touching) {
          scored.push_back({one.radius_px, instance});
        }
      }
    }
  }
  const measure::EdgeModel model = measure::fitted_edge_model(pool);
  const std::string misfits =
      model.misfit ? fmt::format("{:.1f}, {:.1f}", 100 * *model.flat_misfit, 100 * *model.misfit)
                   : "not tried";
  fmt::print("| {} | {:g} | x {:g} | {} | {} |",
             setting.preset.empty() ? "flat bright discs" : setting.preset, setting.pixel_nm,
             setting.dose, name(model.kind), misfits);
  const std::array<double, 6> bins{8, 10, 13, 18, 28, 50};
  for (size_t bin = 0; bin + 1 < bins.size(); ++bin) {
    double n = 0;
    double before = 0;
    double after = 0;
    for (const Scored& one : scored) {
      if (one.radius_px >= bins[bin] && one.radius_px < bins[bin + 1]) {
        n += 1;
        before += measure::equivalent_diameter_px(one.measures.area_px2) / 2 - one.radius_px;
        after += measure::equivalent_diameter_px(at_rim(one.measures, model).area_px2) / 2 -
                 one.radius_px;
      }
    }
    fmt::print("{}", n > 0 ? fmt::format(" {:+.2f} to {:+.2f} |", before / n, after / n) : " |");
  }
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t frames = argc > 1 ? std::stoll(argv[1]) : 40;
  fmt::print(
      "| particles | nm a px | dose | told as | rms, % of contrast, flat and as told | r 8-10 "
      "px | 10-13 px | 13-18 px | 18-28 px | 28-50 px |\n{}|\n",
      [] {
        std::string rule;
        for (int i = 0; i < 10; ++i) {
          rule += "| --- ";
        }
        return rule;
      }());
  for (const Setting& setting : std::vector<Setting>{{"sintering", 0.2, 4, 8, 28},
                                                     {"sintering", 0.2, 1, 8, 28},
                                                     {"sintering", 0.2, 0.25, 10, 28},
                                                     {"sintering", 0.1, 1, 18, 50},
                                                     {"sintering", 0.4, 1, 8, 28},
                                                     {"haadf", 0.1, 1, 8, 28},
                                                     {"haadf", 0.1, 0.1, 8, 28},
                                                     {"liquid-cell", 0.4, 4, 8, 28},
                                                     {"", 0.2, 1, 8, 28},
                                                     {"", 0.2, 0.25, 8, 28}}) {
    score(setting, frames);
  }
}
