#include <algorithm>
#include <cmath>

#include "mote/imaging/registration.h"

namespace mote::imaging {
namespace {

// Along each side, so that what is linear in the position can be told from what is not.
constexpr int64_t kLeastBlocksASide = 3;

// Least squares of the first-order change of `mean` under a shift, over one block: the sums are
// the normal equations of -rest = gradient . shift.
BlockShift shift_of_block(const Grid<float>& mean, const Grid<float>& rest, const Box& box) {
  BlockShift block{
      .centre = {static_cast<double>(box.y) + 0.5 * static_cast<double>(box.height - 1),
                 static_cast<double>(box.x) + 0.5 * static_cast<double>(box.width - 1)}};
  double by = 0;
  double bx = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      const double gy = 0.5 * (mean(y + 1, x) - mean(y - 1, x));
      const double gx = 0.5 * (mean(y, x + 1) - mean(y, x - 1));
      block.yy += gy * gy;
      block.yx += gy * gx;
      block.xx += gx * gx;
      by -= gy * rest(y, x);
      bx -= gx * rest(y, x);
    }
  }
  const double determinant = block.yy * block.xx - block.yx * block.yx;
  if (determinant > 0) {
    block.shift = {(block.xx * by - block.yx * bx) / determinant,
                   (block.yy * bx - block.yx * by) / determinant};
  } else {
    block.yy = block.yx = block.xx = 0;
  }
  return block;
}

}  // namespace

std::vector<BlockShift> Registrar::block_shifts(const Spectrum& moved, const Spectrum& reference,
                                                Point shift, const Rings& noise,
                                                int64_t block_px) const {
  // Divided by the noise's amplitude: what remains of noise is white within the rings used, so that
  // least squares is maximum likelihood, and its covariance the inverse of the normal matrix.
  std::vector<float> gain(kRings + 1, 0.0F);
  for (int ring = 0; ring < kRings; ++ring) {
    if (ring_weight_[ring] > 0 && noise[ring] > 0) {
      gain[ring] =
          static_cast<float>(std::sqrt(static_cast<double>(size_.area()) / (2 * noise[ring])));
    }
  }
  const PhaseRamp ramp = phase_ramp(size_, shift);
  Spectrum sum(moved.size());
  Spectrum difference(moved.size());
  for (int64_t y = 0; y < moved.height(); ++y) {
    for (int64_t x = 0; x < moved.width(); ++x) {
      const float g = gain[ring_of_(y, x)];
      const std::complex<float> a = moved(y, x) * ramp.y[y] * ramp.x[x];
      sum(y, x) = 0.5F * g * (a + reference(y, x));
      difference(y, x) = g * (a - reference(y, x));
    }
  }
  const Grid<float> mean = image_of(sum);
  const Grid<float> rest = image_of(difference);

  const int64_t rows = std::max(kLeastBlocksASide, size_.height / block_px);
  const int64_t columns = std::max(kLeastBlocksASide, size_.width / block_px);
  std::vector<BlockShift> out;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      // Gradients need a pixel on either side.
      Box box{.y = std::max<int64_t>(1, row * size_.height / rows),
              .x = std::max<int64_t>(1, column * size_.width / columns)};
      box.height = std::min(size_.height - 1, (row + 1) * size_.height / rows) - box.y;
      box.width = std::min(size_.width - 1, (column + 1) * size_.width / columns) - box.x;
      out.push_back(shift_of_block(mean, rest, box));
    }
  }
  return out;
}

}  // namespace mote::imaging
