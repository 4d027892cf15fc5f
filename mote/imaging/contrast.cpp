#include "mote/imaging/contrast.h"

#include <algorithm>
#include <cmath>

#include "mote/core/runs.h"
#include "mote/imaging/components.h"

namespace mote::imaging {

std::vector<Contrast> contrasts_of(const LabelImage& labels, size_t count,
                                   const Grid<float>& distance, const Grid<float>& image,
                                   int gap_px) {
  const Size size = labels.size();
  struct Mean {
    double sum = 0;
    double squares = 0;
    int64_t pixels = 0;
    void add(double value) {
      sum += value;
      squares += value * value;
      ++pixels;
    }
    double value() const { return sum / static_cast<double>(pixels); }
    double error2() const {
      const auto n = static_cast<double>(pixels);
      return std::max(0.0, squares / n - value() * value()) / n;
    }
  };
  std::vector<Mean> inside(count + 1);
  std::vector<Mean> around(count + 1);

  // Every region grows outwards step by step; a pixel belongs to whoever reaches it first.
  struct Step {
    int64_t pixel = 0;
    int32_t label = 0;
  };
  BinaryImage taken = mask_of(labels);
  std::vector<Step> front;
  for (int64_t y = 0; y < size.height; ++y) {
    const int32_t* row = labels.row(y);
    const int32_t* above = y > 0 ? labels.row(y - 1) : row;
    const int32_t* below = y + 1 < size.height ? labels.row(y + 1) : row;
    const float* values = image.row(y);
    const float* depth = distance.row(y);
    for_runs(row, size.width, [&](int64_t begin, int64_t end) {
      for (int64_t x = begin; x < end; ++x) {
        if (depth[x] <= 4 && std::isfinite(values[x])) {
          inside[static_cast<size_t>(row[x])].add(values[x]);
        }
        if ((x > 0 && row[x - 1] == 0) || (x + 1 < size.width && row[x + 1] == 0) ||
            above[x] == 0 || below[x] == 0) {
          front.push_back({y * size.width + x, row[x]});
        }
      }
    });
  }
  std::vector<Step> next;
  for (int step = 1; step <= gap_px + 4; ++step) {
    next.clear();
    for (const auto& [pixel, label] : front) {
      const int64_t y = pixel / size.width;
      const int64_t x = pixel % size.width;
      const int64_t sides[4][2] = {{y - 1, x}, {y, x - 1}, {y, x + 1}, {y + 1, x}};
      for (const auto& [v, u] : sides) {
        if (!size.contains(v, u) || taken(v, u) != 0) {
          continue;
        }
        taken(v, u) = 1;
        next.push_back({v * size.width + u, label});
        if (step > gap_px && std::isfinite(image(v, u))) {
          around[static_cast<size_t>(label)].add(image(v, u));
        }
      }
    }
    front.swap(next);
  }
  std::vector<Contrast> contrasts(count + 1);
  for (size_t i = 1; i <= count; ++i) {
    if (inside[i].pixels > 0 && around[i].pixels > 0) {
      contrasts[i] = {.value = std::abs(inside[i].value() - around[i].value()),
                      .error = std::sqrt(inside[i].error2() + around[i].error2())};
    }
  }
  return contrasts;
}

}  // namespace mote::imaging
