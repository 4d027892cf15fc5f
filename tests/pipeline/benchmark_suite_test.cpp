#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/hash.h"
#include "mote/pipeline/simulation_options.h"
#include "mote/simulate/simulator.h"

namespace mote::pipeline {
namespace {

std::filesystem::path in_suite(const std::string& file) {
  return std::filesystem::path(MOTE_SOURCE_DIR "/bench/suite/mote-bench-2") / file;
}

/// A recording of the suite and the hashes of what it was when the suite was frozen.
struct Frozen {
  const char* recording;
  uint64_t file;
  uint64_t truth;  ///< of frames 0 to 9 of seed 101
};

void PrintTo(const Frozen& frozen, std::ostream* out) {
  *out << frozen.recording;
}

std::string path_of(const Frozen& frozen) {
  return in_suite(std::string(frozen.recording) + ".toml");
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void add_to(Hash64& hash, int32_t value) {
  hash.add({reinterpret_cast<const char*>(&value), sizeof value});
}

/// Of every mask with its track, frame by frame.
uint64_t truth_hash(const simulate::SimulationOptions& options, int64_t frames) {
  simulate::Simulator simulator(options);
  Hash64 hash;
  for (int64_t index = 0; index < frames; ++index) {
    for (const simulate::WorldInstance& instance : simulator.truth().instances) {
      add_to(hash, instance.track);
      for (const Run& run : instance.mask.runs) {
        add_to(hash, run.y);
        add_to(hash, run.x);
        add_to(hash, run.length);
      }
    }
  }
  return hash.value();
}

class BenchmarkSuite : public testing::TestWithParam<Frozen> {};

// A hash that differs means that scores from before and after cannot be compared: the suite then
// needs a new version, not a new hash.
INSTANTIATE_TEST_SUITE_P(
    Version2, BenchmarkSuite,
    testing::Values(Frozen{"coalescence", 8670746323417944791U, 3636491227667516162U},
                    Frozen{"crowded", 13289789241518459451U, 14755600833263133485U},
                    Frozen{"drift", 14966181386163232512U, 3373177442232279817U},
                    Frozen{"flicker", 338493458052927814U, 10316655007805594077U},
                    Frozen{"haadf", 4990231005253124051U, 10507358395919056732U},
                    Frozen{"liquid-cell", 12689548742635418951U, 2742608870581761074U},
                    Frozen{"nucleation", 5272984434574131612U, 14515095651165820178U},
                    Frozen{"overlap", 14666837301779051541U, 4630886868991903802U},
                    Frozen{"ripening", 3074287429271099617U, 5609537137240421003U},
                    Frozen{"sintering", 49910528539477985U, 17495647155026365777U}));

TEST_P(BenchmarkSuite, HasTheFileThatWasFrozen) {
  EXPECT_EQ(hash64(bytes_of(path_of(GetParam()))), GetParam().file) << GetParam().recording;
}

TEST_P(BenchmarkSuite, HasTheTruthThatWasFrozen) {
  const auto request = SimulationRequest{.config = path_of(GetParam()), .seed = 101};

  const uint64_t truth = truth_hash(requested_simulation(request).options, 10);

  EXPECT_EQ(truth, GetParam().truth) << GetParam().recording;
}

TEST_P(BenchmarkSuite, SaysEverythingThatARecordingIsMadeFrom) {
  const std::string path = path_of(GetParam());

  // Whatever is not in the file would be that of the preset.
  const auto one = requested_simulation({.preset = "sintering", .config = path});
  const auto other = requested_simulation({.preset = "haadf", .config = path});

  EXPECT_EQ(simulation_to_json(one.options), simulation_to_json(other.options)) << path;
}

TEST(BenchmarkSuiteFile, HasTheRecordingsSeedsAndDosesThatWereFrozen) {
  EXPECT_EQ(hash64(bytes_of(in_suite("suite.toml"))), 9302737690929292039U);
}

}  // namespace
}  // namespace mote::pipeline
