#pragma once

#include <string>

#include "mote/io/imagej_roi.h"
#include "mote/io/zip.h"

namespace mote::io {

/// The bytes of a .roi file (version 227): the outline of the mask along the edges of its pixels,
/// in ImageJ's own coordinates, which are whole at the upper left corner of a pixel. One piece
/// without holes becomes a traced ROI, any other mask a composite one. The frame stands as the
/// position in a stack and as the time point of a hyperstack.
///
/// ImageJ 1.53t, ij.io.RoiEncoder and RoiDecoder.
/// Throws kUsage for an empty mask, kUnsupported for one beyond 60,535 px, the farthest that a file
/// can hold.
std::string imagej_roi_bytes(const ImagejRoi& roi);

/// Writes a RoiSet.zip, ROI by ROI. Their names name the entries and are to be unique.
class ImagejRoiWriter {
 public:
  explicit ImagejRoiWriter(const std::string& path) : zip_(path) {}

  void write(const ImagejRoi& roi) { zip_.write(roi.name + ".roi", imagej_roi_bytes(roi)); }
  void close() { zip_.close(); }

 private:
  ZipWriter zip_;
};

}  // namespace mote::io
