#pragma once

#include <cstdint>
#include <optional>

#include "mote/core/grid.h"
#include "mote/core/segmentation.h"

namespace mote::track {

/// What a lobe looks like while nothing else lies at its place: the mean of its latest images.
struct Portrait {
  /// A square around the centroid, 1 where there is nothing: image / background of what is darker,
  /// which is the share of the beam let through; 1 + image - background of what is brighter.
  Grid<float> values;
  double radius_px = 0;  ///< of the disc of equal area
  bool dark = false;
  bool partial = false;  ///< it touched others or the border
  int64_t frames = 0;

  bool operator==(const Portrait&) const = default;
};

/// Takes the image of a region into the portrait; pixels of other regions stay as they were.
/// `touching`: it touches another. That, or one cut by the border of the field, is taken only until
/// the lobe has been seen whole; what others cover is then guessed from the opposite side of the
/// centroid. Not where too little background is left around it to compare with.
void paint(Portrait& portrait, const Grid<float>& image, const LabelImage& labels,
           const Region& region, bool touching);

/// How much of what two particles that lie over each other would show is there: for -ln(image /
/// background) and for background-subtracted scattering alike, a lens in which both lie has the
/// contrast of both. Sums over pixels, so that frames can be added.
struct Excess {
  double seen = 0;      ///< contrast beyond that of the stronger one, times what is expected
  double expected = 0;  ///< the square of what the weaker would add
  double variance = 0;  ///< of `seen`, by what the image differs elsewhere

  /// 1 where both are seen in full, 0 where there is no more than one.
  double share() const { return seen / expected; }
  /// Standard error of `share`.
  double error() const;
  void add(const Excess& other);
  void fade(double share);

  bool operator==(const Excess&) const = default;
};

/// Two lobes as if one lay over the other, where that fits the image best.
struct Superposition {
  Point a;  ///< of the centroids, in camera pixels
  Point b;
  Excess excess;
};

/// Looks for two lobes, last at `a` and `b` in camera pixels, within `reach_px` of there along each
/// axis. Nothing unless both have portraits of one kind.
std::optional<Superposition> superposition(const Grid<float>& image, const LabelImage& labels,
                                           const Portrait& portrait_a, Point a,
                                           const Portrait& portrait_b, Point b, int64_t reach_px);

}  // namespace mote::track
