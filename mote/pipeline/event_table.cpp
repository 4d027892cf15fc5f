#include "mote/pipeline/event_table.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace mote::pipeline {
namespace {

std::string_view outcome_name(eval::EventOutcome outcome) {
  switch (outcome) {
    case eval::EventOutcome::kRight: return "right";
    case eval::EventOutcome::kMissed: return "missed";
    case eval::EventOutcome::kWrong: break;
  }
  return "wrong";
}

/// The number of a scored frame; of what lies after the last, that of the last.
std::string number(std::optional<int64_t> frame, std::span<const FramePair> pairs) {
  if (!frame) {
    return "";
  }
  const int64_t last = static_cast<int64_t>(pairs.size()) - 1;
  return fmt::format("{}", pairs[static_cast<size_t>(std::min(*frame, last))].number);
}

/// A track of the result that has no name of the truth goes by its own, as `result:7`.
std::string names(const std::vector<int32_t>& tracks) {
  std::string cell;
  for (const int32_t track : tracks) {
    cell += cell.empty() ? "" : ";";
    cell += track >= 0 ? fmt::format("{}", track) : fmt::format("result:{}", -1 - track);
  }
  return cell;
}

/// The last frame of an episode.
std::optional<int64_t> last_frame(const eval::Episode& episode) {
  if (!episode.until_frame) {
    return std::nullopt;
  }
  return std::max(episode.frame, *episode.until_frame - 1);
}

}  // namespace

std::string per_event_csv(const eval::HistoryScores& history, std::span<const FramePair> pairs) {
  std::string csv =
      "kind,outcome,truth_frame,result_frame,tracks,children,first_frame,last_frame,false_merges,"
      "false_deaths,false_dissolutions\n";
  for (const eval::EventFate& fate : history.fates) {
    csv += fmt::format("{},{},{},{},{},{},,,,,\n", fate.kind, outcome_name(fate.outcome),
                       number(fate.truth_frame, pairs), number(fate.result_frame, pairs),
                       names(fate.tracks), names(fate.children));
  }
  for (const eval::Episode& episode : history.episodes) {
    const std::string mistakes =
        episode.kind == "crossing"
            ? fmt::format("{},,", episode.false_merges)
            : fmt::format(",{},{}", episode.false_deaths, episode.false_dissolutions);
    csv += fmt::format("{},,,,{},,{},{},{}\n", episode.kind, names(episode.tracks),
                       number(episode.frame, pairs), number(last_frame(episode), pairs), mistakes);
  }
  return csv;
}

}  // namespace mote::pipeline
