#pragma once

#include <string>
#include <string_view>

#include "mote/core/error.h"

namespace mote::pipeline {

/// Writes the whole file under a temporary name, syncs it and renames it to `path`, so that at any
/// moment `path` is the old file or the new one.
/// Throws kResource, of `path`, where that fails; nothing else is left then.
void write_file(const std::string& path, std::string_view content);

/// The same error with `name` wherever its message says `path`: a file is made under another name
/// than the user knows.
Error renamed(const Error& error, const std::string& path, const std::string& name);

/// The whole file. Throws kNotFound, kUsage where it is a folder, kResource where reading fails.
std::string read_file(const std::string& path);

/// SHA-256 of a file, 64 digits. Throws as io::File.
std::string sha256_of_file(const std::string& path);

/// What `parse` makes of the text of the file, whose path is put in front of what it throws.
/// Throws as read_file does, too.
template <typename Parse>
auto parsed_file(const std::string& path, const Parse& parse) {
  const std::string text = read_file(path);
  try {
    return parse(text);
  } catch (const Error& error) {
    throw error.in(path);
  }
}

/// Whether something is at `path`. Throws kResource where that cannot be seen, as in a folder that
/// may not be entered.
bool exists(const std::string& path);

/// Throws kUsage where something is at `path`, a place to write to, and `force` is not given;
/// kResource likewise.
void require_free(const std::string& path, bool force);

/// Whether a folder is at `path`. Throws likewise.
bool is_folder(const std::string& path);

/// Waits until the file's content (or the folder's entries) are on the disk. Throws kResource.
void sync_path(const std::string& path);

}  // namespace mote::pipeline
