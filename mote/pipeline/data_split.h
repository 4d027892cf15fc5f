#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/data/split.h"
#include "mote/pipeline/data_audit.h"

namespace mote::pipeline {

/// `mote data split`.
struct SplitJob {
  std::string folder;  ///< of the data set
  std::string output;  ///< folder to write split.csv and the audit to
  std::string ratio = "70:15:15";
  int64_t seed = 1;
  std::string files = "manifest";  ///< `manifest`: only the list; `copy` or `link` the files too
  bool force = false;              ///< write over split.csv and the audit, never over files
  data::KinshipOptions kinship;
};

struct Split {
  Audit audit;
  std::vector<data::Share> shares;
  std::vector<int64_t> share_of;  ///< of each image, index into `shares`
  std::vector<std::string> warnings;
};

/// Splits a data set so that no specimen region is in two splits, and writes `split.csv`, a row an
/// image, beside the audit. With `copy` or `link` the files come to lie in `SPLIT/images` and
/// `SPLIT/labels` within the output, by their names; where names alone would meet, or leave it open
/// which label is whose, with the folders they lay in (`a/b_c.png` as `SPLIT/images/a/b_c.png`).
/// Throws as audit and data::parse_ratio; kUsage where the seed is negative; what failed where an
/// image cannot be read; kUsage where an output exists; kResource where a file cannot be written.
Split split(const SplitJob& job, const JobContext& context = {});

/// A row a split: images, regions, share of all.
std::string table_of(const Split& split);

}  // namespace mote::pipeline
