#include "mote/io/geff.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "tests/io/files.h"
#include "tests/io/opened.h"
#include "tests/io/zarr_memory.h"

namespace mote::io {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

// Two particles that become one: nodes 1 and 2 in frame 0, node 3 in frame 1.
GeffGraph merge() {
  return {
      .nodes = {1, 2, 3},
      .edges = {{1, 3}, {2, 3}},
      .node_props = {{.name = "t", .values = std::vector<int64_t>{0, 0, 1}},
                     {.name = "y", .values = std::vector<double>{1.5, -2.25, 3}, .unit = "pixel"},
                     {.name = "x", .values = std::vector<double>{4, 5, 6}},
                     {.name = "track", .values = std::vector<int64_t>{1, 2, 3}},
                     {.name = "area",
                      .values = std::vector<double>{10, 0, 30},
                      .missing = {false, true, false},
                      .unit = "nanometer^2",
                      .description = "projected area"},
                     {.name = "note", .values = std::vector<std::string>{"a", "µ\U0001F600", ""}}},
      .edge_props = {{.name = "merge", .values = std::vector<int64_t>{1, 1}}},
      .axes =
          {{.name = "t", .type = "time", .unit = "frame", .scale = 0.04, .scaled_unit = "second"},
           {.name = "y",
            .type = "space",
            .unit = "pixel",
            .scale = 0.2,
            .scaled_unit = "nanometer",
            .offset = 1},
           {.name = "x", .type = "space"}},
      .track_node_props = {{"tracklet", "track"}},
      .related_objects = {{.type = "labels", .path = "../labels.ome.zarr", .label_prop = "track"},
                          {.type = "image", .path = "../frames.ome.zarr"}},
      .extra_json = R"({"mote":{"events":[1,2]}})"};
}

json attributes_of(const std::string& folder) {
  return json::parse(files::read(folder + "/.zattrs")).at("geff");
}

TEST(Geff, ReadsBackWhatItWrote) {
  const std::string folder = files::folder() + "graph.geff";
  const GeffGraph written = merge();

  write_geff(folder, written);
  const GeffGraph read = read_geff(folder);

  EXPECT_EQ(read.version, kGeffVersion);
  EXPECT_TRUE(read.directed);
  EXPECT_EQ(read.nodes, written.nodes);
  EXPECT_EQ(read.edges, written.edges);
  EXPECT_THAT(read.node_props, testing::UnorderedElementsAreArray(written.node_props));
  EXPECT_EQ(read.edge_props, written.edge_props);
  EXPECT_EQ(read.track_node_props, written.track_node_props);
  EXPECT_EQ(read.related_objects, written.related_objects);
  EXPECT_EQ(json::parse(read.extra_json), json::parse(written.extra_json));
  EXPECT_TRUE(read.left_out.empty());
}

TEST(Geff, FindsTheRangeOfEachAxis) {
  const std::string folder = files::folder() + "graph.geff";

  write_geff(folder, merge());
  const GeffGraph read = read_geff(folder);

  ASSERT_EQ(read.axes.size(), 3U);
  EXPECT_EQ(read.axes[1], (GeffAxis{.name = "y",
                                    .type = "space",
                                    .unit = "pixel",
                                    .min = -2.25,
                                    .max = 3,
                                    .scale = 0.2,
                                    .scaled_unit = "nanometer",
                                    .offset = 1}));
}

// The fields that the published schema requires, and their types.
TEST(Geff, WritesTheMetadataThatTheSchemaAsksFor) {
  const std::string folder = files::folder() + "graph.geff";

  write_geff(folder, merge());
  const json geff = attributes_of(folder);

  EXPECT_EQ(geff.at("geff_version"), "1.1");
  EXPECT_EQ(geff.at("directed"), true);
  EXPECT_EQ(geff.at("axes").at(0).at("type"), "time");
  EXPECT_EQ(geff.at("display_hints").at("display_horizontal"), "x");
  EXPECT_EQ(geff.at("node_props_metadata").at("area").at("identifier"), "area");
  EXPECT_EQ(geff.at("node_props_metadata").at("area").at("dtype"), "float64");
  EXPECT_EQ(geff.at("node_props_metadata").at("note").at("dtype"), "str");
  EXPECT_EQ(geff.at("edge_props_metadata").at("merge").at("dtype"), "int64");
  EXPECT_EQ(geff.at("extra").at("mote").at("events").size(), 2U);
}

TEST(Geff, HoldsAGraphOfNothing) {
  const std::string folder = files::folder() + "empty.geff";

  write_geff(folder, {});
  const GeffGraph read = read_geff(folder);

  EXPECT_TRUE(read.nodes.empty());
  EXPECT_TRUE(read.edges.empty());
  EXPECT_EQ(json::parse(files::read(folder + "/edges/ids/.zarray")).at("shape"), (json{0, 2}));
}

TEST(Geff, HoldsManyNodes) {
  const std::string folder = files::folder() + "long.geff";
  GeffGraph chain;
  std::vector<double> x;
  for (uint64_t i = 0; i < 200'000; ++i) {
    chain.nodes.push_back(i + 7);
    x.push_back(static_cast<double>(i) / 3);
    if (i > 0) {
      chain.edges.push_back({i + 6, i + 7});
    }
  }
  chain.node_props = {{.name = "x", .values = x}};

  write_geff(folder, chain);
  const GeffGraph read = read_geff(folder);

  EXPECT_EQ(read.nodes, chain.nodes);
  EXPECT_EQ(read.edges, chain.edges);
  EXPECT_EQ(read.node_props, chain.node_props);
}

TEST(Geff, LeavesNothingBehindWhereItFails) {
  const std::string folder = files::folder();
  GeffGraph graph = merge();
  graph.node_props[5].values = std::vector<std::string>{std::string(5000, 'a'), "", ""};

  EXPECT_THROW(write_geff(folder + "graph.geff", graph), Error);

  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(Geff, DoesNotOverwrite) {
  const std::string folder = files::folder() + "graph.geff";
  write_geff(folder, merge());

  const Error error = thrown_by([&] { write_geff(folder, merge()); });

  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("is there already"));
}

TEST(Geff, RefusesToWriteWhatIsNoGraph) {
  const std::string folder = files::folder() + "graph.geff";
  const auto message = [&](auto change) -> std::string {
    GeffGraph graph = merge();
    change(graph);
    return thrown_by([&] { write_geff(folder, graph); }).what();
  };

  EXPECT_THAT(message([](GeffGraph& g) { g.nodes[1] = 1; }), HasSubstr("twice"));
  EXPECT_THAT(message([](GeffGraph& g) { g.edges[0].target = 9; }), HasSubstr("from 1 to 9"));
  EXPECT_THAT(message([](GeffGraph& g) { g.edges[1] = g.edges[0]; }), HasSubstr("there twice"));
  EXPECT_THAT(message([](GeffGraph& g) { g.edges[0] = {2, 2}; }), HasSubstr("two different"));
  EXPECT_THAT(message([](GeffGraph& g) { g.node_props[0].name = "../x"; }),
              HasSubstr("plain name"));
  EXPECT_THAT(message([](GeffGraph& g) { g.node_props[0].missing = {true}; }),
              HasSubstr("expected 3"));
  EXPECT_THAT(message([](GeffGraph& g) { g.axes[0].name = "area"; }), HasSubstr("misses none"));
  EXPECT_THAT(message([](GeffGraph& g) { g.axes[0].scale.reset(); }), HasSubstr("no scale"));
  EXPECT_THAT(message([](GeffGraph& g) { g.track_node_props["tracklet"] = "no"; }),
              HasSubstr("tracklet"));
  EXPECT_THAT(message([](GeffGraph& g) { g.extra_json = "{"; }), HasSubstr("extra metadata"));
}

// A graph of version 3 with numbers of other types, as other programs write it.
std::map<std::string, std::string> foreign() {
  const std::string bytes = R"([{"name":"bytes"}])";
  return {{"zarr.json", R"({"zarr_format":3,"node_type":"group","attributes":{"geff":{
             "geff_version":"1.0","directed":false,"axes":[{"name":"t","type":"time"}],
             "node_props_metadata":{"t":{"identifier":"t","dtype":"uint8"},
               "tail":{"identifier":"tail","dtype":"float64","varlength":true},
               "cov":{"identifier":"cov","dtype":"uint8"}},
             "edge_props_metadata":{}}}})"},
          {"nodes/ids/zarr.json", drawn::zarr3("[2]", "[2]", "uint8", bytes)},
          {"nodes/ids/c/0", "\x05\x06"},
          {"nodes/props/t/values/zarr.json", drawn::zarr3("[2]", "[2]", "uint8", bytes)},
          {"nodes/props/t/values/c/0", "\x01\x02"},
          {"nodes/props/cov/values/zarr.json", drawn::zarr3("[2,2]", "[2,2]", "uint8", bytes)},
          {"edges/ids/zarr.json", drawn::zarr3("[1,2]", "[1,2]", "uint8", bytes)},
          {"edges/ids/c/0/0", "\x05\x06"}};
}

