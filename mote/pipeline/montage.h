#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mote::pipeline {

struct MontageOptions {
  std::string run;        ///< folder of a finished run
  int64_t event = 0;      ///< its number in events.csv
  std::string recording;  ///< where it has moved to; empty: where run.json says
  int64_t before = 4;     ///< frames up to the last one before the event
  int64_t after = 4;      ///< frames from the first one after it
  int64_t step = 1;       ///< frames from one to the next
  int64_t columns = 4;
  int64_t tile_px = 320;  ///< least side of a tile; pixels are enlarged by a whole factor
  bool outlines = true;
  std::string output;  ///< PNG
  bool force = false;  ///< overwrite it
};

struct MontageResult {
  std::string picture;          ///< the PNG that was written
  std::vector<int64_t> frames;  ///< that it shows
};

/// A picture of an event: frames before and after it, cropped around the tracks that it happened
/// to, at one grey scale, with outlines in the colours of the tracks, time and frame, and a scale
/// bar in the first. The crop follows the drift; the first frame after the event has a frame.
///
/// Throws kNotFound where the run, its events.csv, the event or the recording is not there, kUsage
/// where the recording is not the one that the run was made of, or options are out of range.
MontageResult montage(const MontageOptions& options);

}  // namespace mote::pipeline
