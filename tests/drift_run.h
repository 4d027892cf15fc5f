#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mote/track/drift.h"
#include "tests/drift_scene.h"

namespace mote::synthetic {

/// A drift estimator's answers on a scene.
struct DriftRun {
  std::vector<track::DriftRow> running;
  std::vector<track::DriftRow> solved;
  std::vector<std::string> warnings;
  DriftError error;  ///< of `solved`
  double ok_share = 0;
};

inline DriftRun run_drift(const DriftScene& scene, Size size,
                          const track::DriftOptions& options = {}) {
  const auto estimator = track::make_drift_estimator(options, size);
  DriftRun out;
  for (int64_t i = 0; i < scene.frames(); ++i) {
    out.running.push_back(
        estimator->push(i, estimator->prepare(scene.image(i), scene.particles(i))));
  }
  track::DriftResult result = estimator->solve();
  out.solved = std::move(result.rows);
  out.warnings = std::move(result.warnings);
  std::vector<Point> found;
  for (const track::DriftRow& row : out.solved) {
    found.push_back(row.shift);
    out.ok_share += row.ok ? 1 : 0;
  }
  out.ok_share /= static_cast<double>(scene.frames());
  out.error = drift_error(found, scene.drift());
  return out;
}

}  // namespace mote::synthetic
