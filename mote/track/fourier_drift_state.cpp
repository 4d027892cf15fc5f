#include <algorithm>

#include "mote/track/drift_state.h"
#include "mote/track/fourier_drift.h"

namespace mote::track {
namespace {

using imaging::kRings;

constexpr std::string_view kMagic = "motedrf2";

}  // namespace

std::string FourierDrift::save_state() const {
  ByteWriter out;
  out.put(kMagic);
  out.put(field_);
  out.put(options_.from);
  out.put(options_.key_every_frames);
  out.put(options_.max_shift_px);
  out.put(options_.min_peak_ratio);
  out.put(frames_);
  out.put(links_);
  out.put(peak_);
  out.put(sharpness_);
  out.put(at_);
  out.put(shown_);
  out.put(ok_);
  out.put(lost_);
  const auto put_held = [&](const auto& all) {
    out.put(static_cast<uint64_t>(all.size()));
    for (const Held& held : all) {
      out.put(held.frame);
      out.put(held.at);
      out.put(held.used);
      out.put(held.spectrum);
    }
  };
  put_held(recent_);
  put_held(keys_);
  put_held(anchors_);
  out.put(power_);
  out.put(cross_);
  white_.save(out);
  out.put(weights_);
  out.put(powers_);
  out.put(pairs_);
  out.put(neighbour_cross_);
  out.put(looks_);
  out.put(judged_);
  out.put(loose_);
  if (pattern_) {
    pattern_->save(out);
  }
  return out.take();
}

void FourierDrift::load_state(std::string_view state) {
  ByteReader in(state);
  if (in.get<std::string>() != kMagic) {
    refuse_drift_state();
  }
  Size field;
  DriftOptions options;
  in.get(field);
  in.get(options.from);
  in.get(options.key_every_frames);
  in.get(options.max_shift_px);
  in.get(options.min_peak_ratio);
  if (field != field_ || options.from != options_.from ||
      options.key_every_frames != options_.key_every_frames ||
      options.max_shift_px != options_.max_shift_px ||
      options.min_peak_ratio != options_.min_peak_ratio) {
    throw Error(ErrorKind::kBadFile, "drift state is of a field of {} x {} px or of other options",
                field.width, field.height);
  }
  in.get(frames_);
  in.get(links_);
  in.get(peak_);
  in.get(sharpness_);
  in.get(at_);
  in.get(shown_);
  in.get(ok_);
  in.get(lost_);
  const Size half = {size_.height, size_.width / 2 - 1};
  const auto get_held = [&](auto& all, size_t most) {
    uint64_t count = 0;
    in.get(count);
    if (count > most) {
      refuse_drift_state();
    }
    all.clear();
    for (uint64_t i = 0; i < count; ++i) {
      Held held;
      in.get(held.frame);
      in.get(held.at);
      in.get(held.used);
      in.get(held.spectrum);
      if (held.spectrum.size() != half) {
        refuse_drift_state();
      }
      all.push_back(std::move(held));
    }
  };
  get_held(recent_, kLag);
  get_held(keys_, kKeys);
  get_held(anchors_, kAnchors);
  in.get(power_);
  in.get(cross_);
  white_.load(in);
  in.get(weights_);
  in.get(powers_);
  in.get(pairs_);
  in.get(neighbour_cross_);
  in.get(looks_);
  in.get(judged_);
  in.get(loose_);
  if (pattern_) {
    pattern_->load(in);
  }
  in.expect_end();
  const auto frames = static_cast<size_t>(std::max(0, frames_));
  const bool links_fit = std::all_of(links_.begin(), links_.end(), [&](const DriftLink& one) {
    return one.from >= 0 && one.from < frames_ && one.to >= 0 && one.to < frames_;
  });
  if (frames_ < 0 || peak_.size() != frames || sharpness_.size() != frames || !links_fit ||
      power_.size() != kRings || cross_.size() != kRings || neighbour_cross_.size() != kRings ||
      (!weights_.empty() && weights_.size() != kRings)) {
    refuse_drift_state();
  }
  if (registrar_ && !weights_.empty()) {
    registrar_->set_weights(weights_, stationary());
  }
}

}  // namespace mote::track
