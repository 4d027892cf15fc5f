// What TIFF costs: writing label images, reading them, opening long recordings, random access.
// Prints CPU time; files go to the folder for temporary ones.

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>

#include <fmt/format.h>

#include "mote/io/open.h"
#include "mote/io/tiff_writer.h"

namespace {

using namespace mote;

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

LabelImage discs(int64_t edge, int count) {
  LabelImage labels({edge, edge});
  std::mt19937 random(1);
  for (int label = 1; label <= count; ++label) {
    const auto cy = static_cast<int64_t>(random() % static_cast<uint32_t>(edge));
    const auto cx = static_cast<int64_t>(random() % static_cast<uint32_t>(edge));
    const int64_t radius = 12 + random() % 16;
    const Box box = Box{.y = cy, .x = cx, .height = 1, .width = 1}.grown(radius, labels.size());
    for (int64_t y = box.y; y < box.y_end(); ++y) {
      for (int64_t x = box.x; x < box.x_end(); ++x) {
        if ((y - cy) * (y - cy) + (x - cx) * (x - cx) < radius * radius) {
          labels(y, x) = label;
        }
      }
    }
  }
  return labels;
}

template <typename Page>
void measure(const std::string& what, const Page& page, int64_t frames, bool compress) {
  const std::string path = std::filesystem::temp_directory_path() / "mote_bench.tif";
  double start = cpu_ms();
  {
    io::TiffWriter writer(path, {.frames = frames, .compress = compress});
    for (int64_t i = 0; i < frames; ++i) {
      writer.write(page);
    }
  }
  const double write_ms = (cpu_ms() - start) / static_cast<double>(frames);
  start = cpu_ms();
  const auto source = io::open_frames(path);
  const double open_ms = cpu_ms() - start;
  constexpr int64_t kReads = 200;
  start = cpu_ms();
  for (int64_t i = 0; i < kReads; ++i) {
    source->read(i * 7919 % frames);
  }
  const double read_ms = (cpu_ms() - start) / kReads;
  fmt::print(
      "{:<34} {:>7} {:>10.3f} {:>10.3f} {:>10.2f} {:>10.1f}\n", what, frames, write_ms, read_ms,
      open_ms,
      static_cast<double>(std::filesystem::file_size(path)) / 1024 / static_cast<double>(frames));
  std::filesystem::remove(path);
}

Image noise(int64_t edge) {
  Image image({edge, edge}, SampleType::kUint8);
  std::mt19937 random(2);
  for (int64_t i = 0; i < image.byte_count(); ++i) {
    image.as<uint8_t>()[i] = static_cast<uint8_t>(100 + random() % 64);
  }
  return image;
}

}  // namespace

int main() {
  fmt::print("{:<34} {:>7} {:>10} {:>10} {:>10} {:>10}\n", "CPU time", "frames", "write ms",
             "read ms", "open ms", "KiB/frame");
  measure("labels 512 x 512, 16 discs", discs(512, 16), 300, true);
  measure("labels 2048 x 2048, 1000 discs", discs(2048, 1000), 20, true);
  measure("uint8 noise 512 x 512", noise(512), 200, true);
  measure("uint8 512 x 512, uncompressed", noise(512), 10000, false);
  measure("uint8 8 x 8, uncompressed", noise(8), 100000, false);
}
