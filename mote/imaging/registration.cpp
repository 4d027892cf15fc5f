#include "mote/imaging/registration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include <opencv2/core.hpp>

#include "mote/imaging/fourier.h"

namespace mote::imaging {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

std::vector<double> autocorrelation(const std::vector<float>& window) {
  const auto length = static_cast<int64_t>(window.size());
  std::vector<double> out(window.size() + 2, 0.0);
  for (int64_t shift = 0; shift < length; ++shift) {
    double sum = 0;
    for (int64_t i = shift; i < length; ++i) {
      sum += double{window[i]} * double{window[i - shift]};
    }
    out[shift] = sum;
  }
  return out;
}

// d ln(overlap) / d shift, odd in shift.
double log_slope(const std::vector<double>& overlap, double shift) {
  const double distance = std::abs(shift);
  const auto below = static_cast<size_t>(distance);
  if (below + 2 >= overlap.size() || overlap[below + 1] <= 0) {
    return 0;
  }
  // The slope is 0 at no shift and kinks nowhere: central differences, linear between.
  const auto at = [&](size_t i) {
    return i == 0 ? 0.0 : (overlap[i + 1] - overlap[i - 1]) / (2 * overlap[i]);
  };
  const double part = distance - static_cast<double>(below);
  const double slope = (1 - part) * at(below) + part * at(below + 1);
  return shift < 0 ? -slope : slope;
}

}  // namespace

// Sums over the block of X e^{iku} times powers of k: value, gradient and curvature of the
// correlation, and what chance makes of them.
struct Registrar::Moments {
  double f = 0;
  double fy = 0, fx = 0;
  double fyy = 0, fxy = 0, fxx = 0;
};

Registrar::Registrar(Size size, const RegistrarOptions& options)
    : size_(size),
      options_(options),
      ring_of_({size.height, size.width / 2 - 1}, static_cast<uint8_t>(kRings)),
      counts_(kRings, 0) {
  assert(registration_size(size) == size && size.area() > 0);
  for (int64_t y = 0; y < ring_of_.height(); ++y) {
    const double ky = frequency_per_px(y, size.height);
    for (int64_t x = 0; x < ring_of_.width(); ++x) {
      const double kx = static_cast<double>(x + 1) / static_cast<double>(size.width);
      const auto ring = static_cast<int>(std::hypot(ky, kx) * 2 * kRings);
      if (ring < kRings) {
        ring_of_(y, x) = static_cast<uint8_t>(ring);
        ++counts_[ring];
      }
    }
  }
  overlap_y_ = autocorrelation(tapered_window(size.height, options.window_edge));
  overlap_x_ = autocorrelation(tapered_window(size.width, options.window_edge));
  set_weights(Rings(kRings, 1.0));
}

void Registrar::set_weights(const Rings& weights, const Rings& stationary) {
  ring_weight_ = weights;
  int last = 0;
  for (int ring = 0; ring < kRings; ++ring) {
    if (weights[ring] > 0) {
      last = ring;
    }
  }
  const double highest = (last + 1.0) / (2 * kRings);
  block_ky_ = std::clamp<int64_t>(
      static_cast<int64_t>(std::ceil(highest * static_cast<double>(size_.height))), 2,
      size_.height / 2 - 1);
  block_kx_ = std::clamp<int64_t>(
      static_cast<int64_t>(std::ceil(highest * static_cast<double>(size_.width))), 2,
      size_.width / 2 - 1);
  weight_.assign(static_cast<size_t>((2 * block_ky_ + 1) * block_kx_), 0.0F);
  fixed_.assign(weight_.size(), 0.0F);
  for (int64_t ky = -block_ky_; ky <= block_ky_; ++ky) {
    const uint8_t* ring = ring_of_.row(ky < 0 ? ky + size_.height : ky);
    const int64_t start = (ky + block_ky_) * block_kx_;
    for (int64_t x = 0; x < block_kx_; ++x) {
      if (ring[x] < kRings) {
        const double weight = std::max(0.0, weights[ring[x]]);
        weight_[start + x] = static_cast<float>(weight);
        fixed_[start + x] =
            stationary.empty() ? 0.0F : static_cast<float>(weight * stationary[ring[x]]);
      }
    }
  }
  re_.resize(weight_.size());
  im_.resize(weight_.size());
}

