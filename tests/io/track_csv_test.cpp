#include "mote/io/track_csv.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/drawn_tracks.h"
#include "tests/io/text_files.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST(TrackCsv, TakesARowANodeAndLinksTheRowsOfATrack) {
  const TrackGraph graph = track_csv_graph("track_id,T,Y,X\n2,1,4.5,6\n2,0,4,5\n1,0,8,9\n");

  EXPECT_EQ(graph.frames, 2);
  EXPECT_THAT(graph.nodes, SizeIs(3));
  EXPECT_EQ(graph.nodes[2].position, (Point{.y_px = 4.5, .x_px = 6}));
  EXPECT_THAT(graph.edges, ElementsAre(Pair(1, 2)));
}

TEST(TrackCsv, LinksNodesByTheirParents) {
  TrackGraph graph = track_csv_graph("t,y,x,id,parent_id\n0,1,1,10,\n1,2,2,11,10\n1,3,3,12,10\n");
  number_tracks(graph);

  EXPECT_THAT(tracks_of(graph), SizeIs(3));
  EXPECT_THAT(tracks_of(graph)[2].parents, ElementsAre(1));
}

TEST(TrackCsv, RaisesTracksThatCountFromZero) {
  const TrackGraph graph = track_csv_graph("frame,y,x,particle\n0,1,1,0\n0,5,5,1\n");

  EXPECT_EQ(graph.nodes[0].track, 1);
  EXPECT_EQ(graph.nodes[1].track, 2);
}

TEST(TrackCsv, RefusesWhatIsNone) {
  EXPECT_THROW(track_csv_graph(""), Error);
  EXPECT_THROW(track_csv_graph("a,b,c\n1,2,3\n"), Error);
  EXPECT_THROW(track_csv_graph("t,y,x,track\n0,1,1,0\n0,2,2,0\n"), Error);
  EXPECT_THROW(track_csv_graph("t,y,x,track\n0,one,1,0\n"), Error);
  EXPECT_THROW(track_csv_graph("t,y,x,track\n-1,1,1,0\n"), Error);
  EXPECT_THROW(track_csv_graph("t,y,x,track\n10000000,1,1,0\n"), Error);
  EXPECT_THROW(track_csv_graph("t,y,x,track\n0,1,1,1e300\n"), Error);
  EXPECT_THROW(track_csv_graph("t,y,x,id,parent_id\n0,1,1,1,7\n"), Error);
}

TEST(TrackCsv, OfNapariComesBackAsTheSameGraph) {
  const testing_support::TemporaryFolder folder;
  const TrackGraph graph = drawn::tracks();

  write_napari(graph, folder / "tracks.csv", folder / "graph.json");
  TrackGraph back = track_csv_graph(text_of(folder / "tracks.csv"));
  link_by_napari_graph(back, text_of(folder / "graph.json"));

  EXPECT_EQ(tracks_of(back), tracks_of(graph));
  EXPECT_EQ(back.edges, graph.edges);
  EXPECT_EQ(text_of(folder / "graph.json"), "{\"4\":[1,2],\"5\":[3],\"6\":[3]}\n");
}

TEST(NapariGraph, TakesASingleParentWithoutBrackets) {
  TrackGraph graph = track_csv_graph("ID,T,Y,X\n1,0,4,5\n2,1,4,5\n");

  link_by_napari_graph(graph, "{\"2\": 1}");

  EXPECT_THAT(graph.edges, ElementsAre(Pair(0, 1)));
}

TEST(NapariGraph, NamesTracksAsTheTableDoesWhereTheyCountFromZero) {
  TrackTable table = track_table("ID,T,Y,X\n0,0,4,5\n1,0,8,9\n2,1,8,9\n");

  link_by_napari_graph(table.graph, "{\"2\": [1]}", table.raised_by);

  const std::vector<Track> tracks = tracks_of(table.graph);
  ASSERT_THAT(tracks, SizeIs(3));
  EXPECT_THAT(tracks[1].parents, IsEmpty());
  EXPECT_THAT(tracks[2].parents, ElementsAre(2));
}

TEST(NapariGraph, RefusesTracksThatHaveNoRows) {
  TrackGraph graph = track_csv_graph("ID,T,Y,X\n1,0,4,5\n");

  EXPECT_THROW(link_by_napari_graph(graph, "{\"2\": [1]}"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, "[1]"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, "{"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, "{\"1st\": [1]}"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, "{\"1\": [2147483647]}", 1), Error);
}

TEST(NapariGraph, RefusesNumbersThatAreNoTracks) {
  TrackGraph graph = track_csv_graph("ID,T,Y,X\n1,0,4,5\n2,1,4,5\n");

  EXPECT_THROW(link_by_napari_graph(graph, R"({"2a": [1]})"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, R"({"99999999999": [1]})"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, R"({"2": [4294967297]})"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, R"({"2": 1e300})"), Error);
  EXPECT_THROW(link_by_napari_graph(graph, R"({"2": {"1": 1}})"), Error);
}

TEST(NapariGraph, RefusesBracketsInBracketsAMillionDeep) {
  constexpr size_t kDepth = 1'000'000;
  TrackGraph graph = track_csv_graph("ID,T,Y,X\n1,0,4,5\n");

  EXPECT_THROW(link_by_napari_graph(
                   graph, "{\"1\": " + std::string(kDepth, '[') + std::string(kDepth, ']') + "}"),
               Error);
}

}  // namespace
}  // namespace mote::io
