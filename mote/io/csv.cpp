#include "mote/io/csv.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string_view>

#include "mote/core/error.h"
#include "mote/core/number_text.h"

namespace mote::io {
namespace {

double number_of(const std::string& cell, const std::string& column, int64_t line) {
  const std::optional<double> value = number_from<double>(cell);
  if (!value || !std::isfinite(*value)) {
    throw Error(ErrorKind::kBadFile, "line {}: {} is '{}', expected a number", line, column, cell);
  }
  return *value;
}

}  // namespace

std::vector<std::string> csv_row(const std::string& line, char delimiter) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += c;
      ++i;
    } else if (c == '"' && (quoted || cells.back().empty())) {
      quoted = !quoted;
    } else if (c == delimiter && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<std::string> csv_names(const std::string& header) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  return csv_row(header.starts_with(kByteOrderMark) ? header.substr(kByteOrderMark.size())
                                                    : header);
}

std::vector<std::vector<std::string>> csv_cells(const std::string& text,
                                                const std::vector<std::string>& columns,
                                                const std::vector<std::string>& optional) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> names = csv_names(line);
  std::vector<size_t> places;
  for (const std::string& column : columns) {
    const auto found = std::find(names.begin(), names.end(), column);
    if (found == names.end()) {
      const bool semicolons = names.size() == 1 && line.find(';') != std::string::npos;
      throw Error(ErrorKind::kBadFile, "has no column {}{}", column,
                  semicolons ? ": expected commas between columns, not semicolons" : "");
    }
    places.push_back(static_cast<size_t>(found - names.begin()));
  }
  for (const std::string& column : optional) {
    places.push_back(
        static_cast<size_t>(std::find(names.begin(), names.end(), column) - names.begin()));
  }
  std::vector<std::vector<std::string>> rows;
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = csv_row(line);
    std::vector<std::string>& row = rows.emplace_back();
    for (const size_t place : places) {
      row.push_back(place < cells.size() ? cells[place] : "");
    }
  }
  return rows;
}

std::vector<std::vector<double>> csv_numbers(const std::string& text,
                                             const std::vector<std::string>& columns) {
  std::vector<std::vector<double>> rows;
  int64_t line = 2;
  for (const std::vector<std::string>& cells : csv_cells(text, columns)) {
    std::vector<double>& row = rows.emplace_back();
    for (size_t i = 0; i < columns.size(); ++i) {
      row.push_back(number_of(cells[i], columns[i], line));
    }
    ++line;
  }
  return rows;
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  }
  return quoted + "\"";
}

}  // namespace mote::io
