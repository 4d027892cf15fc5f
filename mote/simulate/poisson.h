#pragma once

#include <cstdint>

#include "mote/core/grid.h"
#include "mote/simulate/random.h"

namespace mote::simulate {

/// The largest mean that `poisson` takes.
inline constexpr double kMostElectrons = 16'777'215;

/// A Poisson deviate of `mean` (0 to kMostElectrons), exact and the same on every machine.
///
/// Sums of independent Poisson deviates are Poisson: means of 1/16 to 16 - 1/16 in steps of 1/16,
/// whole ones under 256 and powers of two above are drawn by inversion from tables, which nothing
/// but +, * and / of doubles makes; what is left, under 1/16, by inversion of its sum. Inversion
/// with its guide table: Devroye, "Non-Uniform Random Variate Generation", 1986, sec. III.2.4.
int64_t poisson(double mean, Random& random);

/// Replaces each expected number of electrons (at most kMostElectrons, negative counts as 0) by a
/// deviate that `key` and the position in the grid decide alone.
void count_electrons(uint64_t key, const Grid<float>& expected, Grid<float>& counted);

}  // namespace mote::simulate
