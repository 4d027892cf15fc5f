#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// Label images that exist already: a multi-page TIFF, a folder or glob of stills, or the output
/// folder of a mote run. A frame whose only value besides 0 is 255 is a mask: its connected parts
/// are numbered.
class LabelInput {
 public:
  /// Frames are matched to those of `recording` one to one; the label images may be as many as the
  /// frames that are used, or as those that were recorded.
  /// Throws kUsage where their number fits neither.
  LabelInput(const std::string& path, const RecordingOptions& options, const Recording& recording);

  const RecordingInfo& info() const { return recording_.info(); }

  /// The labels of frame `index` of the recording. Thread-safe.
  /// Throws kUsage where the size differs from `expected`, kUnsupported where values are no whole
  /// numbers of 0 to 2^31 - 1.
  LabelImage read(int64_t index, Size expected);

 private:
  Recording recording_;
};

}  // namespace mote::pipeline
