#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// Names of frames among pictures and label images: a still's own file name without its ending
/// (with its number in front where several have the same), or `frame_000012`.
class FrameNames {
 public:
  explicit FrameNames(const Recording& recording);

  std::string operator()(int64_t source_index) const;
  /// By recorded frame; empty where frames are no files of their own.
  const std::vector<std::string>& stills() const { return stills_; }

 private:
  const Recording& recording_;
  std::vector<std::string> stills_;
};

}  // namespace mote::pipeline
