#include "mote/imaging/smoothing_rule.h"

#include <gtest/gtest.h>

namespace mote::imaging {
namespace {

TEST(SmoothingRule, WarnsAboveATenthOfTheMedianRadius) {
  EXPECT_FALSE(smoothing_warning(1, 10).has_value());
  EXPECT_FALSE(smoothing_warning(0, 3).has_value());
  EXPECT_EQ(smoothing_warning(1, 3.24).value(),
            "the Gaussian's sigma of 1.0 px is 0.31 of the median radius of 3.2 px, more than 0.1: "
            "close particles may have been joined and small ones missed");
}

}  // namespace
}  // namespace mote::imaging
