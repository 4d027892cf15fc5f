#include "mote/core/track_graph.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

#include "mote/core/error.h"

namespace mote {
namespace {

// First and last node of every track.
std::map<int32_t, std::pair<size_t, size_t>> ends_of_tracks(const TrackGraph& graph) {
  std::map<int32_t, std::pair<size_t, size_t>> ends;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto [at, is_new] = ends.try_emplace(graph.nodes[i].track, i, i);
    auto& [first, last] = at->second;
    if (graph.nodes[i].frame < graph.nodes[first].frame) {
      first = i;
    }
    if (graph.nodes[i].frame >= graph.nodes[last].frame) {
      last = i;
    }
  }
  return ends;
}

struct Degrees {
  std::vector<int32_t> in;
  std::vector<int32_t> out;
};

Degrees degrees_of(const TrackGraph& graph) {
  Degrees degrees{std::vector<int32_t>(graph.nodes.size()),
                  std::vector<int32_t>(graph.nodes.size())};
  for (const auto& [source, target] : graph.edges) {
    ++degrees.out[source];
    ++degrees.in[target];
  }
  return degrees;
}

void require_forward(const TrackGraph& graph) {
  for (const auto& [source, target] : graph.edges) {
    const TrackNode& from = graph.nodes[source];
    const TrackNode& to = graph.nodes[target];
    if (from.frame >= to.frame) {
      throw Error(ErrorKind::kBadFile,
                  "an edge leads from frame {} (track {}) to frame {} (track {}), expected forward",
                  from.frame, from.track, to.frame, to.track);
    }
  }
}

void drop_doubled_edges(TrackGraph& graph) {
  std::sort(graph.edges.begin(), graph.edges.end());
  graph.edges.erase(std::unique(graph.edges.begin(), graph.edges.end()), graph.edges.end());
}

std::vector<size_t> in_order_of_frame(const TrackGraph& graph) {
  std::vector<size_t> order(graph.nodes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return graph.nodes[a].frame < graph.nodes[b].frame; });
  return order;
}

// By node, the first node of the chain it lies in: a chain goes on where a node has a single edge
// out, to a node with a single edge in.
std::vector<size_t> chains_of(const TrackGraph& graph) {
  require_forward(graph);
  const Degrees degrees = degrees_of(graph);
  std::vector<size_t> before(graph.nodes.size());
  std::iota(before.begin(), before.end(), size_t{0});
  for (const auto& [source, target] : graph.edges) {
    if (degrees.out[source] == 1 && degrees.in[target] == 1) {
      before[target] = source;
    }
  }
  std::vector<size_t> chains(graph.nodes.size());
  for (const size_t i : in_order_of_frame(graph)) {
    chains[i] = before[i] == i ? i : chains[before[i]];
  }
  return chains;
}

using ChainAndTrack = std::pair<size_t, int32_t>;

std::map<ChainAndTrack, int64_t> nodes_by_chain_and_track(const TrackGraph& graph,
                                                          const std::vector<size_t>& chains) {
  std::map<ChainAndTrack, int64_t> counts;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].track > 0) {
      ++counts[{chains[i], graph.nodes[i].track}];
    }
  }
  return counts;
}

struct Claim {
  size_t chain = 0;
  int32_t track = 0;
  int64_t nodes = 0;
};

}  // namespace

void link_tracks(TrackGraph& graph, const std::vector<Track>& tracks) {
  std::map<int32_t, size_t> latest;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].track == 0) {
      continue;
    }
    const auto [at, is_new] = latest.try_emplace(graph.nodes[i].track, i);
    if (!is_new) {
      graph.edges.emplace_back(std::exchange(at->second, i), i);
    }
  }
  const auto ends = ends_of_tracks(graph);
  for (const Track& track : tracks) {
    const auto child = ends.find(track.id);
    for (const int32_t id : track.parents) {
      const auto parent = ends.find(id);
      if (child != ends.end() && parent != ends.end()) {
        graph.edges.emplace_back(parent->second.second, child->second.first);
      }
    }
  }
  drop_doubled_edges(graph);
}

