// Bias and spread of ECD and centroid through the whole way from a drawn micrograph to a number:
// default threshold segmenter, then measure_instances. Prints the table of docs/measurements.md;
// with a file name as argument, draws its figure as SVG.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/measure/instance.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "tests/synthetic.h"

namespace {

using mote::Grid;
using mote::Size;
using mote::synthetic::Disc;

struct Setting {
  double radius_px = 10;
  double sigma_px = mote::segment::ThresholdOptions{}.sigma_px;
  double noise_sd = 10;  // grey levels, on a contrast of 100
  double area_fraction = 0.1;
};

struct Result {
  double bias_percent = 0;
  double sd_percent = 0;
  double centroid_rms_px = 0;  // per axis
  int found = 0;
  int drawn = 0;
};

/// Discs of one radius at random sub-pixel places on 512 x 512 px, blurred by an optics of 1 px.
Result measured(const Setting& setting) {
  constexpr Size kSize{512, 512};
  Result out;
  double sum = 0;
  double squares = 0;
  double centroid = 0;
  for (uint64_t seed = 1; out.drawn < 100 && seed <= 40; ++seed) {
    const std::vector<Disc> discs = mote::synthetic::scattered(
        kSize, setting.radius_px, setting.radius_px, setting.area_fraction, 5, seed);
    const Grid<float> image = mote::synthetic::image(
        kSize, discs, {.blur_px = 1, .noise_sd = setting.noise_sd, .seed = seed});
    mote::segment::ThresholdOptions options;
    options.sigma_px = setting.sigma_px;
    options.min_diameter_px = std::min(options.min_diameter_px, setting.radius_px);
    const auto segmenter = mote::segment::make_threshold_segmenter(options);
    const mote::Segmentation cut =
        mote::segment::segment_one(*segmenter, {.image = image, .excluded = {}});
    const auto instances = mote::measure::measure_instances(image, cut.labels, cut.coverage);
    out.drawn += static_cast<int>(discs.size());
    for (const Disc& disc : discs) {
      const int32_t label = cut.labels(std::llround(disc.y_px), std::llround(disc.x_px));
      const auto found = std::find_if(instances.begin(), instances.end(),
                                      [&](const auto& m) { return m.label == label; });
      if (found == instances.end()) {
        continue;
      }
      const double ratio =
          mote::measure::equivalent_diameter_px(found->area_px2) / (2 * disc.radius_px) - 1;
      sum += ratio;
      squares += ratio * ratio;
      centroid += std::pow(found->centroid.y_px - disc.y_px, 2) +
                  std::pow(found->centroid.x_px - disc.x_px, 2);
      ++out.found;
    }
  }
  if (out.found > 0) {
    out.bias_percent = 100 * sum / out.found;
    out.sd_percent =
        100 * std::sqrt(std::max(0.0, squares / out.found - std::pow(sum / out.found, 2)));
    out.centroid_rms_px = std::sqrt(centroid / out.found / 2);
  }
  return out;
}

struct Series {
  std::string what;
  std::vector<double> at;
  std::vector<Result> results;
};

Series series(const std::string& what, const std::vector<double>& values, double Setting::*member,
              Setting setting) {
  Series out{.what = what, .at = values};
  for (const double value : values) {
    setting.*member = value;
    const Result r = measured(setting);
    out.results.push_back(r);
    fmt::print("| {} | {:g} | {:+.2f} ± {:.2f} | {:.3f} | {} of {} |\n", what, value,
               r.bias_percent, r.sd_percent, r.centroid_rms_px, r.found, r.drawn);
  }
  return out;
}

/// One panel: bias as a line, ± one standard deviation as bars, ticks at the values.
std::string panel(const Series& s, double left, double top) {
  constexpr double kWidth = 300;
  constexpr double kHeight = 150;
  constexpr double kReach = 4;  // per cent
  std::string out = fmt::format(
      "<g transform='translate({},{})'><rect width='{}' height='{}' fill='none' stroke='#888'/>\n",
      left, top, kWidth, kHeight);
  const auto y_of = [&](double percent) {
    return kHeight / 2 * (1 - std::clamp(percent, -kReach, kReach) / kReach);
  };
  for (const double percent : {-4.0, -2.0, -0.5, 0.5, 2.0, 4.0}) {
    out += fmt::format(
        "<line x2='{0}' y1='{1:.1f}' y2='{1:.1f}' stroke='{2}' stroke-dasharray='3 3'/>\n", kWidth,
        y_of(percent), std::abs(percent) == 0.5 ? "#2a7" : "#ccc");
    out += fmt::format("<text x='-6' y='{:.1f}' text-anchor='end'>{:+g}</text>\n",
                       y_of(percent) + 4, percent);
  }
  std::string line;
  for (size_t i = 0; i < s.at.size(); ++i) {
    const double x = kWidth * (static_cast<double>(i) + 0.5) / static_cast<double>(s.at.size());
    const Result& r = s.results[i];
    out += fmt::format("<text x='{:.1f}' y='{}' text-anchor='middle'>{:g}</text>\n", x,
                       kHeight + 14, s.at[i]);
    if (r.found == 0) {
      continue;
    }
    out +=
        fmt::format("<line x1='{0:.1f}' x2='{0:.1f}' y1='{1:.1f}' y2='{2:.1f}' stroke='#36c'/>\n",
                    x, y_of(r.bias_percent - r.sd_percent), y_of(r.bias_percent + r.sd_percent));
    out += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='3' fill='#36c'/>\n", x,
                       y_of(r.bias_percent));
    line += fmt::format("{:.1f},{:.1f} ", x, y_of(r.bias_percent));
  }
  out += fmt::format("<polyline points='{}' fill='none' stroke='#36c'/>\n", line);
  out += fmt::format("<text x='{}' y='{}' text-anchor='middle'>{}</text></g>\n", kWidth / 2,
                     kHeight + 30, s.what);
  return out;
}

void draw(const std::string& path, const std::vector<Series>& all) {
  std::ofstream file(path);
  file << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 760 460' font-family='sans-serif' "
          "font-size='11'>\n<rect width='760' height='460' fill='#fff'/>\n"
          "<text x='380' y='18' text-anchor='middle'>ECD: bias and standard deviation, %</text>\n";
  for (size_t i = 0; i < all.size(); ++i) {
    file << panel(all[i], 50 + 370 * static_cast<double>(i % 2),
                  36 + 215 * static_cast<double>(i / 2));
  }
  file << "</svg>\n";
}

}  // namespace

int main(int argc, char** argv) {
  fmt::print(
      "| varied | value | ECD, % | centroid, px rms | found |\n"
      "| --- | --- | --- | --- | --- |\n");
  const std::vector<Series> all{
      series("radius in px, without noise", {3, 4, 5, 6, 8, 10, 15, 20, 30, 45},
             &Setting::radius_px, {.noise_sd = 0}),
      series("sigma_px (0: found) at r = 10 px, noise 10", {0, 0.5, 1, 1.5, 2, 3, 4, 5},
             &Setting::sigma_px, {}),
      series("noise sd at r = 10 px, contrast 100", {0, 5, 10, 20, 30, 40, 60}, &Setting::noise_sd,
             {}),
      series("area fraction at r = 10 px, noise 10", {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4},
             &Setting::area_fraction, {})};
  if (argc > 1) {
    draw(argv[1], all);
  }
}
