#pragma once

namespace mote::simulate {

/// The outline of two spheres that grow together: a body of revolution about the axis through
/// their centres, as seen from the side. Lengths in nm along the axis are from the larger sphere's
/// centre towards the smaller's.
///
/// The neck is rounded by an arc that touches both spheres, of radius x^2 / (4 r) for a neck of
/// radius x. Volume is that of both spheres as they were apart, exactly.
struct Dumbbell {
  double radius_a_nm = 0;  ///< of the larger sphere, as it is now
  double radius_b_nm = 0;
  double distance_nm = 0;   ///< between the centres
  double fillet_nm = 0;     ///< radius of the arc
  double arc_along_nm = 0;  ///< centre of the arc's circle
  double arc_off_nm = 0;
  double arc_begin_nm = 0;  ///< where the arc leaves the larger sphere
  double arc_end_nm = 0;
  double neck_ratio = 0;  ///< neck over smaller diameter; 1 from where there is no waist
  double volume_nm3 = 0;
  double centre_of_mass_nm = 0;

  /// Distance of the surface from the axis at `along_nm`; 0 beyond either end.
  double radius_at(double along_nm) const;
};

/// The dumbbell of spheres that had the radii `larger_nm` and `smaller_nm` apart, at `bridge`: 0
/// where they touch; the neck ratio up to 1; beyond, the smaller sphere sinks into the larger,
/// until at end_of_bridge() one sphere of equal volume is left.
Dumbbell dumbbell(double larger_nm, double smaller_nm, double bridge);

/// 1 for equal spheres, which have no more to do when their neck is as wide as they are; up to
/// 2.25 for very unequal ones.
double end_of_bridge(double larger_nm, double smaller_nm);

}  // namespace mote::simulate
