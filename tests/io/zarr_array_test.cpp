#include "mote/io/zarr_array.h"

#include <array>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/zarr_codec.h"
#include "tests/io/opened.h"
#include "tests/io/zarr_memory.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using Files = std::map<std::string, std::string>;

const std::string kBytes = R"([{"name":"bytes","configuration":{"endian":"little"}}])";

template <typename T>
std::vector<T> read(const Files& files, const ZarrBox& box) {
  const ZarrMemory store(files);
  ZarrArray array(store, "a");
  array.check_held(box, sizeof(T));
  std::vector<T> values(static_cast<size_t>(box.elements()));
  array.read(box, reinterpret_cast<std::byte*>(values.data()));
  return values;
}

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

Error fault(const Files& files, const ZarrBox& box) {
  return thrown_by([&] { read<uint8_t>(files, box); });
}

// Rows of 0 1 2 / 10 11 12 in chunks of 2 x 2.
Files small(const std::string& more = "") {
  return {{"a/.zarray", zarray("[2,3]", "[2,2]", "|u1", more)},
          {"a/0.0", std::string("\x00\x01\x0A\x0B", 4)},
          {"a/0.1", "\x02\xFF\x0C\xFF"}};
}

TEST(ZarrArray, ReadsABoxOfSeveralChunks) {
  EXPECT_THAT(read<uint8_t>(small(), {{0, 0}, {2, 3}}), ElementsAre(0, 1, 2, 10, 11, 12));
  EXPECT_THAT(read<uint8_t>(small(), {{1, 1}, {1, 2}}), ElementsAre(11, 12));
}

TEST(ZarrArray, FillsChunksThatAreMissing) {
  Files files = small(R"("fill_value":7)");
  files.erase("a/0.0");

  EXPECT_THAT(read<uint8_t>(files, {{0, 0}, {2, 3}}), ElementsAre(7, 7, 2, 7, 7, 12));
}

TEST(ZarrArray, FindsChunksByTheirSeparator) {
  Files files = small(R"("dimension_separator":"/")");
  files["a/0/1"] = files["a/0.1"];
  files.erase("a/0.1");

  EXPECT_THAT(read<uint8_t>(files, {{0, 2}, {2, 1}}), ElementsAre(2, 12));
}

TEST(ZarrArray, ReadsColumnMajorChunks) {
  Files files = small(R"("order":"F")");
  files["a/0.0"] = std::string("\x00\x0A\x01\x0B", 4);

  EXPECT_THAT(read<uint8_t>(files, {{0, 0}, {2, 2}}), ElementsAre(0, 1, 10, 11));
}

TEST(ZarrArray, TurnsBigEndianAround) {
  const Files files = {{"a/.zarray", zarray("[2]", "[2]", ">i2")},
                       {"a/0", std::string("\x01\x02\xFF\xFE", 4)}};

  EXPECT_THAT(read<int16_t>(files, {{0}, {2}}), ElementsAre(0x102, -2));
}

TEST(ZarrArray, ReadsVersion3) {
  const Files files = {{"a/zarr.json", zarr3("[2,3]", "[2,3]", "uint16", kBytes)},
                       {"a/c/0/0", bytes_of<uint16_t>({1, 2, 3, 4, 5, 600})}};

  EXPECT_THAT(read<uint16_t>(files, {{1, 0}, {1, 3}}), ElementsAre(4, 5, 600));
}

TEST(ZarrArray, ReadsEveryKeyEncodingOfVersion3) {
  const auto values = [&](const std::string& encoding, const std::string& key) {
    return read<uint8_t>({{"a/zarr.json", zarr3("[1,1]", "[1,1]", "uint8", kBytes,
                                                R"("chunk_key_encoding":)" + encoding)},
                          {"a/" + key, "\x05"}},
                         {{0, 0}, {1, 1}});
  };

  EXPECT_THAT(values(R"({"name":"default"})", "c/0/0"), ElementsAre(5));
  EXPECT_THAT(values(R"("default")", "c/0/0"), ElementsAre(5));
  EXPECT_THAT(values(R"({"name":"default","configuration":{"separator":"."}})", "c.0.0"),
              ElementsAre(5));
  EXPECT_THAT(values(R"({"name":"v2"})", "0.0"), ElementsAre(5));
  EXPECT_THAT(values(R"({"name":"v2","configuration":{"separator":"/"}})", "0/0"), ElementsAre(5));
}

