#include "mote/pipeline/log_file.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/io/utf8.h"
#include "mote/measure/tables.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/log_header.h"

namespace mote::pipeline {
namespace {

bool is_utf8(std::string_view text) {
  size_t follow = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (follow > 0) {
      if ((byte & 0xC0U) != 0x80U) {
        return false;
      }
      --follow;
    } else if (byte >= 0x80U) {
      follow = byte >= 0xF0U ? 3 : byte >= 0xE0U ? 2 : byte >= 0xC2U ? 1 : 0;
      if (follow == 0) {
        return false;
      }
    }
  }
  return follow == 0;
}

// Text that is no UTF-8 is taken as Latin-1, which older instruments write.
std::string as_utf8(const std::string& text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    throw Error(ErrorKind::kUnsupported, "is UTF-16: save it as CSV in UTF-8");
  }
  if (text.find('\0') != std::string::npos) {
    throw Error(ErrorKind::kBadFile, "is no text: expected a CSV");
  }
  if (is_utf8(text)) {
    return text;
  }
  std::string out;
  for (const char c : text) {
    io::append_utf8(out, static_cast<unsigned char>(c));
  }
  return out;
}

char delimiter_of(const std::string& header) {
  for (const char delimiter : {'\t', ';'}) {
    if (header.find(delimiter) != std::string::npos) {
      return delimiter;
    }
  }
  return ',';
}

bool is_passed_over(const std::string& line) {
  const size_t first = line.find_first_not_of(" \t\r,;");
  return first == std::string::npos || line[first] == '#';
}

bool is_empty_cell(std::string_view cell) {
  static const std::set<std::string_view> empty = {"", "nan", "NaN", "NAN", "-", "--", "---"};
  const size_t begin = cell.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return true;
  }
  return empty.contains(cell.substr(begin, cell.find_last_not_of(" \t") - begin + 1));
}

// Names that frames.csv has already, or that a segmenter or tracker gives.
bool is_taken(const std::string& name) {
  static const std::set<std::string> names = [] {
    std::set<std::string> out = {"bright", "sigma_px", "link_reach_px", "repaired_samples"};
    for (const auto& column : measure::frame_columns()) {
      out.insert(column.name);
    }
    return out;
  }();
  return names.contains(name);
}

struct Column {
  size_t place = 0;
  LogHeader header;
  std::string text;  // of the header, as it stands in the file
};

// A column of readings while its file is read.
struct Readings {
  Column column;
  std::vector<std::optional<double>> values;  // of each row
  int64_t numbers = 0;
  int64_t others = 0;  // cells that are neither empty nor a number
  int64_t first_other_line = 0;
  std::string first_other;
};

class LogReader {
 public:
  LogFile read(const std::string& text) {
    std::istringstream in(as_utf8(text));
    std::string line;
    int64_t number = 0;
    while (std::getline(in, line)) {
      ++number;
      if (number == 1 && line.starts_with("\xef\xbb\xbf")) {
        line.erase(0, 3);
      }
      if (is_passed_over(line)) {
        continue;
      }
      if (!time_) {
        take_header(line);
      } else {
        take_row(io::csv_row(line, delimiter_), number);
      }
    }
    if (log_.times_s.empty()) {
      throw Error(ErrorKind::kBadFile, "{}", !time_ ? "is empty" : "has a header but no rows");
    }
    finish();
    return std::move(log_);
  }

 private:
  void take_header(const std::string& line) {
    delimiter_ = delimiter_of(line);
    const std::vector<std::string> names = io::csv_row(line, delimiter_);
    for (size_t i = 0; i < names.size(); ++i) {
      const Column column{.place = i, .header = log_header(names[i]), .text = names[i]};
      if (column.header.is_time && !time_) {
        time_ = column;
      } else if (column.header.is_date && !date_) {
        date_ = column;
      } else if (!column.header.is_index) {
        readings_.push_back({.column = column, .values = {}, .first_other = {}});
      }
    }
    if (!time_ && date_) {
      std::swap(time_, date_);
    }
    if (!time_) {
      throw Error(
          ErrorKind::kBadFile,
          "has no column of times: expected time_s, Time (s), Timestamp or the like, but it "
          "begins with '{}'",
          line.substr(0, std::min<size_t>(line.find('\r'), 80)));
    }
  }

