// What every fuzz target does: opens the bytes as a file of one format and reads frames of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mote/core/error.h"
#include "mote/core/frame_source.h"
#include "mote/io/open.h"
#include "tests/io/memory_file.h"

namespace mote::fuzz {

using OpenFunction = std::unique_ptr<FrameSource> (*)(const std::string& path,
                                                      const io::ReadOptions& options);

/// Reads the first frames and the last; an Error is one of that frame.
inline void read_frames_of(FrameSource& source) {
  const int64_t frames = source.info().frames;
  for (const int64_t index : {int64_t{0}, int64_t{1}, frames - 1}) {
    try {
      const Frame frame = source.read(index);
      if (frame.image.byte_count() !=
          frame.image.size().area() * bytes_per_sample(frame.image.type())) {
        __builtin_trap();
      }
    } catch (const Error&) {
      continue;
    }
  }
}

/// Any end but an Error, a leak or a frame that is not of its own size stops the fuzzer.
inline int read_frames(const uint8_t* data, size_t size, OpenFunction open) {
  static testing_support::MemoryFile file;
  if (size == 0 || !file.write({reinterpret_cast<const char*>(data), size})) {
    return 0;
  }
  try {
    read_frames_of(*open(file.path(), {}));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}

}  // namespace mote::fuzz
