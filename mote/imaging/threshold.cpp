#include "mote/imaging/threshold.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mote::imaging {

int64_t Histogram::total() const {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

double Levels::contrast_to_noise() const {
  return std::abs(particle - background) / noise;
}

double Levels::detection_level() const {
  const double height = std::clamp(6 / contrast_to_noise(), 0.35, 0.5);
  return background + height * (particle - background);
}

namespace {

struct Range {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();

  /// Without branches and with several values at once: not finite is what fails both bounds.
  void take(const float* values, int64_t count) {
    constexpr float kMost = std::numeric_limits<float>::max();
    constexpr int64_t kLanes = 8;
    float lows[kLanes];
    float highs[kLanes];
    std::fill_n(lows, kLanes, low);
    std::fill_n(highs, kLanes, high);
    const auto add = [&](int64_t lane, float value) {
      lows[lane] = value >= -kMost && value < lows[lane] ? value : lows[lane];
      highs[lane] = value <= kMost && value > highs[lane] ? value : highs[lane];
    };
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        add(lane, values[i + lane]);
      }
    }
    for (; i < count; ++i) {
      add(0, values[i]);
    }
    low = *std::min_element(lows, lows + kLanes);
    high = *std::max_element(highs, highs + kLanes);
  }
};

/// Calls `use` with the pieces of rows that `excluded` leaves: pointer and length.
template <typename Use>
void for_counted(const Grid<float>& image, const BinaryImage& excluded, Use use) {
  for (int64_t y = 0; y < image.height(); ++y) {
    const float* row = image.row(y);
    if (excluded.empty()) {
      use(row, image.width());
      continue;
    }
    const uint8_t* out = excluded.row(y);
    for (int64_t x = 0; x < image.width();) {
      const int64_t begin = x;
      while (x < image.width() && out[x] == 0) {
        ++x;
      }
      if (x > begin) {
        use(row + begin, x - begin);
      }
      while (x < image.width() && out[x] != 0) {
        ++x;
      }
    }
  }
}

}  // namespace

Histogram histogram_of(const Grid<float>& image, const BinaryImage& excluded, int bins) {
  Range range;
  for_counted(image, excluded,
              [&](const float* values, int64_t count) { range.take(values, count); });
  Histogram histogram;
  if (range.low > range.high) {
    return histogram;
  }
  histogram.low = range.low;
  histogram.high = range.high;
  const size_t used = range.low < range.high ? static_cast<size_t>(bins) : 1;
  const double scale = used > 1 ? bins / (histogram.high - histogram.low) : 0;
  // Neighbours are often of one bin: even and odd ones are counted apart, lest they wait for each
  // other. What is not finite goes into one more bin.
  std::vector<int64_t> counts[2];
  counts[0].assign(used + 1, 0);
  counts[1].assign(used + 1, 0);
  const auto bin_of = [&](float value) {
    const bool finite = value >= range.low && value <= range.high;
    const auto bin = static_cast<int32_t>((finite ? value - histogram.low : 0) * scale);
    return finite ? static_cast<size_t>(std::min(bin, static_cast<int32_t>(used) - 1)) : used;
  };
  for_counted(image, excluded, [&](const float* values, int64_t count) {
    for (int64_t i = 0; i + 1 < count; i += 2) {
      ++counts[0][bin_of(values[i])];
      ++counts[1][bin_of(values[i + 1])];
    }
    if (count % 2 == 1) {
      ++counts[0][bin_of(values[count - 1])];
    }
  });
  histogram.counts.resize(used);
  for (size_t i = 0; i < used; ++i) {
    histogram.counts[i] = counts[0][i] + counts[1][i];
  }
  return histogram;
}

std::optional<OtsuSplit> otsu(const Histogram& histogram) {
  const auto total = static_cast<double>(histogram.total());
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    const auto count = static_cast<double>(histogram.counts[i]);
    const auto level = static_cast<double>(i);
    sum += count * level;
    squares += count * level * level;
  }
  if (total == 0) {
    return std::nullopt;
  }
  const double mean = sum / total;
  const double variance = squares / total - mean * mean;
  if (variance <= 0) {
    return std::nullopt;
  }
  double best = -1;
  double first = 0;
  double last = 0;
  double weight = 0;
  double moment = 0;
  for (size_t i = 0; i + 1 < histogram.counts.size(); ++i) {
    const auto count = static_cast<double>(histogram.counts[i]) / total;
    weight += count;
    moment += count * static_cast<double>(i);
    if (weight <= 0 || weight >= 1) {
      continue;
    }
    const double between =
        (mean * weight - moment) * (mean * weight - moment) / (weight * (1 - weight));
    if (between > best * (1 + 1e-12)) {
      best = between;
      first = last = static_cast<double>(i);
    } else if (between >= best * (1 - 1e-12)) {
      last = static_cast<double>(i);
    }
  }
  // Bins up to i are one class: the threshold is the upper edge of bin i.
  const double edge = 0.5 * (first + last) + 1;
  return OtsuSplit{.threshold = histogram.low + edge * histogram.bin_width(),
                   .separability = best / variance};
}