  std::optional<LogTime> time_in(const std::vector<std::string>& cells,
                                 const Column& column) const {
    return column.place < cells.size() ? log_time(cells[column.place], delimiter_ != ',')
                                       : std::nullopt;
  }

  void take_row(const std::vector<std::string>& cells, int64_t line) {
    std::optional<LogTime> time = time_in(cells, *time_);
    if (time && date_ && time->kind == LogTimeKind::kClock) {
      const auto day = time_in(cells, *date_);
      const bool dated = day && day->kind == LogTimeKind::kDate;
      time = dated ? std::optional(LogTime{LogTimeKind::kDate, day->value + time->value})
                   : std::nullopt;
    }
    if (!time || (!log_.times_s.empty() && time->kind != log_.kind)) {
      throw Error(ErrorKind::kBadFile, "line {}: {} is '{}', expected {}", line, time_->text,
                  time_->place < cells.size() ? cells[time_->place] : "",
                  log_.times_s.empty() ? "a number, a time of day or a date such as "
                                         "2024-05-01T12:30:05"
                                       : fmt::format("{} as before", name(log_.kind)));
    }
    log_.kind = time->kind;
    const bool number = time->kind == LogTimeKind::kNumber;
    log_.times_s.push_back(time->value * (number ? time_->header.unit_s : 1));
    log_.lines.push_back(line);
    for (Readings& readings : readings_) {
      const size_t place = readings.column.place;
      take_cell(readings, place < cells.size() ? cells[place] : "", line);
    }
  }

  void take_cell(Readings& readings, const std::string& cell, int64_t line) const {
    readings.values.push_back(log_number(cell, delimiter_ != ','));
    if (readings.values.back()) {
      ++readings.numbers;
    } else if (!is_empty_cell(cell)) {
      ++readings.others;
      if (readings.first_other_line == 0) {
        readings.first_other_line = line;
        readings.first_other = cell.substr(0, 30);
      }
    }
  }

  void finish() {
    for (Readings& readings : readings_) {
      add(readings);
    }
    if (log_.columns.empty()) {
      log_.warnings.emplace_back("has no column of numbers but its times: nothing of it is used");
    }
  }

  void add(Readings& readings) {
    if (readings.numbers <= readings.others) {
      const bool empty = readings.others == 0;
      if (!empty) {
        log_.warnings.push_back(
            fmt::format("column '{}' is left out: line {} says '{}', expected numbers",
                        readings.column.text, readings.first_other_line, readings.first_other));
      }
      return;
    }
    if (readings.others > 0) {
      log_.warnings.push_back(
          fmt::format("column '{}': {} of {} cells are no numbers and taken as missing, the first "
                      "is '{}' in line {}",
                      readings.column.text, readings.others, readings.values.size(),
                      readings.first_other, readings.first_other_line));
    }
    log_.columns.push_back({.name = name_of(readings.column),
                            .label = readings.column.header.label,
                            .unit = readings.column.header.unit,
                            .values = std::move(readings.values)});
  }

  std::string name_of(const Column& column) {
    std::string name = column.header.name;
    if (name.empty()) {
      name = fmt::format("column_{}", column.place + 1);
    }
    if (is_taken(name)) {
      name = "log_" + name;
    }
    const std::string first = name;
    for (int again = 2; !names_.insert(name).second; ++again) {
      name = fmt::format("{}_{}", first, again);
    }
    return name;
  }

  LogFile log_;
  char delimiter_ = ',';
  std::optional<Column> time_;
  std::optional<Column> date_;
  std::vector<Readings> readings_;
  std::set<std::string> names_;
};

}  // namespace

LogFile read_log_file(const std::string& path) {
  try {
    return LogReader().read(read_file(path));
  } catch (const Error& error) {
    throw std::string(error.what()).starts_with(path) ? error : error.in(path);
  }
}

}  // namespace mote::pipeline
