#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mote/pipeline/frame_lines.h"

namespace mote::pipeline {

/// A row of a tracks.csv that may have been edited by hand.
struct EditedTrack {
  int64_t line = 0;              ///< in the file, from 1
  std::vector<int32_t> parents;  ///< ascending, as written
};

/// The columns `track` and `parents` of a tracks.csv, by track; other columns are left.
/// Throws kNotFound, and kBadFile, naming file and line, where a cell is no list of track numbers
/// or a track has two rows.
std::map<int32_t, EditedTrack> read_edited_tracks(const std::string& path);

/// A row of an events.csv that may have been edited by hand.
struct EditedEvent {
  int64_t line = 0;  ///< in the file, from 1
  std::string type;  ///< as written
};

/// The columns `event` and `type` of an events.csv, by number of the event; other columns are left.
/// Throws kNotFound, and kBadFile, naming file and line, where a number is none or has two rows.
std::map<size_t, EditedEvent> read_edited_events(const std::string& path);

/// A row of a particles.csv that may have been edited by hand.
struct EditedParticle {
  int64_t line = 0;             ///< in the file, from 1
  int32_t label = 0;            ///< that the instance had
  std::vector<int32_t> tracks;  ///< ascending, as written
};

/// The columns `frame`, `label` and `tracks` of a particles.csv, frame by frame; other columns are
/// left.
class EditedParticles {
 public:
  /// Throws kNotFound, and kBadFile, naming file and line, where frames are no numbers, descend, or
  /// are not below `frames`.
  EditedParticles(const std::string& path, int64_t frames);

  /// The rows of the next frame: to be called for frame 0, 1, ...
  /// Throws kBadFile, naming file and line, where a cell is no list of track numbers or a label has
  /// two rows.
  std::vector<EditedParticle> next();

  const std::string& path() const { return lines_.path(); }

 private:
  FrameLines lines_;
  int64_t frame_ = 0;
  int64_t line_ = 2;
};

}  // namespace mote::pipeline
