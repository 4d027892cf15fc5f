#include "mote/track/id_tracks.h"
#include "mote/track/track_archive.h"

namespace mote::track {

template <typename Archive>
void archive(Archive& archive, WholeObject& whole) {
  archive(whole.frame, whole.mask, whole.drift, whole.area_px);
}

template <typename Archive>
void archive(Archive& archive, Piece& piece) {
  archive(piece.number, piece.centroid, piece.area_px);  // the rest is of its frame alone
}

template <typename Archive>
void archive(Archive& archive, Parting& parting) {
  archive(parting.frame, parting.time, parting.is_plausible, parting.whole_px, parting.pieces,
          parting.drift);
}

template <typename Archive>
void archive(Archive& archive, Neck& neck) {
  archive(neck.a, neck.b, neck.width_px, neck.ratio);
}

template <typename Archive>
void archive(Archive& archive, IdTracks::Held& held) {
  archive(held.frame, held.drift, held.necks, held.centroids);
}

template <typename Archive>
void archive(Archive& archive, IdTracks::Object& object) {
  archive(object.live, object.mask, object.drift, object.whole, object.parting);
}

std::string IdTracks::save_state() const {
  ArchiveWriter content;
  int64_t now = now_;
  int32_t last_track_id = last_track_id_;
  std::map<int32_t, Object> objects = objects_;
  std::deque<Held> held = held_;
  content(now, last_track_id, objects, held);
  return content.take();
}

void IdTracks::load_state(std::string_view state) {
  ArchiveReader reader(state);
  IdTracks loaded(options_, field_);
  reader(loaded.now_, loaded.last_track_id_, loaded.objects_, loaded.held_);
  reader.expect_end();
  *this = std::move(loaded);
}

}  // namespace mote::track
