#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/imaging/spectrum.h"

namespace mote::imaging {

/// Rings of |frequency| from 0 to 0.5 cycles per pixel, of equal width.
inline constexpr int kRings = 64;
using Rings = std::vector<double>;  // kRings values

struct RegistrarOptions {
  double max_shift_px = 64;
  double window_edge = 0.125;  ///< as in tapered_window: the window that both images carry
};

/// How far the first image is shifted against the second.
struct Registration {
  Point shift;
  double peak_ratio = 0;  ///< correlation at `shift` over its rms by chance (1 sigma of noise)
  double sigma_px = 0;    ///< standard error per axis that the noise implies
  double amplitude = 0;   ///< correlation at `shift`, for comparing frames with one another
};

/// How far one block of an image is shifted against another image; the inverse covariance is 0
/// where it holds nothing.
struct BlockShift {
  Point centre;
  Point shift;
  double yy = 0;  ///< inverse of the covariance that noise gives `shift`, per px^2
  double yx = 0;
  double xx = 0;
};

/// Finds the shift between two images of one size from their half spectra.
///
/// The generalised cross-correlation of Knapp and Carter, "The generalized correlation method for
/// estimation of time delay", IEEE Trans. Acoust. Speech Signal Process. 24, 320 (1976), with the
/// maximum-likelihood weight by rings of frequency. A coarse maximum is taken on the inverse
/// transform (cut to the frequencies with weight), then Newton's method on the trigonometric
/// polynomial itself finds the sub-pixel maximum, without the bias of a fit to samples; last, the
/// pull of the window's overlap towards zero is taken out to first order.
///
/// Not safe to share between threads: holds scratch memory.
class Registrar {
 public:
  Registrar(Size size, const RegistrarOptions& options);

  Size size() const { return size_; }

  /// Weight of each ring: of the cross-power, not of the spectra. Negative counts as 0.
  /// `stationary`, where given, is what a pattern that stands still adds to the mean cross-power of
  /// each ring; it is taken off, so that the pattern does not pull towards no shift. What differs
  /// from the mean of its ring stays, as noise.
  void set_weights(const Rings& weights, const Rings& stationary = {});

  /// The shift within max_shift_px on each axis with the highest correlation.
  Registration find(const Spectrum& moved, const Spectrum& reference);

  /// The local maximum near `guess`, which should be right to about a pixel.
  Registration refine(const Spectrum& moved, const Spectrum& reference, Point guess);

  /// What is left to shift in each block of the images after the first is shifted back by `shift`,
  /// by one step of least squares, right for what is left of less than a pixel or two. `noise` is
  /// the mean power of one image's noise in each ring; rings without weight are left out. Blocks
  /// have sides of about `block_px`, at least 3 a side, row by row.
  std::vector<BlockShift> block_shifts(const Spectrum& moved, const Spectrum& reference,
                                       Point shift, const Rings& noise, int64_t block_px) const;

  /// Mean power in each ring.
  Rings power(const Spectrum& spectrum) const;
  /// Mean in each ring of the cross-power after the first image is shifted back by `shift`.
  Rings cross_power(const Spectrum& moved, const Spectrum& reference, Point shift) const;
  /// How many frequencies each ring holds.
  const std::vector<int64_t>& ring_counts() const { return counts_; }
  /// The ring of each frequency, kRings where it lies beyond the last.
  const Grid<uint8_t>& rings() const { return ring_of_; }

 private:
  struct Moments;
  void multiply(const Spectrum& moved, const Spectrum& reference);
  Moments moments(Point shift);
  Point coarse_maximum();
  Registration climb(Point start, double reach_px);

  Size size_;
  RegistrarOptions options_;
  Grid<uint8_t> ring_of_;
  std::vector<int64_t> counts_;
  Rings ring_weight_;
  std::vector<float> weight_;  // of each frequency in the block
  std::vector<float> fixed_;   // of each frequency in the block: weight times stationary power
  int64_t block_ky_ = 0;       // frequencies with weight: |ky| <= block_ky_, 1 <= kx <= block_kx_
  int64_t block_kx_ = 0;
  std::vector<float> re_;  // weighted cross-power of the block, row by row
  std::vector<float> im_;
  std::vector<double> overlap_y_;  // autocorrelation of the window by shift
  std::vector<double> overlap_x_;
};

}  // namespace mote::imaging
