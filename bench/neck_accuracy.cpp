// How far off the necks of a segmentation are: pairs of spheres of known neck, drawn and imaged as
// the simulator does it (preset `sintering`), through the default threshold segmenter. Prints the
// table of docs/measurements.md: bias and spread of neck over smaller diameter by its true value.
//
// bench_neck_accuracy [FRAMES]

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>
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

namespace {

using namespace mote;

constexpr double kRadiusNm = 3.4;  // of the smaller particle, the preset's mean
constexpr double kLeast = 0.1;     // neck ratio
constexpr size_t kBins = 8;
constexpr double kBin = 0.1;

struct Setting {
  double pixel_size_nm = 0.2;
  double larger = 1;  // radius of the larger particle over that of the smaller
  double dose = 1;    // times that of the preset

  int64_t side_px() const { return pixel_size_nm < 0.1 ? 1024 : 512; }
};

struct DrawnPair {
  simulate::SeenBody body;
  double ratio = 0;
  Point smaller;  // centres of the spheres, px
  Point larger;
};

// What became of the pairs of one bin.
struct Bin {
  int64_t drawn = 0;
  int64_t joined = 0;  // both in one region
  int64_t unseen = 0;  // two regions without a neck
  int64_t seen = 0;
  double sum = 0;
  double squares = 0;

