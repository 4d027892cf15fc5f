#include "mote/io/geff_tracks.h"

#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/drawn_tracks.h"

namespace mote::io {
namespace {

using testing::HasSubstr;

// One node in frame 0.
GeffGraph one_node() {
  return {.nodes = {4},
          .node_props = {{.name = "t", .values = std::vector<double>{0}},
                         {.name = "y", .values = std::vector<double>{1.5}},
                         {.name = "x", .values = std::vector<double>{2.5}}},
          .axes = {{.name = "t", .type = "time", .unit = "frame"},
                   {.name = "y", .type = "space", .unit = "pixel"},
                   {.name = "x", .type = "space", .unit = "pixel"}}};
}

void set(GeffGraph& geff, size_t column, double value) {
  geff.node_props[column].values = std::vector<double>{value};
}

TEST(GeffTracks, ComeBackAsTheSameGraph) {
  TrackGraph graph = drawn::tracks();
  graph.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.3, .source = "GEFF"};
  graph.frame_interval = FrameInterval{.seconds = 0.1, .source = "GEFF"};

  const TrackGraph back = tracks_of_geff(geff_of(graph));

  EXPECT_EQ(back.nodes, graph.nodes);
  EXPECT_EQ(back.edges, graph.edges);
  EXPECT_EQ(back.frames, graph.frames);
  EXPECT_EQ(back.size, graph.size);
  EXPECT_EQ(back.pixel_size, graph.pixel_size);
  EXPECT_EQ(back.frame_interval, graph.frame_interval);
}

TEST(GeffTracks, RefuseFramesThatNoRecordingHas) {
  GeffGraph geff = one_node();

  set(geff, 0, 1e9);

  EXPECT_THAT([&] { tracks_of_geff(geff); },
              testing::ThrowsMessage<Error>(HasSubstr("node 0 has no frame")));
}

TEST(GeffTracks, RefuseNodesThatArePlacedNowhere) {
  GeffGraph geff = one_node();

  set(geff, 1, std::numeric_limits<double>::infinity());

  EXPECT_THAT([&] { tracks_of_geff(geff); },
              testing::ThrowsMessage<Error>(HasSubstr("node 0 has no position")));
}

TEST(GeffTracks, HaveNoPixelSizeByAScaleBelowZero) {
  GeffGraph geff = one_node();
  for (GeffAxis& axis : geff.axes) {
    axis.scale = -1;
    axis.scaled_unit = axis.type == "time" ? "second" : "nanometer";
  }

  const TrackGraph graph = tracks_of_geff(geff);

  EXPECT_FALSE(graph.pixel_size.has_value());
  EXPECT_FALSE(graph.frame_interval.has_value());
}

TEST(GeffTracks, RefuseDamagedNumbersOfMotes) {
  GeffGraph geff = one_node();

  geff.extra_json = R"({"mote":{"frames":1e300}})";

  EXPECT_THROW(tracks_of_geff(geff), Error);
}

}  // namespace
}  // namespace mote::io
