#include "mote/imaging/correlation.h"

#include <algorithm>

#include <opencv2/core.hpp>

#include "mote/imaging/mat.h"

namespace mote::imaging {

Size correlation_size(Size a, Size b) {
  return quick_size_around({a.height + b.height, a.width + b.width});
}

PackedSpectrum padded_spectrum(const Grid<float>& image, Size padded) {
  Grid<float> larger(padded);
  for (int64_t y = 0; y < image.height(); ++y) {
    std::copy(image.row(y), image.row(y) + image.width(), larger.row(y));
  }
  PackedSpectrum spectrum;
  transform_real(larger, spectrum);
  return spectrum;
}

void correlate(const PackedSpectrum& first, const PackedSpectrum& second, Grid<float>& out) {
  PackedSpectrum product(first.size());
  cv::Mat to = mat(product);
  cv::mulSpectrums(mat(first), mat(second), to, 0, true);
  transform_back_real(product, out);
}

}  // namespace mote::imaging
