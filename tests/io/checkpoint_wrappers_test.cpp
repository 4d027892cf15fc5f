#include "mote/io/checkpoint_wrappers.h"

#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/safetensors.h"
#include "tests/io/drawn_weights.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
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

/// The refusal of a file whose tensor `b`, of two numbers, has `bytes` for the second one.
std::string refusal_of(ScalarType type, const std::string& bytes) {
  const std::string sound(16, '\0');
  const std::string numbers = std::string(bytes.size(), '\0') + bytes;
  const std::string path = files::folder() + "weights.safetensors";
  write_safetensors(
      path,
      {.tensors = {
           {.name = "a", .shape = {2}, .bytes = std::as_bytes(std::span(sound)).first(8)},
           {.name = "b", .type = type, .shape = {2}, .bytes = std::as_bytes(std::span(numbers))}}});
  try {
    read_state_dict(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

TEST(StateDict, IsRefusedWithNumbersThatAreNotFinite) {
  const auto refused = HasSubstr("weights.safetensors: tensor b holds numbers that are not finite");

  EXPECT_THAT(refusal_of(ScalarType::kFloat64, drawn::little(0x7ff8000000000000, 8)), refused);
  EXPECT_THAT(refusal_of(ScalarType::kFloat32, drawn::little(0x7fc00000, 4)), refused);
  EXPECT_THAT(refusal_of(ScalarType::kFloat32, drawn::little(0xff800000, 4)), refused);
  EXPECT_THAT(refusal_of(ScalarType::kFloat16, drawn::little(0x7c00, 2)), refused);
  EXPECT_THAT(refusal_of(ScalarType::kBFloat16, drawn::little(0xff80, 2)), refused);
}

TEST(StateDict, IsReadWithTheLargestNumbersAndWithWholeOnes) {
  EXPECT_EQ(refusal_of(ScalarType::kFloat64, drawn::little(0x7fefffffffffffff, 8)), "");
  EXPECT_EQ(refusal_of(ScalarType::kFloat32, drawn::little(0xff7fffff, 4)), "");
  EXPECT_EQ(refusal_of(ScalarType::kFloat16, drawn::little(0x7bff, 2)), "");
  EXPECT_EQ(refusal_of(ScalarType::kBFloat16, drawn::little(0x7f7f, 2)), "");
  EXPECT_EQ(refusal_of(ScalarType::kInt32, drawn::little(0x7fffffff, 4)), "");
}

}  // namespace
}  // namespace mote::io