namespace {

/// Cumulative counts that can be asked between bin edges.
class Cumulative {
 public:
  explicit Cumulative(const Histogram& histogram) : histogram_(histogram) {
    below_.reserve(histogram.counts.size() + 1);
    below_.push_back(0);
    for (const int64_t count : histogram.counts) {
      below_.push_back(below_.back() + static_cast<double>(count));
    }
  }

  double total() const { return below_.back(); }
  double below(double level) const {
    const auto bins = static_cast<double>(histogram_.counts.size());
    const double at = std::clamp((level - histogram_.low) / histogram_.bin_width(), 0.0, bins);
    const auto bin = std::min(static_cast<size_t>(at), histogram_.counts.size() - 1);
    return below_[bin] +
           (at - static_cast<double>(bin)) * static_cast<double>(histogram_.counts[bin]);
  }
  /// How many lie farther than `distance` from `level` on one side.
  double beyond(double level, double distance, bool above) const {
    return above ? total() - below(level + distance) : below(level - distance);
  }
  /// The level below which `count` pixels lie.
  double level_at(double count) const {
    const auto after = std::lower_bound(below_.begin() + 1, below_.end(), count);
    const auto bin =
        std::min(static_cast<size_t>(after - below_.begin()) - 1, histogram_.counts.size() - 1);
    const auto in_bin = static_cast<double>(histogram_.counts[bin]);
    const double part = in_bin > 0 ? (count - below_[bin]) / in_bin : 0;
    return histogram_.low +
           (static_cast<double>(bin) + std::clamp(part, 0.0, 1.0)) * histogram_.bin_width();
  }

 private:
  const Histogram& histogram_;
  std::vector<double> below_;
};

/// The middle of the shortest interval that holds `share` of the pixels.
double mode_of(const Histogram& histogram, const Cumulative& cumulative, double share) {
  double shortest = std::numeric_limits<double>::infinity();
  double first = 0;
  double last = 0;
  double before = 0;
  const double needed = share * cumulative.total();
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    if (before + needed > cumulative.total()) {
      break;
    }
    const double from = histogram.low + static_cast<double>(i) * histogram.bin_width();
    const double to = cumulative.level_at(before + needed);
    const double middle = 0.5 * (from + to);
    if (to - from < shortest * (1 - 1e-9)) {
      shortest = to - from;
      first = last = middle;
    } else if (to - from <= shortest * (1 + 1e-9)) {
      last = middle;
    }
    before += static_cast<double>(histogram.counts[i]);
  }
  return 0.5 * (first + last);
}

struct Side {
  double level = 0;
  double strongest = 0;
  double excess = 0;    ///< in pixels
  double strength = 0;  ///< second moment of the excess: its part of the image's variance
};

/// What one side of the background has more than the other, beyond the lowest number of spreads at
/// which that is clear.
std::optional<Side> excess_side(const Cumulative& cumulative, double background, double noise,
                                bool above, double least_px, double reach) {
  // First and second moments of the excess beyond each of a thousand distances.
  const double step = reach / 1000;
  std::vector<double> first(1001, 0);
  std::vector<double> second(1001, 0);
  for (size_t k = 1000; k-- > 0;) {
    const double near = static_cast<double>(k) * step;
    const double middle = near + 0.5 * step;
    const double excess = (cumulative.beyond(background, near, above) -
                           cumulative.beyond(background, near + step, above)) -
                          (cumulative.beyond(background, near, !above) -
                           cumulative.beyond(background, near + step, !above));
    first[k] = first[k + 1] + excess * middle;
    second[k] = second[k + 1] + excess * middle * middle;
  }
  // The level that halves the moment; then that of what lies beyond half of it, and so on, so that
  // the slopes of blurred particles do not pull it down.
  const auto halving = [step](const std::vector<double>& moment, double from) {
    double distance = from;
    for (int round = 0; round < 8; ++round) {
      const auto start = static_cast<size_t>(std::max(from, 0.5 * distance) / step);
      size_t k = start;
      while (k + 1 < moment.size() && moment[k] > 0.5 * moment[start]) {
        ++k;
      }
      distance = std::max(from, (static_cast<double>(k) + 0.5) * step);
    }
    return distance;
  };
  for (const double spreads : {2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0}) {
    const double from = spreads * noise;
    if (from >= reach) {
      break;
    }
    const double here = cumulative.beyond(background, from, above);
    const double mirrored = cumulative.beyond(background, from, !above);
    const double excess = here - mirrored;
    if (excess < least_px || here < 3 * mirrored + least_px) {
      continue;
    }
    const double distance = halving(first, from);
    const double share = excess / cumulative.total();
    // A small population has to stand out more than one that shapes the whole histogram.
    const double needed = share > 0.03 ? 3.5 : 5.0;
    if (distance < needed * noise) {
      continue;
    }
    const double farthest = halving(second, from);
    return Side{.level = background + (above ? distance : -distance),
                .strongest = background + (above ? farthest : -farthest),
                .excess = excess,
                .strength = second[0]};
  }
  return std::nullopt;
}

}  // namespace

