#pragma once

#include <vector>

namespace mote::measure {

/// Grey levels at whole px from the centre of a round particle, 0 the background.
using RadialImage = std::vector<double>;

/// Where thickness alone makes the signal, in dark field: the chord of a sphere of `radius_px` over
/// its diameter, blurred by a Gaussian of `blur_px`, from the centre to `last_px`.
RadialImage sphere_by_thickness(double radius_px, double blur_px, int last_px);

/// An evenly thick particle of height 1 with steep sides, blurred likewise.
RadialImage flat_disc(double radius_px, double blur_px, int last_px);

}  // namespace mote::measure
