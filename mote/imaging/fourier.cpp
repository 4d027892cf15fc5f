#include "mote/imaging/fourier.h"

#include <cmath>
#include <cstdint>

#include <opencv2/core.hpp>

#include "mote/imaging/mat.h"

namespace mote::imaging {
namespace {

bool is_quick(int64_t length) {
  return cv::getOptimalDFTSize(static_cast<int>(length)) == length;
}

int64_t quick_length_from(int64_t length) {
  int64_t n = length + length % 2;
  while (!is_quick(n)) {
    n += 2;
  }
  return n;
}

int64_t quick_length_to(int64_t length) {
  int64_t n = length - length % 2;
  while (n > 0 && !is_quick(n)) {
    n -= 2;
  }
  return n;
}

cv::Mat complex_mat(Grid<std::complex<float>>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), CV_32FC2, grid.data()};
}

/// The frequency that position `i` of a packed axis holds: 0, 1, 1, 2, 2, ..., length / 2.
double packed_frequency(int64_t i, int64_t length) {
  const int64_t cycles = (i + 1) / 2;
  return static_cast<double>(cycles) / static_cast<double>(length);
}

}  // namespace

Size quick_size_around(Size size) {
  return {quick_length_from(size.height), quick_length_from(size.width)};
}

Size quick_size_within(Size size) {
  return {quick_length_to(size.height), quick_length_to(size.width)};
}

void transform(Grid<std::complex<float>>& image) {
  cv::Mat values = complex_mat(image);
  cv::dft(values, values);
}

void transform_back(Grid<std::complex<float>>& spectrum) {
  cv::Mat values = complex_mat(spectrum);
  cv::dft(values, values, cv::DFT_INVERSE | cv::DFT_SCALE);
}

PackedSpectrum packed_response(Size size, const std::function<double(double, double)>& response) {
  PackedSpectrum out(size);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      // The columns of frequency 0 and W / 2 are packed along y, the others hold re and im.
      const bool along_y = x == 0 || x == size.width - 1;
      const double ky =
          along_y ? packed_frequency(y, size.height) : std::abs(frequency_per_px(y, size.height));
      out(y, x) = static_cast<float>(response(ky, packed_frequency(x, size.width)));
    }
  }
  return out;
}

void transform_real(const Grid<float>& image, PackedSpectrum& spectrum) {
  if (spectrum.size() != image.size()) {
    spectrum = PackedSpectrum(image.size());
  }
  cv::Mat to = mat(spectrum);
  cv::dft(mat(image), to);
}

void transform_back_real(const PackedSpectrum& spectrum, Grid<float>& image) {
  if (image.size() != spectrum.size()) {
    image = Grid<float>(spectrum.size());
  }
  cv::Mat to = mat(image);
  cv::dft(mat(spectrum), to, cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT | cv::DFT_SCALE);
}

}  // namespace mote::imaging
