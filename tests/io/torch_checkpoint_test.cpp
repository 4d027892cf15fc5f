// PyTorch's checkpoints, zip and legacy, drawn byte by byte.
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/weights_file.h"
#include "tests/io/drawn_weights.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using namespace drawn;
using namespace drawn::pickled;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Weights read(const std::string& bytes) {
  const std::string path = files::folder() + "weights.pth";
  files::write(path, bytes);
  return read_weights(path);
}

std::string refusal(const std::string& bytes, ErrorKind kind = ErrorKind::kBadFile) {
  try {
    read(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "was read";
  return {};
}

std::vector<float> floats_of(const StoredTensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

void expect_small_state_dict(const Weights& weights) {
  ASSERT_EQ(weights.tensors.size(), 3);
  EXPECT_EQ(weights.tensors[0].name, "conv.weight");
  EXPECT_THAT(weights.tensors[0].shape, ElementsAre(2, 3));
  EXPECT_THAT(floats_of(weights.tensors[0]), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(floats_of(weights.tensors[1]), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(floats_of(weights.tensors[2]), ElementsAre(4, 5));
}

TEST(TorchCheckpoint, ReadsTensorsThatShareAStorage) {
  expect_small_state_dict(read(torch_zip(small_state_dict())));
}

TEST(TorchCheckpoint, ReadsLegacyFiles) {
  expect_small_state_dict(read(torch_legacy(small_state_dict())));
}

TEST(TorchCheckpoint, NamesTensorsWithinDictsAndListsByTheWayToThem) {
  const Weights weights = read(torch_zip(dict({{"epoch", whole(7)},
                                               {"model", dict({{"a.b", tensor()}})},
                                               {"more", "](" + tensor() + "e"}})));

  ASSERT_EQ(weights.tensors.size(), 2);
  EXPECT_EQ(weights.tensors[0].name, "model/a.b");
  EXPECT_EQ(weights.tensors[1].name, "more/0");
  EXPECT_EQ(weights.metadata.at("epoch"), "7");
}

TEST(TorchCheckpoint, ReadsParametersAsTheirTensors) {
  const std::string parameter = global("torch._utils", "_rebuild_parameter") +
                                tuple({tensor(), "\x88", ordered_dict()}) + "R";

  const Weights weights = read(torch_zip(dict({{"a", parameter}})));

  EXPECT_THAT(floats_of(weights.tensors.at(0)), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(TorchCheckpoint, RepeatsNumbersOfAnExpandedTensor) {
  const Weights weights = read(torch_zip(dict({{"a", tensor({.strides = {0, 1}})}})));

  EXPECT_THAT(floats_of(weights.tensors.at(0)), ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST(TorchCheckpoint, RefusesATensorExpandedBeyondWhatFilesHold) {
  const Tensor huge{.shape = {1 << 30, 1 << 20, 6}, .strides = {0, 0, 1}};

  EXPECT_THAT(refusal(torch_zip(dict({{"a", tensor(huge)}}))), HasSubstr("a repeats its numbers"));
}

TEST(TorchCheckpoint, RefusesAGlobalByName) {
  const std::string attack = global("os", "system") + tuple({text("true")}) + "R";

  for (const std::string& file : {torch_zip(attack), torch_legacy(attack)}) {
    EXPECT_THAT(refusal(file, ErrorKind::kUnsupported),
                AllOf(HasSubstr("needs os.system"), HasSubstr("model.state_dict()")));
  }
}

TEST(TorchCheckpoint, RefusesAGlobalThatIsNamedByTexts) {
  const std::string attack = text("numpy.core.multiarray") + text("scalar") + "\x93";

  EXPECT_THAT(refusal(torch_zip(attack), ErrorKind::kUnsupported),
              HasSubstr("needs numpy.core.multiarray.scalar"));
}

TEST(TorchCheckpoint, RefusesAnOperationByName) {
  EXPECT_THAT(refusal(torch_zip("(ios\nsystem\n"), ErrorKind::kUnsupported),
              HasSubstr("the operation INST"));
  EXPECT_THAT(refusal(torch_zip("\xff")), HasSubstr("0xff, which is no operation"));
}

TEST(TorchCheckpoint, RefusesTensorsThatReachOutOfTheirStorage) {
  const std::vector<Tensor> bad = {{.offset = 1},     {.strides = {4, 1}}, {.strides = {-3, 1}},
                                   {.shape = {2, 4}}, {.shape = {-2, 3}},  {.strides = {1}},
                                   {.scalars = 5}};

  for (const Tensor& one : bad) {
    EXPECT_THAT(refusal(torch_zip(dict({{"head", tensor(one)}}))), HasSubstr("head"));
  }
}

TEST(TorchCheckpoint, RefusesStoragesOfOtherSizes) {
  EXPECT_THAT(refusal(torch_zip(dict({{"a", tensor()}}), {{"0", floats(5)}})),
              HasSubstr("storage 0 has 20 bytes, its 6 numbers take 24"));
  EXPECT_THAT(refusal(torch_zip(dict({{"a", tensor()}}), {{"1", floats(6)}})),
              HasSubstr("archive/data/0 is missing"));
  EXPECT_THAT(refusal(torch_legacy(dict({{"a", tensor()}}), "0", floats(5))),
              HasSubstr("storage 0 has 20 bytes"));
  EXPECT_THAT(refusal(torch_legacy(dict({{"a", tensor({.scalars = 7})}, {"b", tensor()}}))),
              HasSubstr("another tensor 7 float32"));
}

TEST(TorchCheckpoint, RefusesAnEntryWithAnotherChecksum) {
  std::string bytes = torch_zip(dict({{"a", tensor()}}));
  bytes[bytes.find(floats(6)) + 5] ^= 1;

  EXPECT_THAT(refusal(bytes), HasSubstr("archive/data/0 does not have the checksum"));
}

TEST(TorchCheckpoint, RefusesCirclesAndWhatGrowsWithoutEnd) {
  const std::string circle = "}q\1" + text("a") + "h\1s";
  std::string laughs = tensor() + "q\1";
  for (int i = 1; i < 30; ++i) {
    laughs += "](" + std::string("h") + static_cast<char>(i) + "h" + static_cast<char>(i) + "eq" +
              static_cast<char>(i + 1);
  }

  EXPECT_THAT(refusal(torch_zip(circle)), HasSubstr("in a circle"));
  EXPECT_NE(refusal(torch_zip(laughs)), "");
}

TEST(TorchCheckpoint, RefusesMorePickledValuesThanMemoryShouldHold) {
  EXPECT_THAT(refusal(torch_zip(std::string(300'000, 'N'))), HasSubstr("more values"));
  EXPECT_THAT(refusal(torch_zip("N" + std::string(1'100'000, '2'))), HasSubstr("more values"));
  EXPECT_THAT(refusal(torch_zip(std::string(2'000, '('))), HasSubstr("nested"));
  EXPECT_THAT(refusal(torch_zip("Nr\xff\xff\xff\xff")), HasSubstr("more values"));
}

TEST(TorchCheckpoint, RefusesWhatIsNoStateDictAndSaysWhy) {
  const std::string tar = std::string(257, '\0') + "ustar" + std::string(250, '\0');
  const std::string script =
      stored_zip({{"a/data.pkl", whole_pickle(dict({}))}, {"a/constants.pkl", "x"}});
  const std::string big =
      stored_zip({{"a/data.pkl", whole_pickle(dict({}))}, {"a/byteorder", "big"}});
  const ErrorKind unsupported = ErrorKind::kUnsupported;

  EXPECT_THAT(refusal(tar, unsupported), HasSubstr("is a tar file"));
  EXPECT_THAT(refusal(script, unsupported), HasSubstr("is a TorchScript program"));
  EXPECT_THAT(refusal(big, unsupported), HasSubstr("byte order"));
  EXPECT_THAT(refusal(torch_legacy(dict({}), "0", "", false), unsupported),
              HasSubstr("byte order"));
  EXPECT_THAT(refusal(stored_zip({{"a.txt", "b"}}), unsupported), HasSubstr("without data.pkl"));
  EXPECT_THAT(refusal(whole_pickle("N"), unsupported), HasSubstr("torch.save did not write"));
  EXPECT_THAT(refusal("GIF89a", unsupported), HasSubstr("is neither safetensors nor"));
  EXPECT_THAT(refusal(torch_zip("N"), unsupported), HasSubstr("something else than a dict"));
  EXPECT_THAT(refusal(torch_zip(dict({{"epoch", whole(3)}})), unsupported),
              HasSubstr("something else than a dict of tensors: it holds none"));
  EXPECT_THAT(refusal(torch_zip(tuple({whole(1), whole(2)})), unsupported),
              HasSubstr("something else than a dict of tensors: it holds none"));
}

TEST(TorchCheckpoint, RefusesComplexNumbersByTheNameOfTheTensor) {
  const std::string value = dict({{"a/b", tensor({.type = "ComplexFloatStorage"})}});

  EXPECT_THAT(refusal(torch_zip(value), ErrorKind::kUnsupported),
              HasSubstr("a/b holds complex numbers"));
}

TEST(TorchCheckpoint, RefusesAViewOfAStorage) {
  const Tensor view{.view = tuple({text("1"), whole(0), whole(6)})};

  EXPECT_THAT(refusal(torch_legacy(dict({{"a", tensor(view)}})), ErrorKind::kUnsupported),
              HasSubstr("a is a view of a storage"));
}

}  // namespace
}  // namespace mote::io
