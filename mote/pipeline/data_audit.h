#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/error.h"
#include "mote/data/layout.h"
#include "mote/data/pair_search.h"
#include "mote/pipeline/progress.h"

namespace mote::pipeline {

/// `mote data audit`.
struct AuditJob {
  std::string folder;  ///< of the data set
  std::string output;  ///< folder to write audit.csv, audit.json and audit.html to; empty for none
  bool force = false;  ///< write over these
  data::KinshipOptions kinship;
  int64_t max_pictures = 200;  ///< in audit.html
};

struct AuditFinding {
  int64_t first = 0;  ///< index into Audit::images
  int64_t second = 0;
  bool across_splits = false;
  data::Finding finding;

  /// What two splits share here would flatter a score.
  bool leaks() const { return across_splits && finding.kinship != data::Kinship::kDetector; }
};

struct AuditImage {
  data::Item item;
  Size size;
  int64_t region = 0;  ///< images of one specimen region have one number, from 1
};

struct Audit {
  std::string folder;
  std::vector<AuditImage> images;
  std::vector<AuditFinding> findings;  ///< leaks first, then by kinship, then by image
  std::vector<std::string> warnings;
  std::optional<Error> failure;  ///< of the first image that could not be read

  int64_t leaks() const;
};

/// Compares every two images of a data set. Images that cannot be read are told in the warnings and
/// left out. Does not depend on the number of threads.
/// Throws as data_set_items, kUsage where an output exists and `force` is not set, and Cancelled.
Audit audit(const AuditJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
