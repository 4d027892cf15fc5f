// How far simulated micrographs of the preset `sintering` are from published ones in what can be
// measured: grey-level histogram, radial power spectrum and autocovariance of the background, power
// spectrum inside particles, edge profile.
//
// bench_looks_real TILES_DIR OUT.svg [key=value...]: prints the distances and draws the plots, and
// beside them OUT.png with crops of tiles to the left and of simulated ones to the right.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/tile_statistics.h"
#include "mote/core/image.h"
#include "mote/core/mix.h"
#include "mote/core/picture.h"
#include "mote/io/open.h"
#include "mote/io/picture_file.h"
#include "mote/simulate/microscope.h"
#include "mote/simulate/microscope_presets.h"
#include "mote/simulate/world_layers.h"
#include "mote/simulate/world_presets.h"
#include "tests/spheres.h"

namespace {

using namespace mote;

constexpr double kLevel = 148;  // of the background after standardising, grey levels
constexpr double kSpread = 19;  // its standard deviation, likewise

/// Brings the background to one level and spread: the tiles were stretched one by one for display.
Grid<float> standardised(const Grid<float>& image) {
  const Grid<float> distance = bench::signed_distance(bench::dark_particles(image));
  double count = 0;
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < image.values().size(); ++i) {
    if (distance.values()[i] > 12) {
      const double value = image.values()[i];
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  const double mean = sum / count;
  const double sd = std::sqrt(squares / count - mean * mean);
  Grid<float> out = image;
  for (float& value : out.values()) {
    value = static_cast<float>(kLevel + (value - mean) * kSpread / sd);
  }
  return out;
}

/// The images of all folders `images` below `folder`, in order of path.
std::vector<Grid<float>> tiles(const std::string& folder) {
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory() && entry.path().filename() == "images") {
      folders.push_back(entry.path().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  std::vector<Grid<float>> out;
  for (const std::string& path : folders) {
    const auto frames = io::open_frames(path);
    for (int64_t i = 0; i < frames->info().frames; ++i) {
      out.push_back(to_float32(frames->read(i).image));
    }
  }
  return out;
}

/// What is compared with the tiles.
struct Look {
  simulate::MicroscopeOptions options = simulate::microscope_preset("sintering");
  simulate::Material gold = simulate::kGold;
  double unevenness_nm = 0.15;
  double unevenness_length_nm = 3.5;
  double gap_px = 4;  // least, between particles
};

void set(Look& look, std::string_view setting) {
  simulate::MicroscopeOptions& options = look.options;
  const size_t equals = setting.find('=');
  const std::string_view key = setting.substr(0, equals);
  const double value = std::stod(std::string(setting.substr(equals + 1)));
  auto& view = options.view;
  auto& detector = options.detector;
  const std::array<std::pair<std::string_view, double*>, 25> known{{
      {"uneven", &look.unevenness_nm},
      {"uneven_length", &look.unevenness_length_nm},
      {"gap", &look.gap_px},
      {"bragg", &look.gold.crystal.bragg_strength},
      {"bragg_share", &look.gold.crystal.bragg_share},
      {"fringe", &look.gold.crystal.fringe_contrast},
      {"fringe_share", &look.gold.crystal.fringe_share},
      {"fringe_nm", &look.gold.crystal.fringe_nm},
      {"v0", &look.gold.inner_potential_v},
      {"path", &look.gold.mean_free_path_nm},
      {"unevenness", &options.beam.unevenness},
      {"defocus", &view.optics.defocus_nm},
      {"convergence", &view.optics.convergence_mrad},
      {"spread", &view.optics.focal_spread_nm},
      {"vibration", &view.optics.vibration_nm},
      {"phase", &view.film.phase_sd_rad},
      {"grain", &view.film.grain_nm},
      {"dose", &options.beam.dose_e_per_a2_s},
      {"mtf", &detector.mtf_half_per_px},
      {"mtf_power", &detector.mtf_power},
      {"ntf", &detector.ntf_half_per_px},
      {"ntf_power", &detector.ntf_power},
      {"gain", &detector.gain},
      {"offset", &detector.offset},
      {"read", &detector.read_noise_sd},
  }};
  for (const auto& [name, member] : known) {
    if (name == key) {
      *member = value;
      return;
    }
  }
  fmt::print("no setting {}\n", key);
}

/// Spheres at the preset's pixel size, as the simulator would draw them.
std::vector<simulate::SeenBody> bodies_of(const Look& look, uint64_t seed) {
  const double pixel = look.options.view.pixel_size_nm;
  std::vector<simulate::SeenBody> out;
  for (const auto& sphere :
       synthetic::scattered_spheres(look.options.view.field, 21, 20, 50, look.gap_px, seed)) {
    simulate::SeenBody body;
    body.radius_nm = sphere.radius_px * pixel;
    body.body = simulate::Sphere{.centre = {sphere.y_px * pixel, sphere.x_px * pixel, 0},
                                 .radius_nm = body.radius_nm};
    body.crystal = mix(1000 * seed + out.size());
    body.unevenness = {.height_nm = std::min(look.unevenness_nm, 0.06 * body.radius_nm),
                       .length_nm = look.unevenness_length_nm,
                       .key = body.crystal};
    out.push_back(body);
  }
  return out;
}

std::vector<Grid<float>> simulated(const Look& look, int count) {
  std::vector<Grid<float>> out;
  simulate::WorldOptions world;
  world.pixel_size_nm = look.options.view.pixel_size_nm;
  world.film_thickness_nm = look.options.view.film.thickness_nm;
  for (int i = 0; i < count; ++i) {
    simulate::MicroscopeOptions options = look.options;
    options.seed = static_cast<uint64_t>(i + 1);
    simulate::Microscope microscope(options);
    const std::vector<simulate::SeenBody> bodies = bodies_of(look, options.seed);
    const simulate::LayersAt layers = [&](double, Box box, std::vector<simulate::Layer>& to) {
      simulate::draw_layers(bodies, world, box, {&look.gold, 1}, to);
    };
    out.push_back(to_float32(microscope.frame(
        layers, [](double) { return Point{}; }, 0, 0)));
  }
  return out;
}

bench::Statistics statistics(const std::vector<Grid<float>>& images) {
  bench::Statistics out;
  for (const Grid<float>& image : images) {
    bench::add(standardised(image), out);
  }
  bench::finish(out);
  return out;
}

/// Mean and spread of background, and mean inside, as displayed.
void print_levels(std::string_view what, const std::vector<Grid<float>>& images) {
  bench::Statistics all;
  for (const Grid<float>& image : images) {
    bench::add(image, all);
  }
  bench::finish(all);
  double dark = 0;
  for (const Grid<float>& image : images) {
    for (const uint8_t value : bench::dark_particles(image).values()) {
      dark += value / static_cast<double>(image.size().area()) / all.images;
    }
  }
  fmt::print("{}: background {:.1f} +- {:.1f}, particles {:.1f} on {:.3f} of the area\n", what,
             all.profile[2 * bench::kReachPx - 5], std::sqrt(all.covariance[0]), all.profile[12],
             dark);
}

struct Curve {
  std::vector<double> real;
  std::vector<double> simulated;
};

std::string line(const std::vector<double>& values, double low, double high, bool logarithmic,
                 std::string_view colour) {
  const auto scaled = [&](double value) {
    return logarithmic ? (std::log(std::max(value, 1e-9)) - std::log(low)) /
                             (std::log(high) - std::log(low))
                       : (value - low) / (high - low);
  };
  std::string points;
  for (size_t i = 0; i < values.size(); ++i) {
    points += fmt::format("{:.1f},{:.1f} ",
                          320 * static_cast<double>(i) / static_cast<double>(values.size() - 1),
                          180 * (1 - std::clamp(scaled(values[i]), 0.0, 1.0)));
  }
  return fmt::format("<polyline points='{}' fill='none' stroke='{}' stroke-width='1.5'/>\n", points,
                     colour);
}

std::string panel(const Curve& curve, std::string_view title, std::string_view ticks,
                  bool logarithmic, size_t at) {
  const auto [low, high] = std::minmax_element(curve.real.begin(), curve.real.end());
  const double from = logarithmic ? std::max(*low / 2, 1e-6) : *low - 0.05 * (*high - *low);
  const double to = logarithmic ? *high * 2 : *high + 0.05 * (*high - *low);
  return fmt::format(
      "<g transform='translate({},{})'><rect width='320' height='180' fill='none' "
      "stroke='#888'/>\n<text x='160' y='-6' text-anchor='middle'>{}</text><text x='160' y='196' "
      "text-anchor='middle'>{}</text><text x='-4' y='10' text-anchor='end'>{:.3g}</text><text "
      "x='-4' y='180' text-anchor='end'>{:.3g}</text>\n{}{}</g>\n",
      60 + 390 * (at % 2), 50 + 240 * (at / 2), title, ticks, to, from,
      line(curve.real, from, to, logarithmic, "#222"),
      line(curve.simulated, from, to, logarithmic, "#d52"));
}

template <typename Array>
Curve curve(const Array& real, const Array& simulated) {
  Curve out;
  for (size_t i = 0; i < real.size(); ++i) {
    if (real[i] != 0) {  // rings that a patch has no frequency in
      out.real.push_back(real[i]);
      out.simulated.push_back(simulated[i]);
    }
  }
  return out;
}

void draw(const std::string& path, const bench::Statistics& real, const bench::Statistics& ours) {
  // Stretched tiles lack some grey levels: bins of 4.
  std::array<double, 64> histogram{};
  std::array<double, 64> our_histogram{};
  for (size_t i = 0; i < 256; ++i) {
    histogram[i / 4] += real.histogram[i];
    our_histogram[i / 4] += ours.histogram[i];
  }
  std::ofstream file(path);
  file << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 820 760' "
          "font-family='sans-serif' font-size='11'>\n<rect width='820' height='760' "
          "fill='#fff'/>\n<text x='410' y='18' text-anchor='middle'>black: 30 published tiles; "
          "orange: simulated, preset sintering</text>\n"
       << panel(
              {{histogram.begin(), histogram.end()}, {our_histogram.begin(), our_histogram.end()}},
              "histogram", "grey level, 0 to 255", false, 0)
       << panel(curve(real.power, ours.power), "power spectrum, background",
                "0 to 0.5 cycles per pixel", true, 1)
       << panel(curve(real.covariance, ours.covariance), "autocovariance, background",
                "lag, 0 to 15 px", false, 2)
       << panel(curve(real.inside, ours.inside), "power spectrum, inside particles",
                "0 to 0.5 cycles per pixel", true, 3)
       << panel(curve(real.profile, ours.profile), "grey level across an edge",
                "30 px inside to 30 px outside", false, 4)
       << "</svg>\n";
}

void put_side_by_side(const std::string& path, const std::vector<Grid<float>>& real,
                      const std::vector<Grid<float>>& ours) {
  constexpr int64_t kRows = 2;
  constexpr int64_t kSide = 340;
  constexpr int64_t kFrom = 86;  // of the crop, on either axis
  constexpr int64_t kGap = 8;
  Picture out({kRows * (kSide + kGap), 2 * kSide + kGap}, {255, 255, 255});
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t column = 0; column < 2; ++column) {
      const auto& images = column == 0 ? real : ours;
      const Grid<float> image = standardised(images[static_cast<size_t>(row)]);
      for (int64_t y = 0; y < std::min(kSide, image.height() - kFrom); ++y) {
        for (int64_t x = 0; x < std::min(kSide, image.width() - kFrom); ++x) {
          const float value = image(kFrom + y, kFrom + x);
          const auto grey = static_cast<uint8_t>(std::clamp(value, 0.0F, 255.0F));
          out(row * (kSide + kGap) + y, column * (kSide + kGap) + x) = {grey, grey, grey};
        }
      }
    }
  }
  io::write_png(path, out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print("usage: bench_looks_real TILES_DIR OUT.svg [key=value...]\n");
    return 2;
  }
  // Fringes of the material are as wide in pixels at the pixel size of the world `sintering`.
  Look look;
  look.gold.crystal.fringe_nm *=
      look.options.view.pixel_size_nm / simulate::world_preset("sintering")->pixel_size_nm;
  for (int i = 3; i < argc; ++i) {
    set(look, argv[i]);
  }
  const std::vector<Grid<float>> real_images = tiles(argv[1]);
  const std::vector<Grid<float>> our_images = simulated(look, 12);
  print_levels("tiles", real_images);
  print_levels("simulated", our_images);
  const bench::Statistics real = statistics(real_images);
  const bench::Statistics ours = statistics(our_images);

  std::vector<double> ratios;
  double logs = 0;
  for (size_t i = 0; i < bench::kRings; ++i) {
    ratios.push_back(ours.power[i] / real.power[i]);
    logs += std::pow(std::log(ratios.back()), 2) / bench::kRings;
  }
  std::vector<double> inside;
  for (size_t i = 0; i < bench::kRings; ++i) {
    if (real.inside[i] > 0) {
      inside.push_back(ours.inside[i] / real.inside[i]);
    }
  }
  double profile = 0;
  for (size_t i = 0; i < real.profile.size(); ++i) {
    profile += real.profile[i] > 0 ? std::pow(ours.profile[i] - real.profile[i], 2) : 0;
  }
  fmt::print("histogram distance {:.2f} grey levels\n", bench::histogram_distance(real, ours));
  fmt::print("spectrum ratio, rms factor {:.3f}; by ring {:.2f}\n", std::exp(std::sqrt(logs)),
             fmt::join(ratios, " "));
  fmt::print("inside particles by ring {:.2f}\n", fmt::join(inside, " "));
  fmt::print(
      "edge profile rms difference {:.2f} grey levels\n  tiles     {:.0f}\n  simulated "
      "{:.0f}\n",
      std::sqrt(profile / static_cast<double>(real.profile.size() - 1)),
      fmt::join(real.profile, " "), fmt::join(ours.profile, " "));
  fmt::print("autocorrelation\n  tiles     {:.0f}\n  simulated {:.0f}\n",
             fmt::join(real.covariance, " "), fmt::join(ours.covariance, " "));
  const std::string svg = argv[2];
  draw(svg, real, ours);
  put_side_by_side(svg.substr(0, svg.rfind('.')) + ".png", real_images, our_images);
}
