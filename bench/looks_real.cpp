// How far recordings that `mote simulate --preset sintering` makes are from published micrographs
// in what can be measured: size of the particles, grey-level histogram, radial power spectrum and
// autocovariance of the background, power spectrum inside particles, edge profile. Once at the
// tiles' magnification (`--pixel-size-nm 0.1`), once as the preset is.
//
// bench_looks_real TILES_DIR OUT.svg [FILE.toml]: prints the distances and draws the plots, and
// beside them OUT.png with crops of tiles to the left and of simulated ones to the right of it. A
// file is as for `mote simulate --config`; without one the preset is taken as it is.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/tile_statistics.h"
#include "mote/core/image.h"
#include "mote/core/picture.h"
#include "mote/imaging/components.h"
#include "mote/io/open.h"
#include "mote/io/picture_file.h"
#include "mote/pipeline/simulation_options.h"
#include "mote/simulate/simulator.h"

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

/// Frames at the beginning and at half time of the recording, of as many seeds as it takes.
std::vector<Grid<float>> simulated(simulate::SimulationOptions options, uint64_t seeds) {
  std::vector<Grid<float>> out;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    options.world.seed = seed;
    simulate::Simulator simulator(options);
    const int64_t half = options.world.frames / 2;
    out.push_back(to_float32(simulator.image(0)));
    for (int64_t frame = 0; frame < half; ++frame) {
      simulator.truth();
    }
    out.push_back(to_float32(simulator.image(half)));
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

/// Median and quartiles of the equivalent circular diameters of whole particles.
void print_sizes(std::string_view what, const std::vector<Grid<float>>& images) {
  std::vector<double> ecd_px;
  size_t count = 0;
  for (const Grid<float>& image : images) {
    const auto found = imaging::components_of(bench::dark_particles(image));
    count += found.components.size();
    for (const imaging::Component& component : found.components) {
      if (!component.touches_border) {
        ecd_px.push_back(2 * std::sqrt(static_cast<double>(component.area_px) / std::numbers::pi));
      }
    }
  }
  std::sort(ecd_px.begin(), ecd_px.end());
  const auto quantile = [&](size_t quarter) { return ecd_px.at(quarter * ecd_px.size() / 4); };
  fmt::print("{}: {:.1f} particles an image, {} whole ones of {:.0f} ({:.0f} to {:.0f}) px\n", what,
             static_cast<double>(count) / static_cast<double>(images.size()), ecd_px.size(),
             quantile(2), quantile(1), quantile(3));
}

/// Mean and spread of background, and mean 12 px inside, as displayed.
void print_levels(std::string_view what, const std::vector<Grid<float>>& images) {
  bench::Statistics all;
  double dark = 0;
  for (const Grid<float>& image : images) {
    bench::add(image, all);
    const BinaryImage mask = bench::dark_particles(image);
    for (const uint8_t value : mask.values()) {
      dark += value / static_cast<double>(image.size().area() * images.size());
    }
  }
  bench::finish(all);
  fmt::print("{}: background {:.1f} +- {:.1f}, particles {:.1f} on {:.3f} of the area\n", what,
             all.profile[2 * bench::kReachPx - 5], std::sqrt(all.covariance[0]),
             all.profile[bench::kReachPx - 12], dark);
}

/// One kind of micrographs.
struct Set {
  std::string_view name;
  std::string_view colour;
  std::vector<Grid<float>> images;
  bench::Statistics statistics;
};

Set set_of(std::string_view name, std::string_view colour, std::vector<Grid<float>> images) {
  print_sizes(name, images);
  print_levels(name, images);
  bench::Statistics found = statistics(images);
  return {.name = name, .colour = colour, .images = std::move(images), .statistics = found};
}

/// Of the edge profile: enough pixels in both, and not the edge itself, which no pixel is at.
bool comparable(const bench::Statistics& a, const bench::Statistics& b, size_t at) {
  return std::min(a.profile_px[at], b.profile_px[at]) > 1000;
}

void print_distances(const Set& tiles, const Set& simulated) {
  const bench::Statistics& real = tiles.statistics;
  const bench::Statistics& ours = simulated.statistics;
  std::vector<double> ratios;
  std::vector<double> inside;
  double logs = 0;
  for (size_t i = 0; i < bench::kRings; ++i) {
    ratios.push_back(ours.power[i] / real.power[i]);
    logs += std::pow(std::log(ratios.back()), 2) / bench::kRings;
    if (real.inside[i] > 0) {
      inside.push_back(ours.inside[i] / real.inside[i]);
    }
  }
  double squares = 0;
  double count = 0;
  for (size_t i = 0; i < real.profile.size(); ++i) {
    if (comparable(real, ours, i)) {
      squares += std::pow(ours.profile[i] - real.profile[i], 2);
      count += 1;
    }
  }
  const auto correlation = [](const bench::Statistics& of) {
    std::vector<double> out;
    for (size_t lag = 1; lag <= 4; ++lag) {
      out.push_back(of.covariance[lag] / of.covariance[0]);
    }
    return out;
  };
  fmt::print("\n{} against {}\n", simulated.name, tiles.name);
  fmt::print("histogram distance {:.2f} grey levels\n", bench::histogram_distance(real, ours));
  fmt::print("spectrum ratio over {} and {} patches, rms factor {:.3f}; by ring {:.2f}\n",
             real.patches, ours.patches, std::exp(std::sqrt(logs)), fmt::join(ratios, " "));
  fmt::print("inside particles by ring {:.2f}\n", fmt::join(inside, " "));
  fmt::print("edge profile rms difference {:.2f} grey levels at {} of {} distances\n",
             std::sqrt(squares / count), count, real.profile.size() - 1);
  fmt::print("  tiles     {:.0f}\n  simulated {:.0f}\n", fmt::join(real.profile, " "),
             fmt::join(ours.profile, " "));
  fmt::print("autocorrelation at 1 to 4 px\n  tiles     {:.2f}\n  simulated {:.2f}\n",
             fmt::join(correlation(real), " "), fmt::join(correlation(ours), " "));
}

std::string line(const std::vector<std::optional<double>>& values, double low, double high,
                 bool logarithmic, std::string_view colour) {
  const auto scaled = [&](double value) {
    return logarithmic ? (std::log(std::max(value, 1e-9)) - std::log(low)) /
                             (std::log(high) - std::log(low))
                       : (value - low) / (high - low);
  };
  std::string points;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i]) {
      points += fmt::format("{:.1f},{:.1f} ",
                            320 * static_cast<double>(i) / static_cast<double>(values.size() - 1),
                            180 * (1 - std::clamp(scaled(*values[i]), 0.0, 1.0)));
    }
  }
  return fmt::format("<polyline points='{}' fill='none' stroke='{}' stroke-width='1.5'/>\n", points,
                     colour);
}

