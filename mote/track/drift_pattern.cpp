#include "mote/track/drift_pattern.h"

#include <algorithm>

#include "mote/track/drift_state.h"

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Registrar;
using imaging::Rings;
using imaging::Spectrum;

constexpr double kNegligible = 0.005;  // of the frames' power
constexpr double kHidden = 0.6;        // of the frames' power, times the square of what masks hide
constexpr int64_t kLearnAll = 64;      // so many frames count in each, later every fourth

}  // namespace

FixedPattern::FixedPattern(Size size) : size_(size) {}

Grid<float> FixedPattern::clean(const DriftView& view) const {
  return known_ && share_ > 0 ? without(view, pattern_.values) : view.values;
}

void FixedPattern::remember(int32_t frame, const DriftView& view) {
  if (settled_ || frame % stride_ != 0) {
    return;
  }
  if (kept_.size() == kKept) {
    // Every other frame goes; what stays covers the recording so far at twice the stride.
    for (size_t i = 1; i < kKept / 2; ++i) {
      kept_[i] = std::move(kept_[2 * i]);
    }
    kept_.resize(kKept / 2);
    stride_ *= 2;
    if (frame % stride_ != 0) {
      return;
    }
  }
  kept_.push_back({frame, view});
}

FixedPattern::Sums FixedPattern::no_sums() const {
  const Size half = {size_.height, size_.width / 2 - 1};
  return {.total = Spectrum(half),
          .aligned = Spectrum(half),
          .phases = Spectrum(half),
          .power = Rings(kRings, 0.0)};
}

void FixedPattern::add(Sums& sums, const Registrar& registrar, const Pattern& used,
                       const DriftView& view, const Spectrum& spectrum, Point shift) const {
  sums.coverage += coverage(view);
  const imaging::PhaseRamp ramp = imaging::phase_ramp(size_, shift);
  for (int64_t y = 0; y < spectrum.height(); ++y) {
    const auto* z = reinterpret_cast<const float*>(spectrum.row(y));
    const auto* f = reinterpret_cast<const float*>(used.spectrum.row(y));
    auto* total = reinterpret_cast<float*>(sums.total.row(y));
    auto* aligned = reinterpret_cast<float*>(sums.aligned.row(y));
    auto* phases = reinterpret_cast<float*>(sums.phases.row(y));
    const std::complex<float> turn = ramp.y[y];
    for (int64_t x = 0; x < spectrum.width(); ++x) {
      const float c = turn.real() * ramp.x[x].real() - turn.imag() * ramp.x[x].imag();
      const float s = turn.real() * ramp.x[x].imag() + turn.imag() * ramp.x[x].real();
      const float re = z[2 * x] + f[2 * x];
      const float im = z[2 * x + 1] + f[2 * x + 1];
      total[2 * x] += re;
      total[2 * x + 1] += im;
      aligned[2 * x] += re * c - im * s;
      aligned[2 * x + 1] += re * s + im * c;
      phases[2 * x] += c;
      phases[2 * x + 1] += s;
    }
  }
  const Rings power = registrar.power(spectrum);
  for (int ring = 0; ring < kRings; ++ring) {
    sums.power[ring] += power[ring];
  }
  ++sums.frames;
}

