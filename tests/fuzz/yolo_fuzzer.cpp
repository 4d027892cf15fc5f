// Reads bytes as a YOLO text of polygons in an image of 480 x 640 px.
#include <cstdint>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/yolo.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const mote::Size image{480, 640};
  try {
    for (const mote::io::YoloInstance& one :
         mote::io::yolo_instances({reinterpret_cast<const char*>(data), size}, image)) {
      const mote::Box box = one.mask.bounds();
      if (box.y < 0 || box.x < 0 || box.y_end() > image.height || box.x_end() > image.width) {
        __builtin_trap();
      }
    }
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
