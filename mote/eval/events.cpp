#include "mote/eval/events.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "mote/eval/episodes.h"
#include "mote/eval/event_pairing.h"

namespace mote::eval {
namespace {

constexpr std::array<std::string_view, 3> kBirths = {"nucleated", "entered", "appeared"};
constexpr std::array<std::string_view, 3> kDeaths = {"dissolved", "left", "lost"};

template <size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_birth(const HistoryEvent& event) {
  return is_one_of(kBirths, event.type);
}
bool is_death(const HistoryEvent& event) {
  return is_one_of(kDeaths, event.type);
}

std::vector<int32_t> sorted(std::vector<int32_t> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<int32_t> either(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  return a.empty() ? b : a;
}

/// Whom an event of its kind must name right.
EventClaim claim_of(const HistoryEvent& event) {
  EventClaim claim{.frame = event.frame, .type = event.type, .at_border = event.at_border};
  if (is_birth(event)) {
    claim.children = sorted(either(event.children, event.tracks));
  } else if (event.type == "split") {
    claim.tracks = sorted(event.tracks);
    claim.children = sorted(event.children);
  } else {
    claim.tracks = sorted(event.tracks);
  }
  return claim;
}

std::vector<HistoryEvent> renamed(std::span<const HistoryEvent> events,
                                  const std::map<int32_t, int32_t>& names) {
  const auto rename = [&](std::vector<int32_t>& ids) {
    for (int32_t& id : ids) {
      const auto name = names.find(id);
      id = name != names.end() ? name->second : -1 - id;  // nobody's name
    }
  };
  std::vector<HistoryEvent> result(events.begin(), events.end());
  for (HistoryEvent& event : result) {
    rename(event.tracks);
    rename(event.children);
  }
  return result;
}

template <typename Predicate>
std::vector<EventClaim> claims_where(std::span<const HistoryEvent> events,
                                     const Predicate& predicate) {
  std::vector<EventClaim> claims;
  for (const HistoryEvent& event : events) {
    if (predicate(event)) {
      claims.push_back(claim_of(event));
    }
  }
  return claims;
}

/// The truth's claims, those at the border without a date: nobody is asked for them.
std::vector<EventClaim> asked(std::vector<EventClaim> claims) {
  for (EventClaim& claim : claims) {
    if (claim.at_border) {
      claim.frame.reset();
    }
  }
  return claims;
}

/// The merges, each dated by `date`.
template <typename Date>
std::vector<EventClaim> merges_dated(std::span<const HistoryEvent> events, const Date& date) {
  std::vector<EventClaim> claims;
  for (const HistoryEvent& event : events) {
    if (is_merge(event.type)) {
      claims.push_back(claim_of(event));
      claims.back().frame = date(event);
    }
  }
  return claims;
}

/// When the parents first touched: as the merge says, or else the last contact of all of them
/// before it, or else its own frame.
std::vector<EventClaim> merges_by_contact(std::span<const HistoryEvent> events) {
  return merges_dated(events, [&](const HistoryEvent& event) -> std::optional<int64_t> {
    if (event.contact_frame) {
      return event.contact_frame;
    }
    std::optional<int64_t> contact;
    for (const HistoryEvent& other : events) {
      if (other.type == "contact" && other.frame <= event.frame &&
          sorted(other.tracks) == sorted(event.tracks)) {
        contact = std::max(contact.value_or(other.frame), other.frame);
      }
    }
    return contact.value_or(event.frame);
  });
}

std::vector<EventClaim> merges_by_neck(std::span<const HistoryEvent> events) {
  return merges_dated(events, [](const HistoryEvent& event) {
    return event.neck ? event.neck->merged_frame : event.frame;
  });
}

std::vector<EventClaim> merges_by_own_frame(std::span<const HistoryEvent> events) {
  return merges_dated(events, [](const HistoryEvent& event) { return std::optional(event.frame); });
}

/// Of a result, which tells at most when the neck had 0.7, that.
std::vector<EventClaim> merges_by_end(std::span<const HistoryEvent> events, bool is_truth) {
  return merges_dated(events, [&](const HistoryEvent& event) -> std::optional<int64_t> {
    if (!event.neck) {
      return event.frame;
    }
    return is_truth ? event.neck->complete_frame : event.neck->merged_frame;
  });
}

/// Of the wrong deaths, in order, those told inside the field: not `left`.
std::vector<bool> inside_the_field(std::span<const HistoryEvent> events,
                                   std::vector<bool> is_wrong) {
  size_t death = 0;
  for (const HistoryEvent& event : events) {
    if (is_death(event)) {
      is_wrong[death] = is_wrong[death] && event.type != "left";
      ++death;
    }
  }
  return is_wrong;
}

std::optional<double> per(int64_t count, int64_t episodes) {
  if (episodes == 0) {
    return std::nullopt;
  }
  return static_cast<double>(count) / static_cast<double>(episodes);
}

}  // namespace

bool is_merge(std::string_view type) {
  return type == "coalescence" || type == "merge";
}

std::vector<HistoryEvent> events_of(std::span<const Track> tracks, int64_t frames) {
  std::map<int32_t, std::vector<const Track*>> children;
  for (const Track& track : tracks) {
    for (const int32_t parent : track.parents) {
      children[parent].push_back(&track);
    }
  }
  std::vector<HistoryEvent> events;
  for (const Track& track : tracks) {
    if (track.parents.size() > 1) {
      events.push_back({.type = "merge",
                        .frame = track.first_frame,
                        .tracks = track.parents,
                        .children = {track.id}});
    } else if (track.parents.empty() && track.first_frame > 0) {
      events.push_back({.type = "appeared", .frame = track.first_frame, .children = {track.id}});
    }
    const auto own = children.find(track.id);
    if (own == children.end()) {
      if (track.last_frame < frames - 1) {
        events.push_back({.type = "lost", .frame = track.last_frame + 1, .tracks = {track.id}});
      }
    } else if (own->second.size() > 1) {
      HistoryEvent split{
          .type = "split", .frame = std::numeric_limits<int64_t>::max(), .tracks = {track.id}};
      for (const Track* child : own->second) {
        split.frame = std::min(split.frame, child->first_frame);
        split.children.push_back(child->id);
      }
      events.push_back(std::move(split));
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const HistoryEvent& a, const HistoryEvent& b) { return a.frame < b.frame; });
  return events;
}

std::map<int32_t, int32_t> names_of(std::span<const Overlaps> frames) {
  std::map<std::pair<int32_t, int32_t>, double> areas;  // by result, then truth
  for (const Overlaps& frame : frames) {
    for (const Overlap& pair : frame.pairs) {
      areas[{frame.result_ids[static_cast<size_t>(pair.result)],
             frame.truth_ids[static_cast<size_t>(pair.truth)]}] += pair.area;
    }
  }
  std::map<int32_t, int32_t> names;
  std::map<int32_t, double> largest;
  for (const auto& [ids, area] : areas) {
    if (area > largest[ids.first]) {
      largest[ids.first] = area;
      names[ids.first] = ids.second;
    }
  }
  return names;
}

HistoryScores history_scores(std::span<const HistoryEvent> truth,
                             std::span<const HistoryEvent> result,
                             const std::map<int32_t, int32_t>& names, const EventOptions& options) {
  const std::vector<HistoryEvent> found = renamed(result, names);
  HistoryScores scores;
  const auto score_claims = [&](const std::string& kind, std::vector<EventClaim> truths,
                                const std::vector<EventClaim>& claimed) {
    const std::vector<EventClaim> wanted = asked(std::move(truths));
    PairedEvents pairs = paired(wanted, claimed, options);
    scores.kinds.emplace_back(kind, pairs.scores);
    for (EventFate& fate : fates_of(kind, wanted, claimed, pairs)) {
      scores.fates.push_back(std::move(fate));
    }
    return pairs;
  };
  const auto score = [&](const std::string& kind, const auto& predicate) {
    return score_claims(kind, claims_where(truth, predicate), claims_where(found, predicate));
  };
  const auto score_type = [&](std::string_view type) {
    return score(std::string(type), [&](const HistoryEvent& event) { return event.type == type; });
  };
  const auto score_causes = [&](const auto& types, const std::string& kind, const auto& predicate) {
    PairedEvents pairs = score(kind, predicate);
    scores.causes.right += pairs.same_type;
    scores.causes.wrong += pairs.scores.counts.right - pairs.same_type;
    for (const std::string_view type : types) {
      score_type(type);
    }
    return pairs;
  };
  score_type("contact");
  score_type("aggregation");
  const PairedEvents merges = score_claims("merge", merges_by_neck(truth), merges_by_neck(found));
  score_claims("merge_contact", merges_by_contact(truth), merges_by_contact(found));
  if (std::any_of(truth.begin(), truth.end(),
                  [](const HistoryEvent& event) { return event.neck.has_value(); })) {
    score_claims("merge_half", merges_by_own_frame(truth), merges_by_own_frame(found));
    score_claims("merge_complete", merges_by_end(truth, true), merges_by_end(found, false));
  }
  score_type("split");
  score_causes(kBirths, "birth", is_birth);
  const PairedEvents deaths = score_causes(kDeaths, "death", is_death);

  std::vector<Episode> crossings = crossings_of(truth);
  std::vector<Episode> flickers = flickers_of(truth);
  scores.crossings = static_cast<int64_t>(crossings.size());
  scores.flickers = static_cast<int64_t>(flickers.size());
  const auto merges_tracks = [](const HistoryEvent& event) { return is_merge(event.type); };
  const std::vector<EventClaim> died = claims_where(found, is_death);
  const int64_t tolerance = options.tolerance_frames;
  scores.false_merges = count_mistakes(claims_where(found, merges_tracks), merges.is_wrong,
                                       tolerance, &Episode::false_merges, crossings);
  scores.false_deaths =
      count_mistakes(died, deaths.is_wrong, tolerance, &Episode::false_deaths, flickers);
  scores.false_dissolutions = count_mistakes(died, inside_the_field(found, deaths.is_wrong),
                                             tolerance, &Episode::false_dissolutions, flickers);
  scores.false_merges_per_crossing = per(scores.false_merges, scores.crossings);
  scores.false_deaths_per_flicker = per(scores.false_deaths, scores.flickers);
  scores.false_dissolutions_per_flicker = per(scores.false_dissolutions, scores.flickers);
  scores.episodes = std::move(crossings);
  scores.episodes.insert(scores.episodes.end(), flickers.begin(), flickers.end());
  return scores;
}

}  // namespace mote::eval
