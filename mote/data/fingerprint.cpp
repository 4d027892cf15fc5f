#include "mote/data/fingerprint.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include "mote/core/median.h"
#include "mote/imaging/binning.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/fourier.h"

namespace mote::data {
namespace {

constexpr double kTextureSigmaBins = 1.5;  // slower than that is not texture
constexpr double kShapeSigmaBins = 1;      // particles lie between these two
constexpr double kShapeBackgroundBins = 6;
constexpr double kEvenSigmaBins = 2;
constexpr double kLeastPower = 0.05;  // of the mean: nothing is made of what is all but even
constexpr double kClipSd = 3;
constexpr double kPeakOverMedian = 4;  // of a lattice; Gaussian noise reaches 3.7 in 16,000
constexpr int64_t kRings = 64;
constexpr int64_t kLeastSideBins = 16;
constexpr double kEdgeSigmaPx = 3;

// Robust: 1.4826 times the median deviation from the median, which is given.
double robust_sd(std::span<const float> values, double middle) {
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const float value : values) {
    deviations.push_back(std::abs(value - middle));
  }
  return 1.4826 * median(std::move(deviations));
}

double median_of(std::span<const float> values) {
  return median(std::vector<double>(values.begin(), values.end()));
}

// What stands out is cut to kClipSd: a few edges or hot pixels must not outweigh the rest. Where
// most values are equal there is no noise to measure by, and nothing is cut.
void clip(std::span<float> values) {
  const double middle = median_of(values);
  const double sd = robust_sd(values, middle);
  for (float& value : values) {
    const double offset = value - middle;
    value = static_cast<float>(sd > 0 ? std::clamp(offset, -kClipSd * sd, kClipSd * sd) : offset);
  }
}

// Mean 0 and variance 1 over what is not left out. False where all are equal.
bool standardise(std::span<float> values, std::span<const uint8_t> out) {
  double sum = 0;
  double squares = 0;
  int64_t count = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (out.empty() || out[i] == 0) {
      sum += values[i];
      squares += double{values[i]} * values[i];
      ++count;
    }
  }
  const double n = static_cast<double>(std::max<int64_t>(1, count));
  const double mean = sum / n;
  const double variance = squares / n - mean * mean;
  if (!(variance > 1e-9 * squares / n) || count == 0) {
    return false;
  }
  const double scale = 1 / std::sqrt(variance);
  for (size_t i = 0; i < values.size(); ++i) {
    const bool kept = out.empty() || out[i] == 0;
    values[i] = kept ? static_cast<float>((values[i] - mean) * scale) : 0.0F;
  }
  return true;
}

Grid<float> difference(const Grid<float>& a, const Grid<float>& b) {
  Grid<float> out = Grid<float>::unfilled(a.size());
  for (size_t i = 0; i < out.values().size(); ++i) {
    out.values()[i] = a.values()[i] - b.values()[i];
  }
  return out;
}

// Equal power everywhere: the rims of particles must not outweigh the film between them.
Grid<float> evened(Grid<float> image) {
  Grid<float> power = Grid<float>::unfilled(image.size());
  double mean = 0;
  for (size_t i = 0; i < power.values().size(); ++i) {
    power.values()[i] = image.values()[i] * image.values()[i];
    mean += power.values()[i];
  }
  mean /= static_cast<double>(std::max<size_t>(1, power.values().size()));
  power = imaging::gaussian(power, kEvenSigmaBins);
  for (size_t i = 0; i < power.values().size(); ++i) {
    image.values()[i] /=
        static_cast<float>(std::sqrt(power.values()[i] + kLeastPower * mean) + 1e-30);
  }
  return image;
}

// The ring of |frequency| that position i, j of a spectrum of `size` lies in.
int64_t ring_at(double ky, double kx) {
  return std::min<int64_t>(kRings - 1, static_cast<int64_t>(std::hypot(ky, kx) * 2 * kRings));
}

