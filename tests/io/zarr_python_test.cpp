// mote and zarr-python read what the other writes. Left out, with a reason, where there is none.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "mote/io/geff.h"
#include "mote/io/ome_zarr_writer.h"
#include "mote/io/open.h"
#include "mote/io/tiff_samples.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

// The exit status of the peer; 77 where there is no zarr-python for any interpreter.
int peer(const std::string& task, const std::string& folder) {
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    const std::string command = std::string(python) + " '" + MOTE_SOURCE_DIR +
                                "/tests/io/zarr_peer.py' " + task + " '" + folder + "' 1>&2";
    const int status = WEXITSTATUS(std::system(command.c_str()));
    if (status != 77 && status != 127) {
      return status;
    }
  }
  return 77;
}

#define SKIP_WITHOUT_PEER(status)                            \
  if ((status) == 77) {                                      \
    GTEST_SKIP() << "no zarr-python (package python3-zarr)"; \
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

  EXPECT_TRUE(std::isnan(sparse->read(0).image.as<float>()[0]));
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

TEST(ZarrPython, FindsAGraphThatKeepsTheRulesOfGeff) {
  const std::string folder = files::folder() + "graph.geff";
  write_geff(
      folder,
      {.nodes = {1, 2, 3},
       .edges = {{1, 3}, {2, 3}},
       .node_props = {{.name = "t", .values = std::vector<int64_t>{0, 0, 1}},
                      {.name = "y", .values = std::vector<double>{1.5, -2.25, 3}},
                      {.name = "x", .values = std::vector<double>{4, 5, 6}},
                      {.name = "track", .values = std::vector<int64_t>{1, 2, 3}},
                      {.name = "area",
                       .values = std::vector<double>{10, 0, 30},
                       .missing = {false, true, false}},
                      {.name = "note", .values = std::vector<std::string>{"a", "µ\U0001F600", ""}}},
       .edge_props = {{.name = "merge", .values = std::vector<int64_t>{1, 1}}},
       .axes = {{.name = "t", .type = "time"},
                {.name = "y", .type = "space", .unit = "nanometer"},
                {.name = "x", .type = "space", .unit = "nanometer"}},
       .track_node_props = {{"tracklet", "track"}}});

  const int status = peer("geff", folder);

  SKIP_WITHOUT_PEER(status)
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace mote::io