TEST(Geff, ReadsNumbersOfOtherTypesAndSaysWhatItLeftOut) {
  const GeffGraph graph = read_geff(drawn::ZarrMemory(foreign()));

  EXPECT_EQ(graph.version, "1.0");
  EXPECT_FALSE(graph.directed);
  EXPECT_THAT(graph.nodes, ElementsAre(5, 6));
  EXPECT_THAT(graph.edges, ElementsAre(GeffEdge{5, 6}));
  ASSERT_EQ(graph.node_props.size(), 1U);
  EXPECT_THAT(std::get<std::vector<int64_t>>(graph.node_props[0].values), ElementsAre(1, 2));
  EXPECT_THAT(graph.left_out, ElementsAre("cov", "tail"));
}

TEST(Geff, LeavesOutTextsThatItDoesNotReadWhereNothingNeedsThem) {
  auto files = foreign();
  const std::string texts = drawn::zarray("[2]", "[2]", "|O", R"("filters":[{"id":"vlen-utf8"}])");
  files.erase("nodes/props/cov/values/zarr.json");
  files["nodes/props/cov/values/.zarray"] = texts;

  EXPECT_THAT(read_geff(drawn::ZarrMemory(files)).left_out, ElementsAre("cov", "tail"));

  files.erase("nodes/props/t/values/zarr.json");
  files["nodes/props/t/values/.zarray"] = texts;
  EXPECT_THAT(thrown_by([&] { read_geff(drawn::ZarrMemory(files)); }).what(),
              HasSubstr("elements of type \"|O\""));
}

