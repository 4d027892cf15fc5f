#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a file that begins with these bytes is HDF5: its signature is at byte 0, 512, 1024,
/// 2048, ... of those given (HDF5 File Format Specification 3.0, sec. II.A).
bool looks_like_hdf5(const std::string& leading_bytes);

/// Opens an HDF5 file of a kind that mote reads, recognised by what is in it: EMD of Velox
/// (mote/io/velox.h), DM5 (dm5.h), HyperSpy (hyperspy.h), EMD of Berkeley Lab (emd.h).
/// Throws as open_hdf5_process and these readers, and kUnsupported for other kinds.
std::unique_ptr<FrameSource> open_hdf5(const std::string& path, const ReadOptions& options = {});

/// The same for a file behind the seam; `info().files` is left to the caller.
std::unique_ptr<FrameSource> open_hdf5_tree(std::shared_ptr<Hdf5File> file,
                                            const ReadOptions& options = {});

}  // namespace mote::io
