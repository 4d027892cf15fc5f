#include "mote/imaging/spectrum.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include <opencv2/core.hpp>

namespace mote::imaging {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

int64_t quick_length(int64_t length) {
  for (int64_t n = length - length % 2; n >= 16; n -= 2) {
    if (cv::getOptimalDFTSize(static_cast<int>(n)) == n) {
      return n;
    }
  }
  return 0;
}

Size image_size(const Spectrum& spectrum) {
  return {spectrum.height(), 2 * (spectrum.width() + 1)};
}

}  // namespace

int64_t frequency(int64_t row, int64_t height) {
  return row <= height / 2 ? row : row - height;
}

Size registration_size(Size size) {
  const Size out = {quick_length(size.height), quick_length(size.width)};
  return out.area() == 0 ? Size{} : out;
}

Spectrum spectrum_of(const Grid<float>& image) {
  const auto height = static_cast<int>(image.height());
  const auto width = static_cast<int>(image.width());
  const cv::Mat values(height, width, CV_32F, const_cast<float*>(image.data()));
  cv::Mat packed;
  cv::dft(values, packed);
  Spectrum out({image.height(), image.width() / 2 - 1});
  for (int y = 0; y < height; ++y) {
    std::memcpy(static_cast<void*>(out.row(y)), packed.ptr<float>(y) + 1,
                static_cast<size_t>(out.width()) * sizeof(std::complex<float>));
  }
  return out;
}

Grid<float> image_of(const Spectrum& spectrum) {
  const Size size = image_size(spectrum);
  cv::Mat packed =
      cv::Mat::zeros(static_cast<int>(size.height), static_cast<int>(size.width), CV_32F);
  for (int64_t y = 0; y < size.height; ++y) {
    std::memcpy(packed.ptr<float>(static_cast<int>(y)) + 1,
                static_cast<const void*>(spectrum.row(y)),
                static_cast<size_t>(spectrum.width()) * sizeof(std::complex<float>));
  }
  Grid<float> out(size);
  cv::Mat values(packed.rows, packed.cols, CV_32F, out.data());
  cv::dft(packed, values, cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT | cv::DFT_SCALE);
  return out;
}

std::vector<float> tapered_window(int64_t length, double edge) {
  std::vector<float> window(static_cast<size_t>(length), 1.0F);
  const double taper = edge * static_cast<double>(length);
  for (int64_t i = 0; i < length; ++i) {
    const double inside = static_cast<double>(std::min(i, length - 1 - i)) + 0.5;
    if (inside < taper) {
      window[i] = static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * inside / taper));
    }
  }
  return window;
}

PhaseRamp phase_ramp(Size size, Point shift) {
  PhaseRamp ramp;
  ramp.y.resize(static_cast<size_t>(size.height));
  ramp.x.resize(static_cast<size_t>(size.width / 2 - 1));
  for (int64_t y = 0; y < size.height; ++y) {
    const double angle = kTwoPi * static_cast<double>(frequency(y, size.height)) * shift.y_px /
                         static_cast<double>(size.height);
    ramp.y[y] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  }
  for (int64_t x = 0; x < size.width / 2 - 1; ++x) {
    const double angle =
        kTwoPi * static_cast<double>(x + 1) * shift.x_px / static_cast<double>(size.width);
    ramp.x[x] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  }
  return ramp;
}

}  // namespace mote::imaging