/// What a panel shows of a set; nothing where the set has no value.
using Values = std::vector<std::optional<double>>;
using ValuesOf = std::function<Values(const bench::Statistics&)>;

struct Panel {
  std::string_view title;
  std::string_view ticks;
  bool logarithmic = false;
  ValuesOf values;
};

std::string drawn(const Panel& panel, const std::vector<Set>& sets, size_t at) {
  std::vector<Values> all;
  all.reserve(sets.size());
  for (const Set& set : sets) {
    all.push_back(panel.values(set.statistics));
  }
  std::vector<double> known;
  for (const Values& values : all) {
    for (const auto& value : values) {
      if (value) {
        known.push_back(*value);
      }
    }
  }
  const auto [low, high] = std::minmax_element(known.begin(), known.end());
  const double from = panel.logarithmic ? std::max(*low / 2, 1e-6) : *low - 0.1 * (*high - *low);
  const double to = panel.logarithmic ? *high * 2 : *high + 0.1 * (*high - *low);
  std::string lines;
  for (size_t i = all.size(); i-- > 0;) {
    lines += line(all[i], from, to, panel.logarithmic, sets[i].colour);
  }
  return fmt::format(
      "<g transform='translate({},{})'><rect width='320' height='180' fill='none' "
      "stroke='#888'/>\n<text x='160' y='-6' text-anchor='middle'>{}</text><text x='160' y='196' "
      "text-anchor='middle'>{}</text><text x='-4' y='10' text-anchor='end'>{:.3g}</text><text "
      "x='-4' y='180' text-anchor='end'>{:.3g}</text>\n{}</g>\n",
      60 + 390 * (at % 2), 60 + 240 * (at / 2), panel.title, panel.ticks, to, from, lines);
}

