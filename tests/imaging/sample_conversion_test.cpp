#include "mote/imaging/sample_conversion.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::imaging {
namespace {

using testing::ElementsAre;

template <typename T>
Image image_of(SampleType type, const std::vector<T>& samples) {
  Image image({1, static_cast<int64_t>(samples.size())}, type);
  std::copy(samples.begin(), samples.end(), image.as<T>());
  return image;
}

template <typename T>
std::vector<T> samples_of(const Image& image) {
  return {image.as<T>(), image.as<T>() + image.size().area()};
}

TEST(SampleRange, IsThatOfAllImagesJoined) {
  SampleRange range = range_of(image_of<int16_t>(SampleType::kInt16, {-7, 3}));

  range.join(range_of(image_of<float>(SampleType::kFloat32, {0.5F, 12})));

  EXPECT_EQ(range.least, -7);
  EXPECT_EQ(range.most, 12);
  EXPECT_FALSE(range.whole);
}

TEST(SampleTypes, HoldOneAnother) {
  EXPECT_TRUE(holds_all(SampleType::kInt16, SampleType::kUint8));
  EXPECT_TRUE(holds_all(SampleType::kFloat32, SampleType::kUint16));
  EXPECT_TRUE(holds_all(SampleType::kFloat64, SampleType::kUint32));
  EXPECT_FALSE(holds_all(SampleType::kUint16, SampleType::kInt8));
  EXPECT_FALSE(holds_all(SampleType::kFloat32, SampleType::kInt32));
  EXPECT_FALSE(holds_all(SampleType::kUint32, SampleType::kFloat32));
}

TEST(Converted, KeepsNumbersThatFit) {
  const Converted made = converted(image_of<float>(SampleType::kFloat32, {0, 255, 300, -1, 1.25F}),
                                   SampleType::kUint8, std::nullopt);

  EXPECT_THAT(samples_of<uint8_t>(made.image), ElementsAre(0, 255, 255, 0, 1));
  EXPECT_EQ(made.clipped, 2);
  EXPECT_EQ(made.rounded, 1);
}

TEST(Converted, LaysNumbersOnAScale) {
  const Converted made = converted(image_of<int16_t>(SampleType::kInt16, {-100, 0, 155, 200, -101}),
                                   SampleType::kUint8, GreyScale{.black = -100, .white = 155});

  EXPECT_THAT(samples_of<uint8_t>(made.image), ElementsAre(0, 100, 255, 255, 0));
  EXPECT_EQ(made.clipped, 2);
}

TEST(Converted, CountsWhatFloat32CannotHold) {
  const Converted made = converted(image_of<double>(SampleType::kFloat64, {0.1, 0.5, 1e300}),
                                   SampleType::kFloat32, std::nullopt);

  EXPECT_EQ(made.rounded, 1);
  EXPECT_EQ(made.clipped, 1);
}

TEST(Converted, RefusesAScaleOfFloatingPoint) {
  EXPECT_THROW(converted(Image({1, 1}, SampleType::kUint8), SampleType::kFloat32, GreyScale{}),
               Error);
}

}  // namespace
}  // namespace mote::imaging
