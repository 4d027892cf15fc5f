#pragma once

#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::simulate {

struct Disc {
  Point centre;
  double radius_px = 0;
};

/// Two discs that touch or overlap, cut apart by the chord through the points where their outlines
/// meet (the radical line).
struct DiscPair {
  double distance_px = 0;
  double half_chord_px = 0;  ///< 0 where they do not touch; the smaller radius where no waist is
  double part_a_px = 0;      ///< area of a's side of the union
  double part_b_px = 0;
  /// Chord over the smaller diameter: 0 apart, 1 from where the chord passes the smaller's centre.
  double neck_ratio = 0;
  Point centroid_a;  ///< of a's side
  Point centroid_b;
  Point centroid;  ///< of the union
};

DiscPair measure(const Disc& a, const Disc& b);

/// By which factor both radii grow so that the union of the discs, drawn together to
/// `distance_px`, keeps the area that they had apart.
double conserving_scale(double radius_a_px, double radius_b_px, double distance_px);

/// The pixels of `size` whose centres lie in any of `discs`.
Mask mask_of(const std::vector<Disc>& discs, Size size);

/// The pixels of disc `own` on its side of the chord with `other`; where they do not touch, all.
Mask part_mask_of(const Disc& own, const Disc& other, Size size);

}  // namespace mote::simulate
