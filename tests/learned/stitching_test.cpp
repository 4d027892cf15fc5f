#include "mote/learned/stitching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::learned {
namespace {

FoundInstance block(const Box& box, double score) {
  return {.box = box, .mask = BinaryImage(box.size(), 1), .score = score};
}

int64_t pixels_of(const LabelImage& labels, int32_t label) {
  return std::count(labels.values().begin(), labels.values().end(), label);
}

// Two tiles of 40 x 40 px that share columns 30 to 39 of a field of 40 x 70 px.
const Size kField = {40, 70};
const Box kLeft = {0, 0, 40, 40};
const Box kRight = {0, 30, 40, 40};

TEST(Stitching, NumbersInstancesByFallingScore) {
  const LabelImage labels =
      stitched({{kLeft, {block({5, 5, 4, 4}, 0.5), block({20, 5, 4, 4}, 0.9)}}}, {40, 40}, 0.7);

  EXPECT_EQ(labels(20, 5), 1);
  EXPECT_EQ(labels(5, 5), 2);
}

TEST(Stitching, TakesTheWholeOfWhatAnotherTileCut) {
  const LabelImage labels =
      stitched({{kLeft, {block({10, 32, 10, 8}, 0.9)}}, {kRight, {block({10, 2, 10, 20}, 0.6)}}},
               kField, 0.7);

  EXPECT_EQ(pixels_of(labels, 1), 200);
  EXPECT_EQ(pixels_of(labels, 2), 0);
}

TEST(Stitching, JoinsThePiecesOfWhatEveryTileCut) {
  const LabelImage labels =
      stitched({{kLeft, {block({10, 20, 10, 20}, 0.9)}}, {kRight, {block({10, 0, 10, 25}, 0.6)}}},
               kField, 0.7);

  EXPECT_EQ(pixels_of(labels, 1), 350);
  EXPECT_EQ(pixels_of(labels, 2), 0);
}

TEST(Stitching, KeepsNeighboursOfTwoTilesApart) {
  const LabelImage labels =
      stitched({{kLeft, {block({10, 20, 10, 10}, 0.9)}}, {kRight, {block({10, 2, 10, 10}, 0.6)}}},
               kField, 0.7);

  EXPECT_EQ(pixels_of(labels, 1), 100);
  EXPECT_EQ(pixels_of(labels, 2), 100);
}

TEST(Stitching, LeavesOutTheLessSureOfTwoThatOverlap) {
  const LabelImage labels = stitched(
      {{kLeft, {block({10, 10, 10, 10}, 0.6), block({10, 11, 10, 10}, 0.9)}}}, {40, 40}, 0.7);

  EXPECT_EQ(pixels_of(labels, 1), 100);
  EXPECT_EQ(labels(10, 10), 0);
}

TEST(Stitching, GivesPixelsToTheSurerOfTwoThatOverlapALittle) {
  const LabelImage labels = stitched(
      {{kLeft, {block({10, 10, 10, 10}, 0.6), block({10, 18, 10, 10}, 0.9)}}}, {40, 40}, 0.7);

  EXPECT_EQ(pixels_of(labels, 1), 100);
  EXPECT_EQ(pixels_of(labels, 2), 80);
}

TEST(Stitching, LeavesOutWhatLostHalfOfItsPixels) {
  const LabelImage labels = stitched(
      {{kLeft, {block({10, 10, 4, 4}, 0.6), block({10, 11, 12, 12}, 0.9)}}}, {40, 40}, 0.7);

  EXPECT_EQ(pixels_of(labels, 2), 0);
}

TEST(Stitching, LeavesOutWhatLiesBeyondTheField) {
  const LabelImage labels =
      stitched({{{0, 0, 64, 64}, {block({10, 25, 10, 20}, 0.6), block({10, 5, 10, 20}, 0.6)}}},
               {40, 30}, 0.7);

  EXPECT_EQ(pixels_of(labels, 1), 200);
  EXPECT_EQ(pixels_of(labels, 2), 0);
}

}  // namespace
}  // namespace mote::learned
