#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/picture.h"

namespace mote::report {

/// One of two images that share something.
struct PairSide {
  std::string name;
  Grid<float> image;
  Box shared;        ///< of its pixels, outlined
  Grid<float> crop;  ///< the shared pixels, laid so that those of both sides agree; may be empty
  std::string crop_name;
};

/// Both images side by side with the shared region outlined, and below them their crops, slightly
/// smoothed. Images are drawn at most `side_px` wide and high.
Picture draw_pair(const PairSide& first, const PairSide& second, int64_t side_px = 460);

/// A picture with its heading and a line of text.
struct PageEntry {
  std::string heading;
  std::string text;
  std::vector<uint8_t> jpeg;
};

/// A page that needs no other file: title, lines of text and the entries. Texts may hold anything:
/// they are escaped.
std::string picture_page(const std::string& title, const std::vector<std::string>& lines,
                         const std::vector<PageEntry>& entries);

}  // namespace mote::report
