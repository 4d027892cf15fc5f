#pragma once

#include <string>

namespace mote::pipeline {

/// `text` as one cell of a CSV file, in quotes where it needs them (RFC 4180).
inline std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  }
  return quoted + "\"";
}

}  // namespace mote::pipeline
