#pragma once

#include <cstdint>
#include <vector>

#include "mote/pipeline/score_source.h"

namespace mote::pipeline {

/// Whether one is a simulation and the other a run over another recording, by the hash of a file of
/// the same name.
bool are_of_other_recordings(const ScoreInfo& truth, const ScoreInfo& result);

/// Throws kUsage where one is a run over averaged, binned or cut frames, and the other has the
/// recording otherwise.
void require_like_frames(const ScoreInfo& truth, const ScoreInfo& result);

/// A frame of both, by its places in them; -1 where a MOTChallenge text has nothing in it.
struct FramePair {
  int64_t number = 0;
  int64_t truth = 0;
  int64_t result = 0;
};

/// The frames to be scored: all of the truth, or where the result may be partial those that it has.
/// Throws kUsage, saying what differs, where truth and result have not the same frames.
std::vector<FramePair> frame_pairs(const ScoreInfo& truth, const ScoreInfo& result);

}  // namespace mote::pipeline
