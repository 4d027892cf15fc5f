#pragma once

#include <string>
#include <string_view>

namespace mote::pipeline {

/// What a column of a log holds, by its header.
struct LogHeader {
  std::string name;       ///< as frames.csv has it: lower case, its unit last, `temperature_c`
  std::string label;      ///< the same in words, without the unit: `heater current`
  std::string unit;       ///< as it is shown, `°C`; empty where the header says none
  bool is_time = false;   ///< the clock of the log
  bool is_date = false;   ///< the day that goes with such a clock
  double unit_s = 1;      ///< is_time: how long one unit of a plain number is
  bool is_index = false;  ///< counts frames, which is no reading
};

/// Reads a header as instruments and spreadsheets write it: `time_s`, `Time (s)`, `t/s`,
/// `Timestamp`, `Temperature (°C)`, `temperature_c`, `T/K`, `Heater Temp [K]`. What measures a
/// temperature is named `temperature...`, whatever stands before that word.
LogHeader log_header(std::string_view text);

}  // namespace mote::pipeline
