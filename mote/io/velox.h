#pragma once

#include <memory>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether the tree is that of an EMD file of Velox: it has `/Data`, and says Velox.
bool looks_like_velox(const Hdf5Tree& tree);

/// Opens an EMD file of Thermo Fisher's Velox: of the images in `/Data/Image/ID` one of a camera or
/// a scan's detector, before maps made from spectra and before diffraction patterns; of several the
/// one of most frames, then HAADF, then the first. A warning names the others.
///
/// `Data` is (y, x, frame); `Metadata` has a column of JSON text a frame, with the pixel size in
/// `BinaryResult`. Times are the camera's time stamps (microseconds), in seconds from the first
/// frame's on; a scan has the interval `Scan/FrameTime`.
///
/// Thermo Fisher publishes no specification; this follows files of versions 8 to 11.
///
/// Throws kBadFile, or kUnsupported where no image is of real numbers, naming what there is.
std::unique_ptr<FrameSource> open_velox(std::shared_ptr<Hdf5File> file, const ReadOptions& options);

}  // namespace mote::io