TEST(ZarrArray, UndoesATransposeThatTurnsDimensionsAround) {
  const Files files = {
      {"a/zarr.json",
       zarr3("[2,2]", "[2,2]", "uint8",
             R"([{"name":"transpose","configuration":{"order":[1,0]}},{"name":"bytes"}])")},
      {"a/c/0/0", "\x01\x02\x03\x04"}};

  EXPECT_THAT(read<uint8_t>(files, {{0, 0}, {2, 2}}), ElementsAre(1, 3, 2, 4));
}

TEST(ZarrArray, ReadsFillValuesAsWritten) {
  const auto filled = [](const std::string& dtype, const std::string& value) {
    return zarray("[1]", "[1]", dtype, R"("fill_value":)" + value);
  };

  EXPECT_EQ(read<float>({{"a/.zarray", filled("<f4", "0.5")}}, {{0}, {1}})[0], 0.5F);
  EXPECT_TRUE(std::isnan(read<double>({{"a/.zarray", filled("<f8", R"("NaN")")}}, {{0}, {1}})[0]));
  EXPECT_EQ(read<double>({{"a/.zarray", filled("<f8", R"("-Infinity")")}}, {{0}, {1}})[0],
            -std::numeric_limits<double>::infinity());
  EXPECT_EQ(read<float>({{"a/.zarray", filled("<f4", R"("0x3f800000")")}}, {{0}, {1}})[0], 1.0F);
  EXPECT_EQ(read<int8_t>({{"a/.zarray", filled("|i1", "-128")}}, {{0}, {1}})[0], -128);
  EXPECT_EQ(read<uint64_t>({{"a/.zarray", filled("<u8", "18446744073709551615")}}, {{0}, {1}})[0],
            18446744073709551615U);
  EXPECT_EQ(read<uint8_t>({{"a/.zarray", filled("|b1", "true")}}, {{0}, {1}})[0], 1);
  EXPECT_EQ(read<uint8_t>({{"a/.zarray", filled("|u1", "null")}}, {{0}, {1}})[0], 0);
}

// A shard of 2 x 4 with chunks of 2 x 2, of which the second is missing.
std::string shard(bool table_first, const std::string& chunk = "\x01\x02\x03\x04") {
  const std::string none(16, '\xFF');
  const uint64_t offset = table_first ? 36 : 0;
  std::string table = bytes_of<uint64_t>({offset, chunk.size()}) + none;
  table += bytes_of<uint32_t>({crc32c(table)});
  return table_first ? table + chunk : chunk + table;
}

std::string sharded(const std::string& location) {
  return zarr3("[2,4]", "[2,4]", "uint8",
               R"([{"name":"sharding_indexed","configuration":{"chunk_shape":[2,2],"codecs":)" +
                   kBytes + R"(,"index_codecs":[{"name":"bytes","configuration":{"endian":)" +
                   R"("little"}},{"name":"crc32c"}],"index_location":")" + location + R"("}}])");
}

TEST(ZarrArray, ReadsShards) {
  for (const bool first : {false, true}) {
    const Files files = {{"a/zarr.json", sharded(first ? "start" : "end")},
                         {"a/c/0/0", shard(first)}};

    EXPECT_THAT(read<uint8_t>(files, {{0, 0}, {2, 4}}), ElementsAre(1, 2, 0, 0, 3, 4, 0, 0));
  }
}

TEST(ZarrArray, RefusesDamagedShards) {
  const auto message = [](const std::string& bytes) -> std::string {
    return fault({{"a/zarr.json", sharded("end")}, {"a/c/0/0", bytes}}, {{0, 0}, {2, 4}}).what();
  };
  std::string beyond = bytes_of<uint64_t>({0, 5000, ~0ULL, ~0ULL});
  beyond += bytes_of<uint32_t>({crc32c(beyond)});
  std::string wrong_sum = shard(false);
  wrong_sum[5] ^= 1;

  EXPECT_THAT(message("ab"), HasSubstr("too short for the table"));
  EXPECT_THAT(message(wrong_sum), HasSubstr("CRC-32C"));
  EXPECT_THAT(message(beyond), HasSubstr("beyond its end"));
  EXPECT_THAT(message(shard(false, "abc")), HasSubstr("3 bytes, expected 4"));
}

TEST(ZarrArray, KeepsChunksThatHoldSeveralFrames) {
  const Files files = {{"a/.zarray", zarray("[2,2]", "[2,2]", "|u1")}, {"a/0.0", "\1\2\3\4"}};
  const ZarrMemory store(files);
  ZarrArray array(store, "a");
  std::array<uint8_t, 2> row{};

  array.read({{0, 0}, {1, 2}}, reinterpret_cast<std::byte*>(row.data()));
  EXPECT_THAT(row, ElementsAre(1, 2));
  array.read({{1, 0}, {1, 2}}, reinterpret_cast<std::byte*>(row.data()));
  EXPECT_THAT(row, ElementsAre(3, 4));
}

