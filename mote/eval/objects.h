#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::eval {

/// One object of one image, of the ground truth or of the result.
struct Object {
  int32_t id = 0;  ///< of its track, where there are tracks; unique in its image
  Mask mask;
  double score = 1;    ///< how sure the result is of it
  bool crowd = false;  ///< COCO's `iscrowd`: a truth that average precision neither asks nor minds
};

/// The objects of one image, in ascending order of id. They may overlap.
struct ObjectImage {
  Size size;
  std::vector<Object> objects;
};

/// Every label as an object.
ObjectImage objects_of(const LabelImage& labels);

/// The objects as a label image has them: a pixel that several have goes to the lowest id, and one
/// that is covered wholly is gone. Pixels outside the image are cut off.
ObjectImage flattened(const ObjectImage& image);

/// 1 where any object is; pixels outside the image are cut off.
BinaryImage foreground_of(const ObjectImage& image);

/// An axis-parallel rectangle of one object, in pixels and parts of them.
struct ObjectBox {
  int32_t id = 0;
  double y_px = 0;
  double x_px = 0;
  double height_px = 0;
  double width_px = 0;
  double score = 1;
};

/// The smallest box around every object.
std::vector<ObjectBox> boxes_of(const ObjectImage& image);

/// Two objects, by their places in the lists of an image, and the area that they share.
struct Overlap {
  int32_t truth = 0;
  int32_t result = 0;
  double area = 0;

  bool operator==(const Overlap&) const = default;
};

/// Which objects of truth and result lie over one another in one image: all that scores of
/// instances and of tracks need to know of it.
struct Overlaps {
  std::vector<int32_t> truth_ids;
  std::vector<int32_t> result_ids;
  std::vector<double> truth_areas;
  std::vector<double> result_areas;
  std::vector<double> result_scores;
  std::vector<uint8_t> truth_crowds;  ///< 1 where the truth is a crowd
  std::vector<int32_t> cut_truths;    ///< ids of those with a pixel at the border; none of boxes
  std::vector<int32_t> cut_results;
  std::vector<Overlap> pairs;  ///< that share any area, in order of (truth, result)

  double iou(const Overlap& pair) const {
    const double either = truth_areas[static_cast<size_t>(pair.truth)] +
                          result_areas[static_cast<size_t>(pair.result)] - pair.area;
    return either > 0 ? pair.area / either : 0;
  }
};

/// Throws kUsage where the images differ in size.
Overlaps overlaps_of(const ObjectImage& truth, const ObjectImage& result);
Overlaps overlaps_of(const LabelImage& truth, const LabelImage& result);
Overlaps overlaps_of(const std::vector<ObjectBox>& truth, const std::vector<ObjectBox>& result);

/// The overlaps without the truths that are crowds.
Overlaps without_crowds(const Overlaps& overlaps);

/// Pairs truths with results one to one, of IoU greater than `above_iou`, so that the sum of IoUs
/// is largest; in order of truth. From 0.5 on, objects that do not overlap their like have no
/// choice.
std::vector<Overlap> matched(const Overlaps& overlaps, double above_iou);

}  // namespace mote::eval
