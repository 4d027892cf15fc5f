#include "mote/track/drift_weights.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace mote::track {

using imaging::kRings;
using imaging::Registrar;
using imaging::Rings;
using imaging::Spectrum;

namespace {

constexpr int64_t kLeastBlocks = 4;  // that hold something: six unknowns, two equations each
// Of a ring's power: below, what frames do not have in common is rounding and interpolation.
constexpr double kLeastNoise = 0.01;
// Keeps the normal equations soluble where a direction is not determined at all; information is
// counted in 1/px^2 and is 1 and more elsewhere.
constexpr double kRidge = 1e-9;
// A coherence is believed beyond so many standard errors of what chance makes.
constexpr double kChanceSigmas = 3;
// Independent values a frequency: the real part has half of the variance, which counts as two, and
// the window makes neighbouring frequencies alike by a quarter.
constexpr double kIndependentShare = 1.5;
// Pairs that count as independent: running means forget older ones.
constexpr int64_t kMostPairs = 16;
// A higher coherence would give a ring all the weight by what is only an estimate.
constexpr double kMostCoherence = 0.95;
// Coherence assumed before it is measured: that of a specimen blurred by the optics, falling to 1/e
// at kAssumedWidth cycles a pixel.
constexpr double kAssumedCoherence = 0.6;
constexpr double kAssumedWidth = 0.15;
constexpr double kLeastAssumed = 0.01;  // below, a ring is left out

}  // namespace

BlockMisfit block_misfit(const Registrar& registrar, const Spectrum& moved,
                         const Spectrum& reference, Point shift, const Rings& power,
                         const Rings& cross, double open_share) {
  Rings noise(kRings);
  for (int ring = 0; ring < kRings; ++ring) {
    noise[ring] = std::max(kLeastNoise * power[ring], power[ring] - cross[ring]) / open_share;
  }
  const auto blocks = registrar.block_shifts(moved, reference, shift, noise, kBlockPx);

  // Six unknowns: the shift at the middle and how it changes along y and x.
  Eigen::Matrix<double, 6, 6> normal = Eigen::Matrix<double, 6, 6>::Identity() * kRidge;
  Eigen::Matrix<double, 6, 1> right = Eigen::Matrix<double, 6, 1>::Zero();
  const auto row_of = [&](const imaging::BlockShift& block) {
    const double y = block.centre.y_px / static_cast<double>(registrar.size().height) - 0.5;
    const double x = block.centre.x_px / static_cast<double>(registrar.size().width) - 0.5;
    Eigen::Matrix<double, 2, 6> row = Eigen::Matrix<double, 2, 6>::Zero();
    row.topLeftCorner<1, 3>() << 1, y, x;
    row.bottomRightCorner<1, 3>() << 1, y, x;
    return row;
  };
  const auto information = [](const imaging::BlockShift& block) {
    return (Eigen::Matrix2d() << block.yy, block.yx, block.yx, block.xx).finished();
  };
  for (const imaging::BlockShift& block : blocks) {
    const Eigen::Matrix<double, 2, 6> row = row_of(block);
    const Eigen::Vector2d d(block.shift.y_px, block.shift.x_px);
    normal += row.transpose() * information(block) * row;
    right += row.transpose() * information(block) * d;
  }
  const Eigen::Matrix<double, 6, 1> smooth = normal.ldlt().solve(right);

  const auto informed = std::count_if(blocks.begin(), blocks.end(),
                                      [](const imaging::BlockShift& b) { return b.yy + b.xx > 0; });
  if (informed < kLeastBlocks) {
    return {};
  }
  BlockMisfit out;
  double squares = 0;
  double weight = 0;
  for (const imaging::BlockShift& block : blocks) {
    const Eigen::Vector2d rest =
        Eigen::Vector2d(block.shift.y_px, block.shift.x_px) - row_of(block) * smooth;
    const double trace = block.yy + block.xx;
    out.chi2 += rest.dot(information(block) * rest) /
                (2 * static_cast<double>(informed) - static_cast<double>(smooth.size()));
    squares += trace * rest.squaredNorm() / 2;
    weight += trace;
  }
  out.scatter_px = weight > 0 ? std::sqrt(squares / weight) : 0;
  return out;
}

Rings drift_weights(const Rings& power, const Rings& cross, const std::vector<int64_t>& counts,
                    int64_t pairs) {
  Rings weights(kRings, 0.0);
  double sum = 0;
  if (!cross.empty() && pairs > 0) {
    Rings coherence(kRings, 0.0);
    for (int ring = 0; ring < kRings; ++ring) {
      coherence[ring] = power[ring] > 0 ? cross[ring] / power[ring] : 0;
    }
    for (int ring = 1; ring < kRings; ++ring) {
      const int before = std::max(1, ring - 1);
      const int after = std::min(kRings - 1, ring + 1);
      const double smooth = (coherence[before] + coherence[ring] + coherence[after]) / 3;
      // What chance makes in three rings.
      const double chance =
          kChanceSigmas /
          std::sqrt(kIndependentShare *
                    static_cast<double>(counts[before] + counts[ring] + counts[after]) *
                    static_cast<double>(std::min(pairs, kMostPairs)));
      if (smooth > chance && power[ring] > 0) {
        const double gamma = std::min(smooth, kMostCoherence);
        weights[ring] = gamma / (power[ring] * (1 - gamma * gamma));
        sum += weights[ring];
      }
    }
  }
  if (sum > 0) {
    return weights;
  }
  for (int ring = 1; ring < kRings; ++ring) {
    const double frequency = (ring + 0.5) / (2 * kRings);
    const double gamma = kAssumedCoherence * std::exp(-std::pow(frequency / kAssumedWidth, 2));
    if (power[ring] > 0 && gamma > kLeastAssumed) {
      weights[ring] = gamma / (power[ring] * (1 - gamma * gamma));
    }
  }
  return weights;
}

}  // namespace mote::track
