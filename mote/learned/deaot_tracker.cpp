#include "mote/learned/deaot_tracker.h"

#include <algorithm>
#include <utility>

#include "mote/core/bytes.h"
#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/core/mask.h"
#include "mote/core/require.h"
#include "mote/imaging/components.h"
#include "mote/segment/network_regions.h"
#include "mote/track/id_tracks.h"
#include "mote/track/new_objects.h"
#include "mote/track/sealed_state.h"

namespace mote::learned {
namespace {

using segment::Polarity;
using track::TrackerOutput;

constexpr uint64_t kMark = 0x36746f61656d6f6d;  // "momeaot6": the last byte counts versions

void check(const track::DeaotOptions& options) {
  if (options.max_gap_frames >= options.lag_frames) {
    throw Error(ErrorKind::kUsage, "max-gap is {}; --tracker deaot bridges {} at most",
                counted(options.max_gap_frames, "frame"), options.lag_frames - 1);
  }
  require_option(options.keyframe_gap >= 1, "keyframe-gap", options.keyframe_gap, "1 or more");
  require_option(options.min_new_area_px >= 1, "min-new-area-px", options.min_new_area_px,
                 "1 or more");
  require_option(options.min_new_share > 0 && options.min_new_share <= 1, "min-new-share",
                 options.min_new_share, "more than 0, 1 at most");
  require_option(options.min_piece_share > 0 && options.min_piece_share <= 0.5, "min-piece-share",
                 options.min_piece_share, "more than 0, 0.5 at most");
}

track::IdTracksOptions id_options(const track::DeaotOptions& options) {
  return {.max_gap_frames = options.max_gap_frames,
          .min_merge_share = options.min_merge_share,
          .confirm = options.confirm,
          .lag_frames = options.lag_frames,
          .min_piece_share = options.min_piece_share,
          .min_piece_area_px = options.min_new_area_px};
}

class DeaotTracker : public track::Tracker {
 public:
  DeaotTracker(std::unique_ptr<MaskPropagator> propagator, const track::DeaotOptions& options,
               const segment::ThresholdOptions& found, Size field)
      : propagator_(std::move(propagator)),
        options_(options),
        found_(found),
        field_(field),
        tracks_(id_options(options), field) {}

  TrackerOutput push(const track::TrackerFrame& frame,
                     const track::LazySegmentation& segmentation) override;
  bool asks_for_segmentation(int64_t index) const override {
    return index % options_.keyframe_gap == 0;
  }
  BinaryImage particles() const override { return particles_; }
  TrackerOutput finish() override { return tracks_.finish(); }
  int64_t lag_frames() const override { return options_.lag_frames; }
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  LabelImage ids_in(const track::TrackerFrame& frame, const track::LazySegmentation& segmentation);
  LabelImage with_new_objects(const LabelImage& tracked, const Segmentation& segmentation);
  segment::CoveredLabels covered(const LabelImage& ids, const track::TrackerFrame& frame) const;
  void remember(LabelImage ids, bool is_keyframe);

