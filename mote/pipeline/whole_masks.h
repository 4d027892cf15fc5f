#pragma once

#include <cstdint>
#include <string>

#include "mote/core/grid.h"
#include "mote/eval/objects.h"
#include "mote/pipeline/frame_lines.h"

namespace mote::pipeline {

/// The masks of a simulation's truth, whole where another particle lies over them, from its
/// `masks.json`. A particle out of contrast (`dark` in `instances.csv`), which no image shows, is
/// left out, as in its label images.
class TruthMasks {
 public:
  /// Whether the truth in `folder` has them.
  static bool are_in(const std::string& folder);

  /// Throws kNotFound or kBadFile, with the path in front.
  explicit TruthMasks(const std::string& folder);

  /// Of the frame `index`, which is of `size`; ids are those of tracks. Thread-safe.
  /// Throws kBadFile, with the path in front.
  eval::ObjectImage read(int64_t index, Size size) const;

 private:
  FrameLines masks_;
  FrameLines instances_;
};

/// The instances that several tracks of a run share, from its `particles.csv`.
class SharedInstances {
 public:
  /// Throws kNotFound or kBadFile, with the path in front.
  explicit SharedInstances(const std::string& particles);

  /// Gives each track that shares an instance of the frame `index` its mask, which in a label image
  /// only the lowest of them has. Thread-safe. Throws kBadFile, with the path in front.
  void add_to(eval::ObjectImage& image, int64_t index) const;

 private:
  FrameLines particles_;
};

}  // namespace mote::pipeline
