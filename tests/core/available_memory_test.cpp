#include "mote/core/available_memory.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/temporary_folder.h"

namespace mote {
namespace {

/// A machine of which /proc and /sys say what a test writes there.
class AvailableMemory : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::optional<int64_t> bytes() const { return available_memory_bytes(root_.path()); }

  testing_support::TemporaryFolder root_;
};

TEST_F(AvailableMemory, IsWhatTheSystemSays) {
  write("proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n");
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.max", "max\n");
  write("proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units\n"
        "Max data size             unlimited            unlimited            bytes\n"
        "Max address space         unlimited            unlimited            bytes\n");

  EXPECT_EQ(bytes(), 8'000'000LL * 1024);
}

TEST_F(AvailableMemory, IsNotKnownWhereNothingTells) {
  EXPECT_FALSE(bytes().has_value());
}

TEST_F(AvailableMemory, IsLessWhereTheGroupAllowsLess) {
  write("proc/meminfo", "MemAvailable: 8000000 kB\n");
  write("proc/self/cgroup", "0::/user/job\n");
  write("sys/fs/cgroup/user/job/memory.max", "1000\n");
  write("sys/fs/cgroup/user/job/memory.stat", "anon 300\nfile 600\n");

  EXPECT_EQ(bytes(), 700);
}

TEST_F(AvailableMemory, IsNoneWhereTheGroupHoldsMoreThanItMay) {
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/job/memory.max", "1000\n");
  write("sys/fs/cgroup/job/memory.stat", "anon 1300\n");

  EXPECT_EQ(bytes(), 0);
}

TEST_F(AvailableMemory, IsLessWhereAGroupAboveAllowsLess) {
  write("proc/self/cgroup", "0::/user/job\n");
  write("sys/fs/cgroup/user/job/memory.max", "1000\n");
  write("sys/fs/cgroup/user/memory.max", "800\n");
  write("sys/fs/cgroup/user/memory.stat", "anon 200\n");

  EXPECT_EQ(bytes(), 600);
}

TEST_F(AvailableMemory, IsLessWhereAGroupOfVersion1AllowsLess) {
  write("proc/self/cgroup", "5:cpu,cpuacct:/job\n4:hugetlb,memory:/job\n0::/\n");
  write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n");
  write("sys/fs/cgroup/memory/memory.stat", "rss 1\ntotal_rss 100\n");

  EXPECT_EQ(bytes(), 900);
}

TEST_F(AvailableMemory, IsWhatAContainersMountSaysWhereItsPathIsTheMachines) {
  write("proc/self/cgroup", "4:memory:/docker/4f2a\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n");

  EXPECT_EQ(bytes(), 1000);
}

TEST_F(AvailableMemory, IsWhatTheLimitOfAddressSpaceLeaves) {
  write("proc/self/limits",
        "Max address space         2048000              unlimited            bytes\n");
  write("proc/self/status", "VmSize:	    1000 kB\nVmData:	    500 kB\n");

  EXPECT_EQ(bytes(), 1'024'000);
}

TEST_F(AvailableMemory, IsWhatTheLimitOfDataLeaves) {
  write("proc/self/limits", "Max data size             2048000              unlimited   bytes\n");
  write("proc/self/status", "VmSize:	    1000 kB\nVmData:	    500 kB\n");

  EXPECT_EQ(bytes(), 1'536'000);
}

TEST(AvailableMemoryOfThisMachine, IsSome) {
  const std::optional<int64_t> bytes = available_memory_bytes();

  ASSERT_TRUE(bytes.has_value());
  EXPECT_GT(*bytes, 1'000'000);
}

}  // namespace
}  // namespace mote