  std::unique_ptr<MaskPropagator> propagator_;
  track::DeaotOptions options_;
  segment::ThresholdOptions found_;
  Size field_;
  track::IdTracks tracks_;
  int64_t next_frame_ = 0;
  int32_t largest_id_ = 0;
  Polarity polarity_ = Polarity::kAuto;  // as the latest segmentation knows it
  BinaryImage particles_;
};

LabelImage DeaotTracker::with_new_objects(const LabelImage& tracked,
                                          const Segmentation& segmentation) {
  // What a first frame shows is tracked however small it is.
  const track::NewObjectOptions options = {
      .min_area_px = largest_id_ == 0 ? 1 : options_.min_new_area_px,
      .min_new_share = options_.min_new_share};
  const LabelImage added = track::new_objects(tracked, segmentation.labels, largest_id_, options);
  for (const int32_t id : added.values()) {
    largest_id_ = std::max(largest_id_, id);
  }
  return track::joined_labels(tracked, added);
}

LabelImage DeaotTracker::ids_in(const track::TrackerFrame& frame,
                                const track::LazySegmentation& segmentation) {
  LabelImage ids = propagator_->propagate(frame.image);
  if (asks_for_segmentation(frame.index)) {
    const Segmentation& segmented = segmentation();
    if (const auto bright = segmented.values.find("bright"); bright != segmented.values.end()) {
      polarity_ = bright->second != 0 ? Polarity::kBright : Polarity::kDark;
    }
    ids = with_new_objects(ids, segmented);
  }
  return ids;
}

segment::CoveredLabels DeaotTracker::covered(const LabelImage& ids,
                                             const track::TrackerFrame& frame) const {
  segment::ThresholdOptions found = found_;
  found.polarity = found.polarity == Polarity::kAuto ? polarity_ : found.polarity;
  return segment::covered_labels(segment::finding_of(ids, propagator_->blur_px()),
                                 {.image = frame.image, .excluded = frame.excluded}, found,
                                 options_.min_piece_share);
}

TrackerOutput DeaotTracker::push(const track::TrackerFrame& frame,
                                 const track::LazySegmentation& segmentation) {
  if (frame.image.size() != field_) {
    throw Error(ErrorKind::kUsage,
                "DeAOT follows pixels: frame {} has {} x {} of them, not {} x {}", frame.index,
                frame.image.height(), frame.image.width(), field_.height, field_.width);
  }
  if (frame.index != next_frame_) {
    throw Error(ErrorKind::kUsage, "frame {} follows frame {}", frame.index, next_frame_ - 1);
  }
  ++next_frame_;
  LabelImage ids = ids_in(frame, segmentation);
  segment::CoveredLabels seen = covered(ids, frame);
  particles_ = imaging::mask_of(seen.labels);
  TrackerOutput output = tracks_.push({.index = frame.index,
                                       .time = frame.time,
                                       .ids = seen.labels,
                                       .coverage = std::move(seen.coverage),
                                       .drift = frame.drift,
                                       .excluded = frame.excluded,
                                       .largest_id = largest_id_});
  remember(std::move(ids), asks_for_segmentation(frame.index));
  return output;
}

/// The pieces of what has split are remembered as objects of their own. In all frames before they
/// are one, and would be taken for it again: the memory begins anew.
void DeaotTracker::remember(LabelImage ids, bool is_keyframe) {
  for (const track::PartedObject& parted : tracks_.parted()) {
    std::replace(ids.values().begin(), ids.values().end(), parted.id, 0);
    for (const auto& [id, mask] : parted.pieces) {
      paint(ids, mask, id);
      largest_id_ = std::max(largest_id_, id);
    }
  }
  if (!tracks_.parted().empty()) {
    propagator_->restart(ids, largest_id_);
  } else if (largest_id_ > 0 && is_keyframe) {
    propagator_->reference(ids, largest_id_);
  } else if (largest_id_ > 0) {
    propagator_->update(ids);
  }
}

std::string DeaotTracker::save_state() const {
  ByteWriter content;
  content(field_, next_frame_, largest_id_, polarity_, particles_);
  content.put(std::string_view(tracks_.save_state()));
  content.put(std::string_view(propagator_->save_state()));
  return track::sealed_state(kMark, content.take());
}

void DeaotTracker::load_state(std::string_view state) {
  ByteReader reader(track::opened_state(kMark, state, "DeAOT tracker"));
  const auto field = reader.get<Size>();
  if (field != field_) {
    throw Error(ErrorKind::kBadFile, "tracker state of a field of {} x {} px, expected {} x {}",
                field.width, field.height, field_.width, field_.height);
  }
  reader.get(next_frame_);
  reader.get(largest_id_);
  reader.get(polarity_);
  reader.get(particles_);
  tracks_.load_state(reader.get<std::string_view>());
  propagator_->load_state(reader.get<std::string_view>());
  reader.expect_end();
}

}  // namespace

std::unique_ptr<track::Tracker> make_deaot_tracker(std::unique_ptr<MaskPropagator> propagator,
                                                   const track::DeaotOptions& options,
                                                   const segment::ThresholdOptions& found,
                                                   Size field) {
  check(options);
  return std::make_unique<DeaotTracker>(std::move(propagator), options, found, field);
}

}  // namespace mote::learned
