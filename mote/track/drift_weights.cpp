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

}  // namespace

BlockMisfit block_misfit(const Registrar& registrar, const Spectrum& moved,
                         const Spectrum& reference, Point shift, const Rings& power,
                         const Rings& cross, double open_share) {
  constexpr int64_t kBlockPx = 64;
  Rings noise(kRings);
  for (int ring = 0; ring < kRings; ++ring) {
    noise[ring] = std::max(0.01 * power[ring], power[ring] - cross[ring]) / open_share;
  }
  const auto blocks = registrar.block_shifts(moved, reference, shift, noise, kBlockPx);

  // Six unknowns: the shift at the middle and how it changes along y and x.
  Eigen::Matrix<double, 6, 6> normal = Eigen::Matrix<double, 6, 6>::Identity() * 1e-9;
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
      // Coherence that chance makes in three rings, at three standard errors.
      const double chance =
          3 / std::sqrt(1.5 * static_cast<double>(counts[before] + counts[ring] + counts[after]) *
                        static_cast<double>(std::min<int64_t>(pairs, 16)));
      if (smooth > chance && power[ring] > 0) {
        const double gamma = std::min(smooth, 0.95);
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
    const double gamma = 0.6 * std::exp(-std::pow(frequency / 0.15, 2));
    if (power[ring] > 0 && gamma > 0.01) {
      weights[ring] = gamma / (power[ring] * (1 - gamma * gamma));
    }
  }
  return weights;
}

}  // namespace mote::track
