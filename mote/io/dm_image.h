#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/io/dm_tags.h"
#include "mote/io/raw_image.h"

namespace mote::io {

/// x, y, ... of an image, as its tags tell of them.
struct DmAxis {
  int64_t count = 1;
  double scale = 0;
  double origin = 0;
  std::string unit;
};

/// One image of a DM file, as far as mote reads such images.
struct DmImage {
  int64_t index = 0;  ///< in ImageList
  std::vector<DmAxis> axes;
  RawFormat format;
  int64_t images = 1;
  int64_t offset = 0;
};

/// The first image that is no thumbnail and that mote reads; the others are named in `warnings`.
/// Throws kBadFile where there is no image, and where mote reads none of them the first one's
/// error: kBadFile, or kUnsupported for complex numbers, spectra, and four dimensions.
DmImage choose_image(const DmTags& tags, std::vector<std::string>& warnings);

/// Pixel size and frame interval by the units of the axes, with warnings. Says whether the third
/// axis is a length, which makes a volume.
bool calibrate(const DmImage& image, const std::string& source, RecordingInfo& info);

/// Microscope, date, exposure, ... and all other tags.
void describe(const DmTags& tags, const DmImage& image, RecordingInfo& info);

}  // namespace mote::io
