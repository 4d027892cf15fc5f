// Reads bytes as a safetensors file; what was read is written and must come back as it was.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/safetensors.h"
#include "tests/fuzz/weights.h"
#include "tests/io/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static mote::testing_support::MemoryFile file;
  static mote::testing_support::MemoryFile copy;
  if (size == 0 || !file.write({reinterpret_cast<const char*>(data), size})) {
    return 0;
  }
  try {
    const mote::Weights weights = mote::io::read_safetensors(file.path());
    mote::fuzz::check_sound(weights);
    mote::io::write_safetensors(copy.path(), weights);
    mote::fuzz::check_same(weights, mote::io::read_safetensors(copy.path()));
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