  double bias() const { return sum / static_cast<double>(seen); }
  double spread() const {
    const auto n = static_cast<double>(seen);
    return std::sqrt(std::max(0.0, squares / n - std::pow(sum / n, 2)));
  }
};

Point at_px(const simulate::Pair& pair, double along_nm, double pixel_nm) {
  const double from_centre = along_nm - pair.shape.centre_of_mass_nm;
  return {.y_px = (pair.centre.y_nm + from_centre * pair.axis[0]) / pixel_nm,
          .x_px = (pair.centre.x_nm + from_centre * pair.axis[1]) / pixel_nm};
}

DrawnPair drawn_pair(const Setting& setting, Point centre_px, simulate::Random& random,
                     int64_t number) {
  const double turn = random.uniform(0, 2 * std::numbers::pi);
  const double bridge = random.uniform(kLeast, kLeast + kBin * static_cast<double>(kBins));
  simulate::Pair pair{.centre = {.y_nm = centre_px.y_px * setting.pixel_size_nm,
                                 .x_nm = centre_px.x_px * setting.pixel_size_nm},
                      .axis = {std::sin(turn), std::cos(turn), 0},
                      .shape = simulate::dumbbell(setting.larger * kRadiusNm, kRadiusNm, bridge)};
  DrawnPair drawn{.ratio = bridge,
                  .smaller = at_px(pair, pair.shape.distance_nm, setting.pixel_size_nm),
                  .larger = at_px(pair, 0, setting.pixel_size_nm)};
  drawn.body.particle = number;
  drawn.body.crystal = static_cast<uint64_t>(random.uniform(0, 1e9));
  drawn.body.radius_nm = kRadiusNm;
  drawn.body.body = pair;
  return drawn;
}

// Pairs in rows, apart from one another and from the border, each a little off its place.
std::vector<DrawnPair> drawn_pairs(const Setting& setting, simulate::Random& random) {
  const double reach_px = (1 + setting.larger) * kRadiusNm / setting.pixel_size_nm;
  const double cell_px = 2 * reach_px + 16;
  const auto cells = static_cast<int64_t>(static_cast<double>(setting.side_px()) / cell_px);
  std::vector<DrawnPair> pairs;
  for (int64_t i = 0; i < cells * cells; ++i) {
    const Point centre{
        .y_px = (static_cast<double>(i / cells) + 0.5) * cell_px + random.uniform(-2, 2),
        .x_px = (static_cast<double>(i % cells) + 0.5) * cell_px + random.uniform(-2, 2)};
    pairs.push_back(drawn_pair(setting, centre, random, i + 1));
  }
  return pairs;
}

void score(const Segmentation& cut, const DrawnPair& pair, Bin& bin) {
  const auto label_at = [&cut](Point at) {
    return cut.labels(std::llround(at.y_px), std::llround(at.x_px));
  };
  const auto [a, b] = std::minmax({label_at(pair.smaller), label_at(pair.larger)});
  if (a == 0) {
    return;
  }
  ++bin.drawn;
  if (a == b) {
    ++bin.joined;
    return;
  }
  for (const Neck& neck : cut.necks) {
    if (neck.a == a && neck.b == b && neck.width_px > 0) {
      const double smaller_px2 = std::min(cut.regions[static_cast<size_t>(a) - 1].area_px,
                                          cut.regions[static_cast<size_t>(b) - 1].area_px);
      const double error =
          neck.width_px / measure::equivalent_diameter_px(smaller_px2) - pair.ratio;
      ++bin.seen;
      bin.sum += error;
      bin.squares += error * error;
      return;
    }
  }
  ++bin.unseen;
}

std::array<Bin, kBins> measured(const Setting& setting, int64_t frames) {
  simulate::SimulationOptions options = *simulate::simulation_preset("sintering");
  simulate::set_pixel_size(options, setting.pixel_size_nm);
  simulate::set_field(options, {setting.side_px(), setting.side_px()});
  simulate::set_dose(options, setting.dose * options.microscope.beam.dose_e_per_a2_s);
  simulate::Microscope microscope(simulate::microscope_of(options));
  simulate::Random random(1);
  std::array<Bin, kBins> bins;
  for (int64_t frame = 0; frame < frames; ++frame) {
    const std::vector<DrawnPair> pairs = drawn_pairs(setting, random);
    std::vector<simulate::SeenBody> bodies;
    for (const DrawnPair& pair : pairs) {
      bodies.push_back(pair.body);
    }
    const auto layers = [&](double /*time_s*/, Box box, std::vector<simulate::Layer>& out) {
      simulate::draw_layers(bodies, options.world, box, options.materials, out);
    };
    const Grid<float> image = to_float32(microscope.frame(
        layers, [](double) { return Point{}; }, frame, 0.1 * frame));
    const auto segmenter = segment::make_threshold_segmenter({});
    const Segmentation cut = segment::segment_one(*segmenter, {.image = image, .excluded = {}});
    for (const DrawnPair& pair : pairs) {
      const auto bin = static_cast<size_t>((pair.ratio - kLeast) / kBin);
      score(cut, pair, bins.at(std::min(bin, kBins - 1)));
    }
  }
  return bins;
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t frames = argc > 1 ? std::stoll(argv[1]) : 60;
  fmt::print("| r of the smaller, larger to smaller, dose |");
  for (size_t i = 0; i < kBins; ++i) {
    const double low = kLeast + kBin * static_cast<double>(i);
    fmt::print(" {:.1f}\u2013{:.1f} |", low, low + kBin);
  }
  fmt::print("\n| ---{}", " |");
  for (size_t i = 0; i < kBins; ++i) {
    fmt::print(" --- |");
  }
  fmt::print("\n");
  for (const double pixel_size_nm : {0.05, 0.1, 0.2, 0.3}) {
    for (const auto& [larger, dose] :
         std::array<std::array<double, 2>, 4>{{{1, 4}, {1, 1}, {2, 1}, {1, 0.25}}}) {
      const Setting setting{.pixel_size_nm = pixel_size_nm, .larger = larger, .dose = dose};
      fmt::print("| {:.0f} px, {:g}, x {:g} |", kRadiusNm / pixel_size_nm, larger, dose);
      for (const Bin& bin : measured(setting, frames)) {
        const auto share = [&bin](int64_t n) {
          return 100 * static_cast<double>(n) /
                 static_cast<double>(std::max<int64_t>(1, bin.drawn));
        };
        fmt::print(" {:.0f} %, {:.0f} %, {} |", share(bin.unseen), share(bin.joined),
                   bin.seen > 0 ? fmt::format("{:+.2f} ± {:.2f}", bin.bias(), bin.spread()) : "");
      }
      fmt::print("\n");
    }
  }
}
