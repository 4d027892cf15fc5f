// How fast makers' formats open and stream, beside a plain pread loop into one buffer of a frame's
// size over the same bytes: bench_read_speed [GIGABYTES] [FOLDER] [dense]
//
// Files are sparse, so that they cost no disk, unless `dense` asks for pages that lie in memory, as
// those of a real recording do. Prints CPU time (user and system), and by how much the process
// grew.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mote/io/open.h"
#include "tests/io/drawn_dm.h"
#include "tests/io/drawn_mrc.h"
#include "tests/io/drawn_ser.h"

namespace {

using namespace mote;
using namespace mote::io::drawn;

constexpr int32_t kEdge = 2048;
constexpr int64_t kFrameBytes = int64_t{kEdge} * kEdge * 2;

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

bool dense = false;

/// Writes `head`, then zeros up to `bytes`, or leaves a hole there.
void write_sparse(const std::string& path, const std::string& head, int64_t bytes) {
  {
    std::ofstream file(path, std::ios::binary);
    file << head;
    const std::string zeros(1 << 20, '\0');
    for (int64_t at = static_cast<int64_t>(head.size()); dense && at < bytes; at += 1 << 20) {
      file << zeros.substr(0, static_cast<size_t>(std::min<int64_t>(1 << 20, bytes - at)));
    }
  }
  std::filesystem::resize_file(path, static_cast<uintmax_t>(bytes));
}

void write_mrc(const std::string& path, int32_t frames, std::endian order) {
  const MrcSpec spec{
      .columns = kEdge, .rows = kEdge, .sections = frames, .mode = 6, .order = order};
  write_sparse(path, mrc_header(spec), 1024 + frames * kFrameBytes);
}

// The pixels come last, so that they may be left out of what is drawn.
void write_dm4(const std::string& path, int32_t frames) {
  DmTag pixels = dm_array("Data", 4, int64_t{frames} * kEdge * kEdge, "");
  DmTag image = dm_image({{.count = kEdge}, {.count = kEdge}, {.count = frames}}, 10, pixels);
  std::vector<DmTag>& data = image.children[0].children;
  std::rotate(data.begin() + 1, data.begin() + 2, data.end());
  image.children.resize(1);
  const std::string head = dm_file({.version = 4}, {dm_group("ImageList", {image})});
  write_sparse(path, head.substr(0, head.size() - 8),
               static_cast<int64_t>(head.size()) - 8 + frames * kFrameBytes);
}

void write_ser(const std::string& path, int32_t frames) {
  const SerSpec one{.version = 0x220, .elements = 1, .finished = 1, .width = 1, .height = 1};
  std::string head = ser_file(one).substr(0, 34);
  put(head, 14, frames);
  put(head, 18, frames);
  const int64_t first = 34 + 16 * int64_t{frames};
  const int64_t step = 50 + kFrameBytes + 8;
  std::string tags;
  for (int32_t i = 0; i < frames; ++i) {
    head += bytes_of(first + i * step);
    tags += bytes_of(first + i * step + 50 + kFrameBytes);
  }
  write_sparse(path, head + tags, first + frames * step);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (int32_t i = 0; i < frames; ++i) {
    file.seekp(first + i * step);
    file << bytes_of(0.0) << bytes_of(1e-9) << bytes_of(int32_t{0}) << bytes_of(0.0)
         << bytes_of(1e-9) << bytes_of(int32_t{0}) << bytes_of(uint16_t{2}) << bytes_of(kEdge)
         << bytes_of(kEdge);
  }
}

double plain_ms(const std::string& path, int64_t frames) {
  const int file = ::open(path.c_str(), O_RDONLY);
  std::vector<char> buffer(kFrameBytes);
  const double start = cpu_ms();
  for (int64_t i = 0; i < frames; ++i) {
    if (::pread(file, buffer.data(), buffer.size(), 1024 + i * kFrameBytes - i) < 1) {
      std::abort();
    }
  }
  ::close(file);
  return cpu_ms() - start;
}

void measure(const char* what, const std::string& path, int64_t frames) {
  const double before_mb = peak_mb();
  double start = cpu_ms();
  const auto source = io::open_frames(path);
  const double open_ms = cpu_ms() - start;
  if (source->info().frames != frames) {
    std::abort();
  }
  double plain = 0;
  double own = 0;
  int64_t sum = 0;
  for (int round = 0; round < 3; ++round) {
    const double loop = plain_ms(path, frames);
    start = cpu_ms();
    for (int64_t i = 0; i < frames; ++i) {
      sum += source->read(i).image.as<uint16_t>()[0];
    }
    const double reading = cpu_ms() - start;
    plain = round == 0 ? loop : std::min(plain, loop);
    own = round == 0 ? reading : std::min(own, reading);
  }
  fmt::print("{:<18} {:>7.1f} {:>10.2f} {:>11.2f} {:>9.0f} % {:>10.1f}\n", what, open_ms,
             own / static_cast<double>(frames), plain / static_cast<double>(frames),
             100 * plain / own, peak_mb() - before_mb);
  std::filesystem::remove(path);
  if (sum != 0) {
    std::abort();
  }
}

}  // namespace

int main(int count, char** arguments) {
  const double gigabytes = count > 1 ? std::atof(arguments[1]) : 4;
  const std::string folder =
      count > 2 ? arguments[2] : std::filesystem::temp_directory_path().string();
  dense = count > 3 && std::string(arguments[3]) == "dense";
  const auto frames = static_cast<int32_t>(std::max(2.0, gigabytes * 1e9 / kFrameBytes));
  fmt::print("{} frames of {} x {} px, uint16\n", frames, kEdge, kEdge);
  fmt::print("{:<18} {:>7} {:>10} {:>11} {:>11} {:>10}\n", "CPU time", "open ms", "read ms",
             "pread ms", "of pread", "grew by MB");
  const std::string path = folder + "/mote_bench_read";
  write_dm4(path, frames);
  measure("DM4", path, frames);
  write_mrc(path, frames, std::endian::little);
  measure("MRC", path, frames);
  write_mrc(path, frames, std::endian::big);
  measure("MRC, bytes swapped", path, frames);
  write_ser(path, frames);
  measure("SER", path, frames);
}
