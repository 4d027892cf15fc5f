// Opening drawn files, and what comes of it where they are refused.
#pragma once

#include <memory>
#include <string>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/files.h"

namespace mote::io {

/// A file of that name and those bytes, in the running test's own folder, opened.
inline std::unique_ptr<FrameSource> opened(const std::string& name, const std::string& bytes,
                                           const ReadOptions& options = {}) {
  const std::string path = files::folder() + name;
  files::write(path, bytes);
  return open_frames(path, options);
}

/// What `act` throws; an error that says `no error` where it throws none.
template <typename Act>
Error thrown_by(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kUsage, "no error");
}

}  // namespace mote::io
