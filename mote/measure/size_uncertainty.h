#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/grid.h"

namespace mote::measure {

/// What is not known of an equivalent circular diameter, as standard uncertainties in px. All are
/// of one pixel grid: what the pixel size itself leaves open stands apart (`run.json`).
struct SizeUncertainty {
  /// What the noise of the image makes of the boundary; nothing where no edge is seen.
  std::optional<double> noise_px;
  /// What the grid of pixels leaves of a known boundary.
  double pixel_px = 0;
  /// How far the half level may be from the particle's outline: the same for particles that look
  /// the same, so that it does not average out. Nothing where no edge is seen.
  std::optional<double> convention_px;

  /// Noise and pixels: what differs from frame to frame. Nothing without a noise.
  std::optional<double> random_px() const;
  /// All three. Nothing without a noise.
  std::optional<double> combined_px() const;

  bool operator==(const SizeUncertainty&) const = default;
};

/// The mean grey level across an instance's boundary, less that of the background beside it.
struct EdgeProfile {
  static constexpr int64_t kInPx = 10;
  static constexpr int64_t kOutPx = 8;
  static constexpr int64_t kPlaces = kInPx + kOutPx + 1;  ///< a px apart, from kInPx inside on

  int64_t first = 0;          ///< place of levels[0]
  std::vector<float> levels;  ///< empty where no edge is seen
  bool bright = false;        ///< the particle is brighter

  bool operator==(const EdgeProfile&) const = default;
};

/// What the image along an instance's boundary says of its size.
struct EdgeReading {
  SizeUncertainty uncertainty;
  EdgeProfile profile;
};

/// The half level lies within this share of the edge's Gaussian blur of the outline, in either
/// direction, evenly likely.
inline constexpr double kConventionShare = 0.5;

/// Area and boundary of what is to be judged.
struct MeasuredSize {
  double area_px2 = 0;
  double perimeter_px = 0;
  bool whole_pixels = false;  ///< without coverage
};

/// What the pixel grid leaves of an ECD.
///
/// The number of whole pixels in a shape of perimeter L at a random place has the variance
/// zeta(3/2) beta(3/2) L / pi³ = 0.0728 L px⁴, zeta Riemann's and beta Dirichlet's function: the
/// mean over places and radii of Parseval's sum over the lattice (Kendall, "On the number of
/// lattice points inside a random oval", Quart. J. Math. 19, 1948). Sides along the grid have more.
/// Partial pixels of a refined boundary: 5e-4 L, measured on discs without noise
/// (bench_size_accuracy).
double pixel_uncertainty_px(const MeasuredSize& size);

/// The mean edge profile, and the uncertainty of the ECD, of the instance `label` of `labels`,
/// whose labelled pixels lie in `box`, from the image along its own boundary.
///
/// Let L be the perimeter, N the number of points a pixel apart on the outline, g the slope of the
/// mean edge profile at half height and c its height.
///  - noise: a noise nu of the grey level moves the half level by nu / g, so the mean shift over
///  the
///    outline has the variance (S_e + S_in / 4 + S_out / 4) / (N g²). S are spectral densities near
///    frequency 0 of the grey levels along the outline: the variance of a point times the number of
///    points that are correlated, whether by optics, detector, or texture. S_in and S_out are those
///    of the plateaus averaged across, S_e the mean of one line inside and one outside, since the
///    edge itself cannot be told from a shift. They are means of the periodogram over wavelengths
///    from 12 px to a third of the outline.
///  - convention: the blur of a Gaussian edge of this slope is sigma = c / (g sqrt(2 pi)); within
///    +- kConventionShare sigma, a rectangular distribution: kConventionShare sigma / sqrt(3)
///    (GUM, JCGM 100:2008, 4.3.7).
/// A mean shift u is 2 L u / (pi ECD) of the ECD.
///
/// `particles` is where any label is; `coverage` may be empty. Cuts between touching instances are
/// taken for as sure as the rest of the outline.
EdgeReading edge_reading(const Grid<float>& image, const LabelImage& labels,
                         const Grid<uint8_t>& coverage, const BinaryImage& particles, int32_t label,
                         const Box& box, const MeasuredSize& size);

}  // namespace mote::measure
