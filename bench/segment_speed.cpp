// CPU time of the threshold segmenter a frame, whole and by step.

#include <algorithm>
#include <cmath>
#include <ctime>
#include <vector>

#include <fmt/format.h>

#include "mote/imaging/components.h"
#include "mote/imaging/contrast.h"
#include "mote/imaging/distance.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/outline.h"
#include "mote/imaging/refine.h"
#include "mote/imaging/regions.h"
#include "mote/imaging/threshold.h"
#include "mote/imaging/watershed.h"
#include "mote/segment/threshold.h"
#include "tests/synthetic.h"

namespace {

using namespace mote;

double cpu_ms() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// The least of `runs` runs: what the machine needs when nobody disturbs it.
template <typename Work>
double least_ms(int runs, Work work) {
  double least = 1e12;
  for (int i = 0; i < runs; ++i) {
    const double before = cpu_ms();
    work();
    least = std::min(least, cpu_ms() - before);
  }
  return least;
}

void measure(int64_t side, double radius, int64_t particles, double noise) {
  const double spacing = static_cast<double>(side) / std::sqrt(static_cast<double>(particles));
  std::vector<synthetic::Disc> discs;
  synthetic::Noise place(3);
  const auto columns = static_cast<int64_t>(std::sqrt(static_cast<double>(particles)) + 0.5);
  for (int64_t i = 0; i < particles; ++i) {
    const double free = std::max(0.0, 0.5 * spacing - radius - 2);
    discs.push_back(
        {(static_cast<double>(i / columns) + 0.5) * spacing + free * (2 * place.uniform() - 1),
         (static_cast<double>(i % columns) + 0.5) * spacing + free * (2 * place.uniform() - 1),
         radius * (0.7 + 0.3 * place.uniform())});
  }
  Grid<float> image =
      synthetic::image({side, side}, discs, {.background = 150, .particle = 80, .noise_sd = noise});
  for (float& value : image.values()) {
    value = std::clamp(std::round(value), 0.0F, 255.0F);
  }
  const BinaryImage none;
  const segment::SegmenterInput input{image, none};
  const int runs = side > 1024 ? 3 : 10;
  const auto row = [&](const char* step, double ms) {
    fmt::print("{},{},{:.0f},{},{:.2f}\n", side, particles, noise, step, ms);
  };

  const auto segmenter = segment::make_threshold_segmenter({});
  std::unique_ptr<segment::Prepared> frame;
  row("prepare", least_ms(runs, [&] { frame = segmenter->prepare(input); }));
  segmenter->settle(*frame);
  Segmentation found;
  row("segment", least_ms(runs, [&] { found = segmenter->segment(input, *frame); }));
  row("regions found (count)", static_cast<double>(found.regions.size()));

  const double sigma = found.values.at("sigma_px");
  Grid<float> flat;
  row("- flattened", least_ms(runs, [&] {
        flat = imaging::flattened(image, none, static_cast<double>(side) / 8);
      }));
  Grid<float> smooth;
  row("- gaussian", least_ms(runs, [&] { smooth = imaging::gaussian(flat, sigma); }));
  imaging::Histogram histogram;
  row("- histogram", least_ms(runs, [&] { histogram = imaging::histogram_of(smooth, none); }));
  row("- levels and Otsu", least_ms(runs, [&] {
        (void)imaging::levels_of(histogram, std::nullopt, 9);
        (void)imaging::otsu(histogram);
      }));
  BinaryImage mask(image.size());
  Grid<float> field(image.size());
  const double threshold = found.values.at("threshold");
  for (size_t i = 0; i < mask.values().size(); ++i) {
    field.values()[i] = static_cast<float>(threshold) - smooth.values()[i];
    mask.values()[i] = field.values()[i] > 0;
  }
  imaging::Components components;
  row("- components", least_ms(runs, [&] { components = imaging::components_of(mask); }));
  row("- holes", least_ms(runs, [&] { (void)imaging::holes_of(mask); }));
  std::vector<imaging::Outline> outlines;
  row("- outlines", least_ms(runs, [&] { outlines = imaging::outlines_of(mask, field); }));
  row("- refined",
      least_ms(runs, [&] { (void)imaging::refined(outlines, image, mask, {.sigma_px = sigma}); }));
  Grid<float> covered(image.size());
  row("- coverage", least_ms(runs, [&] { imaging::add_area_coverage(outlines, covered); }));
  Grid<float> distance;
  row("- distance", least_ms(runs, [&] { distance = imaging::distance_to_background(mask); }));
  row("- contrasts", least_ms(runs, [&] {
        (void)imaging::contrasts_of(components.labels, components.components.size(), distance,
                                    image);
      }));
  LabelImage labels;
  row("- watershed",
      least_ms(runs, [&] { labels = imaging::cut_at_necks(components, distance, {}); }));
  row("- regions",
      least_ms(runs, [&] { (void)imaging::segmentation_of(labels, found.coverage, &distance); }));
}

}  // namespace

int main() {
  fmt::print("side_px,particles,noise,step,cpu_ms\n");
  measure(512, 30, 16, 8);
  measure(512, 30, 16, 40);
  measure(2048, 24, 1000, 8);
  measure(2048, 12, 4000, 8);
  measure(4096, 24, 4000, 8);
  return 0;
}
