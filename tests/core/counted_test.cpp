#include "mote/core/counted.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Counted, OneIsSingularAndNoneIsPlural) {
  EXPECT_EQ(counted(0, "frame"), "0 frames");
  EXPECT_EQ(counted(1, "frame"), "1 frame");
  EXPECT_EQ(counted(2, "frame"), "2 frames");
}

TEST(Counted, TakesAPluralThatIsNotRegular) {
  EXPECT_EQ(counted(1, "copy", "copies"), "1 copy");
  EXPECT_EQ(counted(0, "copy", "copies"), "0 copies");
}

}  // namespace
}  // namespace mote