void Registrar::multiply(const Spectrum& moved, const Spectrum& reference) {
  for (int64_t ky = -block_ky_; ky <= block_ky_; ++ky) {
    const int64_t row = ky < 0 ? ky + size_.height : ky;
    const auto* a = reinterpret_cast<const float*>(moved.row(row));
    const auto* b = reinterpret_cast<const float*>(reference.row(row));
    const int64_t start = (ky + block_ky_) * block_kx_;
    const float* __restrict weight = weight_.data() + start;
    const float* __restrict fixed = fixed_.data() + start;
    float* __restrict re = re_.data() + start;
    float* __restrict im = im_.data() + start;
    for (int64_t x = 0; x < block_kx_; ++x) {
      const float ar = a[2 * x];
      const float ai = a[2 * x + 1];
      const float br = b[2 * x];
      const float bi = b[2 * x + 1];
      re[x] = weight[x] * (ar * br + ai * bi) - fixed[x];
      im[x] = weight[x] * (ai * br - ar * bi);
    }
  }
}

Registrar::Moments Registrar::moments(Point shift) {
  // Rows first, into sums over ky for each kx; these loops carry nothing from x to x + 1.
  const auto width = static_cast<size_t>(block_kx_);
  std::vector<float> sums(6 * width, 0.0F);
  float* __restrict r0 = sums.data();
  float* __restrict i0 = r0 + width;
  float* __restrict r1 = i0 + width;
  float* __restrict i1 = r1 + width;
  float* __restrict r2 = i1 + width;
  float* __restrict i2 = r2 + width;
  const double step_y = kTwoPi / static_cast<double>(size_.height);
  const double step_x = kTwoPi / static_cast<double>(size_.width);
  for (int64_t ky = -block_ky_; ky <= block_ky_; ++ky) {
    const double k = static_cast<double>(ky) * step_y;
    const auto c = static_cast<float>(std::cos(k * shift.y_px));
    const auto s = static_cast<float>(std::sin(k * shift.y_px));
    const auto k1 = static_cast<float>(k);
    const auto k2 = static_cast<float>(k * k);
    const float* __restrict re = re_.data() + (ky + block_ky_) * block_kx_;
    const float* __restrict im = im_.data() + (ky + block_ky_) * block_kx_;
    for (size_t x = 0; x < width; ++x) {
      const float a = re[x] * c - im[x] * s;
      const float b = re[x] * s + im[x] * c;
      r0[x] += a;
      i0[x] += b;
      r1[x] += k1 * a;
      i1[x] += k1 * b;
      r2[x] += k2 * a;
      i2[x] += k2 * b;
    }
  }
  Moments m;
  for (size_t x = 0; x < width; ++x) {
    const double k = static_cast<double>(x + 1) * step_x;
    const double c = std::cos(k * shift.x_px);
    const double s = std::sin(k * shift.x_px);
    // f = Re sum X e^{iku}; d/du brings down ik.
    m.f += r0[x] * c - i0[x] * s;
    const double imaginary = r0[x] * s + i0[x] * c;
    m.fx -= k * imaginary;
    m.fxx -= k * k * (r0[x] * c - i0[x] * s);
    m.fy -= r1[x] * s + i1[x] * c;
    m.fxy -= k * (r1[x] * c - i1[x] * s);
    m.fyy -= r2[x] * c - i2[x] * s;
  }
  return m;
}

