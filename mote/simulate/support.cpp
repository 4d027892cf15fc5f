#include "mote/simulate/support.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "mote/simulate/cubic.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr float kGrey = 170;
constexpr float kFineTexture = 0.020F;  // standard deviations, relative
constexpr float kCoarseTexture = 0.010F;
constexpr double kUnevenness = 0.05;  // of the illumination, centre to corner

/// Gaussian of `sigma_px`, borders replicated.
Grid<float> blurred(const Grid<float>& image, double sigma_px) {
  const auto reach = static_cast<int64_t>(std::ceil(3 * sigma_px));
  std::vector<float> weights;
  double sum = 0;
  for (int64_t i = -reach; i <= reach; ++i) {
    const double z = static_cast<double>(i) / sigma_px;
    weights.push_back(static_cast<float>(std::exp(-0.5 * z * z)));
    sum += std::exp(-0.5 * z * z);
  }
  const auto scale = static_cast<float>(1 / sum);
  Grid<float> across(image.size());
  std::vector<float> padded(static_cast<size_t>(image.width() + 2 * reach));
  for (int64_t y = 0; y < image.height(); ++y) {
    const float* from = image.row(y);
    std::fill_n(padded.begin(), reach, from[0]);
    std::copy_n(from, image.width(), padded.begin() + reach);
    std::fill_n(padded.end() - reach, reach, from[image.width() - 1]);
    float* to = across.row(y);
    for (size_t i = 0; i < weights.size(); ++i) {
      const float weight = weights[i] * scale;
      for (int64_t x = 0; x < image.width(); ++x) {
        to[x] += weight * padded[static_cast<size_t>(x) + i];
      }
    }
  }
  Grid<float> out(image.size());
  for (int64_t y = 0; y < image.height(); ++y) {
    float* to = out.row(y);
    for (int64_t i = -reach; i <= reach; ++i) {
      const float* from = across.row(std::clamp<int64_t>(y + i, 0, image.height() - 1));
      const float weight = weights[static_cast<size_t>(i + reach)] * scale;
      for (int64_t x = 0; x < image.width(); ++x) {
        to[x] += weight * from[x];
      }
    }
  }
  return out;
}

void scale_to_deviation(Grid<float>& image, float deviation) {
  double sum = 0;
  double squares = 0;
  for (const float value : image.values()) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(image.size().area());
  const double mean = sum / count;
  const double scale = deviation / std::sqrt(squares / count - mean * mean);
  for (float& value : image.values()) {
    value = static_cast<float>((value - mean) * scale);
  }
}

/// Relative brightness of the specimen: fine grain between two Gaussians, so that nothing in it is
/// too fine to be shifted by parts of a pixel, and coarse thickness.
Grid<float> make_texture(uint64_t seed, Size size) {
  const float* deviates = normal_deviates();
  Random random(seed);
  Grid<float> white(size);
  for (float& value : white.values()) {
    value = deviates[random.bits() >> (64 - kNormalBits)];
  }
  Grid<float> texture = blurred(white, 1.5);
  const Grid<float> wider = blurred(texture, 3);
  for (size_t i = 0; i < texture.values().size(); ++i) {
    texture.values()[i] -= wider.values()[i];
  }
  Grid<float> coarse = blurred(wider, 12);
  scale_to_deviation(texture, kFineTexture);
  scale_to_deviation(coarse, kCoarseTexture);
  for (size_t i = 0; i < texture.values().size(); ++i) {
    texture.values()[i] += 1 + coarse.values()[i];
  }
  return texture;
}

Grid<float> make_illumination(uint64_t seed, Size field) {
  Random random(seed);
  const double y_brightest = random.uniform(0.25, 0.75) * static_cast<double>(field.height);
  const double x_brightest = random.uniform(0.25, 0.75) * static_cast<double>(field.width);
  const double diagonal = std::hypot(field.height, field.width);
  Grid<float> out(field);
  for (int64_t y = 0; y < field.height; ++y) {
    for (int64_t x = 0; x < field.width; ++x) {
      const double r =
          std::hypot(static_cast<double>(y) - y_brightest, static_cast<double>(x) - x_brightest) /
          (0.5 * diagonal);
      out(y, x) = static_cast<float>(kGrey * (1 + kUnevenness * (0.5 - r * r)));
    }
  }
  return out;
}

}  // namespace

Support::Support(uint64_t seed, Size field, double farthest_px)
    : field_(field),
      margin_px_(static_cast<int64_t>(std::ceil(farthest_px)) + 4),
      texture_(make_texture(mix(seed ^ 1),
                            {field.height + 2 * margin_px_, field.width + 2 * margin_px_})),
      illumination_(make_illumination(mix(seed ^ 2), field)) {}

Grid<float> Support::seen(Point drift) const {
  const double y_from = static_cast<double>(margin_px_) - drift.y_px;
  const double x_from = static_cast<double>(margin_px_) - drift.x_px;
  const auto y0 = static_cast<int64_t>(std::floor(y_from));
  const auto x0 = static_cast<int64_t>(std::floor(x_from));
  const auto wy = cubic_weights(y_from - static_cast<double>(y0));
  const auto wx = cubic_weights(x_from - static_cast<double>(x0));

  Grid<float> across({field_.height + 3, field_.width});
  for (int64_t y = 0; y < across.height(); ++y) {
    const float* from = texture_.row(y0 - 1 + y) + x0 - 1;
    float* to = across.row(y);
    for (int64_t x = 0; x < field_.width; ++x) {
      to[x] = wx[0] * from[x] + wx[1] * from[x + 1] + wx[2] * from[x + 2] + wx[3] * from[x + 3];
    }
  }
  Grid<float> out(field_);
  for (int64_t y = 0; y < field_.height; ++y) {
    const float* from = across.row(y);
    const int64_t row = field_.width;
    const float* light = illumination_.row(y);
    float* to = out.row(y);
    for (int64_t x = 0; x < row; ++x) {
      to[x] = light[x] * (wy[0] * from[x] + wy[1] * from[x + row] + wy[2] * from[x + 2 * row] +
                          wy[3] * from[x + 3 * row]);
    }
  }
  return out;
}

}  // namespace mote::simulate
