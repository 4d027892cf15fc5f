// Damages a drawn file in every small way and reads what is left of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/memory_file.h"

namespace mote::io::damage {

struct Tally {
  int64_t refused = 0;
  int64_t read = 0;  ///< opened, and each of its first three frames read or refused
};

/// Opens the bytes as a file; anything but an Error ends the test.
inline void try_reading(testing_support::MemoryFile& file, const std::string& bytes, Tally& tally) {
  ASSERT_TRUE(file.write(bytes));
  std::unique_ptr<FrameSource> source;
  try {
    source = open_frames(file.path());
  } catch (const Error&) {
    ++tally.refused;
    return;
  }
  for (int64_t i = 0; i < std::min<int64_t>(3, source->info().frames); ++i) {
    try {
      source->read(i);
    } catch (const Error&) {
      continue;  // an error of this frame alone
    }
  }
  ++tally.read;
}

/// Each beginning of the file.
inline Tally cut(const std::string& bytes) {
  testing_support::MemoryFile file;
  Tally tally;
  for (size_t length = 1; length < bytes.size(); ++length) {
    try_reading(file, bytes.substr(0, length), tally);
  }
  return tally;
}

/// The file with each byte of the first `most` set to 0, 127, 128 and 255 in turn.
inline Tally flip(const std::string& bytes, size_t most) {
  testing_support::MemoryFile file;
  Tally tally;
  for (size_t i = 0; i < std::min(most, bytes.size()); ++i) {
    for (const int value : {0, 127, 128, 255}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(value);
      try_reading(file, damaged, tally);
    }
  }
  return tally;
}

}  // namespace mote::io::damage