TEST(ZarrArray, RefusesChunksOfAnotherSize) {
  Files files = small();
  files["a/0.0"] = "abc";

  const Error error = fault(files, {{0, 0}, {2, 3}});

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("chunk 0.0 of array 'a': a damaged chunk: it holds 3 bytes"));
}

TEST(ZarrArray, RefusesMetadataThatCannotBe) {
  const auto message = [](const std::string& json) -> std::string {
    return fault({{"a/.zarray", json}}, {{0}, {1}}).what();
  };

  EXPECT_THAT(message("{"), HasSubstr("no JSON from byte 2 on"));
  EXPECT_THAT(message("[]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(message("{}"), HasSubstr("zarr_format"));
  EXPECT_THAT(message(std::string(200, '[')), HasSubstr("nested deeper"));
  EXPECT_THAT(message(zarray("[-1]", "[1]", "|u1")), HasSubstr("its shape is [-1]"));
  EXPECT_THAT(message(zarray("[1.5]", "[1]", "|u1")), HasSubstr("its shape is [1.5]"));
  EXPECT_THAT(message(zarray("[1]", "[0]", "|u1")), HasSubstr("its chunks is [0]"));
  EXPECT_THAT(message(zarray("[]", "[]", "|u1")), HasSubstr("expected 1 to 8 numbers"));
  EXPECT_THAT(message(zarray("[1]", "[1,1]", "|u1")), HasSubstr("1 dimensions, its chunks 2"));
  EXPECT_THAT(message(zarray("[4294967296,4294967296]", "[1,1]", "|u1")), HasSubstr("2^60"));
  EXPECT_THAT(message(zarray("[18446744073709551615]", "[1]", "|u1")), HasSubstr("whole numbers"));
  EXPECT_THAT(message(zarray("[9]", "[4294967296]", "|u1")), HasSubstr("more than 2 GiB"));
  EXPECT_THAT(message(zarray("[1]", "[1]", "|u1", R"("order":"Z")")), HasSubstr("expected C or F"));
  EXPECT_THAT(message(zarray("[1]", "[1]", "|u1", R"("fill_value":256)")),
              HasSubstr("fill_value is 256, expected one of uint8"));
  EXPECT_THAT(message(zarray("[1]", "[1]", "|u1", R"("fill_value":-1)")), HasSubstr("is -1"));
  EXPECT_THAT(message(zarray("[1]", "[1]", "|i1", R"("fill_value":128)")), HasSubstr("is 128"));
  EXPECT_THAT(message(zarray("[1]", "[1]", "|u1", R"("dimension_separator":"..")")),
              HasSubstr("expected . or /"));
}

TEST(ZarrArray, RefusesByNameWhatItDoesNotRead) {
  const auto v2 = [](const std::string& dtype, const std::string& more = "") {
    return fault({{"a/.zarray", zarray("[1]", "[1]", dtype, more)}}, {{0}, {1}});
  };
  const auto v3 = [](const std::string& codecs, const std::string& more = "") -> std::string {
    return fault({{"a/zarr.json", zarr3("[2,2]", "[1,1]", "uint8", codecs, more)}},
                 {{0, 0}, {1, 1}})
        .what();
  };

  EXPECT_EQ(v2("|O").kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(v2("<c8").what(), HasSubstr("elements of type \"<c8\""));
  EXPECT_THAT(v2("|u1", R"("filters":[{"id":"delta"}])").what(), HasSubstr("filter 'delta'"));
  EXPECT_THAT(v2("|u1", R"("compressor":{"id":"lz4"})").what(), HasSubstr("packed by 'lz4'"));
  EXPECT_THAT(v3(R"([{"name":"vlen-utf8"}])"), HasSubstr("codec 'vlen-utf8'"));
  EXPECT_THAT(v3(R"([{"name":"bytes"},{"name":"zstd"},{"name":"gzip"}])"), HasSubstr("twice"));
  EXPECT_THAT(v3("[]"), HasSubstr("makes bytes"));
  EXPECT_THAT(v3(R"([{"name":"transpose","configuration":{"order":[0,0]}},{"name":"bytes"}])"),
              HasSubstr("transposed by [0,0]"));
  EXPECT_THAT(v3(kBytes, R"("chunk_grid":{"name":"rectilinear"})"), HasSubstr("'rectilinear'"));
}

TEST(ZarrArray, ReservesNothingThatTheFilesCouldNotHold) {
  const std::string shape = "[40000,40000]";
  const Files one_chunk = {{"a/.zarray", zarray(shape, shape, "|u1")}, {"a/0.0", "abc"}};
  const Files many = {{"a/.zarray", zarray(shape, "[100,100]", "|u1")}};
  const Files tiny = {{"a/.zarray", zarray(shape, "[1,1]", "|u1")}};
  const ZarrMemory store(one_chunk);
  ZarrArray array(store, "a");
  std::byte pixel{};

  EXPECT_THAT(fault(one_chunk, {{0, 0}, {40000, 40000}}).what(), HasSubstr("claim 1600000000"));
  EXPECT_THAT(fault(many, {{0, 0}, {40000, 40000}}).what(), HasSubstr("of which 0 are"));
  EXPECT_THAT(fault(tiny, {{0, 0}, {40000, 40000}}).what(), HasSubstr("262144 chunks"));
  EXPECT_THAT(thrown_by([&] {
                array.read({{0, 0}, {1, 1}}, &pixel);
              }).what(),
              HasSubstr("claim 1600000000"));
}

TEST(ZarrArray, StaysWithinItsFolder) {
  for (const char* name : {"../b", "/etc", "a/../../b", ".", ".."}) {
    EXPECT_EQ(thrown_by([&] { zarr_key("g", name); }).kind(), ErrorKind::kBadFile) << name;
  }
  EXPECT_EQ(zarr_key("g", "a//b/"), "g/a/b");
  EXPECT_EQ(zarr_key("", ".zarray"), ".zarray");
}

TEST(ZarrCodec, KnowsTheCheckValueOfCrc32c) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
}

TEST(ZarrCodec, UnpacksWhatItPacked) {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) {
    bytes += static_cast<char>(i * i / 7);
  }

  const auto unpacked = decode_zarr({ZarrCodec::kBlosc}, encode_blosc(bytes, 2), 5000);

  EXPECT_EQ(std::string(reinterpret_cast<const char*>(unpacked.data()), 5000), bytes);
}

TEST(ZarrCodec, TakesChecksumsOffOnBothSides) {
  const std::string bytes = "0123456789";
  const std::string inner = bytes + bytes_of<uint32_t>({crc32c(bytes)});
  const std::string packed = encode_blosc(inner, 1);
  const std::string outer = packed + bytes_of<uint32_t>({crc32c(packed)});

  const auto unpacked =
      decode_zarr({ZarrCodec::kCrc32c, ZarrCodec::kBlosc, ZarrCodec::kCrc32c}, outer, 10);

  EXPECT_EQ(std::string(reinterpret_cast<const char*>(unpacked.data()), 10), bytes);
}

TEST(ZarrCodec, RefusesEveryDamagedByteOrReadsAChunkOfThatSize) {
  const std::string packed = encode_blosc(std::string(3000, 'a') + "bcd", 4);
  int64_t refused = 0;

  for (size_t i = 0; i < packed.size(); ++i) {
    for (const int value : {0, 127, 128, 255}) {
      std::string damaged = packed;
      damaged[i] = static_cast<char>(value);
      try {
        EXPECT_EQ(decode_zarr({ZarrCodec::kBlosc}, damaged, 3003).size(), 3003U);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
        ++refused;
      }
    }
  }

  EXPECT_GT(refused, 20);
}

TEST(ZarrCodec, RefusesWhatIsCutOffOrOfAnotherSize) {
  const std::string packed = encode_blosc(std::string(3000, 'a'), 4);
  const auto refuses = [](ZarrCodec codec, std::string_view bytes, int64_t size) {
    return thrown_by([&] { decode_zarr({codec}, bytes, size); }).kind() == ErrorKind::kBadFile;
  };

  EXPECT_TRUE(refuses(ZarrCodec::kBlosc, packed, 2999));
  EXPECT_TRUE(refuses(ZarrCodec::kBlosc, packed, 3001));
  EXPECT_TRUE(refuses(ZarrCodec::kBlosc, std::string_view(packed).substr(0, 20), 3000));
  EXPECT_TRUE(refuses(ZarrCodec::kBlosc, "", 3000));
  EXPECT_TRUE(refuses(ZarrCodec::kZstd, "abc", 10));
  EXPECT_TRUE(refuses(ZarrCodec::kGzip, "abc", 10));
  EXPECT_TRUE(refuses(ZarrCodec::kZlib, "", 10));
  EXPECT_TRUE(refuses(ZarrCodec::kCrc32c, "ab", 10));
}

}  // namespace
}  // namespace mote::io
