#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/image.h"

namespace mote::data {

enum class Side { kTop, kRight, kBottom, kLeft };

/// What is kept of an image to compare it with others: about 0.4 MB of one of 512 x 512 px.
struct Fingerprint {
  Size size;            ///< of the image
  int64_t bin = 1;      ///< pixels a side of those of `texture` and `shape`
  Box binned;           ///< of the image's pixels, that those cover
  Grid<float> texture;  ///< detail of a few bins: mean 0, variance 1, 0 where left out
  Grid<float> shape;    ///< what is as large as particles: mean 0, variance 1, 0 where left out
  Box noise_box;        ///< of the image's pixels, that `noise` covers: its middle
  Grid<int8_t> noise;   ///< the image with equal power at all frequencies; 32 is its robust sd
  std::array<std::vector<float>, 4> edges;  ///< outermost pixels by Side, read rightwards or down,
                                            ///< without slow changes: mean 0, variance 1, or empty

  /// Nothing can be compared: the image is even, or next to nothing of it is specimen.
  bool blank() const { return texture.empty(); }
};

/// The longest side, in px, of what `Fingerprint::noise` keeps.
inline constexpr int64_t kNoiseSidePx = 512;

/// The bin to compare images of these sizes at: the smallest of them keeps 128 bins or more along
/// its longer side, as far as it has them.
int64_t common_bin(std::span<const Size> sizes);

/// `excluded` (which may be empty) is what of the image is no specimen, such as a data bar.
Fingerprint fingerprint_of(const Image& image, const BinaryImage& excluded, int64_t bin);

}  // namespace mote::data
