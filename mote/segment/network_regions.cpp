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
#include "mote/segment/threshold_mask.h"

namespace mote::segment {
namespace {

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

/// Gives the piece at (y, x), of side neighbours of equal label, the number `piece`; its area.
int64_t flood(const LabelImage& labels, int64_t y, int64_t x, int32_t piece, LabelImage& pieces) {
  std::vector<std::pair<int64_t, int64_t>> stack = {{y, x}};
  pieces(y, x) = piece;
  int64_t area = 0;
  while (!stack.empty()) {
    const auto [v, u] = stack.back();
    stack.pop_back();
    ++area;
    for (const auto& side : kSides) {
      const int64_t b = v + side[0];
      const int64_t a = u + side[1];
      if (labels.size().contains(b, a) && labels(b, a) == labels(y, x) && pieces(b, a) == 0) {
        pieces(b, a) = piece;
        stack.emplace_back(b, a);
      }
    }
  }
  return area;
}

/// Takes away pieces of instances that do not hang together with the largest piece.
void keep_largest_pieces(LabelImage& labels) {
  LabelImage pieces(labels.size());
  std::vector<int64_t> areas = {0};    // by piece
  std::map<int32_t, int32_t> largest;  // piece by label
  for (int64_t y = 0; y < labels.height(); ++y) {
    for (int64_t x = 0; x < labels.width(); ++x) {
      if (labels(y, x) == 0 || pieces(y, x) != 0) {
        continue;
      }
      const auto piece = static_cast<int32_t>(areas.size());
      areas.push_back(flood(labels, y, x, piece, pieces));
      int32_t& best = largest[labels(y, x)];
      if (areas.back() > areas[static_cast<size_t>(best)]) {
        best = piece;
      }
    }
  }
  for (size_t i = 0; i < labels.values().size(); ++i) {
    int32_t& label = labels.values()[i];
    label = label != 0 && pieces.values()[i] == largest[label] ? label : 0;
  }
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

LabelImage labels_of(const NetworkFinding& finding, const BinaryImage& mask,
                     const imaging::Components& components, const Grid<float>& distance,
                     const ThresholdOptions& options) {
  if (!finding.instances.empty()) {
    LabelImage labels = spread(finding.instances, mask);
    keep_largest_pieces(labels);
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

}  // namespace

Segmentation regions_of(const NetworkFinding& finding, const SegmenterInput& input,
                        const ThresholdOptions& options) {
  ThresholdOptions unjudged = options;
  unjudged.method = ThresholdMethod::kFixed;  // contrast is the network's business
  BinaryImage mask = inside(finding.field);
  leave_out(mask, input.excluded);
  const bool bright = is_bright(input, mask, options.polarity);
  std::vector<imaging::Outline> outlines = imaging::outlines_of(mask, finding.field);
  if (tidy(mask, outlines, input.image, unjudged)) {
    outlines = imaging::outlines_of(mask, finding.field);
  }
  Grid<uint8_t> coverage;
  if (options.refine) {
    coverage = refined_coverage(input.image, mask, outlines,
                                {.bright = bright, .sigma_px = finding.blur_px});
    keep_cuts(coverage, mask, input.excluded);
    mask = covered_by_half(coverage);
  }
  const Grid<float> distance = imaging::distance_to_background(mask);
  const imaging::Components components = imaging::components_of(mask);
  LabelImage labels = labels_of(finding, mask, components, distance, options);
  const std::vector<double> contrasts =
      drop_insignificant(labels, components, coverage, distance, input.image,
                         {.sigma_px = finding.blur_px, .bright = bright}, unjudged);
  clear_unlabelled(coverage, labels);
  Segmentation segmentation = imaging::segmentation_of(std::move(labels), std::move(coverage));
  imaging::measure_necks(segmentation, input.image, bright);
  imaging::mark_cut(segmentation, input.excluded);
  for (Region& region : segmentation.regions) {
    region.contrast = contrasts[static_cast<size_t>(region.label)];
  }
  segmentation.values["bright"] = bright ? 1 : 0;
  return segmentation;
}

}  // namespace mote::segment
