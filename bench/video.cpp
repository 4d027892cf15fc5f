// What the overlay video costs, and how fast video is read, on one core.

#include "mote/io/video.h"

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include <fmt/format.h>

namespace {

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Noisy grey with 16 moving discs that have coloured rims, as an overlay has.
mote::Picture drawn(int64_t index, mote::Size size) {
  mote::Picture picture(size);
  uint32_t random = static_cast<uint32_t>(index) + 1;
  for (mote::Rgb& pixel : picture.values()) {
    random = random * 1664525U + 1013904223U;
    const auto grey = static_cast<uint8_t>(150 + (random >> 28) + (random >> 18 & 15));
    pixel = {grey, grey, grey};
  }
  for (int64_t disc = 0; disc < 16; ++disc) {
    const int64_t cy = (disc / 4 * 2 + 1) * size.height / 8;
    const int64_t cx = (disc % 4 * 2 + 1) * size.width / 8 + index % 40;
    for (int64_t y = -20; y <= 20; ++y) {
      for (int64_t x = -20; x <= 20; ++x) {
        const int64_t r2 = y * y + x * x;
        if (r2 <= 400 && size.contains(cy + y, cx + x)) {
          mote::Rgb& pixel = picture(cy + y, cx + x);
          pixel = r2 > 324 ? mote::Rgb{230, static_cast<uint8_t>(disc * 15), 40}
                           : mote::Rgb{static_cast<uint8_t>(pixel.r / 2),
                                       static_cast<uint8_t>(pixel.g / 2),
                                       static_cast<uint8_t>(pixel.b / 2)};
        }
      }
    }
  }
  return picture;
}

void measure(mote::Size size, int64_t frames) {
  const std::string folder = std::filesystem::temp_directory_path();
  const std::string segment = folder + fmt::format("/mote-bench-{}.mp4", size.width);
  double writing = 0;
  const auto writer = mote::io::open_video_segment(segment, size, {});
  for (int64_t i = 0; i < frames; ++i) {
    const mote::Picture picture = drawn(i, size);
    const double begin = cpu_ms();
    writer->write(picture);
    writing += cpu_ms() - begin;
  }
  double begin = cpu_ms();
  writer->close();
  writing += cpu_ms() - begin;

  begin = cpu_ms();
  const auto source = mote::io::open_video(segment);
  const double opening = cpu_ms() - begin;
  begin = cpu_ms();
  for (int64_t i = 0; i < frames; ++i) {
    source->read(i);
  }
  const double reading = cpu_ms() - begin;
  begin = cpu_ms();
  for (int64_t i = 0; i < 20; ++i) {
    source->read(i * 7919 % frames);
  }
  const double jumping = cpu_ms() - begin;
  fmt::print(
      "{} x {} px, {} frames, {:.1f} MB: write {:.2f} ms a frame, open {:.1f} ms, "
      "read in order {:.2f} ms a frame, at random {:.1f}\n",
      size.width, size.height, frames,
      static_cast<double>(std::filesystem::file_size(segment)) / 1e6,
      writing / static_cast<double>(frames), opening, reading / static_cast<double>(frames),
      jumping / 20);
  std::filesystem::remove(segment);
}

}  // namespace

int main() {
  measure({512, 512}, 250);
  measure({1080, 1080}, 100);
}
