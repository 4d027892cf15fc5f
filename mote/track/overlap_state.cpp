#include "mote/track/overlap_tracker.h"
#include "mote/track/sealed_state.h"
#include "mote/track/track_archive.h"

// Not in an unnamed namespace: ArchiveWriter and ArchiveReader find these by their own namespace.
namespace mote::track {

constexpr uint64_t kMark = 0x62706c726f766f6d;  // "movorlpb": the last byte counts versions

template <typename Archive>
void archive(Archive& archive, Sight& sight) {
  archive(sight.frame, sight.position);
}

template <typename Archive>
void archive(Archive& archive, Portrait& portrait) {
  archive(portrait.values, portrait.radius_px, portrait.dark, portrait.partial, portrait.frames);
}

template <typename Archive>
void archive(Archive& archive, Whole& whole) {
  archive(whole.mask, whole.mask_centroid, whole.area_px, whole.position, whole.frame);
}

template <typename Archive>
void archive(Archive& archive, Lobe& lobe) {
  archive(lobe.id, lobe.track, lobe.begun, lobe.mask, lobe.mask_centroid, lobe.area_px, lobe.sights,
          lobe.areas_px, lobe.alone_px, lobe.whole, lobe.portrait, lobe.position, lobe.frame,
          lobe.shared, lobe.missing, lobe.missing_since, lobe.awaited);
}

template <typename Archive>
void archive(Archive& archive, PairSample& sample) {
  archive(sample.frame, sample.ratio, sample.position, sample.distance_px, sample.area_ratio,
          sample.excess);
}

template <typename Archive>
void archive(Archive& archive, PairSeries& series) {
  archive(series.samples);
}

template <typename Archive>
void archive(Archive& archive, Since& since) {
  archive(since.frame, since.time, since.position, since.ratio, since.frames, since.agreeing);
}

template <typename Archive>
void archive(Archive& archive, NeckHistory::Block& block) {
  archive(block.last_time, block.mean_ratio, block.frames);
}

template <typename Archive>
void archive(Archive& archive, Hold& hold) {
  archive(hold.frames, hold.mean_px, hold.squares_px2);
}

template <typename Archive>
void archive(Archive& archive, FilledArea& filled) {
  archive(filled.least, filled.rise, filled.second_differences, filled.frames);
}

template <typename Archive>
void archive(Archive& archive, Contact& contact) {
  archive(contact.series, contact.open, contact.after_split, contact.openings, contact.area_px,
          contact.highest_ratio, contact.last_ratio, contact.opened, contact.necks, contact.hold,
          contact.excess, contact.filled, contact.overlapped, contact.judged, contact.joined,
          contact.fused, contact.apart);
}

template <typename Archive>
void archive(Archive& archive, Approach::Sample& sample) {
  archive(sample.frame, sample.excess_px, sample.limit_px, sample.distance_px, sample.position);
}

template <typename Archive>
void archive(Archive& archive, Closing& closing) {
  archive(closing.frame, closing.position);
}

template <typename Archive>
void archive(Archive& archive, Approach& approach) {
  archive(approach.samples, approach.around, approach.closing, approach.is_settled);
}

template <typename Archive>
void archive(Archive& archive, Bond& bond) {
  archive(bond.series, bond.below);
}

template <typename Archive>
void OverlapTracker::archive(Archive& archive) {
  archive(now_.frame, now_.time, now_.drift, next_frame_, handed_back_, last_track_id_,
          last_lobe_id_, lobes_, tracks_, ended_, contacts_.pairs(), approaches_.pairs(), bonds_,
          held_, held_events_);
}

std::string OverlapTracker::save_state() const {
  ArchiveWriter content;
  Size field = field_;
  content(field.height, field.width);
  // One function describes reading and writing; writing changes nothing.
  const_cast<OverlapTracker*>(this)->archive(content);
  return sealed_state(kMark, content.take());
}

void OverlapTracker::load_state(std::string_view state) {
  ArchiveReader reader(opened_state(kMark, state, "overlap tracker"));
  Size field;
  reader(field.height, field.width);
  if (field != field_) {
    throw Error(ErrorKind::kBadFile, "tracker state of a field of {} x {} px, expected {} x {}",
                field.width, field.height, field_.width, field_.height);
  }
  OverlapTracker loaded(options_, field_);
  loaded.archive(reader);
  reader.expect_end();
  *this = std::move(loaded);
}

}  // namespace mote::track
