// Damages the bytes of a small file in every small way and hands them to a reader.
#pragma once

#include <cstdint>
#include <string>

#include "mote/core/error.h"

namespace mote::io::damage {

/// How many damaged files were refused, and how many read as something all the same.
struct ReadTally {
  int64_t refused = 0;
  int64_t read = 0;

  int64_t all() const { return refused + read; }
};

/// Counts what comes of `bytes`; anything that `read` throws but an Error passes on.
template <typename Read>
void count_reading(const Read& read, const std::string& bytes, ReadTally& tally) {
  try {
    read(bytes);
    ++tally.read;
  } catch (const Error&) {
    ++tally.refused;
  }
}

/// Each beginning of the file.
template <typename Read>
ReadTally cut_everywhere(const std::string& bytes, const Read& read) {
  ReadTally tally;
  for (size_t length = 0; length < bytes.size(); ++length) {
    count_reading(read, bytes.substr(0, length), tally);
  }
  return tally;
}

/// The file with each byte in turn replaced by others, taken out, and put in twice. Digits, a sign,
/// a quote, a bracket and a line end stand for what texts go wrong by, the rest for binary files.
template <typename Read>
ReadTally change_everywhere(const std::string& bytes, const Read& read) {
  const std::string others(
      "\0\x7F\x80\xFF"
      "9-\"[\n",
      9);
  ReadTally tally;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    for (const char other : others) {
      changed[i] = other;
      count_reading(read, changed, tally);
    }
    count_reading(read, bytes.substr(0, i) + bytes.substr(i + 1), tally);
    count_reading(read, bytes.substr(0, i + 1) + bytes.substr(i), tally);
  }
  return tally;
}

}  // namespace mote::io::damage
