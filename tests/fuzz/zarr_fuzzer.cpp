// The bytes are a hierarchy, which is opened as a recording and as a graph.
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "mote/core/error.h"
#include "mote/io/geff.h"
#include "mote/io/ome_zarr.h"
#include "tests/fuzz/hierarchy.h"
#include "tests/io/zarr_memory.h"

namespace {

using mote::Error;
using mote::io::drawn::ZarrMemory;

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
  const auto files = mote::fuzz::files_in({reinterpret_cast<const char*>(data), size});
  read_recording(files);
  read_graph(files);
  return 0;
}
