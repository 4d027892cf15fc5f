#pragma once

#include <memory>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether the tree is that of an EMD file of Berkeley Lab: a group has an `emd_group_type`.
bool looks_like_emd(const Hdf5Tree& tree);

/// Opens an EMD file of Berkeley Lab (NCEM; also of Prismatic and py4DSTEM): the first group with
/// `emd_group_type` 1 (or `array`) whose data are images; others are named in a warning.
///
/// The data has an axis for each of `dim1`, `dim2`, ... in the order stored. Where the names of two
/// of them end in x and y these are columns and rows; else the last two are rows and columns, after
/// frames, unless another axis is in a unit of time. An axis has a value for each sample, or its
/// first two; values that are not evenly spaced give no pixel size. Times of frames are the values
/// of an axis in a unit of time.
///
/// "EMD file format", version 0.2, emdatasets.com/format.
///
/// Throws kBadFile, or kUnsupported for spectra, complex numbers, and four dimensions.
std::unique_ptr<FrameSource> open_emd(std::shared_ptr<Hdf5File> file, const ReadOptions& options);

}  // namespace mote::io
