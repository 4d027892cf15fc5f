#pragma once

#include <cstdint>
#include <vector>

namespace mote {

/// A pairing that is allowed, and what it is worth.
struct Edge {
  int32_t row = 0;
  int32_t column = 0;
  double gain = 0;  ///< pairings that gain nothing are never made
};

/// Pairs rows with columns, each at most once, so that the sum of gains is largest: gives for each
/// row its column, or -1.
///
/// Shortest augmenting paths over the edges alone: Jonker and Volgenant, "A Shortest Augmenting
/// Path Algorithm for Dense and Sparse Linear Assignment Problems", Computing 38, 1987
/// (10.1007/BF02278710). Here a row may stay alone, so a search ends within its connected block, at
/// the latest where leaving a row alone costs less; many small blocks cost linear time.
///
/// Equal sums are decided by the order of rows, then of columns; the order of `edges` is
/// irrelevant.
std::vector<int32_t> assign(int32_t rows, int32_t columns, std::vector<Edge> edges);

}  // namespace mote
