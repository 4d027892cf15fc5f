#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mote::data {

/// That two images must not be parted.
struct Bond {
  int64_t first = 0;
  int64_t second = 0;
};

/// The specimen region of each of `images` images, numbered from 1 in the order of their first
/// image: the connected components of the bonds.
std::vector<int64_t> regions_of(int64_t images, std::span<const Bond> bonds);

/// What share of the images a split is to have.
struct Share {
  std::string name;
  double weight = 0;

  bool operator==(const Share&) const = default;
};

/// `70:15:15` are train, val and test, `80:20` train and test.
/// Throws kUsage where these are no two or three numbers above 0 that add up to 100, or to 1.
std::vector<Share> parse_ratio(std::string_view text);

/// Which of `shares` each image goes to, so that no region is in two of them and their sizes come
/// near the weights: the regions go, the largest first and those of equal size in an order that
/// `seed` decides, each to the share that lacks most.
std::vector<int64_t> split_regions(std::span<const int64_t> regions, std::span<const Share> shares,
                                   int64_t seed);

}  // namespace mote::data
