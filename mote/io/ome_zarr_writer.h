#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/image.h"

namespace mote::io {

struct OmeZarrWriterOptions {
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::string name = "recording";         ///< of the image
  std::string labels_name = "particles";  ///< label images lie in `labels/NAME`
  /// 2: OME-NGFF 0.4, which napari, ome-zarr-py, Fiji and Bio-Formats read; 3: 0.5, for newer ones.
  int zarr_version = 2;
  int64_t small_px = 2048;  ///< levels of half the size are added until no side is longer
};

/// Writes frames and label images as OME-Zarr, by convention `NAME.ome.zarr`: axes t, y, x, one or
/// more chunks a frame, packed by Blosc. Its metadata come last, so that a folder whose writing was
/// killed is no OME-Zarr; one that was not closed otherwise is taken away.
///
/// Label images without frames take the place of the image. Smaller levels are means of 2 x 2 px,
/// rounded; of label images the first pixel of four. Memory is bounded by one frame.
class OmeZarrWriter {
 public:
  /// Throws kUsage where the folder is there already, or for a version that is none; kResource
  /// where it cannot be made.
  OmeZarrWriter(const std::string& folder, const OmeZarrWriterOptions& options);
  ~OmeZarrWriter();
  OmeZarrWriter(const OmeZarrWriter&) = delete;
  OmeZarrWriter& operator=(const OmeZarrWriter&) = delete;

  /// The next frame, or the label image of the next frame. All have the size and type of the first.
  /// Throws kUsage where one has not, kResource where the disk is full.
  void write(const Image& frame);
  void write(const LabelImage& labels);  ///< as int32

  /// Writes the metadata and syncs. Throws kUsage where nothing was
  /// written or label images are not as many as frames, kResource.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What such a folder may hold, as patterns of names (fnmatch).
std::vector<std::string> ome_zarr_names();

}  // namespace mote::io
