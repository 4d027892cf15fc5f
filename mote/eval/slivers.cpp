#include "mote/eval/slivers.h"

#include <utility>
#include <vector>

namespace mote::eval {
namespace {

bool is_sliver(const Mask& mask, Size size, int64_t least_px) {
  const Box box = mask.bounds();
  const bool cut =
      box.y <= 0 || box.x <= 0 || box.y_end() >= size.height || box.x_end() >= size.width;
  return cut && mask.area_px() < least_px;
}

std::vector<bool> slivers_of(const ObjectImage& image, int64_t least_px) {
  std::vector<bool> slivers;
  for (const Object& object : image.objects) {
    slivers.push_back(is_sliver(object.mask, image.size, least_px));
  }
  return slivers;
}

int64_t leave_out(ObjectImage& image, const std::vector<bool>& which) {
  std::vector<Object> kept;
  for (size_t i = 0; i < image.objects.size(); ++i) {
    if (!which[i]) {
      kept.push_back(std::move(image.objects[i]));
    }
  }
  const auto count = static_cast<int64_t>(image.objects.size() - kept.size());
  image.objects = std::move(kept);
  return count;
}

}  // namespace

SliversLeftOut leave_out_slivers(ObjectImage& truth, ObjectImage& result, int64_t least_px) {
  if (least_px <= 0) {
    return {};
  }
  const std::vector<bool> truths = slivers_of(truth, least_px);
  std::vector<bool> results = slivers_of(result, least_px);
  const Overlaps overlaps = overlaps_of(truth, result);
  for (const Overlap& pair : overlaps.pairs) {
    const auto found = static_cast<size_t>(pair.result);
    if (truths[static_cast<size_t>(pair.truth)] && pair.area > 0.5 * overlaps.result_areas[found]) {
      results[found] = true;
    }
  }
  for (const Overlap& pair : overlaps.pairs) {
    if (!truths[static_cast<size_t>(pair.truth)] && overlaps.iou(pair) > 0.5) {
      results[static_cast<size_t>(pair.result)] = false;
    }
  }
  return {.truths = leave_out(truth, truths), .results = leave_out(result, results)};
}

}  // namespace mote::eval
