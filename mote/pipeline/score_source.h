#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/lineage.h"
#include "mote/eval/events.h"
#include "mote/eval/objects.h"

namespace mote::pipeline {

/// How a run read its recording, where that changes what a frame or a pixel is; as its options are
/// named. A simulation has its recording as it is.
struct ReadingOptions {
  std::string roi;
  int64_t bin = 1;
  int64_t average = 1;
  std::string mask;

  bool operator==(const ReadingOptions&) const = default;
};

/// The recording that a run is of, as its run.json tells it apart from others.
struct RecordingIdentity {
  std::string file;  ///< its name, without folders
  std::string hash;
  bool full = false;  ///< the hash is of all its bytes, not of samples
};

/// What is known of a ground truth or a result before any of its frames is read.
struct ScoreInfo {
  std::string path;    ///< as the user gave it
  std::string format;  ///< `simulation`, `mote run`, `CTC`, `MOTChallenge`, `COCO`, `label images`
  std::vector<int64_t> numbers;            ///< of its frames, ascending; events and tracks use them
  bool numbered = false;                   ///< the numbers are said by the files, not counted by us
  bool partial = false;                    ///< may be of a part of the recording
  std::optional<RecordingIdentity> input;  ///< of a run
  std::string recording;  ///< of a simulation: the path of its recording, if that is there
  std::optional<ReadingOptions> reading;  ///< of simulations and runs alone
  bool boxes = false;                     ///< it has boxes, no masks
  bool tracked = false;                   ///< ids are those of tracks
  bool scored = false;                    ///< its objects carry scores
  bool overlapping = false;  ///< its objects may overlap, as those of label images cannot
  std::optional<PixelSize> pixel_size;
  std::vector<Track> tracks;
  std::optional<std::vector<eval::HistoryEvent>> events;  ///< where the files tell them
};

/// A seam: a ground truth or a result, whatever its format.
class ScoreSource {
 public:
  virtual ~ScoreSource() = default;
  ScoreSource() = default;
  ScoreSource(const ScoreSource&) = delete;
  ScoreSource& operator=(const ScoreSource&) = delete;

  virtual const ScoreInfo& info() const = 0;

  /// The objects of frame `index` of [0, info().numbers.size()); none where the source has boxes.
  /// Thread-safe. Throws kBadFile, kUsage or kUnsupported, with path and frame in front.
  virtual eval::ObjectImage read(int64_t index) = 0;

  /// The boxes of its objects. Thread-safe; throws likewise.
  virtual std::vector<eval::ObjectBox> boxes(int64_t index) = 0;
};

/// Opens a ground truth and a result: the folder of a mote run, whose shared instances count for
/// each track, or of a simulation (whose `truth` is taken, with masks whole where it has them); a
/// CTC folder (`man_track.txt` or `res_track.txt` with its masks, also within `TRA`); a
/// MOTChallenge text; a COCO JSON, whose results take the images of the truth; or any label images
/// that `mote measure` reads. Throws kNotFound, kBadFile, kUnsupported or kUsage, with the path in
/// front.
std::pair<std::unique_ptr<ScoreSource>, std::unique_ptr<ScoreSource>> open_score_sources(
    const std::string& truth, const std::string& result);

}  // namespace mote::pipeline
