#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/core/lineage.h"
#include "mote/core/mask.h"

namespace mote::simulate {

struct DemoOptions {
  uint64_t seed = 1;
  int64_t frames = 240;
  int64_t height = 512;
  int64_t width = 512;
  double pixel_size_nm = 0.2;
  double frame_interval_s = 0.1;
  double noise_sd = 6;       ///< grey levels, on a contrast of about 70
  double drift_px = 40;      ///< how far the stage wanders over the recording
  double min_radius_px = 4;  ///< smaller particles are not in the truth yet, or no more
};

/// What is true in one frame, in camera pixels.
struct TruthInstance {
  int32_t track = 0;
  Point centre;          ///< of the whole particle, also of what lies outside the field
  double radius_px = 0;  ///< of the disc of equal area, likewise
  Mask mask;             ///< what lies in the field, also where another particle lies over it
};
struct TruthFrame {
  int64_t index = 0;
  Point drift;                           ///< of the specimen since frame 0
  LabelImage labels;                     ///< track ids; where particles overlap, the lowest
  std::vector<TruthInstance> instances;  ///< in order of track
};

/// A small recording of discs with noise, texture and drift, whose truth is exact. Each field of
/// 512 x 512 px has two of each: birth, entry, dissolution, exit, merge, split, and two particles
/// that overlap and part.
///
/// Dates: a contact is the first frame in which the discs touch, its parting the first in which
/// they do no more; a merge the first with a neck of at least 0.5 of the smaller diameter, a split
/// the first below it; a birth or death the first or last frame with a radius of at least
/// min_radius_px; an entry or exit the first or last with at least the area of such a disc in the
/// field. Particles about to merge, or just split, are cut apart by the chord of their neck.
///
/// In the lineage a birth is `appeared`, a dissolution `lost`, whose `frame` is the first without
/// the particle. What is there in frame 0 has no event. A merge names its `contact_frame`, a split
/// the `parted_frame` in which its children touch no more.
///
/// Motions are laid out in frames: another frame interval makes them faster or slower in seconds.
/// Frames are a function of (options, index) alone: any may be read at any time.
class Demo : public FrameSource {
 public:
  /// Throws kUsage where there is no such frame.
  virtual TruthFrame truth(int64_t index) const = 0;
  virtual const Lineage& lineage() const = 0;
};

/// Throws kUsage on values out of range, or where the field has no room for the events.
std::unique_ptr<Demo> make_demo(const DemoOptions& options);

}  // namespace mote::simulate
