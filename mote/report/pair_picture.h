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
/// smoothed and enlarged up to four times: crops that are twice as wide as high above one another,
/// over the whole width, others side by side. Images are drawn at most `side_px` wide and high.
Picture draw_pair(const PairSide& first, const PairSide& second, int64_t side_px = 460);

struct PageTable {
  std::string heading;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A picture with its heading, what to think of it, and a line of text.
struct PageEntry {
  std::string heading;
  std::string verdict;
  bool alarm = false;  ///< the verdict is bad, and the entry is marked
  std::string text;
  std::vector<uint8_t> jpeg;
};

/// A page that needs no other file. Texts may hold anything: they are escaped.
struct PicturePage {
  std::string title;
  std::vector<std::string> lines;
  std::string verdict;
  bool alarm = false;
  std::vector<PageTable> tables;
  std::vector<PageEntry> entries;
};
std::string picture_page(const PicturePage& page);

}  // namespace mote::report
