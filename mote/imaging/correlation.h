#pragma once

#include "mote/core/grid.h"
#include "mote/imaging/fourier.h"

namespace mote::imaging {

/// A size at which images of sizes `a` and `b` correlate at every shift without wrapping around,
/// with sides that are quick to transform.
Size correlation_size(Size a, Size b);

/// The packed spectrum of `image` with zeros added to the right and below up to `padded`.
PackedSpectrum padded_spectrum(const Grid<float>& image, Size padded);

/// The cross-correlation of two images at all shifts, from their padded spectra of one size:
/// `out(s) = sum over p of first(p + s) second(p)`, where a negative shift s stands at s + side.
/// `out` may hold anything of that size before, or nothing.
void correlate(const PackedSpectrum& first, const PackedSpectrum& second, Grid<float>& out);

}  // namespace mote::imaging
