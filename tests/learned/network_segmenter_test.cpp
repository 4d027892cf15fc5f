#include "mote/learned/network_segmenter.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/core/error.h"
#include "tests/synthetic.h"

namespace mote::learned {
namespace {

using segment::NetworkOptions;

const BinaryImage kNothing;

/// Takes what is darker than mid-grey for particle, and notes what it was shown.
class DarkIsParticle : public MapNetwork {
 public:
  int64_t tile_px() const override { return 64; }
  int64_t multiple_px() const override { return 16; }
  double tile_bytes(int64_t /*side_px*/) const override { return 4096; }
  double blur_px() const override { return 1; }
  torch::Tensor probability(const torch::Tensor& tiles) override {
    return (0.5 - tiles.squeeze(1)).mul(20).sigmoid();
  }
};

class Failing : public DarkIsParticle {
 public:
  torch::Tensor probability(const torch::Tensor& tiles) override {
    return tiles.reshape({1, 2, 3});
  }
};

/// Asks for more memory than any machine has.
class Huge : public DarkIsParticle {
 public:
  double tile_bytes(int64_t /*side_px*/) const override { return 1e18; }
};

/// Finds one block of each tile's middle.
class MiddleOfTile : public InstanceNetwork {
 public:
  int64_t tile_px() const override { return 64; }
  int64_t multiple_px() const override { return 16; }
  double tile_bytes(int64_t /*side_px*/) const override { return 4096; }
  double blur_px() const override { return 1; }
  std::vector<std::vector<FoundInstance>> instances(const torch::Tensor& tiles,
                                                    const std::vector<Box>& places,
                                                    const segment::ShareDone& /*p*/) override {
    EXPECT_EQ(tiles.size(0), std::ssize(places));
    const FoundInstance found = {
        .box = {24, 24, 16, 16}, .mask = BinaryImage({16, 16}, 1), .score = 1};
    return std::vector<std::vector<FoundInstance>>(places.size(), {found});
  }
};

std::unique_ptr<segment::Segmenter> of_map(const NetworkOptions& options = {}) {
  return make_network_segmenter(options, {}, torch::kCPU, std::make_unique<DarkIsParticle>(),
                                nullptr);
}

TEST(NetworkSegmenter, RefusesPiecesForWhichMemoryDoesNotSuffice) {
  const auto segmenter =
      make_network_segmenter({}, {}, torch::kCPU, std::make_unique<Huge>(), nullptr);
  const Grid<float> image({64, 64}, 1.0F);

  try {
    segment::segment_one(*segmenter, {image, kNothing});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kResource);
    EXPECT_THAT(error.what(), testing::HasSubstr("1 piece of 64 x 64 px at once"));
    EXPECT_THAT(error.what(), testing::HasSubstr("a smaller --tile-px takes less"));
  }
}

TEST(NetworkSegmenter, MeasuresDiscsOfAFieldLargerThanItsTiles) {
  const auto discs = synthetic::scattered({200, 300}, 8, 12, 0.2, 6, 3);
  const auto image =
      synthetic::image({200, 300}, discs, {.background = 150, .particle = 50, .blur_px = 1});
  const auto segmenter = of_map({.tile_overlap_px = 16});

  const Segmentation found = segment::segment_one(*segmenter, {image, kNothing});

  EXPECT_EQ(found.regions.size(), discs.size());
  double area = 0;
  double expected = 0;
  for (const Region& region : found.regions) {
    area += region.area_px;
  }
  for (const synthetic::Disc& disc : discs) {
    expected += std::numbers::pi * disc.radius_px * disc.radius_px;
  }
  EXPECT_NEAR(area / expected, 1, 0.02);
}

TEST(NetworkSegmenter, DoesNotDependOnHowManyTilesItTakesAtOnce) {
  const auto image = synthetic::image({200, 300}, {{100, 150, 30}}, {.noise_sd = 5});

  const auto one = segment::segment_one(*of_map({.tiles_at_once = 1}), {image, kNothing});
  const auto four = segment::segment_one(*of_map({.tiles_at_once = 4}), {image, kNothing});

  EXPECT_EQ(one.labels, four.labels);
  EXPECT_EQ(one.coverage, four.coverage);
}

TEST(NetworkSegmenter, KeepsTheGreyRangeOfTheFirstFrame) {
  const auto first =
      synthetic::image({64, 64}, {{32, 32, 12}}, {.background = 150, .particle = 50});
  const auto later =
      synthetic::image({64, 64}, {{32, 32, 12}}, {.background = 250, .particle = 180});
  const auto segmenter = of_map();

  const auto found = segment::segment_one(*segmenter, {first, kNothing});
  const auto resumed = of_map();
  resumed->load_state(segmenter->save_state());
  const auto found_later = segment::segment_one(*resumed, {later, kNothing});

  EXPECT_EQ(found.regions.size(), 1);
  EXPECT_EQ(found_later.values.at("white"), found.values.at("white"));
  EXPECT_TRUE(found_later.regions.empty());  // all of it is brighter than the first frame's middle
}

TEST(NetworkSegmenter, TakesTheGreyRangeOfItsOptions) {
  const auto image =
      synthetic::image({64, 64}, {{32, 32, 12}}, {.background = 150, .particle = 50});
  const auto segmenter = of_map({.black = 0, .white = 1000});

  const Segmentation found = segment::segment_one(*segmenter, {image, kNothing});

  EXPECT_EQ(found.values.at("white"), 1000);
}

TEST(NetworkSegmenter, PaintsTheInstancesOfAllTiles) {
  const auto image = synthetic::image({64, 128}, {{32, 32, 9}, {32, 96, 9}}, {.blur_px = 1});
  const auto segmenter = make_network_segmenter({.tile_overlap_px = 0}, {}, torch::kCPU, nullptr,
                                                std::make_unique<MiddleOfTile>());

  const Segmentation found = segment::segment_one(*segmenter, {image, kNothing});

  ASSERT_EQ(found.regions.size(), 2);
  EXPECT_NEAR(found.regions[1].area_px, std::numbers::pi * 81, 8);
}

TEST(NetworkSegmenter, TellsBeforeEachTileHowMuchOfTheFrameIsDone) {
  const auto image = synthetic::image({64, 256}, {}, {});
  const auto segmenter = of_map({.tile_overlap_px = 0});
  std::vector<double> shares;

  segment::segment_one(*segmenter, {image, kNothing, [&](double s) { shares.push_back(s); }});

  EXPECT_THAT(shares, testing::ElementsAre(0, 0.25, 0.5, 0.75));
}

TEST(NetworkSegmenter, StopsAtTheNextTileWhereItIsToldTo) {
  const auto image = synthetic::image({64, 256}, {}, {});
  const auto segmenter = make_network_segmenter({.tile_overlap_px = 0}, {}, torch::kCPU, nullptr,
                                                std::make_unique<MiddleOfTile>());
  int tiles = 0;
  const auto stop_at_second = [&](double) {
    if (++tiles == 2) {
      throw std::exception();
    }
  };

  EXPECT_THROW(segment::segment_one(*segmenter, {image, kNothing, stop_at_second}), std::exception);

  EXPECT_EQ(tiles, 2);
}

TEST(NetworkSegmenter, TurnsWhatLibtorchThrowsIntoAnErrorOfOneLine) {
  const auto image = synthetic::image({64, 64}, {}, {});
  const auto segmenter =
      make_network_segmenter({}, {}, torch::kCPU, std::make_unique<Failing>(), nullptr);

  try {
    segment::segment_one(*segmenter, {image, kNothing});
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("libtorch: shape '[1, 2, 3]' is invalid"));
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n")));
  }
}

TEST(NetworkSegmenter, RefusesOptionsOutOfRange) {
  EXPECT_THROW(of_map({.tile_px = 100}), Error);
  EXPECT_THROW(of_map({.min_probability = 1}), Error);
  EXPECT_THROW(of_map({.black = 5, .white = 5}), Error);
}

}  // namespace
}  // namespace mote::learned