// Cuts the amplitudes of a crystal lattice, a mesh or scan lines down to what is usual at their
// frequency: periodic images would agree with one another at every shift by a period.
Grid<float> without_peaks(const Grid<float>& image) {
  Grid<std::complex<float>> spectrum(image.size());
  std::copy(image.values().begin(), image.values().end(), spectrum.values().begin());
  imaging::transform(spectrum);
  std::vector<std::vector<double>> amplitudes(kRings);
  const auto ring_of = [&](int64_t y, int64_t x) {
    return static_cast<size_t>(ring_at(imaging::frequency_per_px(y, image.height()),
                                       imaging::frequency_per_px(x, image.width())));
  };
  for (int64_t y = 0; y < image.height(); ++y) {
    for (int64_t x = 0; x < image.width(); ++x) {
      amplitudes[ring_of(y, x)].push_back(std::abs(spectrum(y, x)));
    }
  }
  std::vector<double> most(kRings);
  for (size_t ring = 0; ring < most.size(); ++ring) {
    most[ring] = kPeakOverMedian * median(std::move(amplitudes[ring]));
  }
  for (int64_t y = 0; y < image.height(); ++y) {
    for (int64_t x = 0; x < image.width(); ++x) {
      const double amplitude = std::abs(spectrum(y, x));
      const double limit = most[ring_of(y, x)];
      if (amplitude > limit) {
        spectrum(y, x) *= static_cast<float>(limit / amplitude);
      }
    }
  }
  imaging::transform_back(spectrum);
  Grid<float> out = Grid<float>::unfilled(image.size());
  for (size_t i = 0; i < out.values().size(); ++i) {
    out.values()[i] = spectrum.values()[i].real();
  }
  return out;
}

// Equal mean power in each ring of frequency, so that the finest pixels, where a detector's fixed
// pattern lies and the specimen does not, count as much as the rest.
void whiten(Grid<float>& image) {
  const imaging::PackedSpectrum ring = imaging::packed_response(
      image.size(), [](double ky, double kx) { return static_cast<double>(ring_at(ky, kx)); });
  imaging::PackedSpectrum spectrum;
  imaging::transform_real(image, spectrum);
  std::vector<double> power(kRings, 0.0);
  std::vector<double> count(kRings, 0.0);
  for (size_t i = 0; i < spectrum.values().size(); ++i) {
    const auto r = static_cast<size_t>(ring.values()[i]);
    power[r] += double{spectrum.values()[i]} * spectrum.values()[i];
    count[r] += 1;
  }
  const double least = 1e-9 * *std::max_element(power.begin(), power.end());
  for (size_t i = 0; i < spectrum.values().size(); ++i) {
    const auto r = static_cast<size_t>(ring.values()[i]);
    const double mean = (power[r] + least) / std::max(1.0, count[r]);
    spectrum.values()[i] *= static_cast<float>(mean > 0 ? 1 / std::sqrt(mean) : 0);
  }
  imaging::transform_back_real(spectrum, image);
}

Box middle_box(Size size, int64_t step, int64_t most) {
  const auto side = [&](int64_t length) { return std::min(most, length) / step * step; };
  const int64_t height = side(size.height);
  const int64_t width = side(size.width);
  return {.y = (size.height - height) / 2,
          .x = (size.width - width) / 2,
          .height = height,
          .width = width};
}

Grid<float> part(const Grid<float>& image, Box box) {
  Grid<float> out = Grid<float>::unfilled(box.size());
  for (int64_t y = 0; y < box.height; ++y) {
    std::copy_n(image.row(box.y + y) + box.x, box.width, out.row(y));
  }
  return out;
}

Grid<int8_t> noise_of(const Grid<float>& image, Box box) {
  if (box.empty()) {
    return {};
  }
  const Grid<float> piece = part(image, box);
  Grid<float> noise = difference(piece, imaging::gaussian(piece, kEdgeSigmaPx));
  whiten(noise);
  const double middle = median_of(noise.values());
  const double sd = robust_sd(noise.values(), middle);
  if (!(sd > 0)) {
    return {};
  }
  Grid<int8_t> out = Grid<int8_t>::unfilled(noise.size());
  for (size_t i = 0; i < out.values().size(); ++i) {
    const double value = std::clamp((noise.values()[i] - middle) / sd, -kClipSd, kClipSd);
    out.values()[i] = static_cast<int8_t>(std::lround(32 * value));
  }
  return out;
}

