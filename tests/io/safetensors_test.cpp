#include "mote/io/safetensors.h"

#include <cstring>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/weights_file.h"
#include "tests/io/drawn_weights.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using drawn::floats;
using drawn::little;
using drawn::safetensors;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::string write(const std::string& bytes) {
  const std::string path = files::folder() + "weights.safetensors";
  files::write(path, bytes);
  return path;
}

// What the reader throws; fails the test where it throws nothing.
std::string refusal(const std::string& bytes, ErrorKind kind = ErrorKind::kBadFile) {
  const std::string path = write(bytes);
  try {
    read_safetensors(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "was read";
  return {};
}

std::string one_tensor(const std::string& entry, const std::string& data = floats(6)) {
  return safetensors(R"({"a":)" + entry + "}", data);
}

StoredTensor tensor(const std::string& name, ScalarType type, std::vector<int64_t> shape,
                    const std::string& bytes) {
  return {.name = name,
          .type = type,
          .shape = std::move(shape),
          .bytes = std::as_bytes(std::span(bytes))};
}

std::string text_of(const StoredTensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()};
}

TEST(Safetensors, ReadsTensorsAndMetadataInTheOrderOfTheFile) {
  const std::string path = write(safetensors(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},)"
      R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}  )",
      floats(3)));

  const Weights weights = read_safetensors(path);

  ASSERT_EQ(weights.tensors.size(), 2);
  EXPECT_EQ(weights.tensors[0].name, "b");
  EXPECT_THAT(weights.tensors[0].shape, ElementsAre(2, 1));
  EXPECT_EQ(text_of(weights.tensors[0]), floats(3).substr(4));
  EXPECT_EQ(text_of(weights.tensors[1]), floats(1));
  EXPECT_EQ(weights.metadata.at("format"), "pt");
}

TEST(Safetensors, ReadsEveryTypeThatItWrote) {
  const std::string path = files::folder() + "weights.safetensors";
  const std::string bytes(16, '\1');
  Weights weights{.metadata = {{"source", "a test"}}};
  for (const ScalarType type :
       {ScalarType::kBool, ScalarType::kInt8, ScalarType::kUInt8, ScalarType::kInt16,
        ScalarType::kFloat16, ScalarType::kBFloat16, ScalarType::kInt32, ScalarType::kFloat32,
        ScalarType::kInt64, ScalarType::kFloat64}) {
    weights.tensors.push_back(
        {.name = std::string(name(type)),
         .type = type,
         .shape = {2},
         .bytes = std::as_bytes(std::span(bytes))
                      .first(static_cast<size_t>(2 * bytes_per_scalar(type)))});
  }
  weights.tensors.push_back(tensor("none", ScalarType::kFloat32, {0, 4}, ""));

  write_safetensors(path, weights);
  const Weights read = read_weights(path);

  ASSERT_EQ(read.tensors.size(), weights.tensors.size());
  for (size_t i = 0; i < read.tensors.size(); ++i) {
    EXPECT_EQ(read.tensors[i].name, weights.tensors[i].name);
    EXPECT_EQ(read.tensors[i].type, weights.tensors[i].type);
    EXPECT_EQ(read.tensors[i].shape, weights.tensors[i].shape);
    EXPECT_EQ(text_of(read.tensors[i]), text_of(weights.tensors[i]));
  }
  EXPECT_EQ(read.metadata, weights.metadata);
}

TEST(Safetensors, WritesEveryTensorAtAMultipleOfItsSize) {
  const std::string path = files::folder() + "weights.safetensors";
  const std::string bytes(8, '\1');

  write_safetensors(path, {.tensors = {tensor("a", ScalarType::kBool, {1}, bytes.substr(7)),
                                       tensor("b", ScalarType::kInt64, {1}, bytes),
                                       tensor("c", ScalarType::kInt16, {1}, bytes.substr(6))}});

  for (const StoredTensor& one : read_safetensors(path).tensors) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(one.bytes.data()) %
                  static_cast<uintptr_t>(bytes_per_scalar(one.type)),
              0)
        << one.name;
  }
}

