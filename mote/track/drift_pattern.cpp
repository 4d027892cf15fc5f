#include "mote/track/drift_pattern.h"

#include <algorithm>
#include <cmath>

#include "mote/track/drift_state.h"

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Registrar;
using imaging::Rings;
using imaging::Spectrum;

constexpr double kNegligible = 0.005;  // of the frames' power: a pattern that is none
// A specimen that drifts behind masks which stay about where they are leaves this much of the
// frames' power in the pattern, times the square of what masks hide.
constexpr double kHidden = 0.6;
// So many frames count in each, later every kLearnEvery-th: the pattern's noise is below theirs.
constexpr int64_t kLearnAll = 64;
constexpr int64_t kLearnEvery = 4;
// Where masks leave less than this to be seen, a pattern is not scaled up any more.
constexpr float kLeastVisible = 0.1F;
// Over the number of frames n, added to 1 - |D|^2: places are known so well only that D, whose
// square is 1/n by chance, tells no more.
constexpr float kRidge = 2;
// Wiener's filter takes off so many times the noise that is expected: it is an estimate.
constexpr double kOverNoise = 1.5;

}  // namespace

FixedPattern::FixedPattern(Size size) : size_(size) {}

Grid<float> FixedPattern::clean(const DriftView& view) const {
  return pattern_.share > 0 ? without(view, pattern_.values) : view.values;
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
  return {.total = Spectrum(half()),
          .aligned = Spectrum(half()),
          .phases = Spectrum(half()),
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
      std::max(kLeastVisible, static_cast<float>(sums.coverage / static_cast<double>(sums.frames)));
  Pattern next{.spectrum = before.spectrum};
  for (size_t i = 0; i < next.spectrum.values().size(); ++i) {
    const std::complex<float> old = before.spectrum.values()[i];
    const std::complex<float> d = sums.phases.values()[i] / count;
    // Both of the frames without the pattern as known, of which masks leave a share to be seen.
    const std::complex<float> a = sums.total.values()[i] / count - old;
    const std::complex<float> b = sums.aligned.values()[i] / count - old * d;
    next.spectrum.values()[i] =
        old + (a - std::conj(d) * b) / (visible * (1 - std::norm(d) + kRidge / count));
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
    keep[ring] = power[ring] > 0 ? std::max(0.0, 1 - kOverNoise * noise / power[ring]) : 0;
    const auto frequencies = static_cast<double>(registrar.ring_counts()[ring]);
    pattern_power += keep[ring] * keep[ring] * power[ring] * frequencies;
    frame_power += sums.power[ring] / count * frequencies;
  }
  for (size_t i = 0; i < next.spectrum.values().size(); ++i) {
    next.spectrum.values()[i] *= static_cast<float>(keep[registrar.rings().values()[i]]);
  }
  next.share = frame_power > 0 ? pattern_power / frame_power : 0;
  if (next.share < kNegligible) {
    return {.values = Grid<float>(size_),
            .spectrum = Spectrum(next.spectrum.size()),
            .left = Rings(kRings, white_power_)};
  }
  for (int ring = 0; ring < kRings; ++ring) {
    next.left[ring] = keep[ring] > 0 ? 0 : white_power_;
  }
  next.values = imaging::image_of(next.spectrum);
  return next;
}

void FixedPattern::learn(const Registrar& registrar, const DriftView& view,
                         const Spectrum& spectrum, Point shift) {
  ++offered_;
  if (offered_ > kLearnAll && offered_ % kLearnEvery != 0) {
    return;
  }
  add(sums_, registrar, pattern_, view, spectrum, shift);
  if (sums_.frames >= next_renewal_) {
    pattern_ = renewed(sums_, registrar, pattern_);
    next_renewal_ = sums_.frames + sums_.frames / 2;
  }
}

// One function describes reading and writing; writing changes nothing.
template <typename Bytes>
void FixedPattern::archive(Bytes& bytes) {
  bytes(known_, settled_, white_power_, stride_, sought_, offered_, next_renewal_);
  archive_count(bytes, kept_, kKept);
  for (Kept& kept : kept_) {
    bytes(kept.frame, kept.view.values, kept.view.weight);
  }
  if (known_) {
    bytes(pattern_.values, pattern_.spectrum, pattern_.share, pattern_.left);
    bytes(sums_.frames, sums_.coverage, sums_.total, sums_.aligned, sums_.phases, sums_.power);
  }
}

void FixedPattern::save(ByteWriter& out) const {
  const_cast<FixedPattern*>(this)->archive(out);
}

void FixedPattern::load(ByteReader& in, int32_t frames) {
  archive(in);
  int32_t next = 0;
  for (const Kept& kept : kept_) {
    expect_sound(kept.frame >= next && kept.frame < frames && kept.view.values.size() == size_ &&
                 kept.view.weight.size() == size_);
    next = kept.frame + 1;
  }
  expect_sound(stride_ >= 1 && stride_ <= std::max(1, frames));
  expect_sound(std::isfinite(white_power_) && white_power_ >= 0);
  expect_sound(offered_ >= 0 && offered_ <= frames);
  expect_sound(next_renewal_ >= 0 && next_renewal_ <= 2 * int64_t{frames});
  if (known_) {
    expect_sound(pattern_.values.size() == size_ && pattern_.spectrum.size() == half() &&
                 std::isfinite(pattern_.share) && sound(pattern_.left));
    expect_sound(sums_.frames >= 1 && sums_.frames <= frames && std::isfinite(sums_.coverage));
    expect_sound(sums_.total.size() == half() && sums_.aligned.size() == half() &&
                 sums_.phases.size() == half() && sound(sums_.power));
  }
}

}  // namespace mote::track
