#include "mote/report/canvas.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "mote/report/colours.h"

namespace mote::report {
namespace {

int64_t inked(const Picture& picture) {
  return std::count_if(picture.values().begin(), picture.values().end(),
                       [](Rgb pixel) { return pixel != kBlackRgb; });
}

double ink(const Picture& picture) {
  double sum = 0;
  for (const Rgb pixel : picture.values()) {
    sum += pixel.r / 255.0;
  }
  return sum;
}

TEST(Canvas, ALineHoldsAsMuchInkAsItsLengthTimesItsWidth) {
  Picture picture({100, 100});
  StrokeLayer layer(picture.size());

  layer.line({20, 10}, {70, 90}, {.width_px = 3});
  layer.draw_on(picture);

  const double round_ends = M_PI * 1.5 * 1.5;
  EXPECT_NEAR(ink(picture), 3 * std::hypot(50, 80) + round_ends, 4);
}

TEST(Canvas, WhereLinesMeetNoPixelIsInkedTwice) {
  Picture whole({40, 80});
  Picture pieces({40, 80});
  StrokeLayer one(whole.size());
  StrokeLayer many(pieces.size());

  one.line({10, 5}, {30, 75}, {.width_px = 2, .opacity = 0.5});
  for (int i = 0; i < 35; ++i) {
    many.line({10 + i * 20 / 35.0, 5.0 + 2 * i}, {10 + (i + 1) * 20 / 35.0, 7.0 + 2 * i},
              {.width_px = 2, .opacity = 0.5});
  }
  one.draw_on(whole);
  many.draw_on(pieces);

  for (size_t i = 0; i < whole.values().size(); ++i) {
    ASSERT_NEAR(whole.values()[i].r, pieces.values()[i].r, 1);
  }
}

TEST(Canvas, WhatLiesOutsideThePictureIsCutOff) {
  Picture picture({20, 20});
  StrokeLayer layer(picture.size());

  layer.line({-1e9, -1e9}, {1e9, 1e9}, {});
  layer.line({std::nan(""), 3}, {4, 5}, {});
  layer.ring({-5, 50}, 30, {});
  layer.draw_on(picture);
  fill(picture, {-10, -10, 5, 500}, kWhite);
  paste(picture, Picture({50, 50}, kWhite), -45, 15);
  draw_text(picture, {10, -40}, "outside and inside", {});

  EXPECT_GT(inked(picture), 0);
  EXPECT_EQ(picture(4, 19), kWhite);
}

TEST(Canvas, ReadsUtf8AndReplacesWhatIsBroken) {
  EXPECT_THAT(code_points("aµÅ±→"), testing::ElementsAre(U'a', U'µ', U'Å', U'±', U'→'));
  EXPECT_THAT(code_points("\xC3(\xFF\xE2\x82"),
              testing::ElementsAre(U'\uFFFD', U'(', U'\uFFFD', U'\uFFFD', U'\uFFFD'));
}

TEST(Canvas, EveryLetterOfAUnitIsDrawnDifferently) {
  std::vector<Picture> pictures;

  for (const char* letter : {"µ", "Å", "±", "²", "→", "·", "u"}) {
    pictures.emplace_back(Size{30, 30});
    draw_text(pictures.back(), {22, 5}, letter, {.height_px = 20});
  }

  for (size_t i = 0; i < pictures.size(); ++i) {
    EXPECT_GT(inked(pictures[i]), 5);
    for (size_t k = 0; k < i; ++k) {
      EXPECT_NE(pictures[i], pictures[k]);
    }
  }
}

TEST(Canvas, TextIsAlignedByItsWidth) {
  Picture left({30, 200});
  Picture right({30, 200});
  const double width = text_width("50 nm", 20);

  draw_text(left, {20, 100 - width}, "50 nm", {.height_px = 20});
  draw_text(right, {20, 100}, "50 nm", {.height_px = 20, .align = Align::kRight});

  EXPECT_EQ(left, right);
  EXPECT_LE(text_width(fit_text("a long file name", 12, 60), 12), 60);
  EXPECT_EQ(fit_text("short", 12, 600), "short");
}

TEST(Canvas, ThreadsDrawTheSameText) {
  std::vector<Picture> pictures(4, Picture({40, 200}));
  std::vector<std::thread> threads;

  for (Picture& picture : pictures) {
    threads.emplace_back([&picture] {
      draw_text(picture, {30, 4}, "merge 3 + 7 → 9", {.height_px = 18, .halo_px = 1.5});
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_THAT(pictures, testing::Each(pictures[0]));
}

TEST(Canvas, ShrinkingAveragesAndNeverEnlarges) {
  Picture stripes({4, 8});
  for (int64_t x = 0; x < 8; x += 2) {
    fill(stripes, {0, x, 4, 1}, {200, 100, 0});
  }

  EXPECT_EQ(shrink(stripes, 4), Picture(Size({2, 4}), Rgb({100, 50, 0})));
  EXPECT_EQ(shrink(stripes, 100), stripes);
}

TEST(Colours, FollowTheIdAloneAndDifferFromTheNext) {
  for (int32_t id = 1; id < 200; ++id) {
    EXPECT_NE(track_colour(id), track_colour(id + 1)) << id;
  }
  EXPECT_EQ(track_colour(1), palette()[0]);
  EXPECT_EQ(hex(track_colour(1)), "#33bbee");
  EXPECT_EQ(track_colour(2147483647), track_colour(2147483647));
}

}  // namespace
}  // namespace mote::report
