#pragma once

#include <optional>

#include "mote/core/grid.h"

namespace mote::imaging {

/// How alike two images of equal size are: Pearson's correlation of the two after a Gaussian of a
/// 64th of their smaller side, in [-1, 1]. Nothing where either holds no more structure at that
/// scale than three times what its white noise leaves there, so that nothing can be said.
/// Throws kUsage where the sizes differ.
std::optional<double> resemblance(const Grid<float>& a, const Grid<float>& b);

}  // namespace mote::imaging
