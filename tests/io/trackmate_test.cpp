#include "mote/io/trackmate.h"

#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/drawn_tracks.h"
#include "tests/io/text_files.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string written(const TrackGraph& graph) {
  const testing_support::TemporaryFolder folder;
  write_trackmate(graph, folder / "tracks.xml");
  return text_of(folder / "tracks.xml");
}

TEST(TrackMate, ComesBackAsTheSameGraph) {
  TrackGraph graph = drawn::tracks();
  graph.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.3};
  graph.frame_interval = FrameInterval{.seconds = 0.1};

  TrackGraph back = trackmate_graph(written(graph));

  EXPECT_EQ(tracks_of(back), tracks_of(graph));
  EXPECT_EQ(back.edges, graph.edges);
  EXPECT_EQ(back.size, graph.size);
  EXPECT_EQ(back.frames, graph.frames);
  EXPECT_EQ(back.nodes[6].label, 1);
  EXPECT_THAT(back.nodes[2].position.x_px, DoubleNear(4.25, 1e-12));
  EXPECT_THAT(*back.nodes[2].radius_px, DoubleNear(1.5, 1e-12));
  EXPECT_THAT(back.pixel_size->x_nm, DoubleNear(0.3, 1e-12));
  EXPECT_THAT(back.frame_interval->seconds, DoubleNear(0.1, 1e-12));
}

TEST(TrackMate, HasSpotsInNanometresFromTheCentreOfTheFirstPixel) {
  TrackGraph graph{.frames = 1, .nodes = {{.position = {.y_px = 2, .x_px = 3}, .track = 1}}};
  graph.pixel_size = PixelSize{.y_nm = 0.5, .x_nm = 0.25};

  const std::string text = written(graph);

  EXPECT_THAT(text, HasSubstr("spatialunits=\"nm\""));
  EXPECT_THAT(text, HasSubstr("POSITION_X=\"0.75\" POSITION_Y=\"1\""));
}

TEST(TrackMate, SpotsComeBackWithTheirOutlines) {
  TrackGraph graph{.frames = 1,
                   .nodes = {{.position = {.y_px = 3.5, .x_px = 4}, .track = 1, .label = 1}}};
  graph.pixel_size = PixelSize{.y_nm = 0.5, .x_nm = 0.25};
  const Mask mask{.runs = {{.y = 3, .x = 3, .length = 3}, {.y = 4, .x = 4, .length = 1}}};
  const testing_support::TemporaryFolder folder;

  write_trackmate(graph, folder / "tracks.xml", [&](int64_t) {
    return std::map<int32_t, Mask>{{1, mask}};
  });
  const TrackGraph back = trackmate_graph(text_of(folder / "tracks.xml"));

  EXPECT_EQ(back.nodes[0].mask, mask);
}

TEST(TrackMate, LeavesOutWhatItsFiltersHide) {
  std::string text = written(drawn::tracks());
  const std::string shown = "<TrackID TRACK_ID=\"1\" />";
  text.erase(text.find(shown), shown.size());

  const TrackGraph graph = trackmate_graph(text);

  EXPECT_THAT(tracks_of(graph), SizeIs(3));  // 1 and 2, which merge into 4
}

TEST(TrackMate, LinksForwardInTimeWhicheverWayALinkIsWritten) {
  const TrackGraph graph = trackmate_graph(
      "<TrackMate><Spot ID='1' FRAME='0' POSITION_X='1' POSITION_Y='1'/>"
      "<Spot ID='2' FRAME='1' POSITION_X='1' POSITION_Y='1'/>"
      "<Track TRACK_ID='0'><Edge SPOT_SOURCE_ID='2' SPOT_TARGET_ID='1'/></Track></TrackMate>");

  EXPECT_THAT(graph.edges, ElementsAre(testing::Pair(0, 1)));
}

TEST(TrackMate, RefusesWhatIsNone) {
  EXPECT_THROW(trackmate_graph("<OME></OME>"), Error);
  EXPECT_THROW(trackmate_graph("<TrackMate><Spot ID='1' FRAME='0'/></TrackMate>"), Error);
  EXPECT_THROW(trackmate_graph("<TrackMate><Spot ID='1' FRAME='-1' POSITION_X='1' "
                               "POSITION_Y='1'/></TrackMate>"),
               Error);
  EXPECT_THROW(trackmate_graph("<TrackMate><Model>"), Error);
  EXPECT_THROW(trackmate_graph("<TrackMate><Track TRACK_ID='0'>"
                               "<Edge SPOT_SOURCE_ID='2' SPOT_TARGET_ID='1'/></Track></TrackMate>"),
               Error);
}

TEST(TrackMate, RefusesFramesThatNoRecordingHas) {
  EXPECT_THROW(trackmate_graph("<TrackMate><Spot ID='1' FRAME='1e9' POSITION_X='1' "
                               "POSITION_Y='1'/></TrackMate>"),
               Error);
  EXPECT_THROW(trackmate_graph("<TrackMate><ImageData nframes='99999999'/></TrackMate>"), Error);
}

TEST(TrackMate, RefusesSpotsThatArePlacedNowhere) {
  EXPECT_THROW(trackmate_graph("<TrackMate><ImageData pixelwidth='1e-9'/><Spot ID='1' FRAME='1' "
                               "POSITION_X='1e308' POSITION_Y='1'/></TrackMate>"),
               Error);
}

TEST(TrackMate, RefusesPolygonsThatAreMillionsOfPixelsTall) {
  std::string text = "<TrackMate>";
  for (int id = 0; id < 10; ++id) {
    text += fmt::format(
        "<Spot ID='{}' FRAME='0' POSITION_X='0' POSITION_Y='0' ROI_N_POINTS='3'>"
        "0 0 9 0 9 900000</Spot>",
        id);
  }

  EXPECT_THROW(trackmate_graph(text + "</TrackMate>"), Error);
}

TEST(TrackMate, ReadsTwoMillionAmpersandsAtOnce) {
  const std::string name(2'000'000, '&');

  EXPECT_EQ(
      trackmate_graph("<TrackMate><ImageData filename='" + name + "'/></TrackMate>").recording,
      name);
}

TEST(TrackMate, ReadsTheTracksOfItsOwnSample) {
  const std::string path =
      std::string(MOTE_SOURCE_DIR) + "/../shared/data/seq-faketracks/trackmate/FakeTracks.xml";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "the collection of samples is not there";
  }

  TrackGraph graph = trackmate_graph(text_of(path));
  number_tracks(graph);
  const std::vector<Track> tracks = tracks_of(graph);

  EXPECT_THAT(graph.nodes, SizeIs(243));
  EXPECT_EQ(graph.frames, 50);
  // One merge, and one spot that TrackMate calls complex: two links in and two out.
  EXPECT_EQ(std::count_if(tracks.begin(), tracks.end(),
                          [](const Track& track) { return track.parents.size() > 1; }),
            2);
}

}  // namespace
}  // namespace mote::io
