#include "mote/pipeline/drift_file.h"

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

std::vector<track::DriftRow> parse(const std::string& text, int64_t frames) {
  std::vector<track::DriftRow> rows;
  for (const auto& cells : io::csv_numbers(text, {"frame", "drift_y_px", "drift_x_px"})) {
    const auto index = static_cast<int64_t>(cells[0]);
    if (index != static_cast<int64_t>(rows.size())) {
      throw Error(ErrorKind::kBadFile,
                  "line {}: frame {} follows {} rows: frames must count from 0", rows.size() + 2,
                  index, rows.size());
    }
    rows.push_back({.index = index, .shift = {cells[1], cells[2]}, .ok = true});
  }
  if (static_cast<int64_t>(rows.size()) != frames) {
    throw Error(ErrorKind::kBadFile, "has {} frames, the recording {}", rows.size(), frames);
  }
  return rows;
}

}  // namespace

std::vector<track::DriftRow> read_drift_file(const std::string& path, int64_t frames) {
  try {
    return parse(read_file(path), frames);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kNotFound) {
      throw Error(ErrorKind::kNotFound,
                  "--drift-from {}: expected support, all, particles, none or a drift.csv", path);
    }
    throw error.in(path);
  }
}

}  // namespace mote::pipeline
