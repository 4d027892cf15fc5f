#include "mote/data/alignment.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "mote/data/noise.h"
#include "mote/imaging/correlation.h"

namespace mote::data {
namespace {

constexpr double kLeastSharedFraction = 0.03;
constexpr double kLeastSharedBins = 400;
constexpr int64_t kBlockBins = 8;

double least_overlap(Size first, Size second) {
  const auto smaller = static_cast<double>(std::min(first.area(), second.area()));
  return std::max(kLeastSharedFraction * smaller, std::min(kLeastSharedBins, 0.5 * smaller));
}

// What each shift's sum of products is to be multiplied by, in the layout of a padded correlation.
Grid<float> shift_weights(Size padded, Size first, Size second) {
  Grid<float> weights(padded);
  const double least = least_overlap(first, second);
  for (int64_t y = 1 - second.height; y < first.height; ++y) {
    float* row = weights.row((y + padded.height) % padded.height);
    for (int64_t x = 1 - second.width; x < first.width; ++x) {
      const auto area = static_cast<double>(overlap(first, second, y, x).size().area());
      if (area >= least) {
        row[(x + padded.width) % padded.width] = static_cast<float>(1 / std::sqrt(area));
      }
    }
  }
  return weights;
}

// Where a box of an image's pixels comes to lie when the image is laid so.
Box laid(Box box, Size size, Orientation orientation) {
  // The inverse of an orientation with a mirror is itself, of one without its opposite turn.
  const Orientation inverse =
      orientation.mirrored ? orientation : Orientation{(4 - orientation.quarter_turns) % 4, false};
  return original(box, oriented(size, orientation), inverse);
}

struct Sums {
  double correlation = 0;
  double t = 0;
};

// Normalised correlation of `second` at `shift` in bins over the overlap, and Student's t of its
// mean over blocks.
Sums correlation_at(const Grid<float>& first, const Grid<float>& second, int64_t y, int64_t x) {
  const Box shared = overlap(first.size(), second.size(), y, x);
  double power_first = 0;
  double power_second = 0;
  double sum = 0;
  double squares = 0;
  int64_t blocks = 0;
  for (int64_t v0 = shared.y; v0 < shared.y_end(); v0 += kBlockBins) {
    for (int64_t u0 = shared.x; u0 < shared.x_end(); u0 += kBlockBins) {
      double block = 0;
      for (int64_t v = v0; v < std::min(v0 + kBlockBins, shared.y_end()); ++v) {
        for (int64_t u = u0; u < std::min(u0 + kBlockBins, shared.x_end()); ++u) {
          const double a = first(v, u);
          const double b = second(v - y, u - x);
          block += a * b;
          power_first += a * a;
          power_second += b * b;
        }
      }
      sum += block;
      squares += block * block;
      ++blocks;
    }
  }
  const double power = std::sqrt(power_first * power_second);
  if (!(power > 0) || blocks < 2) {
    return {};
  }
  const auto n = static_cast<double>(blocks);
  const double variance = std::max(0.0, squares - sum * sum / n) / (n - 1);
  return {.correlation = sum / power, .t = variance > 0 ? sum / std::sqrt(n * variance) : 0};
}

struct NoiseMatch {
  double correlation = 0;  // of largest amount
  int64_t y = 0;           // shift in pixels
  int64_t x = 0;
};

// Among so many shifts chance reaches four standard deviations.
constexpr double kLeastNoiseRatio = 8;

NoiseMatch best_noise_match(const Fingerprint& first, const Fingerprint& second,
                            Orientation orientation, int64_t y, int64_t x) {
  const NoiseMatch none{.y = y, .x = x};
  NoiseMatch best = none;
  if (first.noise.empty() || second.noise.empty()) {
    return none;
  }
  double ratio = 0;
  const Grid<int8_t> turned = oriented(second.noise, orientation);
  const Box box = laid(second.noise_box, second.size, orientation);
  for (int64_t v = y - first.bin; v <= y + first.bin; ++v) {
    for (int64_t u = x - first.bin; u <= x + first.bin; ++u) {
      const int64_t dy = v + box.y - first.noise_box.y;
      const int64_t dx = u + box.x - first.noise_box.x;
      const Box shared = overlap(first.noise.size(), turned.size(), dy, dx);
      const double correlation = noise_correlation(first.noise, turned, dy, dx);
      if (std::abs(correlation) > std::abs(best.correlation)) {
        best = {.correlation = correlation, .y = v, .x = u};
        ratio = std::abs(correlation) * std::sqrt(static_cast<double>(shared.size().area()));
      }
    }
  }
  return ratio >= kLeastNoiseRatio ? best : none;
}

}  // namespace

Aligner::Aligner(const Fingerprint& second) : second_(second) {
  assert(!second.blank());
}

void Aligner::prepare(Size first) {
  if (first == first_size_) {
    return;
  }
  first_size_ = first;
  const Size second = second_.texture.size();
  const int64_t longest = std::max(second.height, second.width);
  const Size padded = imaging::correlation_size(first, {longest, longest});
  spectra_.clear();
  for (const Orientation orientation : orientations()) {
    spectra_.push_back(imaging::padded_spectrum(oriented(second_.texture, orientation), padded));
  }
  for (const int turns : {0, 1}) {
    Grid<float>& weights = weights_[static_cast<size_t>(turns)];
    weights = shift_weights(padded, first, oriented(second, {.quarter_turns = turns}));
    shifts_[static_cast<size_t>(turns)] = static_cast<double>(std::count_if(
        weights.values().begin(), weights.values().end(), [](float w) { return w > 0; }));
  }
}

Aligner::Peak Aligner::best_peak(const Fingerprint& first, std::optional<Orientation> moved_from) {
  const imaging::PackedSpectrum spectrum =
      imaging::padded_spectrum(first.texture, spectra_.front().size());
  Peak best;
  const auto all = orientations();
  for (size_t i = 0; i < all.size(); ++i) {
    const auto parity = static_cast<size_t>(all[i].quarter_turns % 2);
    if (shifts_[parity] == 0) {
      continue;
    }
    imaging::correlate(spectrum, spectra_[i], map_);
    if (moved_from == all[i]) {
      for (const int64_t y : {int64_t{0}, int64_t{1}, map_.height() - 1}) {
        for (const int64_t x : {int64_t{0}, int64_t{1}, map_.width() - 1}) {
          map_(y, x) = 0;
        }
      }
    }
    const float* weights = weights_[parity].data();
    const float* sums = map_.data();
    double squares = 0;
    float highest = 0;
    size_t at = 0;
    for (size_t k = 0; k < map_.values().size(); ++k) {
      const float value = sums[k] * weights[k];
      squares += double{value} * value;
      if (std::abs(value) > std::abs(highest)) {
        highest = value;
        at = k;
      }
    }
    const double rms = std::sqrt(squares / shifts_[parity]);
    const double ratio = rms > 0 ? highest / rms : 0;
    if (std::abs(ratio) > std::abs(best.ratio)) {
      const int64_t y = static_cast<int64_t>(at) / map_.width();
      const int64_t x = static_cast<int64_t>(at) % map_.width();
      best = {.orientation = all[i],
              .y = y < first.texture.height() ? y : y - map_.height(),
              .x = x < first.texture.width() ? x : x - map_.width(),
              .ratio = ratio};
    }
  }
  return best;
}

std::optional<Alignment> Aligner::best(const Fingerprint& first,
                                       std::optional<Orientation> moved_from) {
  assert(!first.blank() && first.bin == second_.bin);
  prepare(first.texture.size());
  const Peak peak = best_peak(first, moved_from);
  if (peak.ratio == 0) {
    return std::nullopt;
  }
  const Orientation orientation = peak.orientation;
  const Sums texture =
      correlation_at(first.texture, oriented(second_.texture, orientation), peak.y, peak.x);
  const Sums shape =
      correlation_at(first.shape, oriented(second_.shape, orientation), peak.y, peak.x);
  const Box binned = laid(second_.binned, second_.size, orientation);
  const NoiseMatch noise =
      best_noise_match(first, second_, orientation, peak.y * first.bin + first.binned.y - binned.y,
                       peak.x * first.bin + first.binned.x - binned.x);

  const Size laid_size = oriented(second_.size, orientation);
  const Box shared = overlap(first.size, laid_size, noise.y, noise.x);
  const Box in_second{shared.y - noise.y, shared.x - noise.x, shared.height, shared.width};
  const auto smaller = static_cast<double>(std::min(first.size.area(), second_.size.area()));
  return Alignment{.orientation = orientation,
                   .shift = {static_cast<double>(noise.y), static_cast<double>(noise.x)},
                   .shared = shared,
                   .shared_of_second = original(in_second, second_.size, orientation),
                   .shared_fraction = static_cast<double>(shared.size().area()) / smaller,
                   .correlation = texture.correlation,
                   .shape_correlation = shape.correlation,
                   .noise_correlation = noise.correlation,
                   .confidence = std::abs(peak.ratio),
                   .spread = std::abs(texture.t)};
}

}  // namespace mote::data
