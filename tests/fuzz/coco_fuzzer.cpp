// Reads bytes as a COCO file, and every annotation as the mask of an image that is not too large.
#include <cstdint>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/coco.h"
#include "mote/io/coco_runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int64_t kMostArea = 1 << 22;
  try {
    const mote::io::CocoFile file =
        mote::io::coco_file({reinterpret_cast<const char*>(data), size});
    for (const mote::io::CocoAnnotation& annotation : file.annotations) {
      const mote::Size own = annotation.size;
      const bool fits = own.height > 0 && own.width > 0 && own.height < kMostArea &&
                        own.width < kMostArea && own.area() < kMostArea;
      const mote::Size image = fits ? own : mote::Size{64, 48};
      const mote::Mask mask = mote::io::mask_of(annotation, image);
      if (mask.area_px() > image.area() ||
          mote::io::coco_mask(mote::io::coco_counts(mask, image), image) != mask) {
        __builtin_trap();
      }
    }
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
