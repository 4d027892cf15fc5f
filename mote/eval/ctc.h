#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/eval/objects.h"

namespace mote::eval {

/// What it takes to turn a result's graph of instances and links into the truth's.
struct GraphErrors {
  int64_t splits = 0;          ///< NS: truths that share a result with another, less one a result
  int64_t missed = 0;          ///< FN: truths without a result
  int64_t wrong = 0;           ///< FP: results without a truth
  int64_t wrong_links = 0;     ///< ED: between results that have a truth each, linked otherwise
  int64_t missed_links = 0;    ///< EA
  int64_t mistaken_links = 0;  ///< EC: of a track where the truth has parent and child, or reverse

  bool operator==(const GraphErrors&) const = default;
};

/// Scores of the Cell Tracking Challenge; each is nothing where the truth has nothing of the kind.
///
/// A truth has that result which covers more than half of it. SEG is the mean over all truths of
/// the IoU with it, or 0: Maska et al., Bioinformatics 30, 2014 (10.1093/bioinformatics/btu080).
/// DET = 1 - min(D, D0) / D0, D = 5 NS + 10 FN + FP; TRA the same with D + ED + 1.5 EA + EC; D0 is
/// the cost of building the truth from nothing. Matula et al., "Cell Tracking Accuracy Measurement
/// Based on Comparison of Acyclic Oriented Graphs", PLoS ONE 10, 2015
/// (10.1371/journal.pone.0144959). LNK counts the links alone: Maska et al., Nature Methods 20,
/// 2023 (10.1038/s41592-023-01879-y).
///
/// Where a track has several parents, each is a link; the challenge knows one.
struct CtcScores {
  std::optional<double> seg;
  std::optional<double> det;
  std::optional<double> tra;
  std::optional<double> lnk;
  GraphErrors errors;
};

/// `truth` and `result` need hold only the tracks that have parents.
CtcScores ctc_scores(std::span<const Overlaps> frames, std::span<const Track> truth,
                     std::span<const Track> result);

}  // namespace mote::eval
