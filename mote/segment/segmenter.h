#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mote/core/grid.h"
#include "mote/core/segmentation.h"

namespace mote::segment {

/// Told by what takes long how much of a frame is done, from 0 to 1; what it throws ends the frame.
using ShareDone = std::function<void(double share)>;

/// Where `progress` is told what is done of `count` pieces after the first `done` of `total`; never
/// empty, `progress` may be.
ShareDone part_of(ShareDone progress, size_t done, size_t count, size_t total);

/// What a segmenter is given of a frame.
struct SegmenterInput {
  const Grid<float>& image;
  const BinaryImage& excluded;  ///< pixels that are no specimen (scale bars, --mask); may be empty
  ShareDone progress = {};      ///< called in the thread of `segment`; may be empty
};

/// A frame on its way through a segmenter: what `prepare` found and `settle` decided.
class Prepared {
 public:
  virtual ~Prepared() = default;
};

/// A seam: one image in, regions out.
///
/// A frame passes three steps, so that frames run in parallel while what must follow the recording
/// (a threshold held over a window) sees them in order: `prepare` and `segment` are called from
/// many threads at once, `settle` once a frame, in order, and cheap. One image alone takes the same
/// way.
class Segmenter {
 public:
  virtual ~Segmenter() = default;

  virtual std::unique_ptr<Prepared> prepare(const SegmenterInput& input) const = 0;
  virtual void settle(Prepared& /*frame*/) {}
  virtual Segmentation segment(const SegmenterInput& input, const Prepared& frame) const = 0;

  /// What `settle` remembers, for resuming; `load_state` on a new segmenter of equal options
  /// continues as if it had seen the same frames. Throws kBadFile on a state it did not write.
  virtual std::string save_state() const { return {}; }
  virtual void load_state(std::string_view /*state*/) {}
};

/// Segments one image by itself.
Segmentation segment_one(Segmenter& segmenter, const SegmenterInput& input);

}  // namespace mote::segment
