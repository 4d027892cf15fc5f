// Damages a drawn file in every small way and reads what is left of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/files.h"

namespace mote::io::damage {

struct Tally {
  int64_t refused = 0;
  int64_t read = 0;  ///< opened, and each of its first three frames read or refused
};

/// Opens the bytes as a file of this name; anything but an Error ends the test.
inline void try_reading(const std::string& path, const std::string& bytes, Tally& tally) {
  files::write(path, bytes);
  std::unique_ptr<FrameSource> source;
  try {
    source = open_frames(path);
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
inline Tally cut(const std::string& bytes, const std::string& name) {
  const std::string path = files::folder() + name;
  Tally tally;
  for (size_t length = 1; length < bytes.size(); ++length) {
    try_reading(path, bytes.substr(0, length), tally);
  }
  return tally;
}

/// The file with each byte of the first `most` set to 0, 127, 128 and 255 in turn.
inline Tally flip(const std::string& bytes, const std::string& name, size_t most) {
  const std::string path = files::folder() + name;
  Tally tally;
  for (size_t i = 0; i < std::min(most, bytes.size()); ++i) {
    for (const int value : {0, 127, 128, 255}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(value);
      try_reading(path, damaged, tally);
    }
  }
  return tally;
}

}  // namespace mote::io::damage
