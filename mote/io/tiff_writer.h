#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/image.h"

namespace mote::io {

struct TiffWriterOptions {
  std::optional<PixelSize> pixel_size;          ///< written as ImageJ calibration
  std::optional<FrameInterval> frame_interval;  ///< likewise
  int64_t frames = 0;  ///< how many will come; ImageJ wants it in the first page
  /// Uncompressed; BigTIFF where it could pass 4 GB. 0: `frames` times the first page.
  int64_t bytes_expected = 0;
  /// Of RecordingInfo; lines behind what ImageJ knows, which it leaves alone.
  std::map<std::string, std::string> instrument;
  bool compress = true;  ///< Deflate at its fastest; no predictor, which ImageJ would misread
  /// Stands in the first page in place of what ImageJ wants, and tells the calibration itself.
  std::string description;
};

/// Writes a multi-page TIFF, page by page, that ImageJ, tifffile and mote read with calibration.
/// The bytes depend on nothing but options and pages.
class TiffWriter {
 public:
  /// Throws kResource where the file cannot be made.
  TiffWriter(const std::string& path, const TiffWriterOptions& options);
  ~TiffWriter();
  TiffWriter(const TiffWriter&) = delete;
  TiffWriter& operator=(const TiffWriter&) = delete;

  /// Throws kResource where the disk is full, kUsage for a page without pixels and where a classic
  /// TIFF would pass 4 GB. A file cut off after any write() is sound up to there.
  void write(const Image& page);
  void write(const LabelImage& page);  ///< as int32

  /// Puts another text in the place of `options.description`, which was not empty: one that is not
  /// known before the last page. `next` gives its pieces, an empty one at its end. Throws as
  /// write().
  void replace_description(const std::function<std::string()>& next);

  /// Flushes, syncs and closes. Throws kResource where that fails.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mote::io
