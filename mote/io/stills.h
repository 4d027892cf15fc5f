#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// True where `a` comes before `b` in the order that people count in: numbers inside the names
/// compare by value, so that `frame2` comes before `frame10`.
bool natural_less(std::string_view a, std::string_view b);

/// The files that a folder, or a pattern with `*`, `?` or `[...]`, stands for as a recording, in
/// natural order. Of a folder, the files of a kind that `still_kind_by_extension` knows; hidden
/// ones and all others are left out. Of a pattern, all files that match. Throws kNotFound where
/// there is none, kUsage where a folder holds stills of several kinds.
std::vector<std::string> stills_of_folder(const std::string& folder);
std::vector<std::string> stills_of_pattern(const std::string& pattern);

/// Opens stills as the frames of one recording, one a file, in the order given. Sizes and types may
/// differ from file to file. The pixel size is the files' own where all agree.
/// Throws kUnsupported where a file holds several images; messages name the file within its folder.
std::unique_ptr<FrameSource> open_stills(const std::vector<std::string>& files,
                                         const ReadOptions& options = {});

/// How stills differ in size, in words, as far as the headers of at most 300 of them tell; nothing
/// where they are alike. Files that cannot be read are passed over.
std::optional<std::string> size_difference(const std::vector<std::string>& files);

}  // namespace mote::io
