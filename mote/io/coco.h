#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::io {

struct CocoImage {
  int64_t id = 0;
  Size size;
  std::string file_name;
};

/// One object, its outline as it stands in the file: runs, or polygons where there are no runs.
struct CocoAnnotation {
  int64_t image_id = 0;
  std::vector<std::vector<Point>> polygons;
  Size size;                         ///< that the runs are of
  std::vector<int64_t> run_lengths;  ///< down the columns, beginning with background
  double score = 1;
  bool crowd = false;
  int32_t track_id = 0;  ///< as mote's own files have it; 0 where there is none
};

/// What a COCO file says: ground truth (an object with `images` and `annotations`), or results (an
/// array of annotations with scores, without images). Categories are not told apart.
struct CocoFile {
  std::vector<CocoImage> images;
  std::vector<CocoAnnotation> annotations;
};

/// Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014 (arXiv:1405.0312); format as
/// at cocodataset.org, "Data format" and "Results format".
///
/// Throws kBadFile where the text is no such JSON, kUnsupported where an annotation has a box but
/// no segmentation; the message names the annotation.
CocoFile coco_file(std::string_view text);

/// The pixels of an annotation in an image of `size`. Polygons are filled as the authors' program
/// does it, on a grid of fifths of a pixel.
/// Throws kBadFile where its runs are of another size, or not as long as the image.
Mask mask_of(const CocoAnnotation& annotation, Size size);

}  // namespace mote::io
