#include "mote/imaging/components.h"

#include <gtest/gtest.h>

namespace mote::imaging {
namespace {

TEST(Components, AreEightConnectedAndNumberedInReadingOrder) {
  const BinaryImage mask({4, 6}, {0, 0, 0, 0, 1, 1,  //
                                  1, 0, 1, 0, 0, 0,  //
                                  0, 1, 0, 0, 0, 0,  //
                                  0, 0, 0, 0, 1, 0});

  const Components found = components_of(mask);

  EXPECT_EQ(found.labels, LabelImage({4, 6}, {0, 0, 0, 0, 1, 1,  //
                                              2, 0, 2, 0, 0, 0,  //
                                              0, 2, 0, 0, 0, 0,  //
                                              0, 0, 0, 0, 3, 0}));
  ASSERT_EQ(found.components.size(), 3);
  EXPECT_EQ(found.components[1], (Component{3, {1, 0, 2, 3}, true}));
}

TEST(Components, OfArmsThatMeetFurtherDownAreOne) {
  const BinaryImage mask({4, 7}, {1, 0, 1, 0, 1, 0, 1,  //
                                  1, 0, 1, 0, 1, 0, 1,  //
                                  1, 1, 1, 0, 1, 1, 1,  //
                                  0, 0, 0, 1, 0, 0, 0});

  const Components found = components_of(mask);

  ASSERT_EQ(found.components.size(), 1);
  EXPECT_EQ(found.components[0], (Component{15, {0, 0, 4, 7}, true}));
}

TEST(Components, OfNothingAreNone) {
  EXPECT_TRUE(components_of(BinaryImage()).components.empty());
  EXPECT_TRUE(components_of(BinaryImage({3, 40})).components.empty());
}

TEST(LabelPieces, AreEightConnectedAndOfOneLabelEach) {
  const LabelPieces found = pieces_of(LabelImage({3, 6}, {7, 0, 2, 2, 0, 7,  //
                                                          0, 7, 2, 0, 0, 7,  //
                                                          0, 0, 0, 2, 0, 0}));

  EXPECT_EQ(found.numbers, LabelImage({3, 6}, {2, 0, 1, 1, 0, 3,  //
                                               0, 2, 1, 0, 0, 3,  //
                                               0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(found.labels, (std::vector<int32_t>{2, 7, 7}));
  EXPECT_EQ(found.areas_px, (std::vector<int64_t>{4, 2, 2}));
}

TEST(Holes, AreFourConnectedAndDoNotReachTheBorder) {
  const BinaryImage mask({5, 7}, {1, 1, 1, 1, 1, 1, 1,  //
                                  1, 0, 1, 1, 1, 1, 0,  //
                                  1, 1, 0, 1, 0, 0, 1,  //
                                  1, 1, 1, 1, 0, 1, 1,  //
                                  1, 1, 1, 1, 1, 1, 1});

  const Components found = holes_of(mask);

  EXPECT_EQ(found.labels, LabelImage({5, 7}, {0, 0, 0, 0, 0, 0, 0,  //
                                              0, 1, 0, 0, 0, 0, 0,  //
                                              0, 0, 2, 0, 3, 3, 0,  //
                                              0, 0, 0, 0, 3, 0, 0,  //
                                              0, 0, 0, 0, 0, 0, 0}));
  ASSERT_EQ(found.components.size(), 3);
  EXPECT_EQ(found.components[2], (Component{3, {2, 4, 2, 2}, false}));
}

}  // namespace
}  // namespace mote::imaging
