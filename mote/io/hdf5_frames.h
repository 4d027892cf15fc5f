#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"
#include "mote/io/open.h"

namespace mote::io {

/// Which axes of a dataset are which. Every other axis has one sample.
struct Hdf5Axes {
  size_t y = 0;
  size_t x = 1;
  std::optional<size_t> series;  ///< frames or slices
};

/// The images of one dataset; each reader of a format in HDF5 makes one.
struct Hdf5Recording {
  /// Everything but frames, slices, size and type, which follow.
  RecordingInfo info;
  std::shared_ptr<Hdf5File> file;
  std::string dataset;  ///< its path
  Hdf5Axes axes;
  bool is_volume = false;  ///< the series are slices (z), says the file
  /// When a frame was recorded; may read from the file. Unset where nothing is known.
  std::function<std::optional<double>(int64_t index)> time_s;
};

/// Throws kUnsupported, by the name of its type, where a dataset holds no real numbers or lies
/// outside the file, kBadFile where it could not hold an image of its shape.
void check_images(const Hdf5Dataset& dataset, const Hdf5Axes& axes);

/// The images as frames, as by make_raw_source. Where an image lies spread over the pieces of many
/// (the series is the last axis, or a chunk holds several), up to 32 MiB of images are read at a
/// time and kept.
/// Throws as check_images, and kUsage where `options` name a channel or slice that is not there.
std::unique_ptr<FrameSource> make_hdf5_source(Hdf5Recording recording, const ReadOptions& options);

/// Values of a dataset of one axis as numbers; empty where it has another shape, over `most`
/// values or no numbers.
std::vector<double> numbers_of(Hdf5File& file, const std::string& dataset, int64_t most);

}  // namespace mote::io
