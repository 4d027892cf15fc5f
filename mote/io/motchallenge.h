#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mote::io {

/// A box of one particle in one frame.
struct MotBox {
  int64_t frame = 0;  ///< from 0 on; files count from 1
  int32_t id = 0;
  double left_px = 0;
  double top_px = 0;
  double width_px = 0;
  double height_px = 0;
  double confidence = 1;  ///< in ground truth 0 says that it is not to be asked for

  bool operator==(const MotBox&) const = default;
};

/// The boxes in a MOTChallenge text, in order of (frame, id): a line `frame, id, left, top, width,
/// height, confidence, ...` each; what follows is left.
///
/// Milan et al., "MOT16: A Benchmark for Multi-Object Tracking", arXiv:1603.00831, sec. 3.3. An
/// edge of a box is where the file says; pixels count from 1 there, which moves truth and result
/// alike.
/// Throws kBadFile, naming the line, where it is none or a frame has an id twice.
std::vector<MotBox> mot_boxes(std::string_view text);

}  // namespace mote::io
