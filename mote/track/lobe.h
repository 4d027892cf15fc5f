#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"
#include "mote/track/portrait.h"

namespace mote::track {

/// Where a lobe was, the drift taken off.
struct Sight {
  int64_t frame = 0;
  Point position;
};

/// A lobe as it was when last seen in its full size.
struct Whole {
  Mask mask;
  Point mask_centroid;  ///< in camera pixels
  double area_px = 0;
  Point position;  ///< the drift taken off
  int64_t frame = 0;
};

/// What the tracker follows from frame to frame: a particle, or a part of one that the segmentation
/// shows as a region of its own. A track has one lobe or more.
struct Lobe {
  int32_t id = 0;
  int32_t track = 0;
  int64_t begun = 0;  ///< the first frame that it was seen in

  // As last seen in a region of its own:
  Mask mask;
  Point mask_centroid;  ///< in camera pixels
  double area_px = 0;
  std::vector<Sight> sights;     ///< the latest, oldest first
  std::vector<double> areas_px;  ///< likewise, of frames in which nothing cut it
  std::vector<double> alone_px;  ///< likewise, of frames in which it touched none either
  Whole whole;                   ///< no mask before it has been seen uncut a few times
  Portrait portrait;

  // Now:
  Point position;  ///< as seen or predicted, the drift taken off
  int64_t frame = 0;
  bool shared = false;       ///< its region has other lobes too
  bool missing = false;      ///< it has no region
  double missing_since = 0;  ///< time of the first frame without it
  /// It vanished at full size and may come back where it was, as a crystal that tilts out of
  /// contrast does.
  bool awaited = false;
  bool faded = false;  ///< likewise, and left its rim behind
};

double radius_px(const Lobe& lobe);

/// Where two discs touch: between their centres, as far from each as their radii say.
Point touching_point(Point a, double a_radius_px, Point b, double b_radius_px);

/// How far the discs of equal area are apart; negative where they overlap.
double gap_px(const Lobe& a, const Lobe& b);

/// The gap up to which two lobes may touch: 1.5 px and a tenth of the smaller radius, for blur and
/// noise take something off the rims, and outlines are no circles.
double closed_gap_px(const Lobe& a, const Lobe& b);

/// In pixels a frame, over the latest sights; zero before the second.
Point velocity(const Lobe& lobe);

/// Where the lobe will be in `frame` at constant velocity, the drift taken off.
Point predicted(const Lobe& lobe, int64_t frame);

/// Takes the region that the lobe has for itself in `frame`.
void see(Lobe& lobe, int64_t frame, Point centroid, Point drift, double area_px, Mask mask);

/// Keeps what was just seen, which nothing cuts, as what the lobe is when whole, if it is.
void note_whole(Lobe& lobe);

/// Adds to the latest areas, of which five are kept.
void add_area(std::vector<double>& latest_px, double area_px);

/// The area of one sphere of the volumes of two that show so much.
double sphere_area_px(double a_px, double b_px);

/// Of the lobe there is no more in `time` than remnants: it is awaited where it was whole.
void fade(Lobe& lobe, double time);

/// By how many whole pixels the mask moves to where the lobe is.
struct Offset {
  int64_t dy = 0;
  int64_t dx = 0;

  bool operator==(const Offset&) const = default;
};
Offset offset_to(const Lobe& lobe, Point camera_position);
/// The same of a mask whose centroid moves from one point to another.
Offset offset_between(Point from, Point to);

/// Moves `lobes`, which share the region `label` of `labels`, from where they are in steps of one
/// pixel until their masks cover the region best; what the region does not decide stays.
void fit_into(const LabelImage& labels, int32_t label, Box box, Point drift,
              const std::vector<Lobe*>& lobes);

}  // namespace mote::track
