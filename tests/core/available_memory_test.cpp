#include "mote/core/available_memory.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

constexpr auto kMeminfo = "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n";

TEST(AvailableMemory, IsWhatTheSystemSays) {
  EXPECT_EQ(available_memory_bytes(kMeminfo, "", ""), 8'000'000LL * 1024);
  EXPECT_EQ(available_memory_bytes(kMeminfo, "max\n", "anon 5\n"), 8'000'000LL * 1024);
}

TEST(AvailableMemory, IsLessWhereTheGroupAllowsLess) {
  EXPECT_EQ(available_memory_bytes(kMeminfo, "1000\n", "anon 300\nfile 600\n"), 700);
  EXPECT_EQ(available_memory_bytes(kMeminfo, "1000\n", "anon 1300\n"), 0);
  EXPECT_EQ(available_memory_bytes("", "1000\n", ""), 1000);
}

TEST(AvailableMemory, IsNotKnownWhereNothingTells) {
  EXPECT_FALSE(available_memory_bytes("", "", "").has_value());
}

TEST(AvailableMemory, OfThisMachineIsSome) {
  const std::optional<int64_t> bytes = available_memory_bytes();

  ASSERT_TRUE(bytes.has_value());
  EXPECT_GT(*bytes, 1'000'000);
}

}  // namespace
}  // namespace mote
