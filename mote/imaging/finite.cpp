#include "mote/imaging/finite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "mote/core/error.h"

namespace mote::imaging {
namespace {

constexpr int64_t kOneIn = 1000;

struct Position {
  int64_t y = 0;
  int64_t x = 0;
};

template <typename T>
bool is_finite(T value) {
  return std::isfinite(static_cast<float>(value));
}

/// Branch-free, so that it costs next to nothing on the usual row without any.
template <typename T>
int64_t count_non_finite(const T* row, int64_t width) {
  int64_t count = 0;
  for (int64_t x = 0; x < width; ++x) {
    count += is_finite(row[x]) ? 0 : 1;
  }
  return count;
}

template <typename T>
T median_around(const T* samples, Size size, Box box, int64_t y, int64_t x) {
  std::vector<T> around;
  for (int64_t reach = 1; around.empty(); ++reach) {
    const Box window = Box{.y = y, .x = x, .height = 1, .width = 1}.grown(reach, size);
    for (int64_t wy = std::max(window.y, box.y); wy < std::min(window.y_end(), box.y_end()); ++wy) {
      for (int64_t wx = std::max(window.x, box.x); wx < std::min(window.x_end(), box.x_end());
           ++wx) {
        const T value = samples[wy * size.width + wx];
        if (is_finite(value)) {
          around.push_back(value);
        }
      }
    }
  }
  const auto middle = around.begin() + static_cast<ptrdiff_t>(around.size() / 2);
  std::nth_element(around.begin(), middle, around.end());
  return *middle;
}

template <typename T>
int64_t repair(Image& image, Box box) {
  T* samples = image.as<T>();
  const Size size = image.size();
  const int64_t most = box.size().area() / kOneIn;
  std::vector<Position> bad;
  int64_t count = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    const T* row = samples + y * size.width + box.x;
    const int64_t here = count_non_finite(row, box.width);
    count += here;
    if (here > 0 && (bad.empty() || count <= most)) {
      for (int64_t x = 0; x < box.width; ++x) {
        if (!is_finite(row[x])) {
          bad.push_back({.y = y, .x = box.x + x});
        }
      }
    }
  }
  if (count > most) {
    throw Error(ErrorKind::kBadFile, "{} of {} samples are not finite, the first at y={} x={}",
                count, box.size().area(), bad.front().y, bad.front().x);
  }
  std::vector<T> medians;
  medians.reserve(bad.size());
  for (const Position& at : bad) {
    medians.push_back(median_around(samples, size, box, at.y, at.x));
  }
  for (size_t i = 0; i < bad.size(); ++i) {
    samples[bad[i].y * size.width + bad[i].x] = medians[i];
  }
  return count;
}

}  // namespace

int64_t repair_non_finite(Image& image, Box box) {
  switch (image.type()) {
    case SampleType::kFloat32: return repair<float>(image, box);
    case SampleType::kFloat64: return repair<double>(image, box);
    default: return 0;
  }
}

}  // namespace mote::imaging
