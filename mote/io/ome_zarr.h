#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"
#include "mote/io/zarr_store.h"

namespace mote::io {

/// True for a folder that holds a Zarr group or array.
bool looks_like_zarr(const std::string& folder);

/// Opens an image or label image in OME-Zarr (OME-NGFF 0.1 to 0.5, Zarr version 2 or 3), at its
/// full resolution: a group with `multiscales`, the first image of a collection written by
/// bioformats2raw, or an array of two or three dimensions, whose first is taken for time.
/// Throws kUnsupported for other groups (plates, HyperSpy's), as for what parse_ngff and the Zarr
/// layer do not read; the message does not repeat the path.
std::unique_ptr<FrameSource> open_zarr(const std::string& folder, const ReadOptions& options = {});

/// The same from any store; `folder` is only for RecordingInfo::files.
std::unique_ptr<FrameSource> open_zarr(std::unique_ptr<ZarrStore> store, const std::string& folder,
                                       const ReadOptions& options);

}  // namespace mote::io
