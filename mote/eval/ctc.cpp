#include "mote/eval/ctc.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mote::eval {
namespace {

constexpr double kSplitCost = 5;
constexpr double kMissedCost = 10;
constexpr double kWrongCost = 1;
constexpr double kWrongLinkCost = 1;
constexpr double kMissedLinkCost = 1.5;
constexpr double kMistakenLinkCost = 1;

constexpr int32_t kNone = -1;
constexpr int32_t kShared = -2;  // of a result: several truths have it

/// An instance: its place in its frame's list.
struct Node {
  int32_t frame = 0;
  int32_t place = 0;

  bool operator==(const Node&) const = default;
  bool operator<(const Node& other) const {
    return std::tie(frame, place) < std::tie(other.frame, other.place);
  }
};

struct Link {
  Node from;
  Node to;
  bool parent = false;

  bool operator<(const Link& other) const {
    return std::tie(from, to, parent) < std::tie(other.from, other.to, other.parent);
  }
};

/// The links of tracks, from instance to next instance and from a parent's last to a child's first,
/// in order.
std::vector<Link> links_of(std::span<const Overlaps> frames, std::vector<int32_t> Overlaps::*ids_of,
                           std::span<const Track> tracks) {
  std::map<int32_t, Node> first;
  std::map<int32_t, Node> last;
  std::vector<Link> links;
  for (size_t f = 0; f < frames.size(); ++f) {
    const std::vector<int32_t>& ids = frames[f].*ids_of;
    for (size_t i = 0; i < ids.size(); ++i) {
      const Node node{static_cast<int32_t>(f), static_cast<int32_t>(i)};
      const auto [before, is_new] = last.try_emplace(ids[i], node);
      if (is_new) {
        first.emplace(ids[i], node);
      } else {
        links.push_back({.from = before->second, .to = node});
        before->second = node;
      }
    }
  }
  for (const Track& track : tracks) {
    const auto child = first.find(track.id);
    for (const int32_t id : track.parents) {
      const auto parent = last.find(id);
      if (parent != last.end() && child != first.end()) {
        links.push_back({.from = parent->second, .to = child->second, .parent = true});
      }
    }
  }
  std::sort(links.begin(), links.end());
  return links;
}

/// Which instances have one another.
struct Pairing {
  std::vector<std::vector<int32_t>> result_of;  ///< by frame and truth
  std::vector<std::vector<int32_t>> truth_of;   ///< by frame and result
  double iou_sum = 0;
  int64_t truths = 0;
  GraphErrors errors;
};

void add_frame(const Overlaps& frame, Pairing& pairing) {
  std::vector<int32_t> result_of(frame.truth_ids.size(), kNone);
  std::vector<int32_t> truth_of(frame.result_ids.size(), kNone);
  std::vector<double> best(frame.truth_ids.size());
  for (const Overlap& pair : frame.pairs) {
    const auto truth = static_cast<size_t>(pair.truth);
    if (pair.area > 0.5 * frame.truth_areas[truth] && pair.area > best[truth]) {
      pairing.iou_sum += frame.iou(pair);
      if (result_of[truth] != kNone) {  // results that overlap: the larger share wins
        pairing.iou_sum -= frame.iou({pair.truth, result_of[truth], best[truth]});
      }
      result_of[truth] = pair.result;
      best[truth] = pair.area;
    }
  }
  for (size_t truth = 0; truth < result_of.size(); ++truth) {
    if (result_of[truth] == kNone) {
      ++pairing.errors.missed;
      continue;
    }
    int32_t& owner = truth_of[static_cast<size_t>(result_of[truth])];
    pairing.errors.splits += owner == kNone ? 0 : 1;
    owner = owner == kNone ? static_cast<int32_t>(truth) : kShared;
  }
  pairing.errors.wrong += std::count(truth_of.begin(), truth_of.end(), kNone);
  pairing.truths += static_cast<int64_t>(result_of.size());
  pairing.result_of.push_back(std::move(result_of));
  pairing.truth_of.push_back(std::move(truth_of));
}

/// The link among `links` between two instances, or nothing.
const Link* find(const std::vector<Link>& links, const Node& from, const Node& to) {
  const auto at = std::lower_bound(
      links.begin(), links.end(), std::tie(from, to),
      [](const Link& link, const auto& key) { return std::tie(link.from, link.to) < key; });
  return at != links.end() && at->from == from && at->to == to ? &*at : nullptr;
}

Node at(const Node& node, int32_t place) {
  return {node.frame, place};
}

void count_links(const std::vector<Link>& truth, const std::vector<Link>& result,
                 Pairing& pairing) {
  const auto truth_of = [&](const Node& node) {
    return pairing.truth_of[static_cast<size_t>(node.frame)][static_cast<size_t>(node.place)];
  };
  const auto result_of = [&](const Node& node) {
    return pairing.result_of[static_cast<size_t>(node.frame)][static_cast<size_t>(node.place)];
  };
  for (const Link& link : result) {
    const int32_t from = truth_of(link.from);
    const int32_t to = truth_of(link.to);
    if (from < 0 || to < 0) {
      continue;
    }
    const Link* same = find(truth, at(link.from, from), at(link.to, to));
    pairing.errors.wrong_links += same == nullptr ? 1 : 0;
    pairing.errors.mistaken_links += same != nullptr && same->parent != link.parent ? 1 : 0;
  }
  for (const Link& link : truth) {
    const int32_t from = result_of(link.from);
    const int32_t to = result_of(link.to);
    const bool there = from >= 0 && to >= 0 && truth_of(at(link.from, from)) >= 0 &&
                       truth_of(at(link.to, to)) >= 0 &&
                       find(result, at(link.from, from), at(link.to, to)) != nullptr;
    pairing.errors.missed_links += there ? 0 : 1;
  }
}

std::optional<double> score(double cost, double cost_from_nothing) {
  if (cost_from_nothing == 0) {
    return std::nullopt;
  }
  return 1 - std::min(cost, cost_from_nothing) / cost_from_nothing;
}

}  // namespace

CtcScores ctc_scores(std::span<const Overlaps> frames, std::span<const Track> truth,
                     std::span<const Track> result) {
  Pairing pairing;
  for (const Overlaps& frame : frames) {
    add_frame(frame, pairing);
  }
  const std::vector<Link> truth_links = links_of(frames, &Overlaps::truth_ids, truth);
  count_links(truth_links, links_of(frames, &Overlaps::result_ids, result), pairing);

  const GraphErrors& errors = pairing.errors;
  const auto times = [](double cost, int64_t count) { return cost * static_cast<double>(count); };
  const double nodes = times(kSplitCost, errors.splits) + times(kMissedCost, errors.missed) +
                       times(kWrongCost, errors.wrong);
  const double links = times(kWrongLinkCost, errors.wrong_links) +
                       times(kMissedLinkCost, errors.missed_links) +
                       times(kMistakenLinkCost, errors.mistaken_links);
  const double all_nodes = times(kMissedCost, pairing.truths);
  const double all_links = times(kMissedLinkCost, static_cast<int64_t>(truth_links.size()));
  CtcScores scores{.errors = errors};
  scores.det = score(nodes, all_nodes);
  scores.tra = score(nodes + links, all_nodes + all_links);
  scores.lnk = score(links, all_links);
  if (pairing.truths > 0) {
    scores.seg = pairing.iou_sum / static_cast<double>(pairing.truths);
  }
  return scores;
}

}  // namespace mote::eval
