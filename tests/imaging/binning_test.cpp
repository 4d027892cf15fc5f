#include "mote/imaging/binning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::imaging {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(BinnedMean, AveragesBinsAndImagesAndLeavesTheRestOut) {
  Image image({3, 5}, SampleType::kUint8);
  for (int i = 0; i < 15; ++i) {
    image.as<uint8_t>()[i] = static_cast<uint8_t>(i);
  }
  Image brighter = image;
  brighter.as<uint8_t>()[0] = 8;

  BinnedMean mean({0, 0, 3, 5}, 2, 2);
  mean.add(image);
  mean.add(brighter);

  const Grid<float> result = to_float32(mean.mean());
  EXPECT_EQ(result.size(), (Size{1, 2}));
  EXPECT_THAT(result.values(), ElementsAre(4, 5));
}

TEST(BinnedMean, RefusesWhatDoesNotFit) {
  EXPECT_THAT([] { BinnedMean({0, 0, 4, 4}, 5, 1); }, ThrowsMessage<Error>(HasSubstr("fit")));
  EXPECT_THAT(
      [] {
        BinnedMean({0, 0, 9000, 9000}, 300, 1);
      },
      ThrowsMessage<Error>(HasSubstr("65536 samples")));
}

TEST(BinnedAny, IsYesWhereOnePixelIs) {
  const BinaryImage image({2, 5}, {0, 0, 0, 0, 0,  //
                                   0, 0, 0, 7, 0});

  EXPECT_EQ(binned_any(image, {0, 0, 2, 5}, 2), BinaryImage({1, 2}, {0, 1}));
  EXPECT_EQ(binned_any(image, {0, 1, 2, 4}, 2), BinaryImage({1, 2}, {0, 1}));
}

}  // namespace
}  // namespace mote::imaging
