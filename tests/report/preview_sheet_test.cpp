#include "mote/report/preview_sheet.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>

#include "mote/report/canvas.h"

namespace mote::report {
namespace {

int64_t count_of(const Picture& picture, Rgb colour) {
  return std::count(picture.values().begin(), picture.values().end(), colour);
}

TEST(PreviewSheet, CountsEveryFinitePixelBetweenItsEnds) {
  Grid<float> image({100, 100}, 40);
  for (int64_t x = 0; x < 100; ++x) {
    image(3, x) = 140;
  }
  image(0, 0) = std::numeric_limits<float>::quiet_NaN();

  const Histogram counted = histogram(image, 10);

  EXPECT_EQ(counted.low, 40);
  EXPECT_EQ(counted.high, 140);
  EXPECT_EQ(counted.counts.front(), 9899);
  EXPECT_EQ(counted.counts.back(), 100);
}

TEST(PreviewSheet, ShowsThePieceInTheMiddleUnlessTheParticlesLieElsewhere) {
  const Size field{1000, 800};

  EXPECT_EQ(preview_piece(field, {}, 400), (Box{300, 200, 400, 400}));
  EXPECT_EQ(preview_piece(field, {{10, 10}, {350, 250}}, 400), (Box{300, 200, 400, 400}));
  EXPECT_EQ(preview_piece(field, {{10, 10}, {750, 199.5}}, 401), (Box{550, 0, 401, 401}));
  EXPECT_EQ(preview_piece(field, {{990, 400}}, 401), (Box{599, 200, 401, 401}));
  EXPECT_EQ(preview_piece({100, 50}, {{90, 40}}, 401), (Box{0, 0, 100, 50}));
}

TEST(PreviewSheet, PlacesEveryPictureWithoutOverlap) {
  const Rgb red{255, 0, 0};
  const Rgb green{0, 255, 0};
  PreviewSheet sheet{.title = "title", .threshold = 0.4};
  sheet.histogram.counts = {5, 900, 30, 2};
  for (int i = 0; i < 3; ++i) {
    sheet.frames.push_back({Picture({100, 200}, red), "frame"});
  }
  for (int i = 0; i < 9; ++i) {
    sheet.variants.push_back({Picture({60, 50}, green), "--sigma-px 2", 7, i == 4});
  }

  const Picture picture = draw(sheet);

  EXPECT_EQ(picture.width(), 1680);
  EXPECT_EQ(count_of(picture, red), 3 * 100 * 200);
  EXPECT_EQ(count_of(picture, green), 9 * 60 * 50);
}

TEST(PreviewSheet, BearsWithMissingParts) {
  EXPECT_EQ(draw({}).width(), 1680);
  EXPECT_EQ(draw({.frames = {{Picture({1, 5000}), ""}}, .threshold = std::nan("")}).width(), 1680);
}

}  // namespace
}  // namespace mote::report
