#include "mote/measure/fates.h"

namespace mote::measure {
namespace {

bool of_merge(std::string_view cause) {
  return cause == "coalescence";
}

}  // namespace

Beginning beginning(const Track& track, std::string_view start_cause) {
  if (of_merge(start_cause)) {
    return Beginning::kMerged;
  }
  if (start_cause == "split") {
    return Beginning::kSplit;
  }
  if (start_cause == "nucleated") {
    return Beginning::kNucleated;
  }
  if (start_cause == "entered") {
    return Beginning::kEntered;
  }
  return track.first_frame == 0 ? Beginning::kFirstFrame : Beginning::kUnresolved;
}

Ending ending(const Track& track, std::string_view end_cause, int64_t frames) {
  if (of_merge(end_cause)) {
    return Ending::kMerged;
  }
  if (end_cause == "split") {
    return Ending::kSplit;
  }
  if (end_cause == "dissolved") {
    return Ending::kDissolved;
  }
  if (end_cause == "left") {
    return Ending::kLeft;
  }
  return track.last_frame == frames - 1 ? Ending::kLastFrame : Ending::kUnresolved;
}

}  // namespace mote::measure
