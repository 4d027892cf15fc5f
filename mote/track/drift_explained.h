#pragma once

#include <vector>

#include "mote/imaging/registration.h"

namespace mote::track {

/// How well a rigid specimen that drifts beside a pattern that stands still explains frames.
struct Explained {
  double power = 0;  ///< of what moves, in units of `power` (the frames' mean power by ring)
  double held = 1;   ///< share of it that stays in the temporal mean
};

/// Sum over k of |B - D A|^2 / (1 - |D|^2), the terms as in FixedPattern, for a specimen at `scale`
/// times the shifts. Takes every fourth row of frequencies; `weights` by ring count for `held`.
Explained explained(const imaging::Registrar& registrar,
                    const std::vector<imaging::Spectrum>& frames, const std::vector<Point>& shift,
                    double scale, const imaging::Rings& power, const imaging::Rings& weights);

/// The scale of the shifts, which span `range_px`, that explains most. Registration gets the scale
/// wrong before the pattern is known: what is left of it pulls towards standing still, what is
/// missing of the specimen pushes apart; the form of the path comes out right much sooner.
double best_scale(const imaging::Registrar& registrar, const std::vector<imaging::Spectrum>& frames,
                  const std::vector<Point>& shift, double range_px, const imaging::Rings& power,
                  const imaging::Rings& weights);

}  // namespace mote::track
