#include <algorithm>

#include "mote/track/drift_state.h"
#include "mote/track/fourier_drift.h"
#include "mote/track/sealed_state.h"

namespace mote::track {
namespace {

constexpr uint64_t kMark = 0x3566726465746f6d;  // "motedrf5": the last letter counts versions
constexpr std::string_view kWhat = "drift estimator";

}  // namespace

// What a recording is estimated with; a state of anything else is refused.
template <typename Bytes>
void FourierDrift::archive_terms(Bytes& bytes, Size& field, DriftOptions& options) {
  bytes(field, options.from, options.key_every_frames, options.max_shift_px,
        options.min_peak_ratio);
}

// One function describes reading and writing; writing changes nothing.
template <typename Bytes>
void FourierDrift::archive(Bytes& bytes) {
  const auto archive_held = [&](auto& all, size_t most) {
    archive_count(bytes, all, most);
    for (Held& held : all) {
      bytes(held.frame, held.at, held.used, held.spectrum);
    }
  };
  bytes(frames_, links_, peak_, sharpness_, at_, shown_, ok_, lost_);
  archive_held(recent_, kLag);
  archive_held(keys_, kKeys);
  archive_held(anchors_, kAnchors);
  bytes(power_, cross_, weights_, powers_, pairs_, neighbour_cross_, looks_, judged_, loose_,
        sought_, lasted_);
}

void FourierDrift::save_state(ByteWriter& out) const {
  seal_state(kMark, out, [this](ByteWriter& content) {
    FourierDrift& self = *const_cast<FourierDrift*>(this);
    self.archive_terms(content, self.field_, self.options_);
    self.archive(content);
    white_.save(content);
    if (pattern_) {
      pattern_->save(content);
    }
  });
}

void FourierDrift::load_state(std::string_view state) {
  ByteReader in(opened_state(kMark, state, kWhat));
  Size field;
  DriftOptions options;
  archive_terms(in, field, options);
  if (field != field_ || options != options_) {
    throw Error(ErrorKind::kBadFile, "drift state is of a field of {} x {} px or of other options",
                field.width, field.height);
  }
  FourierDrift loaded(options_, field_);
  loaded.archive(in);
  loaded.white_.load(in);
  if (loaded.pattern_) {
    loaded.pattern_->load(in, loaded.frames_);
  }
  in.expect_end();
  loaded.expect_sound_state();
  if (loaded.registrar_ && !loaded.weights_.empty()) {
    loaded.registrar_->set_weights(loaded.weights_, loaded.stationary());
  }
  *this = std::move(loaded);
}

bool FourierDrift::sound_held(const Held& held) const {
  const Size half = {size_.height, size_.width / 2 - 1};
  return held.frame >= 0 && held.frame < frames_ && finite(held.at) && held.spectrum.size() == half;
}

void FourierDrift::expect_sound_state() const {
  expect_sound(frames_ >= 0 && peak_.size() == static_cast<size_t>(frames_) &&
               sharpness_.size() == peak_.size());
  expect_sound(std::all_of(links_.begin(), links_.end(), [&](const DriftLink& one) {
    return 0 <= one.from && one.from < one.to && one.to < frames_ && std::isfinite(one.dy_px) &&
           std::isfinite(one.dx_px) && one.sigma_px >= 0;
  }));
  expect_sound(finite(at_) && finite(shown_));
  const auto all_sound = [&](const auto& all) {
    return std::all_of(all.begin(), all.end(), [&](const Held& held) { return sound_held(held); });
  };
  expect_sound(all_sound(recent_) && all_sound(keys_) && all_sound(anchors_));
  // A registered frame is itself held, and so is the key frame that began its piece.
  const bool begun = registrar_ && frames_ > 0;
  expect_sound(recent_.empty() != begun && keys_.empty() != begun && anchors_.empty() != begun);
  expect_sound(sound(power_) && sound(cross_) && sound(neighbour_cross_) &&
               (weights_.empty() || sound(weights_)));
  // A frame is counted at most once, by each of these.
  for (const int64_t count :
       {int64_t{lost_}, powers_, pairs_, looks_, judged_, loose_, sought_, lasted_}) {
    expect_sound(count >= 0 && count <= frames_);
  }
}

}  // namespace mote::track
