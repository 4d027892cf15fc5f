#include "mote/data/pair_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mote/data/noise.h"

namespace mote::data {
namespace {

constexpr int64_t kSeamStripPx = 64;  // shown of each image along a seam
constexpr int64_t kEdgeLags = 16;
constexpr int64_t kEdgeBlockPx = 8;
constexpr size_t kLeastEdgePx = 64;

constexpr auto kSides = std::to_array({Side::kTop, Side::kRight, Side::kBottom, Side::kLeft});

Side opposite(Side side) {
  return kSides[(static_cast<size_t>(side) + 2) % 4];
}

// The edge at `side` of the image that has `edges` once it is laid so, read rightwards or down.
std::vector<float> laid_edge(const std::array<std::vector<float>, 4>& edges, Side side,
                             Orientation orientation) {
  const bool across = side == Side::kLeft || side == Side::kRight;
  if (orientation.mirrored && across) {
    side = opposite(side);
  }
  // A quarter turn counter-clockwise brings the right side to the top, the top to the left, ...;
  // rightwards becomes up, down becomes rightwards.
  bool reversed = orientation.mirrored && !across;
  for (int turn = 0; turn < orientation.quarter_turns; ++turn) {
    reversed ^= side == Side::kLeft || side == Side::kRight;
    side = kSides[(static_cast<size_t>(side) + 1) % 4];
  }
  std::vector<float> edge = edges[static_cast<size_t>(side)];
  if (reversed) {
    std::reverse(edge.begin(), edge.end());
  }
  return edge;
}

double autocorrelation(const std::vector<float>& edge, size_t lag) {
  double sum = 0;
  for (size_t i = lag; i < edge.size(); ++i) {
    sum += double{edge[i]} * edge[i - lag];
  }
  return sum / static_cast<double>(edge.size());
}

struct EdgeMatch {
  double correlation = 0;
  double ratio = 0;  // over what chance makes of two edges of such autocorrelation
  double t = 0;      // of the means of blocks
};

EdgeMatch match(const std::vector<float>& first, const std::vector<float>& second) {
  if (first.size() != second.size() || first.size() < kLeastEdgePx) {
    return {};
  }
  const auto n = static_cast<double>(first.size());
  double sum = 0;
  double squares = 0;
  double blocks = 0;
  for (size_t begin = 0; begin < first.size(); begin += kEdgeBlockPx) {
    double block = 0;
    for (size_t i = begin; i < std::min(begin + kEdgeBlockPx, first.size()); ++i) {
      block += double{first[i]} * second[i];
    }
    sum += block;
    squares += block * block;
    ++blocks;
  }
  // Bartlett, "On the theoretical specification and sampling properties of autocorrelated
  // time-series", J. R. Stat. Soc. Suppl. 8, 27 (1946): variance of a chance cross-correlation.
  double spread = 1;
  for (size_t lag = 1; lag <= kEdgeLags; ++lag) {
    spread += 2 * autocorrelation(first, lag) * autocorrelation(second, lag);
  }
  const double variance = std::max(0.0, squares - sum * sum / blocks) / (blocks - 1);
  return {.correlation = sum / n,
          .ratio = sum / std::sqrt(n * std::max(1.0, spread)),
          .t = variance > 0 ? sum / std::sqrt(blocks * variance) : 0};
}

// A strip of `size` along `side`.
Box strip(Size size, Side side) {
  const int64_t deep = std::min({kSeamStripPx, size.height, size.width});
  switch (side) {
    case Side::kTop: return {0, 0, deep, size.width};
    case Side::kRight: return {0, size.width - deep, size.height, deep};
    case Side::kBottom: return {size.height - deep, 0, deep, size.width};
    case Side::kLeft: return {0, 0, size.height, deep};
  }
  return {};
}

Point beside(Size first, Size second, Side side) {
  switch (side) {
    case Side::kTop: return {static_cast<double>(-second.height), 0};
    case Side::kRight: return {0, static_cast<double>(first.width)};
    case Side::kBottom: return {static_cast<double>(first.height), 0};
    case Side::kLeft: return {0, static_cast<double>(-second.width)};
  }
  return {};
}

}  // namespace

std::string_view name(Kinship kinship) {
  switch (kinship) {
    case Kinship::kCopy: return "copy";
    case Kinship::kOverlap: return "overlap";
    case Kinship::kAbutting: return "abutting";
    case Kinship::kDetector: return "detector";
  }
  return "";
}

PairSearch::PairSearch(const Fingerprint& second, const KinshipOptions& options)
    : second_(second), options_(options), aligner_(second) {
  for (const Orientation orientation : orientations()) {
    noise_.push_back(oriented(second.noise, orientation));
  }
}

std::optional<Finding> PairSearch::find(const Fingerprint& first) {
  std::optional<Finding> detector = same_detector(first);
  std::optional<Finding> found = same_specimen(first, detector);
  if (!found) {
    found = seam(first);
  }
  if (!found) {
    return detector;
  }
  found->same_detector = detector.has_value();
  return found;
}

std::optional<Finding> PairSearch::same_specimen(const Fingerprint& first,
                                                 const std::optional<Finding>& detector) {
  std::optional<Alignment> found = aligner_.best(first);
  const auto bin = static_cast<double>(first.bin);
  if (found && detector && found->orientation == detector->orientation &&
      std::abs(found->shift.y_px) <= bin && std::abs(found->shift.x_px) <= bin &&
      std::abs(found->shape_correlation) < options_.min_shape_correlation) {
    found = aligner_.best(first, detector->orientation);  // behind the fixed pattern's peak
  }
  if (!found || found->confidence < options_.min_confidence ||
      found->spread < options_.min_spread ||
      std::abs(found->shape_correlation) < options_.min_shape_correlation) {
    return std::nullopt;
  }
  const bool copy = std::abs(found->noise_correlation) >= options_.min_noise_correlation &&
                    found->shared_fraction >= options_.min_copy_fraction;
  return Finding{.kinship = copy ? Kinship::kCopy : Kinship::kOverlap,
                 .orientation = found->orientation,
                 .shift = found->shift,
                 .shared = found->shared,
                 .shared_of_second = found->shared_of_second,
                 .shared_fraction = found->shared_fraction,
                 .correlation = found->correlation,
                 .confidence = found->confidence};
}

std::optional<Finding> PairSearch::seam(const Fingerprint& first) const {
  std::optional<Finding> best;
  for (const Orientation orientation : orientations()) {
    const Size laid = oriented(second_.size, orientation);
    for (const Side side : kSides) {
      const EdgeMatch edges = match(first.edges[static_cast<size_t>(side)],
                                    laid_edge(second_.edges, opposite(side), orientation));
      if (edges.correlation < options_.min_seam_correlation ||
          edges.ratio < options_.min_seam_confidence || edges.t < options_.min_seam_spread ||
          (best && best->confidence >= edges.ratio)) {
        continue;
      }
      best = Finding{
          .kinship = Kinship::kAbutting,
          .orientation = orientation,
          .shift = beside(first.size, laid, side),
          .shared = strip(first.size, side),
          .shared_of_second = original(strip(laid, opposite(side)), second_.size, orientation),
          .correlation = edges.correlation,
          .confidence = edges.ratio};
    }
  }
  return best;
}

std::optional<Finding> PairSearch::same_detector(const Fingerprint& first) const {
  std::optional<Finding> best;
  const auto all = orientations();
  for (size_t i = 0; i < all.size(); ++i) {
    if (first.noise.empty() || noise_[i].size() != first.noise.size() ||
        oriented(second_.size, all[i]) != first.size) {
      continue;
    }
    const double ratio = noise_ratio(first.noise, noise_[i]);
    if (ratio >= options_.min_confidence && (!best || ratio > best->confidence)) {
      const Box whole{0, 0, first.size.height, first.size.width};
      best = Finding{.kinship = Kinship::kDetector,
                     .orientation = all[i],
                     .shared = whole,
                     .shared_of_second = {0, 0, second_.size.height, second_.size.width},
                     .shared_fraction = 1,
                     .correlation = noise_correlation(first.noise, noise_[i], 0, 0),
                     .confidence = ratio,
                     .same_detector = true};
    }
  }
  return best;
}

}  // namespace mote::data