std::vector<Track> tracks_of(const TrackGraph& graph) {
  require_forward(graph);
  std::map<int32_t, Track> tracks;
  for (const auto& [id, ends] : ends_of_tracks(graph)) {
    if (id <= 0) {
      throw Error(ErrorKind::kBadFile, "a node in frame {} belongs to no track",
                  graph.nodes[ends.first].frame);
    }
    tracks[id] = {.id = id,
                  .first_frame = graph.nodes[ends.first].frame,
                  .last_frame = graph.nodes[ends.second].frame};
  }
  for (const auto& [source, target] : graph.edges) {
    const Track& parent = tracks[graph.nodes[source].track];
    Track& child = tracks[graph.nodes[target].track];
    if (parent.id == child.id) {
      continue;
    }
    if (parent.last_frame >= child.first_frame) {
      throw Error(ErrorKind::kBadFile,
                  "track {} goes on to frame {}, but its child {} begins in frame {}", parent.id,
                  parent.last_frame, child.id, child.first_frame);
    }
    child.parents.push_back(parent.id);
  }
  std::vector<Track> list;
  for (auto& [id, track] : tracks) {
    std::sort(track.parents.begin(), track.parents.end());
    track.parents.erase(std::unique(track.parents.begin(), track.parents.end()),
                        track.parents.end());
    list.push_back(std::move(track));
  }
  return list;
}

void number_tracks(TrackGraph& graph) {
  const std::vector<size_t> chains = chains_of(graph);
  std::map<int32_t, Claim> claims;  // by track, of the chain that most of its nodes lie in
  for (const auto& [key, nodes] : nodes_by_chain_and_track(graph, chains)) {
    const auto& [chain, track] = key;
    Claim& claim = claims[track];
    if (nodes > claim.nodes) {
      claim = {.chain = chain, .nodes = nodes};
    }
  }
  std::map<size_t, Claim> names;  // by chain, of the track that most of its nodes were of
  int32_t highest = 0;
  for (const auto& [track, claim] : claims) {
    highest = std::max(highest, track);
    Claim& name = names[claim.chain];
    if (claim.nodes > name.nodes) {
      name = {.track = track, .nodes = claim.nodes};
    }
  }
  for (const size_t i : in_order_of_frame(graph)) {
    Claim& name = names[chains[i]];
    if (name.track == 0 && highest == std::numeric_limits<int32_t>::max()) {
      throw Error(ErrorKind::kBadFile, "tracks are numbered up to {}: none is left for new ones",
                  highest);
    }
    if (name.track == 0) {
      name.track = ++highest;
    }
    graph.nodes[i].track = name.track;
  }
}

std::vector<size_t> connected_parts(const TrackGraph& graph) {
  std::vector<size_t> root(graph.nodes.size());
  std::iota(root.begin(), root.end(), size_t{0});
  const auto find = [&root](size_t i) {
    while (root[i] != i) {
      i = root[i] = root[root[i]];
    }
    return i;
  };
  for (const auto& [source, target] : graph.edges) {
    const size_t a = find(source);
    const size_t b = find(target);
    root[std::max(a, b)] = std::min(a, b);
  }
  std::vector<size_t> parts(graph.nodes.size());
  size_t count = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t first = find(i);
    parts[i] = first == i ? count++ : parts[first];
  }
  return parts;
}

void put_in_order(TrackGraph& graph) {
  std::vector<size_t> order(graph.nodes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const TrackNode& left = graph.nodes[a];
    const TrackNode& right = graph.nodes[b];
    return std::tie(left.frame, left.track, left.label) <
           std::tie(right.frame, right.track, right.label);
  });
  std::vector<size_t> place(order.size());
  std::vector<TrackNode> nodes;
  nodes.reserve(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    nodes.push_back(std::move(graph.nodes[order[i]]));
  }
  graph.nodes = std::move(nodes);
  for (auto& [source, target] : graph.edges) {
    source = place[source];
    target = place[target];
  }
  drop_doubled_edges(graph);
}

}  // namespace mote
