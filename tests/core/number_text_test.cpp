#include "mote/core/number_text.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(NumberText, IsTheNumberOfTheWholeText) {
  EXPECT_EQ(number_from<int32_t>("-12"), -12);
  EXPECT_EQ(number_from<double>("2.5e3"), 2500);
}

TEST(NumberText, IsNothingWhereAnyOfTheTextIsNone) {
  EXPECT_FALSE(number_from<int32_t>(""));
  EXPECT_FALSE(number_from<int32_t>("12 "));
  EXPECT_FALSE(number_from<int32_t>(" 12"));
  EXPECT_FALSE(number_from<int32_t>("1.5"));
  EXPECT_FALSE(number_from<double>("1.5px"));
}

TEST(NumberText, IsNothingBeyondItsType) {
  EXPECT_FALSE(number_from<int32_t>("2147483648"));
  EXPECT_FALSE(number_from<double>("1e999"));
}

}  // namespace
}  // namespace mote
