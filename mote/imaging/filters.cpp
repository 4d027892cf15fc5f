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

/// How far the outermost thousandth of the pixels lies from their median, on the farther side.
float tail_of(const Grid<float>& image, const BinaryImage& excluded) {
  // Some 20,000 pixels are enough; the step is odd, lest it fall in with the rows.
  const size_t step = (image.values().size() / 20000) | 1;
  std::vector<float> values;
  for (size_t i = 0; i < image.values().size(); i += step) {
    if ((excluded.empty() || excluded.values()[i] == 0) && std::isfinite(image.values()[i])) {
      values.push_back(image.values()[i]);
    }
  }
  if (values.empty()) {
    return 0;
  }
  const auto level = [&values](double share) {
    const auto at = static_cast<int64_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<size_t>(at)];
  };
  const float middle = level(0.5);
  return std::max(level(0.999) - middle, middle - level(0.001));
}

}  // namespace

Grid<float> gaussian(const Grid<float>& image, double sigma_px) {
  if (sigma_px <= 0 || image.empty()) {
    return image;
  }
  auto smooth = Grid<float>::unfilled(image.size());
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
  // Some 8 x 8 pixels of each are enough: the Gaussian averages over many blocks.
  const int64_t stride = std::max<int64_t>(1, step / 8);
  std::vector<float> block;
  for (int64_t y = 0; y < coarse.height; ++y) {
    for (int64_t x = 0; x < coarse.width; ++x) {
      block.clear();
      for (int64_t v = y * step; v < std::min(size.height, (y + 1) * step); v += stride) {
        for (int64_t u = x * step; u < std::min(size.width, (x + 1) * step); u += stride) {
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
  const float contrast = tail_of(image, excluded);
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
    const float spreads = pass < 2 ? 4.0F : 2.5F;
    const float limit = std::max(1.4826F * spreads * median(values), 0.2F * contrast);
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
  const auto at = [step](int64_t i, int64_t count) {
    const double c = (static_cast<double>(i) + 0.5) / static_cast<double>(step) - 0.5;
    return std::clamp(c, 0.0, static_cast<double>(count - 1));
  };
  std::vector<int64_t> left(static_cast<size_t>(size.width));
  std::vector<float> part(static_cast<size_t>(size.width));
  for (size_t x = 0; x < left.size(); ++x) {
    const double u = at(static_cast<int64_t>(x), coarse.width);
    left[x] = std::min(static_cast<int64_t>(u), std::max<int64_t>(0, coarse.width - 2));
    part[x] = static_cast<float>(u - static_cast<double>(left[x]));
  }
  const int64_t right = coarse.width > 1 ? 1 : 0;
  std::vector<float> line(static_cast<size_t>(coarse.width));
  auto flat = Grid<float>::unfilled(size);
  for (int64_t y = 0; y < size.height; ++y) {
    const double v = at(y, coarse.height);
    const auto v0 = static_cast<int64_t>(v);
    const float* top = background.row(v0);
    const float* bottom = background.row(std::min(v0 + 1, coarse.height - 1));
    const auto fv = static_cast<float>(v - static_cast<double>(v0));
    for (size_t x = 0; x < line.size(); ++x) {
      line[x] = top[x] * (1 - fv) + bottom[x] * fv - static_cast<float>(mean);
    }
    const float* in = image.row(y);
    float* out = flat.row(y);
    for (size_t x = 0; x < left.size(); ++x) {
      const float* l = line.data() + left[x];
      out[x] = in[x] - (l[0] + (l[right] - l[0]) * part[x]);
    }
  }
  return flat;
}

Grid<float> halved(const Grid<float>& image) {
  auto half = Grid<float>::unfilled({image.height() / 2, image.width() / 2});
  for (int64_t y = 0; y < half.height(); ++y) {
    const float* top = image.row(2 * y);
    const float* bottom = image.row(2 * y + 1);
    float* out = half.row(y);
    for (int64_t x = 0; x < half.width(); ++x) {
      out[x] = 0.25F * (top[2 * x] + top[2 * x + 1] + bottom[2 * x] + bottom[2 * x + 1]);
    }
  }
  return half;
}

BinaryImage halved(const BinaryImage& mask) {
  auto half = BinaryImage::unfilled({mask.height() / 2, mask.width() / 2});
  for (int64_t y = 0; y < half.height(); ++y) {
    const uint8_t* top = mask.row(2 * y);
    const uint8_t* bottom = mask.row(2 * y + 1);
    uint8_t* out = half.row(y);
    for (int64_t x = 0; x < half.width(); ++x) {
      out[x] = top[2 * x] | top[2 * x + 1] | bottom[2 * x] | bottom[2 * x + 1];
    }
  }
  return half;
}

}  // namespace mote::imaging
