// Reads bytes as a ROI of ImageJ's or a zip file of them; what was read is written and read again.
#include <cstdint>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/imagej_roi.h"
#include "mote/io/imagej_roi_writer.h"
#include "tests/io/memory_file.h"

namespace {

void check(const mote::io::ImagejRoi& roi) {
  // Its runs lie within the image, in order, and are read back as they were written.
  mote::Run last{.y = -1};
  for (const mote::Run& run : roi.mask.runs) {
    const bool behind = run.y > last.y || (run.y == last.y && run.x > last.x + last.length);
    if (run.x < 0 || run.length < 1 || !behind) {
      __builtin_trap();
    }
    last = run;
  }
  constexpr int64_t kMostArea = 1 << 20;
  if (!roi.mask.runs.empty() && roi.mask.bounds().size().area() < kMostArea) {
    const mote::io::ImagejRoi again =
        mote::io::imagej_roi(mote::io::imagej_roi_bytes(roi), "again");
    if (again.mask != roi.mask || again.frame != roi.frame) {
      __builtin_trap();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static mote::testing_support::MemoryFile file;
  if (size == 0 || !file.write({reinterpret_cast<const char*>(data), size})) {
    return 0;
  }
  try {
    mote::io::for_each_imagej_roi(file.path(), check);
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
