#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/core/mask.h"
#include "mote/io/coco.h"
#include "mote/io/output_file.h"

namespace mote::io {

/// One particle in one frame, for a COCO file.
struct CocoInstance {
  int64_t image_id = 0;
  int64_t category_id = 1;
  int32_t track_id = 0;
  Size size;  ///< of the image
  Mask mask;
};

/// The JSON of an annotation: `area` and `bbox` in pixels, `segmentation` as compressed runs,
/// `iscrowd` 0, and `track_id`, which is mote's own. `id` is one in the whole file.
std::string coco_annotation(int64_t id, const CocoInstance& instance);

/// Writes a COCO file of ground truth annotation by annotation, which are numbered from 1 on.
/// `coco_file` reads it back, and so does pycocotools.
class CocoWriter {
 public:
  /// Category k of `categories` has the id k + 1. Throws kResource, as every function here does,
  /// where the file cannot be made or written.
  CocoWriter(const std::string& path, const std::vector<CocoImage>& images,
             const std::vector<std::string>& categories);

  void write(const CocoInstance& instance);
  /// One more image, where all of them are not known at the beginning.
  void add_image(const CocoImage& image) { images_.push_back(image); }
  /// The end of the JSON; without it the file is none.
  void close();

 private:
  OutputFile file_;
  std::vector<CocoImage> images_;
  int64_t annotations_ = 0;
};

}  // namespace mote::io
