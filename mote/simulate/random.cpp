#include "mote/simulate/random.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace mote::simulate {
namespace {

constexpr size_t kCount = size_t{1} << kNormalBits;
using Table = std::array<float, kCount>;

/// The deviate below which the share `p` lies, by Newton's method from `start`.
double quantile(double p, double start) {
  double z = start;
  for (int step = 0; step < 20; ++step) {
    const double below = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
    z -= (below - p) / density;
  }
  return z;
}

Table make_table() {
  std::array<double, kCount> deviates{};
  double sum_of_squares = 0;
  double z = 0;
  for (size_t i = kCount / 2; i < kCount; ++i) {  // outwards from 0, where Newton is safe
    z = quantile((static_cast<double>(i) + 0.5) / static_cast<double>(kCount), z);
    deviates[i] = z;
    deviates[kCount - 1 - i] = -z;
    sum_of_squares += 2 * z * z;
  }
  const double scale = 1 / std::sqrt(sum_of_squares / static_cast<double>(kCount));
  Table table{};
  for (size_t i = 0; i < kCount; ++i) {
    table[i] = static_cast<float>(deviates[i] * scale);
  }
  return table;
}

}  // namespace

const float* normal_deviates() {
  static const Table table = make_table();
  return table.data();
}

}  // namespace mote::simulate
