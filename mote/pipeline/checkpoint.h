#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mote::pipeline {

/// What a run continues from: the state of all that sees frames in order, and the journal's length
/// at that moment.
struct Checkpoint {
  int64_t journal_bytes = 0;
  std::string state;
};

/// Replaces the checkpoint at `path`, by a rename. Throws kResource.
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// The checkpoint at `path`, or nothing where there is none yet.
/// Throws kBadFile where it is damaged or of another version of mote.
std::optional<Checkpoint> read_checkpoint(const std::string& path);

}  // namespace mote::pipeline
