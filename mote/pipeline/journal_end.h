#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/track/drift.h"

namespace mote::pipeline {

/// The journal's last record: what is known only after the last frame.
struct JournalEnd {
  std::vector<track::DriftRow> drift;  ///< one a frame, or none where drift was not measured
  bool measured = false;               ///< else from a file, one row for each source index
  std::vector<std::string> warnings;
  std::vector<std::string> correction_warnings;  ///< of corrections by hand
  int64_t tracks_removed = 0;                    ///< by them
};

/// The payload of a kEnd record, and back. Decoding throws kBadFile where bytes are missing.
std::string encode(const JournalEnd& end);
JournalEnd decode_end(const std::string& bytes);

/// How far a journal got.
struct JournalSummary {
  std::string header;     ///< JSON; empty where a kill came before it was whole
  bool complete = false;  ///< the end record is there
  int64_t bytes = 0;      ///< up to where records are whole
};

/// Reads the journal at `path` to its last whole record. Throws kNotFound.
JournalSummary summarise(const std::string& path);

/// Throws kUsage, naming the difference, where a run of header `now` cannot continue one of header
/// `then`: another version of mote, another input or other options. Options that only pass 2 uses
/// (overlay, report, seed) may differ: it always begins anew.
void require_same_run(const nlohmann::ordered_json& then, const nlohmann::ordered_json& now);

}  // namespace mote::pipeline
