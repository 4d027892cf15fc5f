#include "mote/pipeline/drift_file.h"

#include <charconv>
#include <cmath>
#include <map>
#include <sstream>
#include <string_view>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

double number_of(const std::string& cell, const std::string& column, int64_t line) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) {
    throw Error(ErrorKind::kBadFile, "line {}: {} is '{}', expected a number", line, column, cell);
  }
  return value;
}

std::vector<track::DriftRow> parse(const std::string& text, int64_t frames) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  std::map<std::string, size_t> columns;
  const std::vector<std::string> names = cells_of(line);
  for (size_t i = 0; i < names.size(); ++i) {
    columns.emplace(names[i], i);
  }
  for (const char* needed : {"frame", "drift_y_px", "drift_x_px"}) {
    if (!columns.contains(needed)) {
      throw Error(ErrorKind::kBadFile, "has no column {}", needed);
    }
  }
  std::vector<track::DriftRow> rows;
  int64_t line_number = 1;
  while (std::getline(in, line)) {
    ++line_number;
    const std::vector<std::string> cells = cells_of(line);
    const auto value = [&](const char* column) {
      const size_t at = columns.at(column);
      return number_of(at < cells.size() ? cells[at] : "", column, line_number);
    };
    const auto index = static_cast<int64_t>(value("frame"));
    if (index != static_cast<int64_t>(rows.size())) {
      throw Error(ErrorKind::kBadFile,
                  "line {}: frame {} follows {} rows: frames must count from 0", line_number, index,
                  rows.size());
    }
    rows.push_back(
        {.index = index, .shift = {value("drift_y_px"), value("drift_x_px")}, .ok = true});
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
