#include "mote/core/track_graph.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote {
namespace {

using testing::ElementsAre;
using testing::Pair;

TrackNode node(int64_t frame, int32_t track) {
  return {.frame = frame, .track = track};
}

std::vector<int32_t> numbers(const TrackGraph& graph) {
  std::vector<int32_t> tracks;
  for (const TrackNode& node : graph.nodes) {
    tracks.push_back(node.track);
  }
  return tracks;
}

// Tracks 1 and 2 of two frames merge into 3.
TrackGraph merging() {
  return {.nodes = {node(0, 1), node(0, 2), node(1, 1), node(1, 2), node(2, 3), node(3, 3)},
          .edges = {{0, 2}, {1, 3}, {2, 4}, {3, 4}, {4, 5}}};
}

TEST(TrackGraph, LinksNodesOfATrackAndParentsWithTheirChild) {
  TrackGraph graph = merging();
  graph.edges.clear();

  link_tracks(graph, {{.id = 1}, {.id = 2}, {.id = 3, .parents = {1, 2}}});

  EXPECT_THAT(graph.edges, ElementsAre(Pair(0, 2), Pair(1, 3), Pair(2, 4), Pair(3, 4), Pair(4, 5)));
}

TEST(TrackGraph, LinksAParentThatIsNamedTwiceOnce) {
  TrackGraph graph{.nodes = {node(0, 1), node(1, 2)}};

  link_tracks(graph, {{.id = 2, .parents = {1, 1}}});

  EXPECT_THAT(graph.edges, ElementsAre(Pair(0, 1)));
}

TEST(TrackGraph, GivesBackTheTracksItWasLinkedBy) {
  const TrackGraph graph = merging();

  const std::vector<Track> tracks = tracks_of(graph);

  EXPECT_THAT(tracks,
              ElementsAre(Track{.id = 1, .first_frame = 0, .last_frame = 1},
                          Track{.id = 2, .first_frame = 0, .last_frame = 1},
                          Track{.id = 3, .first_frame = 2, .last_frame = 3, .parents = {1, 2}}));
}

TEST(TrackGraph, RefusesAnEdgeThatLeadsBackInTime) {
  TrackGraph graph = merging();
  graph.edges.push_back({5, 0});

  EXPECT_THROW(tracks_of(graph), Error);
}

TEST(TrackGraph, RefusesAParentThatGoesOnBesideItsChild) {
  TrackGraph graph = merging();
  graph.nodes.push_back(node(4, 1));

  EXPECT_THROW(tracks_of(graph), Error);
}

TEST(TrackGraph, NumbersTracksByWhereEdgesPartAndJoin) {
  TrackGraph graph = merging();
  for (TrackNode& each : graph.nodes) {
    each.track = 0;
  }

  number_tracks(graph);

  EXPECT_THAT(numbers(graph), ElementsAre(1, 2, 1, 2, 3, 3));
}

TEST(TrackGraph, KeepsTheNumbersThatNodesHave) {
  TrackGraph graph = merging();
  for (TrackNode& each : graph.nodes) {
    each.track += 40;
  }

  number_tracks(graph);

  EXPECT_THAT(numbers(graph), ElementsAre(41, 42, 41, 42, 43, 43));
}

TEST(TrackGraph, GivesTheShorterHalfOfATrackThatWasCutANewNumber) {
  TrackGraph graph{.nodes = {node(0, 7), node(1, 7), node(2, 7)}, .edges = {{1, 2}}};

  number_tracks(graph);

  EXPECT_THAT(numbers(graph), ElementsAre(8, 7, 7));
}

TEST(TrackGraph, GivesTwoTracksThatWereJoinedTheNumberOfTheLonger) {
  TrackGraph graph{.nodes = {node(0, 7), node(1, 9), node(2, 9)}, .edges = {{0, 1}, {1, 2}}};

  number_tracks(graph);

  EXPECT_THAT(numbers(graph), ElementsAre(9, 9, 9));
}

TEST(TrackGraph, LinksNoNodesWithoutATrack) {
  TrackGraph graph{.nodes = {node(0, 0), node(0, 0), node(1, 0), node(1, 4), node(2, 4)}};

  link_tracks(graph, {});

  EXPECT_THAT(graph.edges, ElementsAre(Pair(3, 4)));
}

TEST(TrackGraph, RefusesToNumberBeyondTheLastNumber) {
  constexpr int32_t kLast = std::numeric_limits<int32_t>::max();
  TrackGraph graph{.nodes = {node(0, kLast), node(0, 0)}};

  EXPECT_THROW(number_tracks(graph), Error);
}

TEST(TrackGraph, KeepsEdgesWithTheirNodesWhenPutInOrder) {
  TrackGraph graph{.nodes = {node(2, 1), node(0, 1), node(1, 1)},
                   .edges = {{2, 0}, {1, 2}, {1, 2}}};

  put_in_order(graph);

  EXPECT_EQ(graph.nodes[0].frame, 0);
  EXPECT_THAT(graph.edges, ElementsAre(Pair(0, 1), Pair(1, 2)));
}

}  // namespace
}  // namespace mote
