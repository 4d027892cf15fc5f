#include "mote/core/hash.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

// XXH3 of nothing, as the reference implementation's sanity checks have it.
TEST(Hash, IsThatOfTheReferenceForNothing) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2U);
  EXPECT_EQ(Hash64().value(), 0x2D06800538D394C2U);
  EXPECT_EQ(Hash128().hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(Hash, DoesNotDependOnHowBytesArePieced) {
  const std::string bytes(3000, 'x');
  Hash64 whole64;
  Hash64 pieces64;
  Hash128 whole128;
  Hash128 pieces128;

  whole64.add(bytes);
  whole128.add(bytes);
  for (size_t i = 0; i < bytes.size(); i += 700) {
    pieces64.add(std::string_view(bytes).substr(i, 700));
    pieces128.add(std::string_view(bytes).substr(i, 700));
  }

  EXPECT_EQ(whole64.value(), hash64(bytes));
  EXPECT_EQ(pieces64.value(), whole64.value());
  EXPECT_EQ(pieces128.hex(), whole128.hex());
}

TEST(Hash, ChangesWithOneBit) {
  Hash128 one;
  Hash128 other;

  one.add("a");
  other.add("c");

  EXPECT_NE(hash64("a"), hash64("c"));
  EXPECT_NE(one.hex(), other.hex());
}

}  // namespace
}  // namespace mote
