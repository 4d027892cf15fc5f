// All pixels of a sample, their statistics and their hash, to compare with what others see.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "mote/core/image.h"
#include "mote/io/open.h"
#include "mote/io/tiff_samples.h"
#include "tests/io/files.h"

namespace mote::io::samples {

/// The first 32 hex digits of the SHA-256 of `bytes`.
inline std::string sha256_start(const std::string& bytes) {
  const std::string path = files::folder() + "bytes";
  files::write(path, bytes);
  std::FILE* pipe = ::popen(("sha256sum '" + path + "'").c_str(), "r");
  char digits[33] = "";
  const size_t got = std::fread(digits, 1, 32, pipe);
  ::pclose(pipe);
  return {digits, got};
}

/// Images one after the other as in the file.
struct Pixels {
  std::string bytes;
  double min = 0;
  double max = 0;
  double sum = 0;
  int64_t count = 0;
  int64_t images = 0;

  double mean() const { return sum / static_cast<double>(count); }

  void add(const Image& image) {
    with_sample_type(image.type(), [&](auto sample) {
      using T = decltype(sample);
      for (int64_t i = 0; i < image.size().area(); ++i) {
        const auto value = static_cast<double>(image.as<T>()[i]);
        min = count == 0 ? value : std::min(min, value);
        max = count == 0 ? value : std::max(max, value);
        sum += value;
        ++count;
      }
    });
    bytes.append(reinterpret_cast<const char*>(image.bytes()),
                 static_cast<size_t>(image.byte_count()));
    ++images;
  }
};

/// Frames and slices of the first channel, at most `limit` images.
inline Pixels read_all(const std::string& path, int64_t limit) {
  const RecordingInfo info = open_frames(path, {.channel = 0})->info();
  Pixels pixels;
  for (int64_t t = 0; t < info.frames && pixels.images < limit; ++t) {
    for (int64_t z = 0; z < info.slices; ++z) {
      ReadOptions options{.channel = 0};
      if (info.slices > 1) {
        options.z = z;
      }
      pixels.add(open_frames(path, options)->read(t).image);
    }
  }
  return pixels;
}

}  // namespace mote::io::samples
