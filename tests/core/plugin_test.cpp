#include "mote/core/plugin.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mote/core/error.h"

namespace mote {
namespace {

/// The kind of error that loading ends with, its message on stderr.
ErrorKind refusal_of(const std::string& name) {
  try {
    load_plugin(name);
  } catch (const Error& error) {
    std::fputs(error.what(), stderr);
    return error.kind();
  }
  std::fputs("loaded", stderr);
  std::exit(EXIT_FAILURE);
}

/// Leaves this process 64 MB of address space.
void limit_address_space() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const auto held = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE));
  rlimit space{};
  getrlimit(RLIMIT_AS, &space);
  space.rlim_cur = held + (rlim_t{64} << 20);
  setrlimit(RLIMIT_AS, &space);
}

bool is_built(const std::string& name) {
  return std::filesystem::exists(plugin_folders().front() + "/lib" + name + ".so");
}

TEST(Plugin, ThatIsMissingIsToldWithThePathsTried) {
  try {
    load_plugin("mote_nowhere");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(),
                testing::StartsWith("plug-in libmote_nowhere.so could not be loaded"));
    EXPECT_THAT(error.what(), testing::HasSubstr(plugin_folders().front()));
  }
}

TEST(PluginDeathTest, ForWhichMemoryDoesNotSufficeIsToldSo) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer takes address space without end";
#endif
  if (!is_built("mote_learned")) {
    GTEST_SKIP() << "built without the networks";
  }

  EXPECT_EXIT(
      {
        limit_address_space();
        std::exit(refusal_of("mote_learned") == ErrorKind::kResource ? EXIT_SUCCESS : EXIT_FAILURE);
      },
      testing::ExitedWithCode(EXIT_SUCCESS), "memory does not suffice to load .*libmote_learned");
}

}  // namespace
}  // namespace mote
