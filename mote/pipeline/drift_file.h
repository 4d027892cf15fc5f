#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/track/drift.h"

namespace mote::pipeline {

/// Reads a drift.csv: columns `frame`, `drift_y_px` and `drift_x_px` are needed, others left.
/// Throws kNotFound, or kBadFile where a column or one of `frames` rows is missing, or a cell is no
/// number.
std::vector<track::DriftRow> read_drift_file(const std::string& path, int64_t frames);

}  // namespace mote::pipeline
