#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote::track {

/// One registration: frame `to` is shifted by (dy, dx) against frame `from`.
struct DriftLink {
  int32_t from = 0;
  int32_t to = 0;
  float dy_px = 0;
  float dx_px = 0;
  float sigma_px = 0;  ///< standard error per axis

  bool operator==(const DriftLink&) const = default;
};

/// Where each frame is, by all links together.
struct DriftSolution {
  std::vector<Point> shift;         ///< by frame; frame 0 is at (0, 0)
  std::vector<double> residual_px;  ///< rms of the links that the frame ends, as weighted
  std::vector<double> support;      ///< sum of the robust weights (0 to 1) of the frame's links
  int64_t pieces = 1;  ///< sets of frames with no trusted link between them, single frames aside
};

/// Least squares over all links, made robust by reweighting: Huber's weights first, which converge
/// from anywhere, then Tukey's, which leave wrong links out (Huber and Ronchetti, "Robust
/// Statistics", Wiley 2009, ch. 7). A frame without trusted links lies on the straight line between
/// its neighbours. Time and memory are linear in frames and links for links that reach back to a
/// bounded number of frames.
DriftSolution solve_links(int64_t frames, const std::vector<DriftLink>& links);

}  // namespace mote::track
