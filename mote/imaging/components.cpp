#include "mote/imaging/components.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "mote/imaging/mat.h"

namespace mote::imaging {
namespace {

/// Renumbers by first pixel in reading order (OpenCV's own order is not documented) and drops the
/// components that `keep` refuses.
template <typename Keep>
Components gather(LabelImage labels, int count, Keep keep) {
  const Size size = labels.size();
  struct Extent {
    int64_t area = 0, y0 = 0, y1 = 0, x0 = 0, x1 = 0;
  };
  std::vector<Extent> extents(static_cast<size_t>(count));
  std::vector<int32_t> order;
  for (int64_t y = 0; y < size.height; ++y) {
    const int32_t* row = labels.row(y);
    for (int64_t x = 0; x < size.width; ++x) {
      if (row[x] == 0) {
        continue;
      }
      Extent& e = extents[static_cast<size_t>(row[x])];
      if (e.area == 0) {
        order.push_back(row[x]);
        e = {.area = 0, .y0 = y, .y1 = y, .x0 = x, .x1 = x};
      }
      ++e.area;
      e.y1 = y;
      e.x0 = std::min(e.x0, x);
      e.x1 = std::max(e.x1, x);
    }
  }
  Components found;
  std::vector<int32_t> renumbered(static_cast<size_t>(count), 0);
  for (const int32_t old : order) {
    const Extent& e = extents[static_cast<size_t>(old)];
    const Component component{
        .area_px = e.area,
        .box = {.y = e.y0, .x = e.x0, .height = e.y1 - e.y0 + 1, .width = e.x1 - e.x0 + 1},
        .touches_border =
            e.y0 == 0 || e.x0 == 0 || e.y1 == size.height - 1 || e.x1 == size.width - 1};
    if (keep(component)) {
      found.components.push_back(component);
      renumbered[static_cast<size_t>(old)] = static_cast<int32_t>(found.components.size());
    }
  }
  for (int32_t& label : labels.values()) {
    label = renumbered[static_cast<size_t>(label)];
  }
  found.labels = std::move(labels);
  return found;
}

}  // namespace

Components components_of(const BinaryImage& mask) {
  LabelImage labels(mask.size());
  if (mask.empty()) {
    return {std::move(labels), {}};
  }
  cv::Mat out = mat(labels);
  const int count = cv::connectedComponents(mat(mask), out, 8, CV_32S);
  return gather(std::move(labels), count, [](const Component&) { return true; });
}

Components holes_of(const BinaryImage& mask) {
  LabelImage labels(mask.size());
  if (mask.empty()) {
    return {std::move(labels), {}};
  }
  BinaryImage free(mask.size());
  std::transform(mask.values().begin(), mask.values().end(), free.values().begin(),
                 [](uint8_t value) { return value == 0 ? uint8_t{1} : uint8_t{0}; });
  cv::Mat out = mat(labels);
  const int count = cv::connectedComponents(mat(free), out, 4, CV_32S);
  return gather(std::move(labels), count,
                [](const Component& component) { return !component.touches_border; });
}

Grid<float> distance_to_background(const BinaryImage& mask) {
  const Size size = mask.size();
  const auto zero = std::find(mask.values().begin(), mask.values().end(), 0);
  if (zero == mask.values().end()) {
    return Grid<float>(size, static_cast<float>(size.height + size.width));
  }
  Grid<float> distance(size);
  cv::Mat out = mat(distance);
  cv::distanceTransform(mat(mask), out, cv::DIST_L2, cv::DIST_MASK_PRECISE, CV_32F);
  return distance;
}

BinaryImage mask_of(const LabelImage& labels) {
  BinaryImage mask(labels.size());
  std::transform(labels.values().begin(), labels.values().end(), mask.values().begin(),
                 [](int32_t label) { return label != 0 ? uint8_t{1} : uint8_t{0}; });
  return mask;
}

}  // namespace mote::imaging
