#include "mote/pipeline/mask_file.h"

#include <cmath>

#include "mote/core/error.h"
#include "mote/core/image.h"
#include "mote/imaging/lone_pixels.h"
#include "mote/io/open.h"

namespace mote::pipeline {
namespace {

// Throws where an image is a photograph: in a mask nearly every pixel has a neighbour of its value.
void require_mask(const Grid<float>& image) {
  constexpr int64_t kFewPixels = 100;
  const imaging::LonePixels lone = imaging::lone_pixels(image);
  if (lone.lone > kFewPixels && 4 * lone.lone > lone.nonzero) {
    throw Error(ErrorKind::kUsage,
                "is a photograph, not a mask: {} of its {} pixels that are not zero have no "
                "neighbour of their value",
                lone.lone, lone.nonzero);
  }
}

}  // namespace

BinaryImage read_mask_file(const std::string& path, Size recorded) {
  const auto source = io::open_frames(path);
  try {
    const Grid<float> image = to_float32(source->read(0).image);
    if (image.size() != recorded) {
      throw Error(ErrorKind::kUsage, "the mask is {} x {} px, the recording {} x {} px",
                  image.width(), image.height(), recorded.width, recorded.height);
    }
    require_mask(image);
    BinaryImage left_out(recorded);
    bool any_kept = false;
    for (size_t i = 0; i < left_out.values().size(); ++i) {
      const float value = image.values()[i];
      const bool kept = value != 0 && !std::isnan(value);
      left_out.values()[i] = kept ? 0 : 1;
      any_kept = any_kept || kept;
    }
    if (!any_kept) {
      throw Error(ErrorKind::kUsage, "the mask leaves out every pixel");
    }
    return left_out;
  } catch (const Error& error) {
    throw error.in(path);
  }
}

}  // namespace mote::pipeline
