// The bytes are a hierarchy: files one after another, each a line `@KEY` and what it holds. It is
// opened as a recording and as a graph.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/geff.h"
#include "mote/io/ome_zarr.h"
#include "tests/io/zarr_memory.h"

namespace {

using mote::Error;
using mote::io::drawn::ZarrMemory;

std::map<std::string, std::string> files_in(std::string_view bytes) {
  constexpr std::string_view kMark = "\n@";
  std::map<std::string, std::string> files;
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find(kMark, 1), bytes.size());
    const std::string_view one = bytes.substr(0, end);
    const size_t line = std::min(one.find('\n', kMark.size()), one.size());
    if (line > kMark.size()) {
      files[std::string(one.substr(kMark.size(), line - kMark.size()))] =
          one.substr(std::min(line + 1, one.size()));
    }
    bytes.remove_prefix(end);
  }
  return files;
}

void read_recording(const std::map<std::string, std::string>& files) {
  try {
    const auto source =
        mote::io::open_zarr(std::make_unique<ZarrMemory>(files), "", {.channel = 0, .z = 0});
    for (const int64_t index : {int64_t{0}, int64_t{1}, source->info().frames - 1}) {
      try {
        const mote::Frame frame = source->read(index);
        if (frame.image.size() != source->info().size) {
          __builtin_trap();
        }
      } catch (const Error&) {
        continue;
      }
    }
  } catch (const Error&) {
    return;
  }
}

void read_graph(const std::map<std::string, std::string>& files) {
  try {
    mote::io::read_geff(ZarrMemory(files));
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto files = files_in({reinterpret_cast<const char*>(data), size});
  read_recording(files);
  read_graph(files);
  return 0;
}
