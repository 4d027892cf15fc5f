#include "mote/simulate/optics.h"

#include <cmath>
#include <numbers>

#include "mote/core/require.h"
#include "mote/imaging/fourier.h"

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kElectronRestKev = 510.99895;
constexpr double kPlanckCKevNm = 1.239841984;  // h c
constexpr double kApertureEdge = 0.02;         // width of its soft edge, relative

/// `of_k` at every frequency; it is a function of |k| alone, so a quarter tells the rest.
template <typename Function>
Grid<std::complex<float>> radial(Size size, double pixel_size_nm, const Function& of_k) {
  Grid<std::complex<float>> out(size);
  const auto mirrored = [](int64_t i, int64_t length) { return i == 0 ? 0 : length - i; };
  for (int64_t y = 0; y <= size.height / 2; ++y) {
    const double ky = imaging::frequency_per_px(y, size.height) / pixel_size_nm;
    for (int64_t x = 0; x <= size.width / 2; ++x) {
      const double kx = imaging::frequency_per_px(x, size.width) / pixel_size_nm;
      const std::complex<float> value(of_k(std::sqrt(ky * ky + kx * kx)));
      out(y, x) = value;
      out(mirrored(y, size.height), x) = value;
      out(y, mirrored(x, size.width)) = value;
      out(mirrored(y, size.height), mirrored(x, size.width)) = value;
    }
  }
  return out;
}

}  // namespace

double wavelength_nm(double voltage_kv) {
  return kPlanckCKevNm / std::sqrt(voltage_kv * (2 * kElectronRestKev + voltage_kv));
}

double interaction_rad_per_v_nm(double voltage_kv) {
  const double volts = 1e3 * voltage_kv;
  return 2 * kPi / (wavelength_nm(voltage_kv) * volts) * (kElectronRestKev + voltage_kv) /
         (2 * kElectronRestKev + voltage_kv);
}

double aberration_rad(const OpticsOptions& optics, double k_per_nm) {
  const double lambda = wavelength_nm(optics.voltage_kv);
  const double cs_nm = 1e6 * optics.cs_mm;
  const double k2 = k_per_nm * k_per_nm;
  return kPi * lambda * k2 * (0.5 * cs_nm * lambda * lambda * k2 - optics.defocus_nm);
}

double envelope(const OpticsOptions& optics, double k_per_nm) {
  const double lambda = wavelength_nm(optics.voltage_kv);
  const double cs_nm = 1e6 * optics.cs_mm;
  const double k2 = k_per_nm * k_per_nm;
  const double slope = k_per_nm * (cs_nm * lambda * lambda * k2 - optics.defocus_nm);
  const double spatial = kPi * 1e-3 * optics.convergence_mrad * slope;
  const double temporal = kPi * lambda * optics.focal_spread_nm * k2;
  const double vibration = kPi * optics.vibration_nm * k_per_nm;
  double out = std::exp(-spatial * spatial - 0.5 * temporal * temporal - 2 * vibration * vibration);
  if (optics.aperture_mrad > 0) {
    const double relative = 1e3 * lambda * k_per_nm / optics.aperture_mrad;
    out *= 0.5 * std::erfc((relative - 1) / kApertureEdge);
  }
  return out;
}

Grid<std::complex<float>> transfer(const OpticsOptions& optics, Size size, double pixel_size_nm) {
  return radial(size, pixel_size_nm, [&](double k) {
    return std::polar(envelope(optics, k), -aberration_rad(optics, k));
  });
}

Grid<std::complex<float>> propagator(const OpticsOptions& optics, Size size, double pixel_size_nm,
                                     double distance_nm) {
  const double lambda = wavelength_nm(optics.voltage_kv);
  return radial(size, pixel_size_nm,
                [&](double k) { return std::polar(1.0, -kPi * lambda * k * k * distance_nm); });
}

void check(const OpticsOptions& optics) {
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  require_option(within(optics.voltage_kv, 20, 3000), "optics.voltage-kv", optics.voltage_kv,
                 "20 to 3000");
  require_option(within(optics.defocus_nm, -1e5, 1e5), "optics.defocus-nm", optics.defocus_nm,
                 "-100000 to 100000");
  require_option(within(optics.cs_mm, -10, 10), "optics.cs-mm", optics.cs_mm, "-10 to 10");
  require_option(within(optics.focal_spread_nm, 0, 1e4), "optics.focal-spread-nm",
                 optics.focal_spread_nm, "0 to 10000");
  require_option(within(optics.convergence_mrad, 0, 100), "optics.convergence-mrad",
                 optics.convergence_mrad, "0 to 100");
  require_option(within(optics.aperture_mrad, 0, 1000), "optics.aperture-mrad",
                 optics.aperture_mrad, "0 to 1000");
  require_option(within(optics.vibration_nm, 0, 100), "optics.vibration-nm", optics.vibration_nm,
                 "0 to 100");
}

}  // namespace mote::simulate
