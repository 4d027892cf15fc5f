#include "mote/segment/refined_coverage.h"

#include <algorithm>

#include "mote/core/rounded.h"

namespace mote::segment {

Grid<uint8_t> refined_coverage(const Grid<float>& image, const BinaryImage& mask,
                               const std::vector<imaging::Outline>& outlines,
                               const imaging::RefineOptions& options) {
  Grid<float> covered(mask.size());
  imaging::add_area_coverage(imaging::refined(outlines, image, mask, options), covered);
  auto coverage = Grid<uint8_t>::unfilled(mask.size());
  std::transform(covered.values().begin(), covered.values().end(), coverage.values().begin(),
                 [](float share) { return grey_level(255 * share); });
  return coverage;
}

BinaryImage covered_by_half(const Grid<uint8_t>& coverage) {
  auto mask = BinaryImage::unfilled(coverage.size());
  std::transform(coverage.values().begin(), coverage.values().end(), mask.values().begin(),
                 [](uint8_t covered) { return covered >= 128 ? uint8_t{1} : uint8_t{0}; });
  return mask;
}

void leave_out(BinaryImage& mask, const BinaryImage& excluded) {
  if (excluded.empty()) {
    return;
  }
  std::transform(mask.values().begin(), mask.values().end(), excluded.values().begin(),
                 mask.values().begin(),
                 [](uint8_t inside, uint8_t out) { return out != 0 ? uint8_t{0} : inside; });
}

}  // namespace mote::segment
