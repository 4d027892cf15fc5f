// mote and zarr-python read what the other writes. Left out, with a reason, where there is none.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/geff.h"
#include "mote/io/ome_zarr_writer.h"
#include "mote/io/open.h"
#include "mote/io/tiff_samples.h"
#include "tests/io/files.h"
#include "tests/python.h"

namespace mote::io {
namespace {

int peer(const std::string& task, const std::string& folder) {
  return testing_support::python("tests/io/zarr_peer.py", {task, folder});
}

#define SKIP_WITHOUT_PEER(status)                                                               \
  if ((status) == 77) {                                                                         \
    GTEST_SKIP() << "no zarr-python or jsonschema (packages python3-zarr, python3-jsonschema)"; \
  }

// Element i is i * 7 % 120, in 3 frames of 20 x 30.
std::vector<float> drawn_values(int64_t frame) {
  std::vector<float> values;
  for (int64_t i = 0; i < 600; ++i) {
    values.push_back(static_cast<float>((frame * 600 + i) * 7 % 120));
  }
  return values;
}

TEST(ZarrPython, WritesWhatMoteReads) {
  const std::string folder = files::folder();
  const int status = peer("write", folder);
  SKIP_WITHOUT_PEER(status)
  ASSERT_EQ(status, 0);
  int64_t arrays = 0;

  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "sparse" || name == "type-one-b1") {
      continue;
    }
    const auto source = open_frames(entry.path().string());
    for (const int64_t frame : {2, 0, 1}) {
      EXPECT_THAT(to_float32(source->read(frame).image).values(),
                  testing::ElementsAreArray(drawn_values(frame)))
          << name << " frame " << frame;
    }
    ++arrays;
  }

  EXPECT_EQ(arrays, 32);
}

TEST(ZarrPython, WritesMissingChunksAndYesOrNoThatMoteReads) {
  const std::string folder = files::folder();
  const int status = peer("write", folder);
  SKIP_WITHOUT_PEER(status)
  ASSERT_EQ(status, 0);

  const auto sparse = open_frames(folder + "sparse");
  const auto yes = open_frames(folder + "type-one-b1");

  EXPECT_EQ(sparse->read(0).image.as<float>()[0], -1.5F);
  EXPECT_EQ(sparse->read(2).image.as<float>()[599], 1);
  EXPECT_EQ(yes->read(0).image.as<uint8_t>()[0], 0);
  EXPECT_EQ(yes->read(0).image.as<uint8_t>()[1], 1);
}

TEST(ZarrPython, ReadsImagesAndLabelsThatMoteWrote) {
  const std::string folder = files::folder();
  for (const auto type : {SampleType::kUint8, SampleType::kInt16, SampleType::kUint32,
                          SampleType::kFloat32, SampleType::kFloat64}) {
    const std::string path = folder + std::string(name(type));
    OmeZarrWriter writer(path, {.pixel_size = PixelSize{.y_nm = 0.5, .x_nm = 0.5}});
    for (int64_t frame = 0; frame < 2; ++frame) {
      Image image({1100, 13}, type);
      with_sample_type(type, [&](auto sample) {
        for (int64_t i = 0; i < 1100 * 13; ++i) {
          image.as<decltype(sample)>()[i] =
              static_cast<decltype(sample)>((frame * 1100 * 13 + i) * 3 % 251);
        }
      });
      LabelImage labels({1100, 13});
      labels.row(2)[3] = frame == 1 ? 70000 : 0;
      writer.write(image);
      writer.write(labels);
    }
    writer.close();

    const int status = peer("image", path);

    SKIP_WITHOUT_PEER(status)
    EXPECT_EQ(status, 0) << name(type);
  }
}

// Two tracks that merge; a measure that one node lacks, and texts.
GeffGraph graph_of_a_merge() {
  return {
      .nodes = {1, 2, 3, 4},
      .edges = {{1, 3}, {2, 3}, {3, 4}},
      .node_props = {{.name = "t", .values = std::vector<int64_t>{0, 0, 1, 2}},
                     {.name = "y", .values = std::vector<double>{1.5, -2.25, 3, 4}},
                     {.name = "x", .values = std::vector<double>{4, 5, 6, 7}},
                     {.name = "track", .values = std::vector<int64_t>{1, 2, 3, 3}},
                     {.name = "lineage", .values = std::vector<int64_t>{1, 1, 1, 1}},
                     {.name = "area",
                      .values = std::vector<double>{10, 0, 30, 30},
                      .missing = {false, true, false, false}},
                     {.name = "note",
                      .values = std::vector<std::string>{"a", "µ\U0001F600", "", ""}}},
      .edge_props = {{.name = "merge", .values = std::vector<int64_t>{1, 1, 0}}},
      .axes =
          {{.name = "t", .type = "time", .unit = "frame", .scale = 0.1, .scaled_unit = "second"},
           {.name = "y", .type = "space", .unit = "nanometer"},
           {.name = "x", .type = "space", .unit = "nanometer"}},
      .track_node_props = {{"tracklet", "track"}, {"lineage", "lineage"}},
      .related_objects = {{.type = "labels", .path = "../labels", .label_prop = "track"}}};
}

int judged(const GeffGraph& graph) {
  const std::string folder = files::folder() + "graph.geff";
  write_geff(folder, graph);
  return testing_support::python("tests/io/geff_rules.py", {folder});
}

TEST(ZarrPython, FindsAGraphThatKeepsTheSchemaAndTheRulesOfGeff) {
  const int status = judged(graph_of_a_merge());

  SKIP_WITHOUT_PEER(status)
  EXPECT_EQ(status, 0);
}

TEST(ZarrPython, FindsAnEmptyGraphThatKeepsTheRulesOfGeff) {
  const int status = judged({.axes = {}});

  SKIP_WITHOUT_PEER(status)
  EXPECT_EQ(status, 0);
}

TEST(ZarrPython, FindsTrackletsThatGoOnThroughAMerge) {
  GeffGraph graph = graph_of_a_merge();
  graph.node_props[3].values = std::vector<int64_t>{1, 2, 1, 1};

  const int status = judged(graph);

  SKIP_WITHOUT_PEER(status)
  EXPECT_EQ(status, 1);
}

TEST(ZarrPython, FindsAUnitAndAKindOfAxisThatGeffDoesNotKnow) {
  GeffGraph unit = graph_of_a_merge();
  unit.axes[1].unit = "nm";
  GeffGraph kind = graph_of_a_merge();
  kind.axes[1].type = "length";

  const int status = judged(unit);

  SKIP_WITHOUT_PEER(status)
  EXPECT_EQ(status, 1);
  EXPECT_EQ(judged(kind), 1);
}

TEST(ZarrPython, ReadsTextsThatMoteWrote) {
  const std::string folder = files::folder() + "graph.geff";
  write_geff(folder, graph_of_a_merge());

  const int status = peer("texts", folder);

  SKIP_WITHOUT_PEER(status)
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace mote::io
