#pragma once

#include <algorithm>
#include <complex>
#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/simulate/lane_fft.h"

namespace mote::simulate {

/// A complex image, its parts apart.
struct Wave {
  Grid<float> re;
  Grid<float> im;

  Wave() = default;
  explicit Wave(Size size) : re(size), im(size) {}
};

/// Multiplies the spectra of waves by a response, with the wave taken as periodic: a lens, or free
/// space. Frequencies beyond those at which the response is at least 1e-4 of its largest are not
/// computed. The same on every machine.
///
/// Not safe to share between threads: holds scratch memory.
class WaveFilter {
 public:
  /// `response` in the order of imaging::transform; its sides have no prime factors but 2, 3, 5.
  explicit WaveFilter(const Grid<std::complex<float>>& response);

  /// Replaces `wave` by the filtered one.
  void apply(Wave& wave);

  /// Adds `share` times the squared modulus of the filtered wave.
  void add_intensity(const Wave& wave, float share, Grid<float>& intensity);

 private:
  /// The frequencies -reach to reach of an axis, in the order of a transform.
  struct Band {
    int64_t length = 0;
    int64_t reach = 0;

    int64_t count() const { return std::min(length, 2 * reach + 1); }
    int64_t index(int64_t i) const {  // in the transform, of the band's member i
      return count() == length || i <= reach ? i : length - count() + i;
    }
  };

  void filter_rows(const Wave& wave);
  template <typename Sink>
  void back_down_columns(const Sink& sink);
  Lanes scratch(int64_t part);

  Size size_;
  Band y_;
  Band x_;
  LaneFft fft_y_;
  LaneFft fft_x_;
  std::vector<float> response_re_;  // (ky of the band in blocks of lanes, kx of the band, lane)
  std::vector<float> response_im_;
  Grid<float> rows_re_;  // (ky of the band, x)
  Grid<float> rows_im_;
  std::vector<float> scratch_;
};

}  // namespace mote::simulate
