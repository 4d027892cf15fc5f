#pragma once

#include <vector>

#include "mote/core/bytes.h"
#include "mote/imaging/registration.h"

namespace mote::track {

/// How strong a white pattern that stands still may be, told from a specimen that moves, from pairs
/// of frames: what to take off before the pattern itself is known.
///
/// Of two frames whose specimen lies d apart, a pattern of power F and a specimen of power S have
/// in common, averaged over the ring of |k|, as recorded F + S c and with the shift taken back
/// S + F c, where c = J0(|k| d) is the mean of cos(k d) around the ring. Least squares over all
/// pairs so far, the recent ones counting most, gives F and S of each ring. A detector's pattern is
/// white, so the rings of the highest frequencies, where a specimen blurred by the optics is
/// weakest, stand for all. What cannot be told apart yet, since nothing has moved, counts as
/// pattern.
class WhitePattern {
 public:
  WhitePattern();

  /// `as_recorded` and `registered`: mean cross-power by ring of two frames whose specimen lies
  /// `distance_px` apart.
  void add(const imaging::Rings& as_recorded, const imaging::Rings& registered, double distance_px);

  /// Mean cross-power at one frequency that the pattern may make; 0 without pairs.
  double power() const;

  void save(ByteWriter& out) const { out.put(sums_); }
  /// Throws kBadFile where the state is of another version.
  void load(ByteReader& in);

 private:
  // Normal equations of one ring: (own, mixed; mixed, own) (F, S) = (still, moving).
  struct Sums {
    double own = 0;
    double mixed = 0;
    double still = 0;
    double moving = 0;
    double pairs = 0;
  };
  static size_t count();
  std::vector<Sums> sums_;
};

}  // namespace mote::track
