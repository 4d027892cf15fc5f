#include "mote/segment/significance.h"

#include <algorithm>
#include <utility>

#include "mote/core/disc.h"
#include "mote/core/runs.h"
#include "mote/imaging/contrast.h"
#include "mote/imaging/regions.h"

namespace mote::segment {
namespace {

// What stands out less against its surroundings, as a part of the particles' contrast, is uneven
// background. The rim of a sphere, at the half level, stands out less the larger it is: 8 / r of
// its middle at a radius of r px, where a Gaussian slope of the background has 4 / r.
constexpr double kLeastContrast = 0.35;
constexpr double kLargeRadiusPx = 12;
// Islands of noise at the rim of a bright particle, which is noisier than the background, stand out
// by chance: so many standard errors less must be this part of the least contrast still.
constexpr double kErrors = 4;
constexpr double kLeastSure = 0.6;

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

/// The least contrast of a component of so many pixels, as a part of that of the particles.
double least_contrast(double area_px) {
  return kLeastContrast * std::min(1.0, kLargeRadiusPx / equivalent_radius_px(area_px));
}

bool stands_out(const imaging::Contrast& contrast, double least, bool bright) {
  const bool is_sure =
      !bright || least == 0 || contrast.value - kErrors * contrast.error >= kLeastSure * least;
  return contrast.value >= least && is_sure;
}

}  // namespace

std::vector<double> drop_insignificant(LabelImage& labels, const imaging::Components& components,
                                       const Grid<uint8_t>& coverage, const Grid<float>& distance,
                                       const Grid<float>& image, const Finding& applied,
                                       const ThresholdOptions& options) {
  size_t count = 0;
  for_labelled(labels,
               [&](size_t i) { count = std::max(count, static_cast<size_t>(labels.values()[i])); });
  const std::vector<imaging::Contrast> contrasts =
      imaging::contrasts_of(labels, count, distance, image);
  const std::vector<double> areas = areas_of(components, coverage, options.min_diameter_px);
  // A component stays or goes as a whole: by its area, and by the contrast of its parts.
  const bool judged = options.method == ThresholdMethod::kAuto;
  std::vector<uint8_t> kept(areas.size(), judged ? 0 : 1);
  if (judged) {
    std::vector<size_t> component_of(count + 1, 0);  // by label
    for_labelled(labels, [&](size_t i) {
      component_of[static_cast<size_t>(labels.values()[i])] =
          static_cast<size_t>(components.labels.values()[i]);
    });
    for (size_t label = 1; label <= count; ++label) {
      const size_t component = component_of[label];
      if (stands_out(contrasts[label], applied.contrast * least_contrast(areas[component]),
                     applied.bright)) {
        kept[component] = 1;
      }
    }
  }
  for (size_t i = 1; i < areas.size(); ++i) {
    kept[i] = kept[i] != 0 && areas[i] >= area_of_diameter(options.min_diameter_px);
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
      left.push_back(contrasts[label].value);
    }
  }
  return left;
}

}  // namespace mote::segment
