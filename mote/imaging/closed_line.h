#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mote/imaging/outline.h"

namespace mote::imaging {

/// A Gaussian along a closed line of points, cut off at 3 sigma or before it meets itself.
class LineKernel {
 public:
  LineKernel(double sigma, size_t points);

  int64_t radius() const { return radius_; }
  float operator[](int64_t offset) const { return weights_[static_cast<size_t>(offset + radius_)]; }

 private:
  std::vector<float> weights_;
  int64_t radius_ = 0;
};

/// Smooths `values` along the line, each counting by its weight; points that have nothing but
/// weights of 0 in reach get value and weight 0, all others weight 1.
void smooth(std::span<float> values, std::span<float> weights, const LineKernel& kernel);

/// The outline at equal spacing of about `spacing_px`, in 12 points at least.
Outline resampled(const Outline& outline, double spacing_px);

/// Moves each point to the weighted mean of its neighbours, up to the next border point.
void round_off(Outline& outline, double sigma);

/// Outward normals and curvature (per px, positive where convex) at each point.
struct LineFrame {
  std::vector<Point> normals;
  std::vector<double> curvature;
};

/// Of `outline` rounded off by `sigma`.
LineFrame frame_of(const Outline& outline, double sigma);

}  // namespace mote::imaging
