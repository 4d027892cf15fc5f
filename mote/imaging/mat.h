#pragma once

#include <cstdint>

#include <opencv2/core.hpp>

#include "mote/core/grid.h"

namespace mote::imaging {

/// OpenCV headers for our arrays: no pixel is copied, the Grid must outlive the Mat. For the
/// sources of this folder only.
inline cv::Mat mat(Grid<float>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), CV_32F, grid.data()};
}
inline cv::Mat mat(const Grid<float>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), CV_32F,
          const_cast<float*>(grid.data())};
}
inline cv::Mat mat(Grid<uint8_t>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), CV_8U, grid.data()};
}
inline cv::Mat mat(const Grid<uint8_t>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), CV_8U,
          const_cast<uint8_t*>(grid.data())};
}
inline cv::Mat mat(Grid<int32_t>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), CV_32S, grid.data()};
}

}  // namespace mote::imaging
