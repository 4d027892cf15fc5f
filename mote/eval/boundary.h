#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::eval {

/// The place of a pixel.
struct Pixel {
  int64_t y = 0;
  int64_t x = 0;

  bool operator==(const Pixel&) const = default;
};

/// The pixels of `mask` with a side neighbour that is in the image but not in the mask, in reading
/// order: where the image ends is no boundary.
std::vector<Pixel> rim_of(const Mask& mask, Size size);

/// How many distances there are of each length.
class Distances {
 public:
  void add(double distance, int64_t count = 1) { counts_[distance] += count; }
  void add(const Distances& other);

  int64_t count() const;
  /// Nothing where there are no distances.
  std::optional<double> mean() const;
  /// As eval::percentile; nothing where there are no distances.
  std::optional<double> percentile(double share) const;

 private:
  std::map<double, int64_t> counts_;
};

/// From every pixel of `from` to the nearest of `to`, both in reading order, between centres, with
/// pixels of height `y_scale` and width `x_scale`. None where either is empty.
std::vector<double> nearest_distances(const std::vector<Pixel>& from, const std::vector<Pixel>& to,
                                      double y_scale = 1, double x_scale = 1);

/// The distances between the rims of two masks, from each pixel of either to the nearest of the
/// other. None where one has no rim.
Distances rim_distances(const Mask& truth, const Mask& result, Size size, double y_scale = 1,
                        double x_scale = 1);

/// Boundary F of DAVIS: the harmonic mean of the shares of the result's boundary that lie within
/// 0.008 image diagonals (rounded up) of the truth's, and the other way round. 1 where neither has
/// a boundary, 0 where one has none.
///
/// Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation",
/// CVPR 2016 (10.1109/CVPR.2016.85), sec. 4; boundary and tolerance as in the authors' program,
/// where a pixel is on the boundary if it differs from its right, lower or lower right neighbour.
double boundary_f(const Mask& truth, const Mask& result, Size size);

/// The boundary of a mask as DAVIS draws it, in reading order.
std::vector<Pixel> davis_boundary(const Mask& mask, Size size);

/// The same F, of boundaries in an image of `size`.
double boundary_f(const std::vector<Pixel>& truth, const std::vector<Pixel>& result, Size size);

}  // namespace mote::eval