double background_of(const Histogram& histogram) {
  return mode_of(histogram, Cumulative(histogram), 0.3);
}

std::optional<Levels> levels_of(const Histogram& histogram, std::optional<bool> bright,
                                double least_px) {
  if (histogram.counts.size() < 2) {
    return std::nullopt;
  }
  const Cumulative cumulative(histogram);
  const double background = mode_of(histogram, cumulative, 0.3);
  const double below = cumulative.below(background);
  // 68.27 % of one side of a Gaussian lie within one standard deviation.
  const double low_spread = background - cumulative.level_at(0.3173 * below);
  const double high_spread =
      cumulative.level_at(below + 0.6827 * (cumulative.total() - below)) - background;
  const double noise =
      std::max({std::min(low_spread, high_spread), 0.5 * histogram.bin_width(),
                1e-6 * std::max(std::abs(histogram.low), std::abs(histogram.high))});

  std::optional<Side> sides[2];
  for (const bool above : {false, true}) {
    const double reach = above ? histogram.high - background : background - histogram.low;
    sides[above] = excess_side(cumulative, background, noise, above, least_px, reach);
  }
  const auto levels = [&](const Side& side, bool above) {
    return Levels{.background = background,
                  .noise = noise,
                  .particle = side.level,
                  .strongest = side.strongest,
                  .bright = above,
                  .share = side.excess / cumulative.total()};
  };
  if (!bright) {
    if (!sides[0] && !sides[1]) {
      return std::nullopt;
    }
    const bool above = !sides[0] || (sides[1] && sides[1]->strength > sides[0]->strength);
    return levels(*sides[above], above);
  }
  if (sides[*bright]) {
    return levels(*sides[*bright], *bright);
  }
  if (sides[!*bright]) {
    // The particles cover more than half: what looked like background is theirs.
    Levels swapped = levels(*sides[!*bright], *bright);
    std::swap(swapped.background, swapped.particle);
    swapped.share = 1 - swapped.share;
    return swapped;
  }
  return std::nullopt;
}

Grid<float> sauvola_threshold(const Grid<float>& image, double window_px, double k, bool bright) {
  const Size size = image.size();
  Grid<float> threshold(size);
  if (image.empty()) {
    return threshold;
  }
  // On the negative, bright particles are dark ones; levels count from the darkest pixel.
  const auto [least, greatest] = std::minmax_element(image.values().begin(), image.values().end());
  const double low = *least;
  const double high = *greatest;
  const auto level = [&](float value) { return bright ? high - value : value - low; };
  const int64_t stride = size.width + 1;
  std::vector<double> sums(static_cast<size_t>((size.height + 1) * stride), 0);
  std::vector<double> squares(sums.size(), 0);
  const auto at = [stride](int64_t y, int64_t x) { return static_cast<size_t>(y * stride + x); };
  for (int64_t y = 0; y < size.height; ++y) {
    double sum = 0;
    double square = 0;
    for (int64_t x = 0; x < size.width; ++x) {
      const double value = level(image(y, x));
      sum += value;
      square += value * value;
      sums[at(y + 1, x + 1)] = sums[at(y, x + 1)] + sum;
      squares[at(y + 1, x + 1)] = squares[at(y, x + 1)] + square;
    }
  }
  const auto half = std::max<int64_t>(1, static_cast<int64_t>(window_px / 2));
  Grid<float> spread(size);
  float widest = 0;
  for (int64_t y = 0; y < size.height; ++y) {
    const int64_t y0 = std::max<int64_t>(0, y - half);
    const int64_t y1 = std::min(size.height, y + half + 1);
    for (int64_t x = 0; x < size.width; ++x) {
      const int64_t x0 = std::max<int64_t>(0, x - half);
      const int64_t x1 = std::min(size.width, x + half + 1);
      const auto inside = [&](const std::vector<double>& table) {
        return table[at(y1, x1)] - table[at(y0, x1)] - table[at(y1, x0)] + table[at(y0, x0)];
      };
      const auto pixels = static_cast<double>((y1 - y0) * (x1 - x0));
      const double mean = inside(sums) / pixels;
      const double variance = inside(squares) / pixels - mean * mean;
      threshold(y, x) = static_cast<float>(mean);
      spread(y, x) = static_cast<float>(std::sqrt(std::max(0.0, variance)));
      widest = std::max(widest, spread(y, x));
    }
  }
  for (size_t i = 0; i < threshold.values().size(); ++i) {
    const double relative = widest > 0 ? spread.values()[i] / widest : 0;
    const double local = threshold.values()[i] * (1 + k * (relative - 1));
    threshold.values()[i] = static_cast<float>(bright ? high - local : local + low);
  }
  return threshold;
}

}  // namespace mote::imaging
