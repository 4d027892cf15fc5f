#include "mote/imaging/filters.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "mote/imaging/mat.h"

namespace mote::imaging {
namespace {

float median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Grid<float> gaussian(const Grid<float>& image, double sigma_px) {
  if (sigma_px <= 0 || image.empty()) {
    return image;
  }
  Grid<float> smooth(image.size());
  const int width = 2 * static_cast<int>(std::ceil(4 * sigma_px)) + 1;
  cv::Mat out = mat(smooth);
  cv::GaussianBlur(mat(image), out, {width, width}, sigma_px, sigma_px, cv::BORDER_REPLICATE);
  return smooth;
}

Grid<float> flattened(const Grid<float>& image, const BinaryImage& excluded, double scale_px) {
  if (scale_px <= 0 || image.empty()) {
    return image;
  }
  // The background varies slowly, so that a small image of block medians holds all of it.
  const auto step = std::max<int64_t>(1, static_cast<int64_t>(scale_px / 4));
  const Size size = image.size();
  const Size coarse{(size.height + step - 1) / step, (size.width + step - 1) / step};
  Grid<float> level(coarse);
  Grid<float> known(coarse);
  std::vector<float> block;
  for (int64_t y = 0; y < coarse.height; ++y) {
    for (int64_t x = 0; x < coarse.width; ++x) {
      block.clear();
      for (int64_t v = y * step; v < std::min(size.height, (y + 1) * step); ++v) {
        for (int64_t u = x * step; u < std::min(size.width, (x + 1) * step); ++u) {
          if ((excluded.empty() || excluded(v, u) == 0) && std::isfinite(image(v, u))) {
            block.push_back(image(v, u));
          }
        }
      }
      if (!block.empty()) {
        level(y, x) = median(block);
        known(y, x) = 1;
      }
    }
  }

  std::vector<float> values;
  for (size_t i = 0; i < known.values().size(); ++i) {
    if (known.values()[i] > 0) {
      values.push_back(level.values()[i]);
    }
  }
  if (values.empty()) {
    return image;
  }
  const double sigma = scale_px / static_cast<double>(step);
  Grid<float> background(coarse, median(values));
  Grid<float> weight = known;
  for (int pass = 0; pass < 6; ++pass) {
    values.clear();
    for (size_t i = 0; i < known.values().size(); ++i) {
      if (known.values()[i] > 0) {
        values.push_back(std::abs(level.values()[i] - background.values()[i]));
      }
    }
    // The first passes let much through, so that a slope is followed before it is cut off.
    const float limit = 1.4826F * median(values) * (pass < 2 ? 4.0F : 2.5F) + 1e-6F;
    Grid<float> weighted(coarse);
    for (size_t i = 0; i < known.values().size(); ++i) {
      const bool near = std::abs(level.values()[i] - background.values()[i]) <= limit;
      weight.values()[i] = near ? known.values()[i] : 0;
      weighted.values()[i] = weight.values()[i] * level.values()[i];
    }
    const Grid<float> sum = gaussian(weighted, sigma);
    const Grid<float> norm = gaussian(weight, sigma);
    for (size_t i = 0; i < known.values().size(); ++i) {
      if (norm.values()[i] > 1e-3F) {
        background.values()[i] = sum.values()[i] / norm.values()[i];
      }
    }
  }

  // Bilinear interpolation between block centres.
  double mean = 0;
  for (const float value : background.values()) {
    mean += value;
  }
  mean /= static_cast<double>(background.values().size());
  Grid<float> flat(size);
  const auto at = [step](int64_t i, int64_t count) {
    const double c = (static_cast<double>(i) + 0.5) / static_cast<double>(step) - 0.5;
    return std::clamp(c, 0.0, static_cast<double>(count - 1));
  };
  for (int64_t y = 0; y < size.height; ++y) {
    const double v = at(y, coarse.height);
    const auto v0 = static_cast<int64_t>(v);
    const int64_t v1 = std::min(v0 + 1, coarse.height - 1);
    const auto fv = static_cast<float>(v - static_cast<double>(v0));
    for (int64_t x = 0; x < size.width; ++x) {
      const double u = at(x, coarse.width);
      const auto u0 = static_cast<int64_t>(u);
      const int64_t u1 = std::min(u0 + 1, coarse.width - 1);
      const auto fu = static_cast<float>(u - static_cast<double>(u0));
      const float top = background(v0, u0) * (1 - fu) + background(v0, u1) * fu;
      const float bottom = background(v1, u0) * (1 - fu) + background(v1, u1) * fu;
      flat(y, x) = image(y, x) - (top * (1 - fv) + bottom * fv) + static_cast<float>(mean);
    }
  }
  return flat;
}

}  // namespace mote::imaging
