// Damaged files of weights: only ever what they say or an Error, and no large allocation.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mote/io/checkpoint_wrappers.h"
#include "mote/io/weights_file.h"
#include "tests/io/drawn_weights.h"
#include "tests/io/memory_file.h"
#include "tests/io/text_damage.h"
#include "tests/io/tight_memory.h"

namespace mote::io {
namespace {

void read(const std::string& bytes) {
  static testing_support::MemoryFile file;
  ASSERT_TRUE(file.write(bytes));
  unwrapped(read_weights(file.path()));
}

struct Sample {
  std::string name;
  std::string bytes;
};

std::vector<Sample> samples() {
  using namespace drawn;
  return {
      {"Safetensors", safetensors(R"({"__metadata__":{"format":"pt"},)"
                                  R"("a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
                                  R"("b":{"dtype":"BOOL","shape":[1],"data_offsets":[16,17]}})",
                                  floats(4) + "\1")},
      {"TorchZip", torch_zip(small_state_dict())},
      {"TorchLegacy", torch_legacy(small_state_dict())},
      {"TorchNested", torch_legacy(pickled::dict({{"model", small_state_dict()}}))},
  };
}

class DamagedWeights : public testing::TestWithParam<Sample> {
 private:
  testing_support::TightMemory tight_;
};

TEST_P(DamagedWeights, AreSoundToBeginWith) {
  EXPECT_NO_THROW(read(GetParam().bytes));
}

TEST_P(DamagedWeights, AreRefusedWhereverTheyAreCut) {
  const damage::ReadTally tally = damage::cut_everywhere(GetParam().bytes, read);

  // A zip file ends with the length of a comment, which minizip does not miss.
  EXPECT_GT(tally.refused, static_cast<int64_t>(GetParam().bytes.size()) - 4);
}

TEST_P(DamagedWeights, AreRefusedOrReadWhicheverByteIsChanged) {
  const damage::ReadTally tally = damage::change_everywhere(GetParam().bytes, read);

  EXPECT_GT(tally.refused, 0);
  EXPECT_GT(tally.read, 0);
}

INSTANTIATE_TEST_SUITE_P(Drawn, DamagedWeights, testing::ValuesIn(samples()),
                         [](const auto& sample) { return sample.param.name; });

}  // namespace
}  // namespace mote::io