std::vector<float> edge_of(const Grid<float>& image, Side side) {
  const bool along_x = side == Side::kTop || side == Side::kBottom;
  const int64_t length = along_x ? image.width() : image.height();
  Grid<float> line({1, length});
  for (int64_t i = 0; i < length; ++i) {
    const int64_t y = side == Side::kBottom ? image.height() - 1 : (along_x ? 0 : i);
    const int64_t x = side == Side::kRight ? image.width() - 1 : (along_x ? i : 0);
    line(0, i) = image(y, x);
  }
  line = difference(line, imaging::gaussian(line, kEdgeSigmaPx));
  clip(line.values());
  if (!standardise(line.values(), {})) {
    return {};
  }
  return {line.values().begin(), line.values().end()};
}

// What is left out at the resolution of bins, with what a filter of the texture spreads it over.
BinaryImage left_out(const BinaryImage& excluded, Box box, int64_t bin) {
  if (excluded.empty()) {
    return {};
  }
  const BinaryImage binned = imaging::binned_any(excluded, box, bin);
  BinaryImage out(binned.size());
  for (int64_t y = 0; y < out.height(); ++y) {
    for (int64_t x = 0; x < out.width(); ++x) {
      const Box around = Box{y, x, 1, 1}.grown(2, out.size());
      for (int64_t v = around.y; v < around.y_end() && out(y, x) == 0; ++v) {
        for (int64_t u = around.x; u < around.x_end(); ++u) {
          out(y, x) |= binned(v, u);
        }
      }
    }
  }
  return out;
}

Grid<float> filled(Grid<float> image, const BinaryImage& excluded) {
  if (!excluded.empty()) {
    const auto middle = static_cast<float>(median_of(image.values()));
    for (size_t i = 0; i < image.values().size(); ++i) {
      if (excluded.values()[i] != 0) {
        image.values()[i] = middle;
      }
    }
  }
  return image;
}

}  // namespace

int64_t common_bin(std::span<const Size> sizes) {
  int64_t longest = std::numeric_limits<int64_t>::max();
  for (const Size size : sizes) {
    longest = std::min(longest, std::max(size.height, size.width));
  }
  return sizes.empty() ? 1 : std::max<int64_t>(1, longest / 128);
}

Fingerprint fingerprint_of(const Image& image, const BinaryImage& excluded, int64_t bin) {
  const Grid<float> pixels = filled(to_float32(image), excluded);
  Fingerprint print{.size = image.size(), .bin = bin};
  print.binned = middle_box(print.size, bin, std::numeric_limits<int64_t>::max());
  print.noise_box = middle_box(print.size, 2, kNoiseSidePx);
  const auto [low, high] = std::minmax_element(pixels.values().begin(), pixels.values().end());
  if (std::min(print.binned.height, print.binned.width) < kLeastSideBins * bin || *low == *high) {
    return print;
  }
  imaging::BinnedMean mean(print.binned, bin, 1);
  mean.add(to_image(pixels));
  const Grid<float> binned = to_float32(mean.mean());
  const BinaryImage out = left_out(excluded, print.binned, bin);
  Grid<float> texture = without_peaks(binned);
  texture = evened(difference(texture, imaging::gaussian(texture, kTextureSigmaBins)));
  clip(texture.values());
  Grid<float> shape = difference(imaging::gaussian(binned, kShapeSigmaBins),
                                 imaging::gaussian(binned, kShapeBackgroundBins));
  if (!standardise(texture.values(), out.values()) || !standardise(shape.values(), out.values())) {
    return print;
  }
  print.texture = std::move(texture);
  print.shape = std::move(shape);
  print.noise = noise_of(pixels, print.noise_box);
  for (const Side side : {Side::kTop, Side::kRight, Side::kBottom, Side::kLeft}) {
    print.edges[static_cast<size_t>(side)] = edge_of(pixels, side);
  }
  return print;
}

}  // namespace mote::data
