#pragma once

#include <vector>

#include "mote/core/grid.h"
#include "mote/imaging/outline.h"

namespace mote::imaging {

struct RefineOptions {
  bool bright = false;  ///< particles are brighter than the background
  double sigma_px = 1;  ///< of the Gaussian that the mask was found on: how far it may be off
};

/// Moves outlines to where the unsmoothed image passes halfway between the particle and the
/// background beside it.
///
/// Along each outline, resampled about every pixel, `image` is read on the normal. The profiles are
/// averaged along the outline, the more the noisier, and for each point the half level between its
/// own inside and outside plateau is found to a fraction of a pixel; the outside plateau leaves out
/// other particles of `mask`. The optics' blur, read from the steepness of the edge, moves a half
/// level inwards by its variance times half the curvature (`science.md` gives sigma^2 / (2 r)),
/// which is put back. Where no half level is found, the outline stays with its neighbours' shift,
/// or, where there is none at all, where it was. Points on the image's border stay.
std::vector<Outline> refined(const std::vector<Outline>& outlines, const Grid<float>& image,
                             const BinaryImage& mask, const RefineOptions& options);

}  // namespace mote::imaging