TEST(Geff, ReadsNegativeNumbersOfEveryWidth) {
  for (const auto& [type, bytes] :
       std::map<std::string, std::string>{{"int8", "\xFE\x7F"},
                                          {"int16", std::string("\xFE\xFF\x7F\0", 4)},
                                          {"int32", std::string("\xFE\xFF\xFF\xFF\x7F\0\0\0", 8)},
                                          {"float16", std::string("\0\xC0\xF0\x57", 4)}}) {
    auto files = foreign();
    files["nodes/props/t/values/zarr.json"] =
        drawn::zarr3("[2]", "[2]", type, R"([{"name":"bytes"}])");
    files["nodes/props/t/values/c/0"] = bytes;

    const GeffColumn t = read_geff(drawn::ZarrMemory(files)).node_props.at(0);

    const std::vector<double> values = std::visit(
        [](const auto& all) -> std::vector<double> {
          if constexpr (std::is_same_v<std::decay_t<decltype(all)>, std::vector<std::string>>) {
            return {};
          } else {
            return {all.begin(), all.end()};
          }
        },
        t.values);
    EXPECT_THAT(values, ElementsAre(-2, 127)) << type;
  }
}

TEST(Geff, ReplacesTextThatIsNoUtf8) {
  const std::string folder = files::folder() + "graph.geff";
  GeffGraph graph = merge();
  graph.node_props[5].values = std::vector<std::string>{
      "a\xFF"
      "b",
      "\xC3", "\xED\xA0\x80"};

  write_geff(folder, graph);
  const GeffGraph read = read_geff(folder);

  const auto note = std::find_if(read.node_props.begin(), read.node_props.end(),
                                 [](const GeffColumn& column) { return column.name == "note"; });
  EXPECT_THAT(std::get<std::vector<std::string>>(note->values),
              ElementsAre("a\uFFFDb", "\uFFFD", "\uFFFD\uFFFD\uFFFD"));
}

TEST(Geff, RefusesDamagedGraphs) {
  const auto error = [](const std::string& key, const std::string& bytes) {
    auto files = foreign();
    files[key] = bytes;
    return thrown_by([&] { read_geff(drawn::ZarrMemory(files)); });
  };
  const auto ids = [](const std::string& shape) {
    return drawn::zarr3(shape, "[2]", "uint8", R"([{"name":"bytes"}])");
  };

  EXPECT_EQ(error("nodes/ids/c/0", "\5").kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error("nodes/ids/c/0", "\5\5").what(), HasSubstr("twice"));
  EXPECT_THAT(error("edges/ids/c/0/0", "\5\7").what(), HasSubstr("from 5 to 7"));
  EXPECT_THAT(error("nodes/ids/zarr.json", ids("[3]")).what(), HasSubstr("for 3 ids"));
  EXPECT_THAT(error("nodes/ids/zarr.json", ids("[99999999999]")).what(), HasSubstr("chunks"));
  EXPECT_EQ(error("nodes/ids/zarr.json", "{").kind(), ErrorKind::kBadFile);
  EXPECT_EQ(error("zarr.json", R"({"attributes":{}})").kind(), ErrorKind::kNotFound);
  EXPECT_EQ(error("zarr.json", R"({"attributes":{"geff":{"geff_version":"2.0"}}})").kind(),
            ErrorKind::kUnsupported);
  EXPECT_EQ(error("zarr.json", R"({"attributes":{"geff":[]}})").kind(), ErrorKind::kBadFile);
}

}  // namespace
}  // namespace mote::io