Point Registrar::coarse_maximum() {
  // The block alone, sampled just finely enough for its highest frequency. At least 1.5 samples a
  // period more than needed: Newton must start on the right side of the inflection.
  const auto fit = [](int64_t block, int64_t full) {
    const int64_t wanted = std::min(full, 3 * block + 2);
    int64_t n = cv::getOptimalDFTSize(static_cast<int>(wanted));
    while (n % 2 != 0) {
      n = cv::getOptimalDFTSize(static_cast<int>(n + 1));
    }
    return std::min(n, full);
  };
  const int64_t height = fit(block_ky_, size_.height);
  const int64_t width = fit(block_kx_, size_.width);
  cv::Mat packed = cv::Mat::zeros(static_cast<int>(height), static_cast<int>(width), CV_32F);
  const int64_t columns = std::min(block_kx_, width / 2 - 1);
  const int64_t rows = std::min(block_ky_, height / 2 - 1);
  for (int64_t ky = -rows; ky <= rows; ++ky) {
    float* out = packed.ptr<float>(static_cast<int>(ky < 0 ? ky + height : ky));
    const int64_t start = (ky + block_ky_) * block_kx_;
    for (int64_t x = 0; x < columns; ++x) {
      out[2 * x + 1] = re_[start + x];
      out[2 * x + 2] = im_[start + x];
    }
  }
  cv::Mat correlation;
  cv::dft(packed, correlation, cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT);

  const double scale_y = static_cast<double>(size_.height) / static_cast<double>(height);
  const double scale_x = static_cast<double>(size_.width) / static_cast<double>(width);
  const auto reach_y =
      std::min<int64_t>(static_cast<int64_t>(options_.max_shift_px / scale_y), height / 2 - 1);
  const auto reach_x =
      std::min<int64_t>(static_cast<int64_t>(options_.max_shift_px / scale_x), width / 2 - 1);
  const auto at = [&](int64_t y, int64_t x) {
    return correlation.at<float>(static_cast<int>((y + height) % height),
                                 static_cast<int>((x + width) % width));
  };
  int64_t best_y = 0;
  int64_t best_x = 0;
  float best = at(0, 0);
  for (int64_t y = -reach_y; y <= reach_y; ++y) {
    for (int64_t x = -reach_x; x <= reach_x; ++x) {
      if (at(y, x) > best) {
        best = at(y, x);
        best_y = y;
        best_x = x;
      }
    }
  }
  const auto vertex = [](double before, double middle, double after) {
    const double curvature = before - 2 * middle + after;
    return curvature < 0 ? std::clamp(0.5 * (before - after) / curvature, -0.5, 0.5) : 0.0;
  };
  return {
      (static_cast<double>(best_y) + vertex(at(best_y - 1, best_x), best, at(best_y + 1, best_x))) *
          scale_y,
      (static_cast<double>(best_x) + vertex(at(best_y, best_x - 1), best, at(best_y, best_x + 1))) *
          scale_x};
}

