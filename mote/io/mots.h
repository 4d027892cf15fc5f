#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::io {

/// One particle in one frame, as MOTS files hold it.
struct MotsInstance {
  int64_t frame = 0;     ///< from 0 on, here and in the file
  int32_t class_id = 1;  ///< 10 marks pixels that are not to be scored
  int32_t id = 0;        ///< of the track; the file has class_id * 1000 + id
  Size size;             ///< of the image
  Mask mask;

  bool operator==(const MotsInstance&) const = default;
};

/// A line `time_frame id class_id img_height img_width rle` of a MOTS text file, with its end. The
/// runs are those of `coco_counts`. Ids of 1000 and more are written too: the text tells classes
/// apart without them; programs that go by `id / 1000` alone take them for another class.
///
/// Voigtlaender et al., "MOTS: Multi-Object Tracking and Segmentation", CVPR 2019
/// (arXiv:1902.03604); format as at vision.rwth-aachen.de/page/mots.
std::string mots_line(const MotsInstance& instance);

/// Hands every line's instance to `use`, in the order of the text.
/// Throws kBadFile, naming the line, where it is none, or its runs do not fill its image.
void for_each_mots_instance(std::string_view text,
                            const std::function<void(const MotsInstance& instance)>& use);

/// Writes a frame's instances as a MOTS PNG: 16 bits, class_id * 1000 + id, 0 for background. Where
/// masks overlap, the instance that comes later stays whole. Throws kUnsupported for an id beyond
/// 999 or a class beyond 64, which the format cannot hold, kUsage where sizes differ from `size`,
/// kResource where the file cannot be written.
void write_mots_png(const std::string& path, Size size, const std::vector<MotsInstance>& instances);

/// The instances in a frame's labels, as a MOTS PNG holds them, in order of (class_id, id).
/// Throws kBadFile where a number stands for no class.
std::vector<MotsInstance> mots_instances(const LabelImage& labels, int64_t frame);

}  // namespace mote::io
