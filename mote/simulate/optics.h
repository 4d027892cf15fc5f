#pragma once

#include <complex>

#include "mote/core/grid.h"

namespace mote::simulate {

/// The objective lens and the beam of a bright-field TEM.
struct OpticsOptions {
  double voltage_kv = 200;
  double defocus_nm = 200;  ///< positive is underfocus: phase objects dark, bright fringe outside
  double cs_mm = 1.2;
  double focal_spread_nm = 5;     ///< standard deviation of the focus over energies and currents
  double convergence_mrad = 0.1;  ///< half-angle at which the illumination falls to 1 / e
  double aperture_mrad = 0;       ///< half-angle of the objective aperture; 0 for none
  double vibration_nm = 0;        ///< standard deviation of the image's unrest, per axis
};

/// de Broglie wavelength, relativistic: h / sqrt(2 m eV (1 + eV / (2 m c^2))).
double wavelength_nm(double voltage_kv);

/// The phase per thickness and inner potential, rad/(V nm): 0.00729 at 200 kV, 0.00653 at 300 kV.
///
/// Kirkland, "Advanced Computing in Electron Microscopy", 2nd ed. 2010, chap. 5
/// (doi 10.1007/978-1-4419-6533-2).
double interaction_rad_per_v_nm(double voltage_kv);

/// chi(k) = pi lambda k^2 (Cs lambda^2 k^2 / 2 - defocus), k in 1/nm. The lens multiplies the
/// wave's spectrum by exp(-i chi); an object of weak phase phi, psi = 1 + i phi, then has the
/// intensity 1 + 2 phi sin(chi) at frequency k.
///
/// Kirkland 2010; there as here underfocus is positive.
double aberration_rad(const OpticsOptions& optics, double k_per_nm);

/// The damping E(k) by partial coherence in the quasi-coherent approximation (envelopes on the
/// wave), times the vibration's, times the aperture's soft edge:
///   spatial  exp(-(pi alpha)^2 (Cs lambda^2 k^3 - defocus k)^2), alpha in rad
///   temporal exp(-(pi lambda spread k^2)^2 / 2)
///   vibration exp(-2 (pi vibration k)^2)
///
/// Frank, "The envelope of electron microscopic transfer functions for partially coherent
/// illumination", Optik 38, 519 (1973); Wade and Frank, Optik 49, 81 (1977).
double envelope(const OpticsOptions& optics, double k_per_nm);

/// exp(-i chi) E at every frequency of an image of `size`, in the order of imaging::transform.
Grid<std::complex<float>> transfer(const OpticsOptions& optics, Size size, double pixel_size_nm);

/// Fresnel propagation over `distance_nm` along the beam: exp(-i pi lambda k^2 distance).
Grid<std::complex<float>> propagator(const OpticsOptions& optics, Size size, double pixel_size_nm,
                                     double distance_nm);

/// Throws kUsage on values out of range.
void check(const OpticsOptions& optics);

}  // namespace mote::simulate
