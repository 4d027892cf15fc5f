#include "mote/io/checkpoint_wrappers.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Weights named(const std::vector<std::string>& names) {
  Weights weights;
  for (const std::string& name : names) {
    weights.tensors.push_back({.name = name});
  }
  return weights;
}

std::vector<std::string> names_of(const Weights& weights) {
  std::vector<std::string> names;
  for (const StoredTensor& tensor : weights.tensors) {
    names.push_back(tensor.name);
  }
  return names;
}

TEST(CheckpointWrappers, LeaveAStateDictAsItIs) {
  const Unwrapped result = unwrapped(named({"model.0.conv.weight", "net.bias"}));

  EXPECT_THAT(names_of(result.weights), ElementsAre("model.0.conv.weight", "net.bias"));
  EXPECT_THAT(result.taken_off, IsEmpty());
}

TEST(CheckpointWrappers, ComeOffOneAfterTheOther) {
  const Unwrapped result =
      unwrapped(named({"state_dict/module.a.weight", "state_dict/module.b", "optimizer/state/0"}));

  EXPECT_THAT(names_of(result.weights), ElementsAre("a.weight", "b"));
  EXPECT_THAT(result.taken_off, ElementsAre("state_dict/", "module."));
  EXPECT_THAT(result.left_aside, ElementsAre("optimizer/state/0"));
}

TEST(CheckpointWrappers, PreferAveragedWeights) {
  const Unwrapped result = unwrapped(named({"model/a", "ema/a"}));

  EXPECT_THAT(names_of(result.weights), ElementsAre("a"));
  EXPECT_THAT(result.taken_off, ElementsAre("ema/"));
  EXPECT_THAT(result.left_aside, ElementsAre("model/a"));
}

TEST(CheckpointWrappers, KeepModuleWhereNotEveryNameHasIt) {
  const Unwrapped result = unwrapped(named({"module.a", "head"}));

  EXPECT_THAT(names_of(result.weights), ElementsAre("module.a", "head"));
}

}  // namespace
}  // namespace mote::io
