#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/frame_source.h"
#include "mote/core/image.h"
#include "mote/io/open.h"
#include "mote/segment/threshold.h"

namespace mote::segment {
namespace {

const std::filesystem::path kTiles = MOTE_SOURCE_DIR "/../shared/data/tem-tiles";

Grid<float> read(const std::filesystem::path& path) {
  return to_float32(io::open_frames(path.string())->read(0).image);
}

double foreground_iou(const std::string& part, int number) {
  const std::string name = "_" + std::to_string(number) + ".png";
  const Grid<float> image = read(kTiles / part / "images" / ("image" + name));
  const Grid<float> truth = read(kTiles / part / "labels" / ("label" + name));
  const auto segmenter = make_threshold_segmenter(tiles_preset());

  const Segmentation found = segment_one(*segmenter, {image, BinaryImage()});

  double both = 0;
  double either = 0;
  for (size_t i = 0; i < truth.values().size(); ++i) {
    const bool here = found.labels.values()[i] != 0;
    const bool there = truth.values()[i] > 127;
    both += here && there;
    either += here || there;
  }
  return both / either;
}

TEST(Tiles, PresetReproducesThePublishedLabels) {
  if (!std::filesystem::exists(kTiles)) {
    GTEST_SKIP() << "no " << kTiles;
  }

  double sum = 0;
  for (int i = 0; i < 20; ++i) {
    sum += foreground_iou("train", i);
  }
  for (int i = 0; i < 10; ++i) {
    sum += foreground_iou("test", i);
  }

  EXPECT_GE(sum / 30, 0.996);
}

}  // namespace
}  // namespace mote::segment
