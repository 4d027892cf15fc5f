#pragma once

#include "mote/core/lineage.h"
#include "mote/core/mask.h"
#include "mote/track/archive.h"
#include "mote/track/held_frames.h"
#include "mote/track/live_track.h"

// What the states of several trackers are made of. Not in an unnamed namespace: ArchiveWriter and
// ArchiveReader find these by their own namespace.
namespace mote::track {

template <typename Archive>
void archive(Archive& archive, Point& point) {
  archive(point.y_px, point.x_px);
}

template <typename Archive>
void archive(Archive& archive, Box& box) {
  archive(box.y, box.x, box.height, box.width);
}

template <typename Archive>
void archive(Archive& archive, Run& run) {
  archive(run.y, run.x, run.length);
}

template <typename Archive>
void archive(Archive& archive, Mask& mask) {
  archive(mask.runs);
}

template <typename Archive>
void archive(Archive& archive, Track& track) {
  archive(track.id, track.first_frame, track.last_frame, track.parents);
}

template <typename Archive>
void archive(Archive& archive, Event& event) {
  archive(event.type, event.frame_before, event.frame, event.tracks, event.children, event.position,
          event.confidence, event.evidence);
}

template <typename Archive>
void archive(Archive& archive, Glimpse& glimpse) {
  archive(glimpse.frame, glimpse.centroid, glimpse.box, glimpse.area_px, glimpse.cut);
}

template <typename Archive>
void archive(Archive& archive, Gap& gap) {
  archive(gap.first, gap.last);
}

template <typename Archive>
void archive(Archive& archive, SizeSample& sample) {
  archive(sample.frame, sample.area_px);
}

template <typename Archive>
void archive(Archive& archive, LiveTrack& track) {
  archive(track.track, track.gaps, track.born, track.died, track.first, track.last,
          track.first_sizes, track.last_sizes, track.frames_seen);
}

template <typename Archive>
void archive(Archive& archive, Excess& excess) {
  archive(excess.seen, excess.expected, excess.variance);
}

template <typename Archive>
void archive(Archive& archive, HeldLobe& lobe) {
  archive(lobe.lobe, lobe.track);
}

template <typename Archive>
void archive(Archive& archive, HeldRegion& region) {
  archive(region.cluster, region.mask, region.area_px, region.cut, region.lobes);
}

template <typename Archive>
void archive(Archive& archive, TrackedNeck& neck) {
  archive(neck.a, neck.b, neck.ratio, neck.width_px, neck.apart, neck.excess);
}

template <typename Archive>
void archive(Archive& archive, HeldFrame& frame) {
  archive(frame.index, frame.time, frame.coverage, frame.regions, frame.touching, frame.joined,
          frame.values, frame.necks);
}

}  // namespace mote::track
