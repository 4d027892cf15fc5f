#pragma once

#include <optional>

#include <torch/types.h>

#include "mote/core/bytes.h"
#include "mote/core/grid.h"

namespace mote::learned {

/// The grey levels of a recording that a network sees as 0 and 1.
struct GreyRange {
  double black = 0;
  double white = 1;
};

/// The levels that 0.1 % and 99.9 % of a frame's pixels are not above; `black` and `white` where
/// they are given. Pixels that `excluded` marks and such as are no number do not count; the image
/// may be without such marks (empty).
GreyRange grey_range(const Grid<float>& image, const BinaryImage& excluded,
                     std::optional<double> black, std::optional<double> white);

/// Throws kUsage where both are given and white is not above black.
void require_grey_range(std::optional<double> black, std::optional<double> white);

/// Levels from 0 (black and below) to 1 (white and above); what is no number is 0.
/// Shapes: image H x W -> (H, W) float32 on `device`.
torch::Tensor grey_levels(const Grid<float>& image, GreyRange range, torch::Device device);

/// A range that may not be known yet, as part of a saved state.
void put_range(ByteWriter& out, const std::optional<GreyRange>& range);
std::optional<GreyRange> get_range(ByteReader& in);

}  // namespace mote::learned
