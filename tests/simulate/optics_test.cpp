#include "mote/simulate/optics.h"

#include <cmath>
#include <complex>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/imaging/fourier.h"
#include "mote/simulate/bright_field.h"

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kPixelNm = 0.1;
constexpr int64_t kSide = 240;  // of the field: a canvas of 320 px
constexpr double kWeakRad = 0.002;

/// No film and no loss: what a lens makes of the phase alone.
ViewOptions bare(const OpticsOptions& optics) {
  return {.field = {kSide, kSide},
          .pixel_size_nm = kPixelNm,
          .optics = optics,
          .film = {.thickness_nm = 0, .phase_sd_rad = 0},
          .sub_exposures = 1};
}

/// A grating of weak phase, `cycles` over the canvas along x.
LayersAt weak_grating(double cycles) {
  return [cycles](double, Box box, std::vector<Layer>& layers) {
    const OpticsOptions optics;
    layers.resize(1);
    layers[0].material = {.inner_potential_v =
                              kWeakRad / interaction_rad_per_v_nm(optics.voltage_kv)};
    layers[0].thickness_nm = Grid<float>(box.size());
    for (int64_t y = 0; y < box.height; ++y) {
      for (int64_t x = 0; x < box.width; ++x) {
        layers[0].thickness_nm(y, x) = static_cast<float>(
            std::cos(2 * kPi * cycles * static_cast<double>(x) / static_cast<double>(box.width)));
      }
    }
  };
}

/// The amplitude of the grating's intensity over twice its phase: sin(chi) E in theory.
double measured_transfer(const OpticsOptions& optics, double cycles) {
  BrightField view(bare(optics), 1);
  const Grid<float>& intensity = view.expose(
      weak_grating(cycles), [](double) { return Point{}; }, 0, 1);
  double product = 0;
  double power = 0;
  for (int64_t x = 0; x < intensity.width(); ++x) {
    const double place = static_cast<double>(view.sensor().x - view.canvas().x + x);
    const double wave =
        std::cos(2 * kPi * cycles * place / static_cast<double>(view.canvas().width));
    product += wave * (intensity(intensity.height() / 2, x) - 1);
    power += wave * wave;
  }
  return product / power / (2 * kWeakRad);
}

double frequency_per_nm(const OpticsOptions& optics, double cycles) {
  const BrightField view(bare(optics), 1);
  return cycles / (static_cast<double>(view.canvas().width) * kPixelNm);
}

TEST(Wavelength, IsThatOfTheTextbooks) {
  // Kirkland 2010, in nm.
  EXPECT_NEAR(wavelength_nm(100), 0.003701, 1e-6);
  EXPECT_NEAR(wavelength_nm(200), 0.002508, 1e-6);
  EXPECT_NEAR(wavelength_nm(300), 0.001969, 1e-6);
}

TEST(InteractionConstant, IsThatOfTheTextbooks) {
  EXPECT_NEAR(interaction_rad_per_v_nm(100), 0.00924, 1e-5);
  EXPECT_NEAR(interaction_rad_per_v_nm(200), 0.00729, 1e-5);
  EXPECT_NEAR(interaction_rad_per_v_nm(300), 0.00653, 1e-5);
}

TEST(Transfer, OfAWeakPhaseIsTwiceTheSineOfTheAberrationTimesTheEnvelope) {
  const OpticsOptions optics{
      .defocus_nm = 150, .cs_mm = 1.2, .focal_spread_nm = 6, .convergence_mrad = 0.2};

  for (const double cycles : {10.0, 20.0, 40.0, 57.0, 81.0, 100.0}) {
    const double k = frequency_per_nm(optics, cycles);
    // Of the second order in the phase, and float32 at an intensity of 1.
    EXPECT_NEAR(measured_transfer(optics, cycles),
                std::sin(aberration_rad(optics, k)) * envelope(optics, k), 2e-3)
        << k;
  }
}

TEST(Transfer, IsZeroAtTheAnalyticFrequencies) {
  // lambda defocus k^2 - Cs lambda^3 k^4 / 2 = n has its zeros where we put them: the defocus is
  // chosen so that the n-th zero falls on a frequency of the canvas.
  for (const double n : {1.0, 2.0, 3.0, 5.0}) {
    OpticsOptions optics{.cs_mm = 1.2, .focal_spread_nm = 0, .convergence_mrad = 0};
    const double cycles = 48;
    const double k = frequency_per_nm(optics, cycles);
    const double lambda = wavelength_nm(optics.voltage_kv);
    optics.defocus_nm =
        (n + 0.5 * 1e6 * optics.cs_mm * std::pow(lambda, 3) * std::pow(k, 4)) / (lambda * k * k);

    EXPECT_NEAR(measured_transfer(optics, cycles), 0, 2e-3) << n;
    EXPECT_GT(std::abs(measured_transfer(optics, cycles - 4)), 0.2) << n;
  }
}

TEST(Transfer, AtUnderfocusMakesPhaseObjectsDark) {
  EXPECT_LT(measured_transfer({.defocus_nm = 200}, 20), -0.5);
  EXPECT_GT(measured_transfer({.defocus_nm = -200}, 20), 0.5);
}

TEST(Envelope, FallsAsItsFormulas) {
  const OpticsOptions incoherent{
      .defocus_nm = 300, .cs_mm = 0, .focal_spread_nm = 0, .convergence_mrad = 0.5};
  const OpticsOptions unsteady{
      .defocus_nm = 0, .focal_spread_nm = 0, .convergence_mrad = 0, .vibration_nm = 0.1};

  EXPECT_NEAR(envelope(incoherent, 2), std::exp(-std::pow(kPi * 0.5e-3 * 300 * 2, 2)), 1e-9);
  EXPECT_NEAR(envelope(unsteady, 2), std::exp(-2 * std::pow(kPi * 0.1 * 2, 2)), 1e-9);
  EXPECT_DOUBLE_EQ(envelope(incoherent, 0), 1);
}

TEST(Envelope, EndsAtTheAperture) {
  const OpticsOptions optics{.focal_spread_nm = 0, .convergence_mrad = 0, .aperture_mrad = 10};
  const double edge_per_nm = 0.010 / wavelength_nm(200);

  EXPECT_NEAR(envelope(optics, 0.9 * edge_per_nm), 1, 1e-6);
  EXPECT_NEAR(envelope(optics, 1.1 * edge_per_nm), 0, 1e-6);
}

TEST(Optics, RefusesImpossibleValues) {
  EXPECT_THROW(check(OpticsOptions{.voltage_kv = 0}), Error);
  EXPECT_THROW(check(OpticsOptions{.focal_spread_nm = -1}), Error);
  EXPECT_THROW(check(OpticsOptions{.defocus_nm = std::nan("")}), Error);
}

}  // namespace
}  // namespace mote::simulate
