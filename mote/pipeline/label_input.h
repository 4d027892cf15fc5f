#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// What an export calls label images whose numbers are those of particles in one frame.
inline constexpr const char* kLabelsByFrame = "labels, numbered frame by frame";

/// Label images that exist already: a multi-page TIFF, a folder or glob of stills, or the output
/// folder of a mote run. Where the first image with any label is of 8 bits and holds nothing but 0
/// and 255, all of them are masks: their connected parts are numbered.
class LabelInput {
 public:
  /// Label images of a mote run are matched to the frames of `recording` by the recorded frames
  /// that its frames.csv names, others one to one: they may be as many as the frames that are used,
  /// or as those that were recorded.
  /// Throws kUsage where their number fits neither, or the run left out a frame that is used
  /// (with --skip-bad-frames: when that frame's labels are read).
  LabelInput(const std::string& path, const RecordingOptions& options, const Recording& recording);

  /// Label images by themselves, one frame each.
  explicit LabelInput(const std::string& path);

  const RecordingInfo& info() const { return recording_.info(); }

  /// All are masks.
  bool masks() const { return masks_; }

  /// The labels of frame `index` of the recording. Thread-safe.
  /// Throws kUsage where the size differs from `expected`, a mask holds other values than 0 and
  /// 255, or the image is a photograph instead (most pixels a label of their own), kUnsupported
  /// where values are no whole numbers of 0 to 2^31 - 1.
  LabelImage read(int64_t index, Size expected);

  /// The same, whatever its size.
  LabelImage read(int64_t index);

 private:
  LabelImage labels_in(const Image& image, int64_t index) const;
  int64_t page_of(int64_t index) const;
  bool begins_with_a_mask();

  std::vector<int64_t> pages_;  // by frame of the recording, -1 for none; empty: one to one
  Recording recording_;         // of the label images
  bool masks_ = false;
};

}  // namespace mote::pipeline
