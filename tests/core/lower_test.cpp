#include "mote/core/lower.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Lower, LeavesAllButAsciiLettersAsItIs) {
  EXPECT_EQ(lower("Frame_07.TIFF"), "frame_07.tiff");
  EXPECT_EQ(lower("µÄ"), "µÄ");
}

}  // namespace
}  // namespace mote
