#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/segmentation.h"
#include "mote/pipeline/edited_tables.h"
#include "mote/pipeline/journal.h"

namespace mote::pipeline {

/// The files that corrections are read from, and which tracks they know.
struct EditedFiles {
  std::string labels;  ///< path, as are the others
  std::string particles;
  std::string tracks;
  std::string events;
  std::map<int32_t, EditedTrack> rows;       ///< of tracks.csv
  std::map<size_t, EditedEvent> event_rows;  ///< of events.csv, by number of the event
  std::set<int32_t> removed;                 ///< tracks of the run that have no row any more
};

/// A frame after corrections.
struct CorrectedFrame {
  JournalFrame frame;         ///< every instance has the tracks that it has now
  std::set<int32_t> doubled;  ///< tracks that were given several instances, of which one has it
  bool changed = false;
  /// Where `changed`: the label image of `frame`, whose instances are labelled by their first
  /// track.
  LabelImage labels;
  std::set<int32_t> unmeasured;  ///< labels of instances whose `measures` are not known yet
  /// What became of the run's tracks in this frame, where it is not what it was: 0 for nothing.
  std::map<int32_t, int32_t> now;
  std::set<int32_t> redrawn;  ///< tracks, of then and of now, whose mask is another one
};

/// What the label image and the rows of particles.csv, as edited, make of a frame of a run.
/// Both are compared with what the run wrote: what differs is a correction.
/// Throws kBadFile, naming file and frame, where they name a track that has no row in tracks.csv or
/// contradict one another.
CorrectedFrame corrected(JournalFrame automatic, const LabelImage& labels,
                         std::span<const EditedParticle> rows, const EditedFiles& files);

}  // namespace mote::pipeline
