#include "mote/io/norpix.h"
#include "tests/fuzz/reader_fuzzer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return mote::fuzz::read_frames(data, size, mote::io::open_norpix);
}
