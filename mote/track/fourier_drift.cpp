#include "mote/track/fourier_drift.h"

#include <algorithm>

#include "mote/core/error.h"
#include "mote/track/drift_weights.h"

namespace mote::track {
namespace {

using imaging::Registration;
using imaging::Spectrum;

constexpr int kLost = 3;  // frames without any key frame or anchor in reach: start anew
// So many frames are measured each, later every kMeasureEvery-th: running means stand by then.
constexpr int32_t kMeasureAll = 32;
constexpr int32_t kMeasureEvery = 4;
// Frames between two that are looked at in blocks: later, masks have moved far.
constexpr int64_t kLookBack = 16;
// From kMeasureAll on, all that lie so far apart are looked at: earlier a slow crowd has hardly
// moved, later one that moves by its own size within 16 frames looks like noise.
constexpr int64_t kLookFrom = 4;
constexpr int64_t kLookTo = 11;
// Of the first measured pairs, every kLookEvery-th is looked at in blocks.
constexpr int64_t kLookEvery = 4;
constexpr int64_t kSureOfCrowd = 16;  // looks, after which a crowd is no pattern over a specimen
// Two frames are registered across this share of the field's shorter side at most: beyond, their
// windows hardly overlap.
constexpr double kMostReach = 0.4;
// Of the reach: so far from the latest key frame, or from the nearest anchor, a new one is kept.
constexpr double kKeyReach = 0.5;
constexpr double kAnchorReach = 0.6;
// Times the reach: an anchor is sought while it may be in reach of a frame whose place is doubtful.
constexpr double kDoubtfulReach = 2;
// In registered pixels: registrations that differ by more do not mean the same place.
constexpr double kSamePlacePx = 1;
// In registered pixels, besides the error that noise implies: evolving texture, interpolation.
constexpr double kFloorPx = 0.02;
// Where a frame shows less, its noise is not scaled up any more.
constexpr double kLeastCoverage = 0.1;
// How much the word of a frame weighs: errors against the frame before add up.
constexpr double kTrustRecent = 1;
constexpr double kTrustKey = 4;
constexpr double kTrustAnchor = 8;

class View final : public DriftPrepared {
 public:
  explicit View(DriftView v) : view(std::move(v)) {}
  DriftView view;
};

bool blank(const DriftView& view) {
  const auto values = view.values.values();
  return std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
}

}  // namespace

FourierDrift::FourierDrift(const DriftOptions& options, Size field)
    : options_(options),
      field_(field),
      viewer_(options.from, field),
      scale_(static_cast<double>(viewer_.bin())),
      size_(viewer_.size()) {
  if (size_.area() == 0) {
    return;
  }
  reach_ = std::min(options.max_shift_px / scale_,
                    kMostReach * static_cast<double>(std::min(size_.height, size_.width)));
  registrar_.emplace(size_, imaging::RegistrarOptions{.max_shift_px = reach_,
                                                      .window_edge = DriftViewer::kWindowEdge});
  pattern_.emplace(size_);
}

std::unique_ptr<DriftPrepared> FourierDrift::prepare(const Grid<float>& image,
                                                     const BinaryImage& particles) const {
  return std::make_unique<View>(viewer_.view(image, particles));
}

bool FourierDrift::believed(const Registration& one) const {
  return one.peak_ratio >= options_.min_peak_ratio &&
         farthest(one.shift) <= options_.max_shift_px / scale_;
}

DriftRow FourierDrift::push(int64_t index, std::unique_ptr<DriftPrepared> frame) {
  if (index != frames_) {
    throw Error(ErrorKind::kUsage, "drift: frame {} where {} is next", index, frames_);
  }
  const DriftView& view = static_cast<View&>(*frame).view;
  if (size_.area() == 0) {
    ++frames_;
    peak_.push_back(0);
    sharpness_.push_back(0);
    return {.index = index};
  }
  const Point before = at_;
  const bool told_before = !untold();
  pattern_->remember(frames_, view);
  take(view, true);
  if (pattern_->due() && (!lasting() || (moves_apart() && judged_ >= kSureOfCrowd))) {
    pattern_->pass_over();
  } else if (pattern_->due()) {
    const DriftSolution prior = solve_links(frames_, links_);
    if (const auto found = pattern_->seek(*registrar_, options_.min_peak_ratio, prior.shift,
                                          moves_apart(), white_.power())) {
      restart_from(*found, prior.shift);
    } else {
      set_weights();
    }
  }
  // While there is no support to go by, the tracker is told to stay; a change of mind is no jump.
  const bool told = !untold();
  if (told && told_before) {
    shown_ = shown_ + (at_ - before);
  }
  return {.index = index,
          .shift = {shown_.y_px * scale_, shown_.x_px * scale_},
          .peak_ratio = peak_.back(),
          .ok = ok_ && told};
}

std::optional<Registration> FourierDrift::link(const Held& held, const Spectrum& spectrum,
                                               std::optional<Point> guess) {
  if (guess && farthest(*guess) > reach_) {
    return std::nullopt;
  }
  const Registration one = guess ? registrar_->refine(spectrum, held.spectrum, *guess)
                                 : registrar_->find(spectrum, held.spectrum);
  if (!believed(one)) {
    return std::nullopt;
  }
  links_.push_back({held.frame, frames_, static_cast<float>(one.shift.y_px),
                    static_cast<float>(one.shift.x_px), static_cast<float>(one.sigma_px)});
  peak_.back() = std::max(peak_.back(), static_cast<float>(one.peak_ratio));
  return one;
}

void FourierDrift::Fix::count(const Held& held, const Registration& one, double trust) {
  const double w = trust / (one.sigma_px * one.sigma_px + kFloorPx * kFloorPx);
  const Point put = held.at + one.shift;
  sum = {sum.y_px + w * put.y_px, sum.x_px + w * put.x_px};
  weight += w;
  amplitude = std::max(amplitude, one.amplitude);
}

void FourierDrift::join(Fix& fix, Held& held, double trust, const Spectrum& spectrum) {
  const bool lasting = trust > kTrustRecent;
  if (fix.found() && farthest(fix.where() - held.at) <= reach_) {
    fix.sought = true;
  }
  std::optional<Registration> one;
  if (fix.found()) {
    one = link(held, spectrum, fix.where() - held.at);
  }
  const Point expected = fix.found() ? fix.where() : at_;
  if (!one && lasting && farthest(expected - held.at) <= kDoubtfulReach * reach_) {
    one = link(held, spectrum, std::nullopt);
  }
  if (!one) {
    return;
  }
  held.used = frames_;
  fix.lasted = true;
  if (fix.found() && farthest(fix.where() - (held.at + one->shift)) > kSamePlacePx) {
    // The frame before was matched to the wrong place, or has been at a wrong one itself.
    fix.sum = {};
    fix.weight = 0;
  }
  fix.count(held, *one, trust);
  if (lasting) {
    fix.held_fast = true;
    fix.coherent = &held;
    fix.coherent_shift = one->shift;
    if (!fix.latest || held.frame > fix.latest->frame) {
      fix.latest = &held;
      fix.latest_shift = one->shift;
    }
  }
}

FourierDrift::Fix FourierDrift::locate(const Spectrum& spectrum) {
  Fix fix;
  if (recent_.empty()) {
    return fix;
  }
  if (const auto one = link(recent_.back(), spectrum, std::nullopt)) {
    fix.count(recent_.back(), *one, kTrustRecent);
  }
  if (keys_.back().frame != recent_.back().frame) {
    join(fix, keys_.back(), kTrustKey, spectrum);
  } else {
    fix.held_fast = fix.found();
  }

  const Point expected = fix.found() ? fix.where() : at_;
  const auto nearest =
      std::min_element(anchors_.begin(), anchors_.end(), [&](const Held& a, const Held& b) {
        return farthest(a.at - expected) < farthest(b.at - expected);
      });
  if (nearest != anchors_.end()) {
    fix.nearest = &*nearest;
    if (nearest->frame != keys_.back().frame) {
      join(fix, *nearest, kTrustAnchor, spectrum);
    }
  }
  if (recent_.size() >= kLag && fix.found()) {
    join(fix, recent_[recent_.size() - kLag], kTrustRecent, spectrum);
  }
  return fix;
}

void FourierDrift::take(const DriftView& view, bool learn) {
  Spectrum spectrum = imaging::spectrum_of(pattern_->clean(view));
  peak_.push_back(0);
  sharpness_.push_back(0);
  if (pairs_ == 0 && !recent_.empty() && !pattern_->known()) {
    foresee_pattern(spectrum);
  }
  const Fix fix = blank(view) ? Fix{} : locate(spectrum);
  ok_ = fix.found();
  if (ok_) {
    at_ = fix.where();
  }
  sought_ += fix.sought ? 1 : 0;
  lasted_ += fix.sought && fix.lasted ? 1 : 0;
  lost_ = ok_ && !fix.held_fast ? lost_ + 1 : 0;
  const bool first = frames_ == 0;
  const bool anew = first || lost_ >= kLost;
  if (anew) {
    lost_ = 0;
  }

  const double expected = expected_amplitude();
  sharpness_.back() = static_cast<float>(expected > 0 ? fix.amplitude / expected : 0.0);
  if (frames_ < kMeasureAll || frames_ % kMeasureEvery == 0) {
    if (fix.coherent) {
      measure_coherence(spectrum, *fix.coherent, fix.coherent_shift);
      const int64_t back = frames_ - fix.latest->frame;
      const bool due = frames_ < kMeasureAll ? pairs_ % kLookEvery == 1 && back <= kLookBack
                                             : back >= kLookFrom && back <= kLookTo;
      if (due) {
        look_whether_rigid(spectrum, *fix.latest, fix.latest_shift,
                           DriftViewer::kWindowPower * std::max(kLeastCoverage, coverage(view)));
      }
    } else if (ok_) {
      measure_coherence(spectrum, recent_.back(), at_ - recent_.back().at);
    } else if (first) {
      measure_coherence(spectrum, {}, {});
    }
    set_weights();
  }
  if (learn && pattern_->known() && ok_) {
    pattern_->learn(*registrar_, view, spectrum, at_);
  }

  const bool far_from_key = !keys_.empty() && farthest(at_ - keys_.back().at) > kKeyReach * reach_;
  const bool far_from_anchor =
      fix.nearest && farthest(at_ - fix.nearest->at) > kAnchorReach * reach_;
  if (anew ||
      (ok_ && (far_from_key || frames_ - keys_.back().frame >= options_.key_every_frames))) {
    keep_as_key(spectrum);
  }
  if (anew || (ok_ && far_from_anchor)) {
    keep_as_anchor(spectrum);
  }
  recent_.push_back({frames_, at_, frames_, std::move(spectrum)});
  if (recent_.size() > kLag) {
    recent_.pop_front();
  }
  ++frames_;
}

void FourierDrift::keep_as_key(const Spectrum& spectrum) {
  // The latest key is linked already, as every frame is.
  for (size_t i = 0; i + 1 < keys_.size(); ++i) {
    link(keys_[i], spectrum, at_ - keys_[i].at);
  }
  keys_.push_back({frames_, at_, frames_, spectrum});
  if (keys_.size() > kKeys) {
    keys_.pop_front();
  }
}

void FourierDrift::keep_as_anchor(const Spectrum& spectrum) {
  for (const Held& anchor : anchors_) {
    const bool linked = std::any_of(links_.rbegin(), links_.rend(), [&](const DriftLink& one) {
      return one.to == frames_ && one.from == anchor.frame;
    });
    if (!linked) {
      link(anchor, spectrum, at_ - anchor.at);
    }
  }
  if (anchors_.size() == kAnchors) {
    anchors_.erase(std::min_element(anchors_.begin(), anchors_.end(),
                                    [](const Held& a, const Held& b) { return a.used < b.used; }));
  }
  anchors_.push_back({frames_, at_, frames_, spectrum});
}

}  // namespace mote::track
