// The readers of formats in HDF5, over a file in memory: its tree is what the bytes begin with
// (their count first, 8 bytes), its samples are what follows, over and over. libhdf5 has no part in
// it.
#include <algorithm>
#include <cstring>

#include "mote/io/hdf5.h"
#include "tests/fuzz/reader_fuzzer.h"
#include "tests/io/memory_hdf5.h"

namespace {

using namespace mote;

// What a real file holds bounds what an image may claim; here a fuzzed tree says so of itself.
constexpr int64_t kMostHeldBytes = 2'000;

std::shared_ptr<io::MemoryHdf5> file_of(std::string_view bytes) {
  uint64_t tree_bytes = 0;
  std::memcpy(&tree_bytes, bytes.data(), sizeof tree_bytes);
  bytes.remove_prefix(sizeof tree_bytes);
  tree_bytes = std::min<uint64_t>(tree_bytes, bytes.size());
  auto file = std::make_shared<io::MemoryHdf5>();
  file->held = io::decode_hdf5_tree(bytes.substr(0, tree_bytes));
  file->filler = bytes.substr(tree_bytes);
  for (auto& [path, node] : file->held.nodes) {
    if (node.dataset) {
      node.dataset->held_bytes = std::min(node.dataset->held_bytes, kMostHeldBytes);
    }
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < sizeof(uint64_t)) {
    return 0;
  }
  try {
    const auto file = file_of({reinterpret_cast<const char*>(data), size});
    for (const io::ReadOptions& options : {io::ReadOptions{}, io::ReadOptions{.z = 0}}) {
      mote::fuzz::read_frames_of(*io::open_hdf5_tree(file, options));
    }
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
