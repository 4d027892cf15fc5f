#pragma once

#include "mote/simulate/world_options.h"

namespace mote::simulate {

/// How far a pair has grown together at a time since its contact, in the bridge of Dumbbell.
///
/// Up to x/r = 0.3 a power law, x/r = 0.3 (t/t_neck)^a (Kuczynski, "Self-diffusion in sintering of
/// metallic particles", Trans. AIME 185, 169, 1949); from then on the rest that is left of the way,
/// and with it the elongation, decays: bridge = end - (end - 0.3) exp(-2 (t - t_neck)/tau). A
/// square root of the rest is the distance of the centres, hence the 2. A pair that stays a
/// dumbbell nears final_neck_ratio as exp(-t/tau).
class NeckLaw {
 public:
  NeckLaw() = default;
  /// `reference_nm` is the radius for which the options' times hold.
  NeckLaw(const CoalescenceOptions& options, double larger_nm, double smaller_nm,
          double reference_nm);

  double bridge(double since_contact_s) const;

  /// When the bridge is `bridge`; infinite where it never gets there.
  double time_of(double bridge) const;

  /// When what is left of the elongation is 1/200, so that a sphere may take the pair's place.
  double end_s() const;

 private:
  double neck_s_ = 1;
  double relaxation_s_ = 1;
  double exponent_ = 1;
  double last_ = 1;   ///< the bridge that is neared
  double power_ = 2;  ///< of the decay in units of relaxation_s_
  bool stays_ = false;
};

}  // namespace mote::simulate
