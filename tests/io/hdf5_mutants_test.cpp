// Damages real HDF5 files at random and reads what is left of them, through the program mote-hdf5:
// whatever libhdf5 does, mote gets frames or one line of error.
//
// MOTE_MUTANTS=50000 reads so many instead of a few, MOTE_MUTANTS_SEED=2 others, and
// MOTE_MUTANTS_KEEP=FOLDER keeps those that libhdf5 crashed on.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/drawn_hdf5.h"
#include "tests/io/hdf5_writer.h"
#include "tests/io/memory_file.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using drawn::Hdf5Spec;

// Real files of up to 200 KB, where they are at hand.
void add_samples(std::vector<std::string>& sound) {
  constexpr uintmax_t kMostBytes = 200'000;
  const std::filesystem::path data = MOTE_SOURCE_DIR "/../shared/data";
  std::vector<std::string> paths;
  for (const char* set : {"formats-emd", "formats-hspy", "formats-dm"}) {
    std::error_code absent;
    for (const auto& entry : std::filesystem::directory_iterator(data / set, absent)) {
      const std::string kind = entry.path().extension().string();
      if ((kind == ".emd" || kind == ".hspy" || kind == ".dm5") &&
          entry.file_size() <= kMostBytes) {
        paths.push_back(entry.path().string());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    sound.push_back(files::read(path));
  }
}

std::vector<std::string> sound_files() {
  const std::string path = files::folder() + "sound.h5";
  std::vector<std::string> sound;
  for (const Hdf5Spec& spec :
       {Hdf5Spec{}, Hdf5Spec{.chunked = true, .deflate = 6}, Hdf5Spec{.latest = true},
        Hdf5Spec{.chunked = true, .deflate = 1, .latest = true}}) {
    for (const auto& drawn :
         {drawn::velox_file({.frames = 3}),
          drawn::hyperspy_file({{.size = 3, .unit = "s", .navigates = true}, {.size = 9}, {}}),
          drawn::emd_file({2, 3, 4}, {{"t", "s", {0, 1}}, {"y", "nm", {0, 1, 2}}}),
          drawn::dm5_file({{3, 1, "nm"}, {2, 1, "nm"}, {2, 1, "s"}})}) {
      drawn::write_hdf5(path, *drawn, spec);
      sound.push_back(files::read(path));
    }
  }
  add_samples(sound);
  return sound;
}

// One to eight damages: bytes, fields of the widths that HDF5 uses, copies and cuts.
std::string damaged(std::string bytes, std::mt19937_64& random) {
  const auto below = [&random](uint64_t count) { return random() % std::max<uint64_t>(1, count); };
  const uint64_t damages = 1 + below(8);
  for (uint64_t i = 0; i < damages && bytes.size() > 16; ++i) {
    const size_t at = 8 + below(bytes.size() - 16);
    const size_t width = size_t{1} << below(4);
    switch (below(6)) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes[at] ^= static_cast<char>(1U << below(8)); break;
      case 2: bytes.replace(at, width, width, '\xFF'); break;
      case 3: bytes.replace(at, width, width, '\0'); break;
      case 4: bytes.replace(at, width, bytes.substr(below(bytes.size() - width), width)); break;
      default:
        if (below(8) == 0) {
          bytes.resize(at);
        } else {
          bytes[at] = static_cast<char>(bytes[at] + (below(2) == 0 ? 1 : -1));
        }
    }
  }
  return bytes;
}

// What became of reading it, in a word.
std::string outcome(const std::string& path) {
  std::string result = "read";
  try {
    const auto source = open_frames(path);
    const int64_t frames = source->info().frames;
    for (const int64_t index : {int64_t{0}, frames / 2, frames - 1}) {
      try {
        EXPECT_FALSE(source->read(index).image.empty());
      } catch (const Error& error) {
        result = error.what();
      }
    }
  } catch (const Error& error) {
    result = error.what();
  }
  EXPECT_EQ(result.find('\n'), std::string::npos) << result;
  EXPECT_LT(result.size(), 2000);
  for (const char* word : {"crashed", "still busy", "did not answer", "was killed", "answer"}) {
    if (result.find(word) != std::string::npos) {
      return word;
    }
  }
  return result == "read" ? result : "refused";
}

size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

TEST(Hdf5Mutants, EndInFramesOrInOneLine) {
  const char* asked = std::getenv("MOTE_MUTANTS");
  const char* seed = std::getenv("MOTE_MUTANTS_SEED");
  const char* keep = std::getenv("MOTE_MUTANTS_KEEP");
  const int64_t mutants = asked != nullptr ? std::atoll(asked) : 300;
  const std::vector<std::string> sound = sound_files();
  testing_support::MemoryFile file;
  std::mt19937_64 random(seed != nullptr ? std::stoull(seed) : 1);
  std::map<std::string, int64_t> tally;
  outcome(file.path());
  const size_t descriptors = open_descriptors();

  for (int64_t i = 0; i < mutants; ++i) {
    const std::string bytes = damaged(sound[static_cast<size_t>(i) % sound.size()], random);
    ASSERT_TRUE(file.write(bytes));
    const std::string what = outcome(file.path());
    ++tally[what];
    if (keep != nullptr && what != "read" && what != "refused") {
      files::write(std::string(keep) + "/" + what + std::to_string(i), bytes);
    }
  }

  for (const auto& [what, count] : tally) {
    std::printf("%s: %ld\n", what.c_str(), static_cast<long>(count));
  }
  EXPECT_GT(tally["read"], 0);
  EXPECT_GT(tally["refused"], 0);
  EXPECT_EQ(tally["answer"], 0) << "an answer that mote does not understand";
  EXPECT_EQ(open_descriptors(), descriptors);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  EXPECT_LT(used.ru_maxrss, 512 * 1024) << "kB of memory at most";
}

}  // namespace
}  // namespace mote::io
