#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Opens one file, whose format is recognised by its leading bytes.
/// Throws as the reader of that format, and kUnsupported where it is none of mote's, with advice
/// for some that are known; the message does not repeat the path.
std::unique_ptr<FrameSource> open_file(const std::string& path, const ReadOptions& options = {});

/// The same for one file of a series of stills, where a file of no known format is a damaged one:
/// throws kBadFile then.
std::unique_ptr<FrameSource> open_file_of_series(const std::string& path,
                                                 const ReadOptions& options = {});

/// Whether files of this extension are recordings that mote reads, of stills or of a series.
bool is_named_as_a_recording(const std::string& path);

/// `PNG`, `TIFF`, `DM`, ... where files of this extension are read and may be the stills of a
/// folder; nothing for others, among them videos.
std::string still_kind_by_extension(const std::string& path);

}  // namespace mote::io
