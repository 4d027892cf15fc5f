#include "mote/io/ctc_lineage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/ctc.h"
#include "tests/drawn_tracks.h"

namespace mote::io {
namespace {

using testing::ElementsAre;

// The nodes that masks of the challenge show: those with pixels of their own, by piece.
TrackGraph seen_in_masks(const TrackGraph& graph, const CtcLineage& lineage) {
  TrackGraph seen = graph;
  seen.edges.clear();
  seen.nodes.clear();
  for (const CtcPiece& piece : lineage.pieces) {
    for (TrackNode node : graph.nodes) {
      if (node.label == node.track && node.track == piece.track &&
          node.frame >= piece.first_frame && node.frame <= piece.last_frame) {
        node.track = node.label = piece.label;
        seen.nodes.push_back(node);
      }
    }
  }
  put_in_order(seen);
  return seen;
}

TEST(CtcLineage, TellsOneParentAndCutsTracksAtGaps) {
  const CtcLineage lineage = ctc_lineage(drawn::tracks());

  EXPECT_EQ(ctc_text(lineage),
            "1 0 2 0\n"
            "2 0 1 0\n"
            "3 0 0 0\n"
            "4 3 4 1\n"
            "5 4 4 7\n"
            "6 4 4 7\n"
            "7 2 3 3\n");
}

TEST(CtcLineage, ComesBackWholeFromLinesMasksAndSidecar) {
  const TrackGraph graph = drawn::tracks();
  const CtcLineage written = ctc_lineage(graph);

  const CtcLineage read = ctc_lineage_of(ctc_tracks(ctc_text(written)), ctc_sidecar(written));
  TrackGraph back = seen_in_masks(graph, written);
  apply_ctc_lineage(back, read);

  EXPECT_EQ(read, written);
  EXPECT_EQ(back.nodes, graph.nodes);
  EXPECT_EQ(back.edges, graph.edges);
}

TEST(CtcLineage, WithoutASidecarHasATrackALine) {
  const CtcLineage lineage = ctc_lineage_of(ctc_tracks("1 0 2 0\n7 3 4 1\n"), "");

  EXPECT_THAT(
      lineage.pieces,
      ElementsAre(
          CtcPiece{.label = 1, .track = 1, .first_frame = 0, .last_frame = 2},
          CtcPiece{.label = 7, .track = 7, .first_frame = 3, .last_frame = 4, .parent = 1}));
}

TEST(CtcLineage, TakesTheParentOfAnEditedLine) {
  const TrackGraph graph = drawn::tracks();
  const CtcLineage written = ctc_lineage(graph);
  const std::string edited = "1 0 2 0\n2 0 1 0\n3 0 0 0\n4 3 4 0\n5 4 4 7\n6 4 4 7\n7 2 3 0\n";

  const CtcLineage read = ctc_lineage_of(ctc_tracks(edited), ctc_sidecar(written));

  EXPECT_EQ(read.pieces.back().track, 7);
  EXPECT_THAT(read.parents, testing::IsEmpty());
}

TEST(CtcLineage, RefusesToCutTracksWhereNoLabelIsLeft) {
  const TrackGraph graph{.nodes = {{.frame = 0, .track = 2147483647, .label = 2147483647},
                                   {.frame = 2, .track = 2147483647, .label = 2147483647}}};

  EXPECT_THROW(ctc_lineage(graph), Error);
}

TEST(CtcLineage, RefusesASidecarThatIsNone) {
  EXPECT_THROW(ctc_lineage_of({}, "[]"), Error);
  EXPECT_THROW(ctc_lineage_of({}, R"({"pieces":[],"parents":[],"shared":[1]})"), Error);
  EXPECT_THROW(ctc_lineage_of({}, R"({"pieces":[{"label":4294967297,"track":1}],)"
                                  R"("parents":[],"shared":[]})"),
               Error);
  EXPECT_THROW(ctc_lineage_of({}, R"({"pieces":[],"parents":[{"track":1,"parents":[1e300]}],)"
                                  R"("shared":[]})"),
               Error);
  EXPECT_THROW(ctc_lineage_of({}, R"({"pieces":[],"parents":[],)"
                                  R"("shared":[{"frame":-1,"label":1,"tracks":[1,2]}]})"),
               Error);
}

}  // namespace
}  // namespace mote::io