FixedPattern::Pattern FixedPattern::renewed(const Sums& sums, const Registrar& registrar,
                                            const Pattern& before) const {
  const auto count = static_cast<float>(sums.frames);
  const float visible =
      std::max(0.1F, static_cast<float>(sums.coverage / static_cast<double>(sums.frames)));
  Pattern next{.spectrum = before.spectrum};
  for (size_t i = 0; i < next.spectrum.values().size(); ++i) {
    const std::complex<float> old = before.spectrum.values()[i];
    const std::complex<float> d = sums.phases.values()[i] / count;
    // Both of the frames without the pattern as known, of which masks leave a share to be seen.
    const std::complex<float> a = sums.total.values()[i] / count - old;
    const std::complex<float> b = sums.aligned.values()[i] / count - old * d;
    next.spectrum.values()[i] =
        old + (a - std::conj(d) * b) / (visible * (1 - std::norm(d) + 2 / count));
  }

  // A pattern of frames' noise alone has their power over their number; masks that stay about where
  // they are make a pattern of the specimen that drifts behind them.
  const Rings power = registrar.power(next.spectrum);
  Rings keep(kRings + 1, 0.0);
  double pattern_power = 0;
  double frame_power = 0;
  for (int ring = 1; ring < kRings; ++ring) {
    const double noise =
        sums.power[ring] / count * (1 / count + kHidden * (1 - visible) * (1 - visible));
    keep[ring] = power[ring] > 0 ? std::max(0.0, 1 - 1.5 * noise / power[ring]) : 0;
    const auto frequencies = static_cast<double>(registrar.ring_counts()[ring]);
    pattern_power += keep[ring] * keep[ring] * power[ring] * frequencies;
    frame_power += sums.power[ring] / count * frequencies;
  }
  for (size_t i = 0; i < next.spectrum.values().size(); ++i) {
    next.spectrum.values()[i] *= static_cast<float>(keep[registrar.rings().values()[i]]);
  }
  next.share = frame_power > 0 ? pattern_power / frame_power : 0;
  if (next.share < kNegligible) {
    return {.values = Grid<float>(size_), .spectrum = Spectrum(next.spectrum.size())};
  }
  next.values = imaging::image_of(next.spectrum);
  return next;
}

void FixedPattern::learn(const Registrar& registrar, const DriftView& view,
                         const Spectrum& spectrum, Point shift) {
  ++offered_;
  if (offered_ > kLearnAll && offered_ % 4 != 0) {
    return;
  }
  add(sums_, registrar, pattern_, view, spectrum, shift);
  if (sums_.frames >= next_renewal_) {
    pattern_ = renewed(sums_, registrar, pattern_);
    share_ = pattern_.share;
    next_renewal_ = sums_.frames + sums_.frames / 2;
  }
}

void FixedPattern::save(ByteWriter& out) const {
  out.put(known_);
  out.put(settled_);
  out.put(static_cast<uint64_t>(kept_.size()));
  for (const Kept& kept : kept_) {
    out.put(kept.frame);
    out.put(kept.view.values);
    out.put(kept.view.weight);
  }
  out.put(stride_);
  out.put(sought_);
  out.put(offered_);
  out.put(next_renewal_);
  out.put(share_);
  if (known_) {
    out.put(pattern_.values);
    out.put(pattern_.spectrum);
    out.put(pattern_.share);
    out.put(sums_.frames);
    out.put(sums_.total);
    out.put(sums_.coverage);
    out.put(sums_.aligned);
    out.put(sums_.phases);
    out.put(sums_.power);
  }
}

void FixedPattern::load(ByteReader& in) {
  in.get(known_);
  in.get(settled_);
  uint64_t count = 0;
  in.get(count);
  if (count > kKept) {
    refuse_drift_state();
  }
  kept_.resize(count);
  for (Kept& kept : kept_) {
    in.get(kept.frame);
    in.get(kept.view.values);
    in.get(kept.view.weight);
    if (kept.view.values.size() != size_ || kept.view.weight.size() != size_) {
      refuse_drift_state();
    }
  }
  in.get(stride_);
  in.get(sought_);
  in.get(offered_);
  in.get(next_renewal_);
  in.get(share_);
  if (known_) {
    in.get(pattern_.values);
    in.get(pattern_.spectrum);
    in.get(pattern_.share);
    in.get(sums_.frames);
    in.get(sums_.total);
    in.get(sums_.coverage);
    in.get(sums_.aligned);
    in.get(sums_.phases);
    in.get(sums_.power);
    const Size half = {size_.height, size_.width / 2 - 1};
    if (pattern_.values.size() != size_ || pattern_.spectrum.size() != half || sums_.frames < 1 ||
        sums_.total.size() != half || sums_.aligned.size() != half || sums_.phases.size() != half ||
        sums_.power.size() != kRings) {
      refuse_drift_state();
    }
  }
  if (stride_ < 1) {
    refuse_drift_state();
  }
}

}  // namespace mote::track