TEST(Safetensors, AreKnownByTheirHeaderWhereItsLengthIsDamaged) {
  const std::string path = files::folder() + "weights.safetensors";
  const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  files::write(path, little(uint64_t{1} << 60, 8) + header + floats(1));

  EXPECT_THAT([&] { read_weights(path); },
              ThrowsMessage<Error>(HasSubstr("claims a header of 1152921504606846976 bytes")));
}

TEST(Safetensors, WritesAnEmptyFileThatItReads) {
  const std::string path = files::folder() + "weights.safetensors";

  write_safetensors(path, {});

  EXPECT_TRUE(read_safetensors(path).tensors.empty());
}

TEST(Safetensors, IsNotWrittenWithTwoTensorsOfOneNameOrOfOtherSizes) {
  const std::string path = files::folder() + "weights.safetensors";
  const StoredTensor sound = tensor("a", ScalarType::kFloat32, {1}, "1234");
  const StoredTensor cut = tensor("a", ScalarType::kFloat32, {2}, "1234");

  EXPECT_THROW(write_safetensors(path, {.tensors = {sound, sound}}), Error);
  EXPECT_THROW(write_safetensors(path, {.tensors = {cut}}), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Safetensors, RefusesAHeaderThatClaimsMoreThanTheFileHolds) {
  EXPECT_THAT(refusal(drawn::little(90'000'000, 8) + "{}"), HasSubstr("a header of 90000000"));
  EXPECT_THAT(refusal("12345"), HasSubstr("has 5 bytes"));
}

TEST(Safetensors, RefusesTensorsThatOverlapOrLeaveGaps) {
  const std::string overlap = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                              R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})";
  const std::string gap = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                          R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";

  EXPECT_THAT(refusal(safetensors(overlap, floats(3))), HasSubstr("b begins at 4, expected 8"));
  EXPECT_THAT(refusal(safetensors(gap, floats(3))), HasSubstr("b begins at 8, expected 4"));
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})")),
              HasSubstr("end at 4, the file's data at 24"));
}

TEST(Safetensors, RefusesShapesThatDoNotFitTheirBytes) {
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","shape":[7],"data_offsets":[0,24]})")),
              HasSubstr("a has 24 bytes, its shape takes 28"));
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","shape":[6],"data_offsets":[0,28]})")),
              HasSubstr("a claims the bytes 0 to 28 of 24"));
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","shape":[4294967296,4294967296],)"
                                 R"("data_offsets":[0,24]})")),
              HasSubstr("more numbers than memory could hold"));
}

TEST(Safetensors, RefusesTypesThatNoNetworkOfMoteHas) {
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F8_E4M3","shape":[24],"data_offsets":[0,24]})"),
                      ErrorKind::kUnsupported),
              HasSubstr("tensor type F8_E4M3"));
}

TEST(Safetensors, RefusesAHeaderThatIsNotAsTheFormatSays) {
  const std::string entry = R"({"dtype":"F32","shape":[6],"data_offsets":[0,24]})";
  const std::string deep = std::string(100'000, '[');

  EXPECT_THAT(refusal(safetensors(R"({"a":)" + entry + R"(,"a":)" + entry + "}", floats(6))),
              HasSubstr("names a twice"));
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","shape":[6]})")), HasSubstr("lacks"));
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","shape":[-6],"data_offsets":[0,24]})")),
              HasSubstr("a negative number"));
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"F32","size":[6],"data_offsets":[0,24]})")),
              HasSubstr("a has 'size'"));
  EXPECT_THAT(refusal(one_tensor(deep)), HasSubstr("an array"));
  EXPECT_THAT(refusal(safetensors("[]", "")), HasSubstr("an array"));
  EXPECT_THAT(refusal(safetensors(R"({"a")", "")), HasSubstr("no JSON"));
}

TEST(Safetensors, RefusesABoolThatIsNeitherYesNorNo) {
  EXPECT_THAT(refusal(one_tensor(R"({"dtype":"BOOL","shape":[2],"data_offsets":[0,2]})", "\1\2")),
              HasSubstr("a is of type bool"));
}

}  // namespace
}  // namespace mote::io
