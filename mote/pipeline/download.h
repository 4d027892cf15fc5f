#pragma once

#include <cstdint>
#include <string>

#include "mote/pipeline/progress.h"

namespace mote::pipeline {

struct Download {
  std::string url;     ///< https, or http
  std::string sha256;  ///< of the whole file, 64 digits
  int64_t bytes = 0;   ///< 0 where it is not known
  std::string file;    ///< where it is to lie
};

/// Fetches a file by the program `curl` (docs/dependencies.md says why) to `FILE.part`, on from
/// where an earlier attempt ended, and moves it to its place once its SHA-256 is right: a file
/// there is always whole. Progress is in bytes.
///
/// Throws kUnsupported where there is no curl, kNotFound where the server has no such file,
/// kResource where there is no network, the connection ended too early (what came is kept), or the
/// file cannot be written; kBadFile where the file is another than the one wanted, which is then
/// removed. Throws Cancelled; what came is kept.
void download(const Download& wanted, const JobContext& context = {});

}  // namespace mote::pipeline
