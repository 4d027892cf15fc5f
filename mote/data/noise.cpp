#include "mote/data/noise.h"

#include <algorithm>
#include <cmath>

namespace mote::data {

Box overlap(Size first, Size second, int64_t y, int64_t x) {
  const int64_t y0 = std::max<int64_t>(0, y);
  const int64_t x0 = std::max<int64_t>(0, x);
  return {.y = y0,
          .x = x0,
          .height = std::min(first.height, y + second.height) - y0,
          .width = std::min(first.width, x + second.width) - x0};
}

double noise_correlation(const Grid<int8_t>& first, const Grid<int8_t>& second, int64_t y,
                         int64_t x) {
  const Box shared = overlap(first.size(), second.size(), y, x);
  if (shared.empty()) {
    return 0;
  }
  int64_t products = 0;
  int64_t power_first = 0;
  int64_t power_second = 0;
  for (int64_t v = shared.y; v < shared.y_end(); ++v) {
    const int8_t* a = first.row(v);
    const int8_t* b = second.row(v - y) - x;
    int32_t ab = 0;  // of a row of at most 512 values up to 96: below 2^31
    int32_t aa = 0;
    int32_t bb = 0;
    for (int64_t u = shared.x; u < shared.x_end(); ++u) {
      ab += a[u] * b[u];
      aa += a[u] * a[u];
      bb += b[u] * b[u];
    }
    products += ab;
    power_first += aa;
    power_second += bb;
  }
  const double power =
      std::sqrt(static_cast<double>(power_first)) * std::sqrt(static_cast<double>(power_second));
  return power > 0 ? static_cast<double>(products) / power : 0;
}

double noise_ratio(const Grid<int8_t>& first, const Grid<int8_t>& second) {
  const double chance = 1 / std::sqrt(static_cast<double>(first.size().area()));
  const double correlation = noise_correlation(first, second, 0, 0);
  if (correlation < 6 * chance) {
    return correlation / chance;
  }
  double squares = 0;
  for (const int64_t y : {-11, -7, -5, 5, 7, 11}) {
    for (const int64_t x : {-11, -7, -5, 5, 7, 11}) {
      const double other = noise_correlation(first, second, y, x);
      squares += other * other;
    }
  }
  return correlation / std::max(chance, std::sqrt(squares / 36));
}

}  // namespace mote::data
