#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mote::pipeline {

/// A named reading of a log.
struct LogReading {
  std::string name;   ///< as frames.csv has it, `temperature_c`
  std::string label;  ///< in words, without the unit: `temperature`; may be empty
  std::string unit;   ///< as it is shown, `°C`; may be empty

  bool operator==(const LogReading&) const = default;
};

/// A reading as a picture says it: `823 K`, `pressure 1.2 mbar`.
std::string reading_text(const LogReading& reading, double value);

/// A log that an instrument wrote while the recording was made (`--log`): readings of a heater or
/// of gases against time. Between two of its rows a reading is interpolated along a straight line;
/// before the first and after the last there is none.
///
/// Rows of one time are averaged. Where times run backwards the log tells nothing, and a warning
/// says so.
class FrameLog {
 public:
  /// `offset`: what the clock of the log shows when that of the recording shows 0, as a duration
  /// (`12.5s`, `-2 min`), a time of day or a date; empty for 0.
  /// Throws as read_log_file, and kUsage where `offset` does not fit.
  static FrameLog open(const std::string& path, const std::string& offset);

  const std::string& path() const { return path_; }
  const std::vector<LogReading>& readings() const { return readings_; }

  /// What is known at a time of the recording, by name.
  std::map<std::string, double> values_at(std::optional<double> time_s) const;

  /// Its first and last time, on the clock of the recording.
  double first_s() const { return first_s_; }
  double last_s() const { return last_s_; }

  /// What its clock shows at the recording's time 0.
  double offset_s() const { return offset_s_; }

  /// Where the log is contradictory or something of it is left out.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  using Curve = std::vector<std::pair<double, double>>;  // time of the recording and value

  std::string path_;
  std::vector<LogReading> readings_;
  std::vector<Curve> curves_;  // of each reading, times rising
  double offset_s_ = 0;
  double first_s_ = 0;
  double last_s_ = 0;
  std::vector<std::string> warnings_;
};

/// Counts the frames of a recording that a log says nothing of.
class LogCoverage {
 public:
  explicit LogCoverage(const FrameLog& log) : log_(log) {}

  void add(std::optional<double> time_s);
  std::vector<std::string> warnings() const;

 private:
  const FrameLog& log_;
  int64_t frames_ = 0;
  int64_t untimed_ = 0;
  int64_t before_ = 0;
  int64_t after_ = 0;
  std::optional<double> first_s_;  // of the frames
  std::optional<double> last_s_;
};

}  // namespace mote::pipeline
