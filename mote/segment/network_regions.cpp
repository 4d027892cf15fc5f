#include "mote/segment/network_regions.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "mote/imaging/components.h"
#include "mote/imaging/distance.h"
#include "mote/imaging/neck_profile.h"
#include "mote/imaging/outline.h"
#include "mote/imaging/regions.h"
#include "mote/imaging/watershed.h"
#include "mote/segment/refined_coverage.h"
#include "mote/segment/significance.h"
#include "mote/segment/threshold_finding.h"
#include "mote/segment/threshold_mask.h"

namespace mote::segment {
namespace {

/// No second piece of an instance has such a share of it.
constexpr double kMoreThanAll = 2;
constexpr int kSides[4][2] = {{-1, 0}, {0, -1}, {0, 1}, {1, 0}};

BinaryImage inside(const Grid<float>& field) {
  auto mask = BinaryImage::unfilled(field.size());
  std::transform(field.values().begin(), field.values().end(), mask.values().begin(),
                 [](float height) { return height > 0 ? uint8_t{1} : uint8_t{0}; });
  return mask;
}

/// Whether what is inside the mask is brighter than what is not, unless the options say it.
bool is_bright(const SegmenterInput& input, const BinaryImage& mask, Polarity polarity) {
  if (polarity != Polarity::kAuto) {
    return polarity == Polarity::kBright;
  }
  double sums[2] = {0, 0};
  double pixels[2] = {0, 0};
  for (size_t i = 0; i < mask.values().size(); ++i) {
    if (input.excluded.empty() || input.excluded.values()[i] == 0) {
      sums[mask.values()[i]] += input.image.values()[i];
      pixels[mask.values()[i]] += 1;
    }
  }
  return pixels[0] > 0 && pixels[1] > 0 && sums[1] / pixels[1] > sums[0] / pixels[0];
}

/// The labels of `known` on the pixels of `mask`, and on those that it does not reach the label of
/// the nearest pixel, counted in steps to a side neighbour inside the mask. What no label reaches
/// has none.
LabelImage spread(const LabelImage& known, const BinaryImage& mask) {
  LabelImage labels(mask.size());
  std::vector<std::pair<int64_t, int64_t>> front;
  for (int64_t y = 0; y < mask.height(); ++y) {
    for (int64_t x = 0; x < mask.width(); ++x) {
      if (mask(y, x) != 0 && known(y, x) != 0) {
        labels(y, x) = known(y, x);
        front.emplace_back(y, x);
      }
    }
  }
  std::vector<std::pair<int64_t, int64_t>> next;
  while (!front.empty()) {
    for (const auto& [y, x] : front) {
      for (const auto& side : kSides) {
        const int64_t v = y + side[0];
        const int64_t u = x + side[1];
        if (mask.size().contains(v, u) && mask(v, u) != 0 && labels(v, u) == 0) {
          labels(v, u) = labels(y, x);
          next.emplace_back(v, u);
        }
      }
    }
    front = std::exchange(next, {});
  }
  return labels;
}

/// Takes away pieces that have less than `share` of their instance, but for its largest.
void keep_large_pieces(LabelImage& labels, double share) {
  const imaging::LabelPieces pieces = imaging::pieces_of(labels);
  struct Instance {
    int64_t area_px = 0;
    int64_t largest_px = 0;
    size_t largest = 0;  // the first of that area
  };
  std::map<int32_t, Instance> instances;  // by label
  for (size_t i = 0; i < pieces.labels.size(); ++i) {
    Instance& instance = instances[pieces.labels[i]];
    instance.area_px += pieces.areas_px[i];
    if (pieces.areas_px[i] > instance.largest_px) {
      instance.largest_px = pieces.areas_px[i];
      instance.largest = i;
    }
  }
  std::vector<uint8_t> kept = {0};  // by number
  for (size_t i = 0; i < pieces.labels.size(); ++i) {
    const Instance& instance = instances.at(pieces.labels[i]);
    kept.push_back(i == instance.largest || static_cast<double>(pieces.areas_px[i]) >=
                                                share * static_cast<double>(instance.area_px));
  }
  for (size_t i = 0; i < labels.values().size(); ++i) {
    if (kept[static_cast<size_t>(pieces.numbers.values()[i])] == 0) {
      labels.values()[i] = 0;
    }
  }
}

/// Takes away instances that are too small and touch another; those that touch none are judged by
/// what they cover.
void leave_out_small(LabelImage& labels, const imaging::Components& components,
                     double min_diameter_px) {
  std::vector<int64_t> areas_px;  // by label
  for (const int32_t label : labels.values()) {
    areas_px.resize(std::max(areas_px.size(), static_cast<size_t>(label) + 1), 0);
    ++areas_px[static_cast<size_t>(label)];
  }
  const double least_px = area_of_diameter(min_diameter_px);
  for (size_t i = 0; i < labels.values().size(); ++i) {
    int32_t& label = labels.values()[i];
    if (label == 0) {
      continue;
    }
    const int64_t area_px = areas_px[static_cast<size_t>(label)];
    const auto component = static_cast<size_t>(components.labels.values()[i]);
    const bool touches = area_px < components.components[component - 1].area_px;
    if (touches && static_cast<double>(area_px) < least_px) {
      label = 0;
    }
  }
}

/// Gives what is inside the mask and lost its label in a hole of the labels to the nearest of them:
/// what lies within an instance is no particle of its own.
void fill_lost(LabelImage& labels, const BinaryImage& mask) {
  BinaryImage reached = imaging::mask_of(labels);
  const imaging::Components holes = imaging::holes_of(reached);
  if (holes.components.empty()) {
    return;
  }
  for (size_t i = 0; i < reached.values().size(); ++i) {
    if (holes.labels.values()[i] != 0) {
      reached.values()[i] = mask.values()[i];
    }
  }
  labels = spread(labels, reached);
}

/// Labels become 1, 2, ... in their order.
void close_gaps(LabelImage& labels) {
  std::vector<int32_t> number = {0};
  for (const int32_t label : labels.values()) {
    number.resize(std::max(number.size(), static_cast<size_t>(label) + 1), 0);
    number[static_cast<size_t>(label)] = label;
  }
  int32_t next = 0;
  for (int32_t& label : number) {
    label = label != 0 ? ++next : 0;
  }
  for (int32_t& label : labels.values()) {
    label = number[static_cast<size_t>(label)];
  }
}

/// The pixels that are particle, as the image has it.
struct Boundary {
  BinaryImage mask;
  Grid<uint8_t> coverage;  // empty where boundaries are not refined
  bool bright = false;
};

Boundary boundary_of(const NetworkFinding& finding, const SegmenterInput& input,
                     const ThresholdOptions& unjudged) {
  Boundary found{.mask = inside(finding.field), .coverage = {}};
  leave_out(found.mask, input.excluded);
  found.bright = is_bright(input, found.mask, unjudged.polarity);
  std::vector<imaging::Outline> outlines = imaging::outlines_of(found.mask, finding.field);
  if (tidy(found.mask, outlines, input.image, unjudged)) {
    outlines = imaging::outlines_of(found.mask, finding.field);
  }
  if (unjudged.refine) {
    found.coverage = refined_coverage(input.image, found.mask, outlines,
                                      {.bright = found.bright, .sigma_px = finding.blur_px});
    keep_cuts(found.coverage, found.mask, input.excluded);
    found.mask = covered_by_half(found.coverage);
  }
  return found;
}

/// What stands out how much is the network's business.
ThresholdOptions unjudged_by_contrast(const ThresholdOptions& options) {
  ThresholdOptions unjudged = options;
  unjudged.method = ThresholdMethod::kFixed;
  return unjudged;
}

LabelImage labels_of(const NetworkFinding& finding, const BinaryImage& mask,
                     const imaging::Components& components, const Grid<float>& distance,
                     const ThresholdOptions& options) {
  if (!finding.instances.empty()) {
    LabelImage labels = spread(finding.instances, mask);
    keep_large_pieces(labels, kMoreThanAll);
    leave_out_small(labels, components, options.min_diameter_px);
    fill_lost(labels, mask);
    close_gaps(labels);
    return labels;
  }
  return options.split ? imaging::cut_at_necks(components, distance,
                                               {.max_neck_ratio = options.max_neck_ratio,
                                                .min_diameter_px = options.min_diameter_px})
                       : components.labels;
}

/// What lost its label is not covered either.
void clear_unlabelled(Grid<uint8_t>& coverage, const LabelImage& labels) {
  for (size_t i = 0; i < coverage.values().size(); ++i) {
    uint8_t& covered = coverage.values()[i];
    covered = covered >= 128 && labels.values()[i] == 0 ? uint8_t{0} : covered;
  }
}

/// Takes away the labels of what is too small, and what they cover; the contrasts of the others, by
/// label.
std::vector<double> drop_small(LabelImage& labels, const imaging::Components& components,
                               const Grid<float>& distance, Boundary& found, double blur_px,
                               const Grid<float>& image, const ThresholdOptions& unjudged) {
  std::vector<double> contrasts =
      drop_insignificant(labels, components, found.coverage, distance, image,
                         {.sigma_px = blur_px, .bright = found.bright}, unjudged);
  clear_unlabelled(found.coverage, labels);
  return contrasts;
}

}  // namespace

NetworkFinding finding_of(LabelImage instances, double blur_px) {
  Grid<float> field = Grid<float>::unfilled(instances.size());
  std::transform(instances.values().begin(), instances.values().end(), field.values().begin(),
                 [](int32_t label) { return label != 0 ? 0.5F : -0.5F; });
  return {.field = std::move(field), .instances = std::move(instances), .blur_px = blur_px};
}

CoveredLabels covered_labels(const NetworkFinding& finding, const SegmenterInput& input,
                             const ThresholdOptions& options, double min_piece_share) {
  const ThresholdOptions unjudged = unjudged_by_contrast(options);
  Boundary found = boundary_of(finding, input, unjudged);
  LabelImage labels = spread(finding.instances, found.mask);
  keep_large_pieces(labels, min_piece_share);
  fill_lost(labels, found.mask);
  drop_small(labels, imaging::components_of(found.mask),
             imaging::distance_to_background(found.mask), found, finding.blur_px, input.image,
             unjudged);
  return {.labels = std::move(labels), .coverage = std::move(found.coverage)};
}

Segmentation regions_of(const NetworkFinding& finding, const SegmenterInput& input,
                        const ThresholdOptions& options) {
  const ThresholdOptions unjudged = unjudged_by_contrast(options);
  Boundary found = boundary_of(finding, input, unjudged);
  const Grid<float> distance = imaging::distance_to_background(found.mask);
  const imaging::Components components = imaging::components_of(found.mask);
  LabelImage labels = labels_of(finding, found.mask, components, distance, options);
  const std::vector<double> contrasts =
      drop_small(labels, components, distance, found, finding.blur_px, input.image, unjudged);
  Segmentation segmentation =
      imaging::segmentation_of(std::move(labels), std::move(found.coverage));
  imaging::measure_necks(segmentation, input.image, found.bright);
  imaging::mark_cut(segmentation, input.excluded);
  for (Region& region : segmentation.regions) {
    region.contrast = contrasts[static_cast<size_t>(region.label)];
  }
  segmentation.values["bright"] = found.bright ? 1 : 0;
  return segmentation;
}

}  // namespace mote::segment
