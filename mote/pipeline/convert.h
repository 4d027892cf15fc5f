#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/image.h"
#include "mote/imaging/sample_conversion.h"
#include "mote/pipeline/progress.h"
#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// What `mote convert` does.
struct ConvertJob {
  RecordingOptions recording;  ///< its mask, log and bars are left aside
  std::string output;          ///< file, or folder of stills
  std::string to;              ///< a name of `conversion_formats`; empty: by the output's extension
  std::string depth = "keep";  ///< keep, 8 or 16 (unsigned integers), 32f
  std::string range;  ///< `A..B`: what becomes black and white; empty: by the whole recording
  bool force = false;
};

struct ConvertResult {
  std::string output;
  std::string format;
  int64_t frames = 0;
  Size size;
  SampleType type = SampleType::kUint8;
  std::optional<imaging::GreyScale> scale;  ///< nothing where numbers stayed as they were
  std::optional<PixelSize> pixel_size;      ///< as written
  std::optional<FrameInterval> frame_interval;
  std::vector<std::string> warnings;  ///< among them, what the format does not hold
};

/// Names that `to` takes.
std::vector<std::string> conversion_formats();

/// Writes a recording, or a part of it, as another file. What is written stands under its name only
/// when it is whole: an error or a stop leaves what was there before.
///
/// Samples keep their type and numbers with `depth` keep; where the format lacks the type they go
/// to a larger one that holds all its numbers. With 8 and 16, numbers that fit are kept, others are
/// laid on one straight line for the whole recording: from `range`, or from its smallest and
/// largest sample, for which all frames are read once more. Memory does not grow with the number of
/// frames.
///
/// Throws as Recording::open and Recording::read, kUsage where the output is there (without
/// `force`), where a format or depth is not known, or where numbers would be lost that nothing was
/// said of; kResource where the disk is full; Cancelled.
ConvertResult convert(const ConvertJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
