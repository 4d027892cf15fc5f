// Reads bytes as a MOTS text; what was read is written and read again.
#include <cstdint>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/mots.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int64_t kMostArea = 1 << 20;
  try {
    mote::io::for_each_mots_instance(
        {reinterpret_cast<const char*>(data), size}, [](const mote::io::MotsInstance& read) {
          if (read.size.area() > kMostArea) {
            return;
          }
          mote::io::for_each_mots_instance(mote::io::mots_line(read),
                                           [&](const mote::io::MotsInstance& again) {
                                             if (again.mask != read.mask) {
                                               __builtin_trap();
                                             }
                                           });
        });
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
