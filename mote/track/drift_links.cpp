#include "mote/track/drift_links.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Sparse>
#include <Eigen/SparseCholesky>

#include "mote/core/median.h"

namespace mote::track {
namespace {

// Below this, links differ by what no noise estimate knows: interpolation, evolving texture.
constexpr double kFloorPx = 0.01;
// Ties each frame to the one before by a spring that any link outweighs a million times.
constexpr double kSpring = 1e-2;
// Rounds of reweighting at most, and the step, in px, below which the last ones end.
constexpr int kHuberRounds = 5;
constexpr int kTukeyRounds = 10;
constexpr double kStillPx = 1e-4;
// In standard errors: where Huber's weight begins to fall, and where Tukey's is 0; a little beyond
// the 1.345 and 4.685 at which 95 % of the information of Gaussian errors is kept on one axis.
constexpr double kHuber = 1.5;
constexpr double kTukey = 6.0;
// The median of a two-dimensional Gaussian's distance, in standard deviations: sqrt(2 ln 2).
constexpr double kMedianDistance = 1.177;

double base_weight(const DriftLink& link) {
  return 1 / (double{link.sigma_px} * link.sigma_px + kFloorPx * kFloorPx);
}

int32_t root(std::vector<int32_t>& parent, int32_t i) {
  while (parent[i] != i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }
  return i;
}

int64_t count_pieces(int64_t frames, const std::vector<DriftLink>& links,
                     const std::vector<double>& trust) {
  std::vector<int32_t> parent(static_cast<size_t>(frames));
  std::iota(parent.begin(), parent.end(), 0);
  for (size_t i = 0; i < links.size(); ++i) {
    if (trust[i] > 0) {
      const int32_t a = root(parent, links[i].from);
      const int32_t b = root(parent, links[i].to);
      parent[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<int32_t> members(static_cast<size_t>(frames), 0);
  for (int32_t frame = 0; frame < frames; ++frame) {
    ++members[root(parent, frame)];
  }
  return std::max<int64_t>(
      1, std::count_if(members.begin(), members.end(), [](int32_t count) { return count > 1; }));
}

}  // namespace

DriftSolution solve_links(int64_t frames, const std::vector<DriftLink>& links) {
  const auto count = static_cast<size_t>(frames);
  DriftSolution out;
  out.shift.assign(count, Point{});
  out.residual_px.assign(count, 0);
  out.support.assign(count, 0);
  if (frames < 2) {
    return out;
  }

  // Frame 0 stays at the origin, so that frame i is unknown i - 1.
  const int64_t unknowns = frames - 1;
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> solver;
  std::vector<double> trust(links.size(), 1.0);
  std::vector<double> misfit(links.size(), 0.0);  // in standard errors
  std::vector<Eigen::Triplet<double>> entries;
  for (int round = 0; round < kHuberRounds + kTukeyRounds; ++round) {
    entries.clear();
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(unknowns, 2);
    const auto add = [&](int64_t from, int64_t to, double weight, double dy, double dx) {
      if (to > 0) {
        entries.emplace_back(to - 1, to - 1, weight);
        right(to - 1, 0) += weight * dy;
        right(to - 1, 1) += weight * dx;
      }
      if (from > 0) {
        entries.emplace_back(from - 1, from - 1, weight);
        right(from - 1, 0) -= weight * dy;
        right(from - 1, 1) -= weight * dx;
      }
      if (from > 0 && to > 0) {
        entries.emplace_back(std::max(from, to) - 1, std::min(from, to) - 1, -weight);
      }
    };
    for (int64_t frame = 1; frame < frames; ++frame) {
      add(frame - 1, frame, kSpring, 0, 0);
    }
    for (size_t i = 0; i < links.size(); ++i) {
      add(links[i].from, links[i].to, trust[i] * base_weight(links[i]), links[i].dy_px,
          links[i].dx_px);
    }
    Eigen::SparseMatrix<double> normal(unknowns, unknowns);
    normal.setFromTriplets(entries.begin(), entries.end());
    if (round == 0) {
      solver.analyzePattern(normal);
    }
    solver.factorize(normal);
    const Eigen::MatrixXd solution = solver.solve(right);

    double moved = 0;
    for (int64_t frame = 1; frame < frames; ++frame) {
      const Point next = {solution(frame - 1, 0), solution(frame - 1, 1)};
      moved = std::max({moved, std::abs(next.y_px - out.shift[frame].y_px),
                        std::abs(next.x_px - out.shift[frame].x_px)});
      out.shift[frame] = next;
    }
    for (size_t i = 0; i < links.size(); ++i) {
      const Point& from = out.shift[links[i].from];
      const Point& to = out.shift[links[i].to];
      misfit[i] =
          std::hypot(to.y_px - from.y_px - links[i].dy_px, to.x_px - from.x_px - links[i].dx_px) *
          std::sqrt(base_weight(links[i]));
    }
    const double scale = std::max(1.0, median(misfit) / kMedianDistance);
    for (size_t i = 0; i < links.size(); ++i) {
      const double distance = misfit[i] / scale;
      if (round < kHuberRounds) {
        trust[i] = distance <= kHuber ? 1 : kHuber / distance;
      } else {
        const double part = distance / kTukey;
        trust[i] = part < 1 ? (1 - part * part) * (1 - part * part) : 0;
      }
    }
    if (round > kHuberRounds && moved < kStillPx) {
      break;
    }
  }

  std::vector<double> squares(count, 0);
  std::vector<double> weights(count, 0);
  for (size_t i = 0; i < links.size(); ++i) {
    const double residual = misfit[i] / std::sqrt(base_weight(links[i]));
    for (const int32_t frame : {links[i].from, links[i].to}) {
      out.support[frame] += trust[i];
    }
    squares[links[i].to] += trust[i] * residual * residual / 2;
    weights[links[i].to] += trust[i];
  }
  for (size_t frame = 0; frame < count; ++frame) {
    out.residual_px[frame] = weights[frame] > 0 ? std::sqrt(squares[frame] / weights[frame]) : 0;
  }
  out.pieces = count_pieces(frames, links, trust);
  return out;
}

}  // namespace mote::track
