#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/io/file.h"
#include "mote/io/open.h"
#include "mote/io/raw_image.h"

namespace mote::io {

/// Where one image lies, and when it was recorded.
struct RawPlace {
  size_t file = 0;  ///< index into RawRecording::files
  int64_t offset = 0;
  std::optional<double> time_s;
};

/// What the header of a format with uncompressed images says; each reader makes one.
struct RawRecording {
  /// Everything but frames, slices, size, type and colour, which follow.
  RecordingInfo info;
  RawFormat format;
  int64_t images = 0;
  bool is_volume = false;  ///< the images are slices (z), says the header
  std::vector<std::unique_ptr<File>> files;
  /// Where image `index` of [0, images) lies; may read a stamp, and throw kBadFile.
  std::function<RawPlace(int64_t index)> place;
};

/// A recording in one file, of which nothing is told yet but where it is.
RawRecording recording_in(const std::string& path);

/// The images as frames. Those of a volume are slices if `options` choose one; else they are taken
/// for frames, with a warning, since many programs write series as volumes.
/// Throws kUsage where `options` name a channel or slice that is not there.
std::unique_ptr<FrameSource> make_raw_source(RawRecording recording, const ReadOptions& options);

/// Tells the images of a recording as frames or, of a volume of which `options` choose a slice, as
/// slices; of any other volume with a warning.
void describe_series(const ReadOptions& options, int64_t images, bool is_volume,
                     RecordingInfo& info);

/// Throws kUsage unless `index` is in [0, frames).
void check_frame(int64_t index, int64_t frames);

/// Which of `count` channels or slices was chosen: the only one, else the given one, else none.
/// Throws kUsage where `index` is out of range.
std::optional<int64_t> chosen(const char* what, std::optional<int64_t> index, int64_t count);

/// Throws kUsage where a recording of several channels or slices was opened without saying which.
void require_chosen(const RecordingInfo& info, std::optional<int64_t> channel,
                    std::optional<int64_t> slice);

}  // namespace mote::io
