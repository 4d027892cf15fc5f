#include "mote/measure/ring.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "mote/core/runs.h"

namespace mote::measure {
namespace {

constexpr std::array<std::array<int64_t, 2>, 8> kNeighbours{
    {{-1, 0}, {0, -1}, {0, 1}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};

std::optional<double> median(std::span<float> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  return (double{*middle} + double{*std::max_element(values.begin(), middle)}) / 2;
}

/// A pixel as an offset into the ground, and its row in the image.
struct Place {
  int64_t at = 0;
  int64_t y = 0;
};

class Rings {
 public:
  Rings(const Grid<float>& image, const LabelImage& labels, const LabelIndex& index)
      : image_(image), labels_(labels), index_(index), size_(labels.size()) {
    lay_ground();
  }

  /// Labelled pixels that share a side with an unlabelled one, by label.
  Grouped<Place> rims() const {
    std::vector<std::pair<size_t, Place>> rims;
    for (int64_t y = 0; y < size_.height; ++y) {
      const uint8_t* above = ground_.row(y);
      const uint8_t* row = ground_.row(y + 1);
      const uint8_t* below = ground_.row(y + 2);
      for_runs(row + 1, size_.width, [&](int64_t begin, int64_t end) {
        for (int64_t x = begin + 1; x <= end; ++x) {
          if (above[x] == kFree || below[x] == kFree || row[x - 1] == kFree ||
              row[x + 1] == kFree) {
            rims.push_back({index_(labels_(y, x - 1)), {(y + 1) * ground_.width() + x, y}});
          }
        }
      });
    }
    return grouped(rims, index_.labels().size());
  }

  /// Median of the ring around an instance. Steps outward from the rim by 8-neighbours and
  /// 4-neighbours in turn, so that distance is nearly round; leaves ground_ as it was.
  std::optional<double> background(std::span<const Place> rim, int64_t inner_px, int64_t outer_px) {
    uint8_t* ground = ground_.data();
    reached_.assign(rim.begin(), rim.end());
    ring_.clear();
    size_t begin = 0;
    for (int64_t step = 1; step <= outer_px; ++step) {
      const size_t neighbours = step % 2 == 1 ? 8 : 4;
      const size_t end = reached_.size();
      for (; begin < end; ++begin) {
        const Place from = reached_[begin];
        for (size_t i = 0; i < neighbours; ++i) {
          const int64_t to = from.at + steps_[i];
          if (ground[to] != kFree) {
            continue;
          }
          ground[to] = kReached;
          const int64_t y = from.y + kNeighbours[i][0];
          reached_.push_back({to, y});
          // Next to another instance the pixel may hold part of it.
          if (step >= inner_px && std::none_of(steps_.begin(), steps_.end(), [&](int64_t beside) {
                return ground[to + beside] == kInstance;
              })) {
            const float value = image_(y, to - (y + 1) * ground_.width() - 1);
            if (std::isfinite(value)) {
              ring_.push_back(value);
            }
          }
        }
      }
    }
    for (size_t i = rim.size(); i < reached_.size(); ++i) {
      ground[reached_[i].at] = kFree;
    }
    return median(ring_);
  }

 private:
  // What a pixel of ground_ is; ground_ has one pixel more than the image on every side.
  enum Ground : uint8_t { kFree, kReached, kInstance, kOutside };

  void lay_ground() {
    ground_ = Grid<uint8_t>({size_.height + 2, size_.width + 2}, kOutside);
    for (int64_t y = 0; y < size_.height; ++y) {
      std::transform(labels_.row(y), labels_.row(y) + size_.width, ground_.row(y + 1) + 1,
                     [](int32_t of) { return of != 0 ? kInstance : kFree; });
    }
    const int64_t stride = ground_.width();
    for (size_t i = 0; i < kNeighbours.size(); ++i) {
      steps_[i] = kNeighbours[i][0] * stride + kNeighbours[i][1];
    }
  }

  const Grid<float>& image_;
  const LabelImage& labels_;
  const LabelIndex& index_;
  Size size_;
  Grid<uint8_t> ground_;
  std::array<int64_t, 8> steps_{};  // to the neighbours, in ground_
  std::vector<Place> reached_;      // scratch of background()
  std::vector<float> ring_;
};

}  // namespace

std::vector<std::optional<double>> ring_medians(const Grid<float>& image, const LabelImage& labels,
                                                const LabelIndex& index, int64_t inner_px,
                                                int64_t outer_px) {
  Rings rings(image, labels, index);
  Grouped<Place> rims = rings.rims();
  std::vector<std::optional<double>> out;
  for (size_t i = 0; i < index.labels().size(); ++i) {
    out.push_back(rings.background(rims.of(i), inner_px, outer_px));
  }
  return out;
}

}  // namespace mote::measure
