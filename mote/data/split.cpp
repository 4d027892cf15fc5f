#include "mote/data/split.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include "mote/core/error.h"
#include "mote/core/mix.h"

namespace mote::data {
namespace {

int64_t root_of(std::vector<int64_t>& parents, int64_t image) {
  while (parents[static_cast<size_t>(image)] != image) {
    int64_t& parent = parents[static_cast<size_t>(image)];
    parent = parents[static_cast<size_t>(parent)];
    image = parent;
  }
  return image;
}

}  // namespace

std::vector<int64_t> regions_of(int64_t images, std::span<const Bond> bonds) {
  std::vector<int64_t> parents(static_cast<size_t>(images));
  std::iota(parents.begin(), parents.end(), 0);
  for (const Bond& bond : bonds) {
    const int64_t a = root_of(parents, bond.first);
    const int64_t b = root_of(parents, bond.second);
    parents[static_cast<size_t>(std::max(a, b))] = std::min(a, b);
  }
  std::vector<int64_t> regions(parents.size());
  int64_t count = 0;
  for (int64_t i = 0; i < images; ++i) {
    const int64_t root = root_of(parents, i);  // the region's first image
    regions[static_cast<size_t>(i)] = root == i ? ++count : regions[static_cast<size_t>(root)];
  }
  return regions;
}

std::vector<Share> parse_ratio(std::string_view text) {
  std::vector<double> weights;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  bool sound = true;
  while (sound && at <= end) {
    double weight = 0;
    const auto [next, error] = std::from_chars(at, end, weight);
    sound = error == std::errc() && weight > 0 && weight < 1e9 && (next == end || *next == ':');
    weights.push_back(weight);
    at = next + 1;
  }
  if (!sound || weights.size() < 2 || weights.size() > 3) {
    throw Error(ErrorKind::kUsage,
                "ratio is {}, expected two or three numbers above 0, such as 70:15:15", text);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (std::abs(sum - 1) > 1e-6 && std::abs(sum - 100) > 1e-4) {
    throw Error(ErrorKind::kUsage, "ratio {} adds up to {:.6g}, expected 100 (or 1)", text, sum);
  }
  const bool two = weights.size() == 2;
  const auto names = two ? std::array<const char*, 3>{"train", "test", ""}
                         : std::array<const char*, 3>{"train", "val", "test"};
  std::vector<Share> shares;
  for (size_t i = 0; i < weights.size(); ++i) {
    shares.push_back({.name = names[i], .weight = weights[i]});
  }
  return shares;
}

std::vector<int64_t> split_regions(std::span<const int64_t> regions, std::span<const Share> shares,
                                   int64_t seed) {
  struct Region {
    int64_t id = 0;
    int64_t images = 0;
    uint64_t place = 0;
  };
  std::vector<Region> order;
  for (const int64_t id : regions) {
    if (id > static_cast<int64_t>(order.size())) {
      order.push_back({.id = id, .place = mix(mix(static_cast<uint64_t>(seed)) + uint64_t(id))});
    }
    ++order[static_cast<size_t>(id - 1)].images;
  }
  std::sort(order.begin(), order.end(), [](const Region& a, const Region& b) {
    return a.images != b.images ? a.images > b.images : a.place < b.place;
  });
  double total = 0;
  for (const Share& share : shares) {
    total += share.weight;
  }
  std::vector<double> lacking;
  for (const Share& share : shares) {
    lacking.push_back(share.weight / total * static_cast<double>(regions.size()));
  }
  std::vector<int64_t> share_of(order.size());
  for (const Region& region : order) {
    const auto most = std::max_element(lacking.begin(), lacking.end());
    *most -= static_cast<double>(region.images);
    share_of[static_cast<size_t>(region.id - 1)] = most - lacking.begin();
  }
  std::vector<int64_t> out;
  out.reserve(regions.size());
  for (const int64_t id : regions) {
    out.push_back(share_of[static_cast<size_t>(id - 1)]);
  }
  return out;
}

}  // namespace mote::data
