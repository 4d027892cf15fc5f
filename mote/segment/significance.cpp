#include "mote/segment/significance.h"

#include <algorithm>
#include <utility>

#include "mote/core/runs.h"
#include "mote/imaging/contrast.h"
#include "mote/imaging/regions.h"

namespace mote::segment {
namespace {

// What stands out less against its surroundings, as a part of the particles' contrast, is uneven
// background.
constexpr double kLeastContrast = 0.35;

/// Calls `use` with the place of every pixel that has a label.
template <typename Use>
void for_labelled(const LabelImage& labels, Use use) {
  for_runs(labels.data(), labels.size().area(), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      use(static_cast<size_t>(i));
    }
  });
}

/// Areas of components by number, with partial pixels where some is so small that they matter.
std::vector<double> areas_of(const imaging::Components& components, const Grid<uint8_t>& coverage,
                             double least_diameter_px) {
  std::vector<double> areas = {0};
  bool small = false;
  for (const imaging::Component& component : components.components) {
    areas.push_back(static_cast<double>(component.area_px));
    small = small || areas.back() < area_of_diameter(least_diameter_px + 2);
  }
  if (!small || coverage.empty()) {
    return areas;
  }
  std::fill(areas.begin(), areas.end(), 0);
  const LabelImage owners = imaging::coverage_owners(components.labels, coverage);
  for_labelled(owners, [&](size_t i) {
    areas[static_cast<size_t>(owners.values()[i])] += coverage.values()[i] / 255.0;
  });
  return areas;
}

}  // namespace

std::vector<double> drop_insignificant(LabelImage& labels, const imaging::Components& components,
                                       const Grid<uint8_t>& coverage, const Grid<float>& distance,
                                       const Grid<float>& image, const Finding& applied,
                                       const ThresholdOptions& options) {
  size_t count = 0;
  for_labelled(labels,
               [&](size_t i) { count = std::max(count, static_cast<size_t>(labels.values()[i])); });
  std::vector<double> contrasts = imaging::contrasts_of(labels, count, distance, image);
  const bool judged = options.method == ThresholdMethod::kAuto;
  const double least_contrast = judged ? kLeastContrast * applied.contrast : 0;

  const std::vector<double> areas = areas_of(components, coverage, options.min_diameter_px);
  // A component stays or goes as a whole: by its area, and by its best part's contrast.
  std::vector<double> best(components.components.size() + 1, 0);
  for_labelled(labels, [&](size_t i) {
    double& contrast = best[static_cast<size_t>(components.labels.values()[i])];
    contrast = std::max(contrast, contrasts[static_cast<size_t>(labels.values()[i])]);
  });
  std::vector<uint8_t> kept(best.size(), 0);
  bool all = true;
  for (size_t i = 1; i < best.size(); ++i) {
    kept[i] = best[i] >= least_contrast && areas[i] >= area_of_diameter(options.min_diameter_px);
    all = all && kept[i] != 0;
  }
  if (all) {
    return contrasts;
  }
  std::vector<uint8_t> present(count + 1, 0);
  for_labelled(labels, [&](size_t i) {
    int32_t& label = labels.values()[i];
    if (kept[static_cast<size_t>(components.labels.values()[i])] == 0) {
      label = 0;
    } else {
      present[static_cast<size_t>(label)] = 1;
    }
  });
  std::vector<double> left = {0};
  for (size_t label = 1; label <= count; ++label) {
    if (present[label] != 0) {
      left.push_back(contrasts[label]);
    }
  }
  return left;
}

}  // namespace mote::segment