template <typename Array>
Values values_of(const Array& array) {
  Values out;
  for (const double value : array) {
    out.push_back(value != 0 ? std::optional(value) : std::nullopt);
  }
  return out;
}

/// Stretched tiles lack some grey levels: bins of 4.
Values coarse_histogram(const bench::Statistics& of) {
  std::array<double, 64> bins{};
  for (size_t i = 0; i < 256; ++i) {
    bins[i / 4] += of.histogram[i];
  }
  return {bins.begin(), bins.end()};
}

void draw(const std::string& path, const std::vector<Set>& sets) {
  const std::array<Panel, 5> panels = {
      {{"histogram", "grey level, 0 to 255", false, coarse_histogram},
       {"power spectrum, background", "0 to 0.5 cycles per pixel", true,
        [](const bench::Statistics& of) { return values_of(of.power); }},
       {"autocovariance, background", "lag, 0 to 15 px", false,
        [](const bench::Statistics& of) { return values_of(of.covariance); }},
       {"power spectrum, inside particles", "0 to 0.5 cycles per pixel", true,
        [](const bench::Statistics& of) { return values_of(of.inside); }},
       {"grey level across an edge", "30 px inside to 30 px outside", false,
        [](const bench::Statistics& of) {
          Values out;
          for (size_t i = 0; i < of.profile.size(); ++i) {
            out.push_back(comparable(of, of, i) ? std::optional(of.profile[i]) : std::nullopt);
          }
          return out;
        }}}};
  std::ofstream file(path);
  file << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 820 770' "
          "font-family='sans-serif' font-size='11'>\n<rect width='820' height='770' "
          "fill='#fff'/>\n";
  for (size_t i = 0; i < sets.size(); ++i) {
    file << fmt::format("<text x='{}' y='20' fill='{}' font-weight='bold'>{}</text>\n",
                        60 + 250 * i, sets[i].colour, sets[i].name);
  }
  for (size_t i = 0; i < panels.size(); ++i) {
    file << drawn(panels[i], sets, i);
  }
  file << "</svg>\n";
}

/// Crops of two micrographs of each set, a column a set.
void put_side_by_side(const std::string& path, const std::vector<Set>& sets) {
  constexpr int64_t kRows = 2;
  constexpr int64_t kSide = 340;
  constexpr int64_t kFrom = 86;  // of the crop, on either axis
  constexpr int64_t kGap = 8;
  const auto columns = static_cast<int64_t>(sets.size());
  Picture out({kRows * (kSide + kGap) - kGap, columns * (kSide + kGap) - kGap}, {255, 255, 255});
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const auto& images = sets[static_cast<size_t>(column)].images;
      const Grid<float> image = standardised(images.at(static_cast<size_t>(row)));
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
  if (argc < 3 || argc > 4) {
    fmt::print("usage: bench_looks_real TILES_DIR OUT.svg [FILE.toml]\n");
    return 2;
  }
  pipeline::SimulationRequest request{.preset = "sintering", .config = argc > 3 ? argv[3] : ""};
  const auto as_it_is = pipeline::requested_simulation(request);
  request.pixel_size_nm = 0.1;
  const auto as_large = pipeline::requested_simulation(request);
  const std::vector<Set> sets = {
      set_of("published tiles", "#222", tiles(argv[1])),
      set_of("simulated, 0.1 nm a pixel", "#d52", simulated(as_large.options, 12)),
      set_of("simulated, as the preset is", "#27b", simulated(as_it_is.options, 6))};
  print_distances(sets[0], sets[1]);
  print_distances(sets[0], sets[2]);
  const std::string svg = argv[2];
  draw(svg, sets);
  put_side_by_side(svg.substr(0, svg.rfind('.')) + ".png", sets);
}