Registration Registrar::climb(Point start, double reach_px) {
  double noise = 0;  // sum |X|^2 and its second moments in k
  double noise_y = 0;
  double noise_x = 0;
  for (int64_t ky = -block_ky_; ky <= block_ky_; ++ky) {
    const double k = kTwoPi * static_cast<double>(ky) / static_cast<double>(size_.height);
    const int64_t row = (ky + block_ky_) * block_kx_;
    double row_noise = 0;
    for (int64_t x = 0; x < block_kx_; ++x) {
      const double kx = kTwoPi * static_cast<double>(x + 1) / static_cast<double>(size_.width);
      const double power =
          double{re_[row + x]} * re_[row + x] + double{im_[row + x]} * im_[row + x];
      row_noise += power;
      noise_x += kx * kx * power;
    }
    noise += row_noise;
    noise_y += k * k * row_noise;
  }
  if (noise <= 0) {
    return {.shift = start};
  }

  Point shift = start;
  Moments m = moments(shift);
  for (int step = 0; step < 8; ++step) {
    const double determinant = m.fyy * m.fxx - m.fxy * m.fxy;
    double dy = 0;
    double dx = 0;
    if (m.fyy < 0 && determinant > 0) {
      dy = -(m.fxx * m.fy - m.fxy * m.fx) / determinant;
      dx = -(m.fyy * m.fx - m.fxy * m.fy) / determinant;
    } else {
      const double slope = std::hypot(m.fy, m.fx);
      dy = slope > 0 ? 0.4 * m.fy / slope : 0;
      dx = slope > 0 ? 0.4 * m.fx / slope : 0;
    }
    const double length = std::hypot(dy, dx);
    if (length > 0.6) {
      dy *= 0.6 / length;
      dx *= 0.6 / length;
    }
    shift = {shift.y_px + dy, shift.x_px + dx};
    m = moments(shift);
    if (length < 1e-3) {
      break;
    }
    if (std::hypot(shift.y_px - start.y_px, shift.x_px - start.x_px) > reach_px) {
      return {.shift = start};
    }
  }

  const double determinant = m.fyy * m.fxx - m.fxy * m.fxy;
  if (m.fyy >= 0 || determinant <= 0 || m.f <= 0) {
    return {.shift = start};
  }
  Registration out;
  out.amplitude = m.f;
  out.peak_ratio = m.f / std::sqrt(0.5 * noise);
  const double sigma_y = std::sqrt(0.5 * noise_y) / -m.fyy;
  const double sigma_x = std::sqrt(0.5 * noise_x) / -m.fxx;
  out.sigma_px = std::sqrt(0.5 * (sigma_y * sigma_y + sigma_x * sigma_x));
  // f is the texture's correlation R times the overlap V of the windows. Where f is highest,
  // R'/R = -V'/V; R itself is highest half a Newton step further: u + f H^-1 grad ln V.
  const double gy = log_slope(overlap_y_, shift.y_px);
  const double gx = log_slope(overlap_x_, shift.x_px);
  out.shift = {shift.y_px + m.f * (m.fxx * gy - m.fxy * gx) / determinant,
               shift.x_px + m.f * (m.fyy * gx - m.fxy * gy) / determinant};
  return out;
}

Registration Registrar::find(const Spectrum& moved, const Spectrum& reference) {
  multiply(moved, reference);
  return climb(coarse_maximum(), 3.0);
}

Registration Registrar::refine(const Spectrum& moved, const Spectrum& reference, Point guess) {
  multiply(moved, reference);
  return climb(guess, 2.0);
}

Rings Registrar::power(const Spectrum& spectrum) const {
  Rings sums(kRings + 1, 0.0);
  for (int64_t y = 0; y < spectrum.height(); ++y) {
    const uint8_t* ring = ring_of_.row(y);
    const std::complex<float>* values = spectrum.row(y);
    for (int64_t x = 0; x < spectrum.width(); ++x) {
      sums[ring[x]] += values[x].real() * values[x].real() + values[x].imag() * values[x].imag();
    }
  }
  sums.pop_back();
  for (int ring = 0; ring < kRings; ++ring) {
    sums[ring] /= static_cast<double>(std::max<int64_t>(1, counts_[ring]));
  }
  return sums;
}

Rings Registrar::cross_power(const Spectrum& moved, const Spectrum& reference, Point shift) const {
  Rings sums(kRings + 1, 0.0);
  const PhaseRamp ramp = phase_ramp(size_, shift);
  for (int64_t y = 0; y < moved.height(); ++y) {
    const uint8_t* ring = ring_of_.row(y);
    const std::complex<float>* a = moved.row(y);
    const std::complex<float>* b = reference.row(y);
    const std::complex<float> turn = ramp.y[y];
    for (int64_t x = 0; x < moved.width(); ++x) {
      const float re = a[x].real() * b[x].real() + a[x].imag() * b[x].imag();
      const float im = a[x].imag() * b[x].real() - a[x].real() * b[x].imag();
      const float c = turn.real() * ramp.x[x].real() - turn.imag() * ramp.x[x].imag();
      const float s = turn.real() * ramp.x[x].imag() + turn.imag() * ramp.x[x].real();
      sums[ring[x]] += re * c - im * s;
    }
  }
  sums.pop_back();
  for (int ring = 0; ring < kRings; ++ring) {
    sums[ring] /= static_cast<double>(std::max<int64_t>(1, counts_[ring]));
  }
  return sums;
}

}  // namespace mote::imaging
