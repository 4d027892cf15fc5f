#include "mote/eval/event_pairing.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "mote/core/assignment.h"

namespace mote::eval {
namespace {

int64_t late_frames(const EventClaim& truth, const EventClaim& result) {
  return *result.frame - *truth.frame;
}

/// By truth: the place of the result's claim that is paired with it, or -1. As many pairs as
/// possible of the same names and dates within `tolerance`, at the least sum of timing errors.
std::vector<int32_t> pairing(const std::vector<EventClaim>& truth,
                             const std::vector<EventClaim>& result, int64_t tolerance) {
  // A pair more is worth more than any sum of timing errors.
  const double worth = static_cast<double>(tolerance + 1) * static_cast<double>(truth.size() + 1);
  std::vector<Edge> edges;
  for (size_t t = 0; t < truth.size(); ++t) {
    for (size_t r = 0; r < result.size(); ++r) {
      if (!truth[t].names_the_same(result[r]) || !truth[t].frame || !result[r].frame) {
        continue;
      }
      if (const int64_t late = std::abs(late_frames(truth[t], result[r])); late <= tolerance) {
        // At equal dates the same cause goes first.
        const double other_cause = truth[t].type == result[r].type ? 0 : 0.5;
        edges.push_back({.row = static_cast<int32_t>(t),
                         .column = static_cast<int32_t>(r),
                         .gain = worth - static_cast<double>(late) - other_cause});
      }
    }
  }
  return assign(static_cast<int32_t>(truth.size()), static_cast<int32_t>(result.size()),
                std::move(edges));
}

/// The timing errors of all that name the same tracks.
std::vector<double> anytime_errors(const std::vector<EventClaim>& truth,
                                   const std::vector<EventClaim>& result) {
  int64_t last = 0;
  for (const std::vector<EventClaim>* claims : {&truth, &result}) {
    for (const EventClaim& claim : *claims) {
      last = std::max(last, claim.frame.value_or(0));
    }
  }
  const std::vector<int32_t> result_of = pairing(truth, result, last);
  std::vector<double> errors;
  for (size_t t = 0; t < truth.size(); ++t) {
    if (result_of[t] >= 0) {
      errors.push_back(
          static_cast<double>(late_frames(truth[t], result[static_cast<size_t>(result_of[t])])));
    }
  }
  return errors;
}

/// Takes those of the result's claims for not wrong that name, one to one, a truth without a date.
void excuse(const std::vector<EventClaim>& truth, const std::vector<EventClaim>& result,
            std::vector<bool>& is_wrong) {
  for (const EventClaim& wanted : truth) {
    for (size_t r = 0; !wanted.frame && r < result.size(); ++r) {
      if (is_wrong[r] && wanted.names_the_same(result[r])) {
        is_wrong[r] = false;
        break;
      }
    }
  }
}

int64_t dated(const std::vector<EventClaim>& claims) {
  return std::count_if(claims.begin(), claims.end(),
                       [](const EventClaim& claim) { return claim.frame.has_value(); });
}

}  // namespace

PairedEvents paired(const std::vector<EventClaim>& truth, const std::vector<EventClaim>& result,
                    const EventOptions& options) {
  const std::vector<int32_t> result_of = pairing(truth, result, options.tolerance_frames);
  PairedEvents paired{.is_wrong = std::vector<bool>(result.size(), true)};
  for (size_t t = 0; t < truth.size(); ++t) {
    if (result_of[t] >= 0) {
      const auto r = static_cast<size_t>(result_of[t]);
      const EventClaim& found = result[r];
      paired.is_wrong[r] = false;
      ++paired.scores.counts.right;
      paired.same_type += truth[t].type == found.type ? 1 : 0;
      paired.scores.timing_errors_frames.push_back(
          static_cast<double>(late_frames(truth[t], found)));
    }
  }
  Counts& counts = paired.scores.counts;
  counts.missed = dated(truth) - counts.right;
  excuse(truth, result, paired.is_wrong);
  for (size_t r = 0; r < result.size(); ++r) {
    paired.is_wrong[r] = paired.is_wrong[r] && !result[r].at_border;
  }
  counts.wrong = std::count(paired.is_wrong.begin(), paired.is_wrong.end(), true);
  paired.scores.anytime_errors_frames = anytime_errors(truth, result);
  paired.result_of = result_of;
  return paired;
}

std::vector<EventFate> fates_of(const std::string& kind, const std::vector<EventClaim>& truth,
                                const std::vector<EventClaim>& result, const PairedEvents& pairs) {
  std::vector<EventFate> fates;
  const auto add = [&](EventOutcome outcome, const EventClaim& claim) -> EventFate& {
    return fates.emplace_back(EventFate{
        .kind = kind, .outcome = outcome, .tracks = claim.tracks, .children = claim.children});
  };
  for (size_t t = 0; t < truth.size(); ++t) {
    if (!truth[t].frame) {
      continue;
    }
    const int32_t r = pairs.result_of[t];
    EventFate& fate = add(r >= 0 ? EventOutcome::kRight : EventOutcome::kMissed, truth[t]);
    fate.truth_frame = truth[t].frame;
    fate.result_frame = r >= 0 ? result[static_cast<size_t>(r)].frame : std::nullopt;
  }
  for (size_t r = 0; r < result.size(); ++r) {
    if (pairs.is_wrong[r]) {
      add(EventOutcome::kWrong, result[r]).result_frame = result[r].frame;
    }
  }
  return fates;
}

}  // namespace mote::eval
