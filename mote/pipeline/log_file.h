#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/pipeline/log_time.h"

namespace mote::pipeline {

/// A column of readings of a log.
struct LogColumn {
  std::string name;                           ///< as frames.csv has it, `temperature_c`
  std::string label;                          ///< in words, without the unit
  std::string unit;                           ///< as it is shown, `°C`; may be empty
  std::vector<std::optional<double>> values;  ///< of each row
};

/// The rows of a log, as its file has them.
struct LogFile {
  LogTimeKind kind = LogTimeKind::kNumber;
  std::vector<double> times_s;  ///< of each row, on the log's own clock; may run backwards
  std::vector<int64_t> lines;   ///< of each row, in the file, from 1
  std::vector<LogColumn> columns;
  std::vector<std::string> warnings;  ///< what is left out, without the file's name
};

/// Reads a log: a CSV with a header line (log_header.h), columns apart by commas, semicolons or
/// tabs, whichever the header has; numbers may have a decimal comma unless columns are apart by
/// commas. UTF-8 or Latin-1. Lines that are empty or begin with # are passed over. A column that is
/// mostly no numbers is left out, a single cell that is none is taken as missing, with a warning.
/// Throws kNotFound, kUnsupported for UTF-16, and kBadFile where there are no rows or no times.
LogFile read_log_file(const std::string& path);

}  // namespace mote::pipeline
