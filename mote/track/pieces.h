#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::track {

/// Of a piece, that must lie where the whole was before.
inline constexpr double kLeastCovered = 0.5;

/// A piece of an object in one frame.
struct Piece {
  int32_t number = 0;  ///< the same in all frames of a Parting; 0: not known yet
  size_t region = 0;   ///< of the frame, that it is
  Point centroid;
  double area_px = 0;
  bool is_cut = false;       ///< by excluded pixels
  double covered_share = 0;  ///< of it, by where the object was when it was last whole
};

/// An object when it was last seen in one piece.
struct WholeObject {
  int64_t frame = 0;
  Mask mask;
  Point drift;
  double area_px = 0;
};

/// An object that has been in the same pieces, apart, in all frames since `frame`.
struct Parting {
  int64_t frame = 0;
  double time = 0;
  /// In the first frame the pieces lay where the whole was before and added up to it, so that no
  /// other particle has been taken for a piece, and excluded pixels cut none of them, so that what
  /// lies between is no strip of such.
  bool is_plausible = false;
  double whole_px = 0;        ///< area of the whole
  std::vector<Piece> pieces;  ///< as last seen
  Point drift;                ///< likewise
};

/// Whether what parts may have been one: together its area is that of the whole, or up to half
/// more. Two equal spheres show 1.26 of the outline of the one sphere that they were, three 1.44.
bool adds_up(double whole_px, double parts_px);

/// Goes on with `parting`, or begins a new one where the pieces are not as many as before; names
/// `pieces`, two or more, by the least sum of their ways in place and radius; new ones 1, 2, ...
void follow_pieces(std::optional<Parting>& parting, int64_t frame, double time, Point drift,
                   const WholeObject& whole, std::vector<Piece>& pieces);

}  // namespace mote::track
