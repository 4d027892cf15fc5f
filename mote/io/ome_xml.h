#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"

namespace mote::io {

/// The namespace of the annotation in which mote writes RecordingInfo::instrument.
inline constexpr const char* kInstrumentNamespace = "mote:instrument";

/// What OME-XML in the ImageDescription of a TIFF file says of its first image.
///
/// OME Data Model, schema 2016-06: Pixels, Channel, TiffData, Plane.
struct OmeDescription {
  int64_t channels = 1;
  int64_t slices = 1;
  int64_t frames = 1;                      ///< of which this file holds at least one plane
  std::map<int64_t, int64_t> directories;  ///< plane(...) -> directory in the file, from 0
  std::map<int64_t, double> times_s;       ///< plane(...) -> DeltaT
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::optional<double> exposure_s;
  std::string name;
  /// Annotations by key and value (MapAnnotation): what mote wrote of the instrument, and others.
  std::map<std::string, std::string> instrument;
  std::map<std::string, std::string> annotations;
  std::vector<std::string> warnings;

  int64_t plane(int64_t frame, int64_t slice, int64_t channel) const {
    return (frame * slices + slice) * channels + channel;
  }
};

/// Nothing where the description is not OME-XML with an image. `file_name` tells which planes of a
/// recording in several files are here; only directories below `directories` are.
/// Throws kUnsupported where the planes are all in other files.
std::optional<OmeDescription> parse_ome(const std::string& description,
                                        const std::string& file_name, int64_t directories);

}  // namespace mote::io
