#include <algorithm>
#include <cmath>

#include "mote/track/drift_weights.h"
#include "mote/track/fourier_drift.h"

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Rings;
using imaging::Spectrum;

// Of the power in the quarter of the rings with the highest frequencies: a white pattern above
// this makes blocks of a specimen seem to move apart.
constexpr double kStrongWhite = 0.25;
constexpr int kFirstHighRing = 3 * kRings / 4;
// Above both, what two frames show does not move as one: of supports chi2 is 0.6 to 1.1, of crowds
// 3 to 100; where noise is low, distortions of a few hundredths of a pixel are more than that.
constexpr double kLooseChi2 = 3;
constexpr double kLooseScatterPx = 0.09;
// Of a new measurement in a running mean, at least: older ones are forgotten after 20.
constexpr double kLeastShare = 0.05;
// In registered pixels: where the kept frames differ more from where links put them, the links were
// held back by a pattern, and count as known to kHeldBackPx only.
constexpr double kAgreePx = 0.1;
constexpr float kHeldBackPx = 0.5F;

// Takes the `count`th of a row of measurements into their running mean.
void blend(Rings& mean, const Rings& one, int64_t count) {
  const double share = std::max(kLeastShare, 1.0 / static_cast<double>(count));
  for (int ring = 0; ring < kRings; ++ring) {
    mean[ring] += share * (one[ring] - mean[ring]);
  }
}

}  // namespace

void FourierDrift::measure_coherence(const Spectrum& spectrum, const Held& held, Point shift) {
  blend(power_, registrar_->power(spectrum), ++powers_);
  if (!held.spectrum.empty()) {
    const Rings cross = registrar_->cross_power(spectrum, held.spectrum, shift);
    blend(cross_, cross, ++pairs_);
    if (!pattern_->known()) {
      if (pairs_ == 1) {
        white_ = {};  // what was foreseen did not know the distance
      }
      white_.add(registrar_->cross_power(spectrum, held.spectrum, {}), cross,
                 std::hypot(shift.y_px, shift.x_px));
    }
  }
}

// What differs from the frame before is noise; what differs more from a frame long ago has moved in
// its own way.
void FourierDrift::look_whether_rigid(const Spectrum& spectrum, const Held& held, Point shift,
                                      double open_share) {
  const Held& before = recent_.back();
  const Rings common = registrar_->cross_power(spectrum, before.spectrum, at_ - before.at);
  blend(neighbour_cross_, common, looks_ + 1);
  if (pattern_told()) {
    const BlockMisfit misfit = block_misfit(*registrar_, spectrum, held.spectrum, shift, power_,
                                            neighbour_cross_, open_share);
    loose_ += misfit.chi2 > kLooseChi2 && misfit.scatter_px > kLooseScatterPx ? 1 : 0;
    ++judged_;
  }
  ++looks_;
}

// Before the second frame is registered: a pattern would hold it back.
void FourierDrift::foresee_pattern(const Spectrum& spectrum) {
  const Rings common = registrar_->cross_power(spectrum, recent_.back().spectrum, {});
  white_.add(common, common, 0);
  set_weights();
}

// Whether the pattern is known or too weak to make blocks of the specimen seem to move apart.
bool FourierDrift::pattern_told() const {
  double power = 0;
  for (int ring = kFirstHighRing; ring < kRings; ++ring) {
    power += power_[ring] / (kRings - kFirstHighRing);
  }
  return pattern_->known() || white_.power() < kStrongWhite * power;
}

Rings FourierDrift::stationary() const {
  return pattern_->known() ? pattern_->left() : Rings(kRings, white_.power());
}

void FourierDrift::set_weights() {
  // What lies above a white pattern at low frequencies is the specimen.
  Rings cross = cross_;
  const Rings still = stationary();
  for (int ring = 0; ring < kRings; ++ring) {
    cross[ring] -= still[ring];
  }
  weights_ = drift_weights(power_, cross, registrar_->ring_counts(), pairs_);
  registrar_->set_weights(weights_, still);
}

// All frames so far are still here: takes them once more, without the pattern.
void FourierDrift::retake(const std::vector<FixedPattern::Kept>& kept) {
  frames_ = 0;
  sought_ = lasted_ = 0;
  links_.clear();
  peak_.clear();
  sharpness_.clear();
  at_ = {};
  for (const FixedPattern::Kept& one : kept) {
    take(one.view, false);
  }
}

// `prior`: where the links made so far put frames.
void FourierDrift::restart_from(const FixedPattern::Found& found, const std::vector<Point>& prior) {
  const std::vector<FixedPattern::Kept>& kept = found.kept;
  recent_.clear();
  keys_.clear();
  anchors_.clear();
  power_ = cross_ = Rings(kRings, 0.0);
  white_ = {};
  powers_ = pairs_ = 0;
  looks_ = judged_ = loose_ = 0;
  lost_ = 0;
  if (static_cast<size_t>(frames_) == kept.size()) {
    retake(kept);
    return;
  }
  // Links made before are pulled towards standing still where there is a pattern; then the frames
  // that were kept know better.
  double difference = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    difference = std::max(difference, farthest(prior[kept[i].frame] - found.shift[i]));
  }
  if (difference > kAgreePx) {
    for (DriftLink& one : links_) {
      one.sigma_px = std::max(one.sigma_px, kHeldBackPx);
    }
  }
  links_.insert(links_.end(), found.links.begin(), found.links.end());
  const int32_t next = frames_;
  for (const size_t i : {size_t{0}, kept.size() - 1}) {
    frames_ = kept[i].frame;
    at_ = found.shift[i];
    Spectrum spectrum = imaging::spectrum_of(pattern_->clean(kept[i].view));
    anchors_.push_back({frames_, at_, frames_, spectrum});
    keys_.push_back({frames_, at_, frames_, spectrum});
    if (i > 0) {
      recent_.push_back({frames_, at_, frames_, std::move(spectrum)});
    }
  }
  ok_ = true;
  frames_ = next;
  for (size_t i = 1; i < kept.size(); ++i) {
    const Spectrum a = imaging::spectrum_of(pattern_->clean(kept[i].view));
    Held held{.spectrum = imaging::spectrum_of(pattern_->clean(kept[i - 1].view))};
    measure_coherence(a, held, found.shift[i] - found.shift[i - 1]);
  }
  set_weights();
}

double FourierDrift::expected_amplitude() const {
  double sum = 0;
  for (int ring = 0; ring < kRings && !weights_.empty(); ++ring) {
    sum += weights_[ring] * std::max(0.0, cross_[ring]) *
           static_cast<double>(registrar_->ring_counts()[ring]);
  }
  return sum;
}

}  // namespace mote::track
