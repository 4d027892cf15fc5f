#include "mote/track/drift_explained.h"

#include <algorithm>
#include <cmath>

namespace mote::track {

using imaging::kRings;
using imaging::Registrar;
using imaging::Rings;
using imaging::Spectrum;

namespace {

// Of 1 - |D|^2: below, what moves at a frequency is not told from what stands still.
constexpr double kLeastMoved = 0.03;
constexpr int64_t kRowStep = 4;  // every fourth row of frequencies: a quarter of the time
// The golden section: where the two points inside an interval lie.
constexpr double kGolden = 0.6180339887498949;
// Scales are sought within exp(+-kMostLogScale), or as far as moves the ends of the path by
// kMostMovePx: beyond, another maximum may lie.
constexpr double kMostLogScale = 0.8;
constexpr double kMostMovePx = 2;
constexpr double kLeastRangePx = 1e-6;
constexpr int kSections = 7;  // leave 3 % of the interval, 0.1 px at the ends of the path

}  // namespace

Explained explained(const Registrar& registrar, const std::vector<Spectrum>& frames,
                    const std::vector<Point>& shift, double scale, const Rings& power,
                    const Rings& weights) {
  std::vector<imaging::PhaseRamp> ramps;
  ramps.reserve(shift.size());
  for (const Point& p : shift) {
    ramps.push_back(imaging::phase_ramp(registrar.size(), {scale * p.y_px, scale * p.x_px}));
  }
  const auto count = static_cast<float>(frames.size());
  const auto width = static_cast<size_t>(frames[0].width());
  Explained out;
  double moving = 0;
  double held = 0;
  std::vector<float> sums(6 * width);
  for (int64_t y = 0; y < frames[0].height(); y += kRowStep) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    float* __restrict ar = sums.data();
    float* __restrict ai = ar + width;
    float* __restrict br = ai + width;
    float* __restrict bi = br + width;
    float* __restrict dr = bi + width;
    float* __restrict di = dr + width;
    for (size_t i = 0; i < frames.size(); ++i) {
      const auto* __restrict f = reinterpret_cast<const float*>(frames[i].row(y));
      const auto* __restrict r = reinterpret_cast<const float*>(ramps[i].x.data());
      const float yr = ramps[i].y[y].real();
      const float yi = ramps[i].y[y].imag();
      for (size_t x = 0; x < width; ++x) {
        const float c = yr * r[2 * x] - yi * r[2 * x + 1];
        const float s = yr * r[2 * x + 1] + yi * r[2 * x];
        ar[x] += f[2 * x];
        ai[x] += f[2 * x + 1];
        br[x] += f[2 * x] * c - f[2 * x + 1] * s;
        bi[x] += f[2 * x] * s + f[2 * x + 1] * c;
        dr[x] += c;
        di[x] += s;
      }
    }
    const uint8_t* rings = registrar.rings().row(y);
    for (size_t x = 0; x < width; ++x) {
      if (rings[x] >= kRings || power[rings[x]] <= 0) {
        continue;
      }
      const std::complex<float> d(dr[x] / count, di[x] / count);
      const std::complex<float> a(ar[x], ai[x]);
      const std::complex<float> b(br[x], bi[x]);
      const double moves = std::norm(b - d * a) / std::max(kLeastMoved, 1.0 - std::norm(d));
      out.power += moves / (power[rings[x]] * count);
      moving += weights[rings[x]] * moves;
      held += weights[rings[x]] * moves * std::norm(d);
    }
  }
  out.held = moving > 0 ? held / moving : 1;
  return out;
}

double best_scale(const Registrar& registrar, const std::vector<Spectrum>& frames,
                  const std::vector<Point>& shift, double range_px, const Rings& power,
                  const Rings& weights) {
  const auto value = [&](double log_scale) {
    return explained(registrar, frames, shift, std::exp(log_scale), power, weights).power;
  };
  const double width = std::min(kMostLogScale, kMostMovePx / std::max(range_px, kLeastRangePx));
  double low = -width;
  double high = width;
  double left = high - kGolden * (high - low);
  double right = low + kGolden * (high - low);
  double at_left = value(left);
  double at_right = value(right);
  for (int step = 0; step < kSections; ++step) {
    if (at_left > at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - kGolden * (high - low);
      at_left = value(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + kGolden * (high - low);
      at_right = value(right);
    }
  }
  const double found = 0.5 * (low + high);
  return value(found) > value(0) ? std::exp(found) : 1;
}

}  // namespace mote::track
