#include "mote/io/zarr_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <blosc.h>
#include <zlib.h>
#include <zstd.h>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using Bytes = Buffer<std::byte>;

constexpr int64_t kCrcBytes = 4;

[[noreturn]] void fail_damaged(ZarrCodec codec) {
  throw Error(ErrorKind::kBadFile, "a damaged chunk: {} cannot unpack it", name(codec));
}

[[noreturn]] void fail_size(int64_t found, int64_t expected) {
  throw Error(ErrorKind::kBadFile, "a damaged chunk: it holds {} bytes, expected {}", found,
              expected);
}

Bytes unpack_blosc(std::string_view stored, int64_t expected) {
  size_t held = 0;
  if (blosc_cbuffer_validate(stored.data(), stored.size(), &held) != 0) {
    fail_damaged(ZarrCodec::kBlosc);
  }
  if (static_cast<int64_t>(held) != expected) {
    fail_size(static_cast<int64_t>(held), expected);
  }
  Bytes bytes(static_cast<size_t>(expected));
  const int got = blosc_decompress_ctx(stored.data(), bytes.data(), bytes.size(), 1);
  if (got != expected) {
    fail_damaged(ZarrCodec::kBlosc);
  }
  return bytes;
}

Bytes unpack_zstd(std::string_view stored, int64_t expected) {
  Bytes bytes(static_cast<size_t>(expected));
  const size_t got = ZSTD_decompress(bytes.data(), bytes.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) != 0) {
    fail_damaged(ZarrCodec::kZstd);
  }
  if (static_cast<int64_t>(got) != expected) {
    fail_size(static_cast<int64_t>(got), expected);
  }
  return bytes;
}

// Both zlib's own wrapping and gzip's.
Bytes unpack_deflate(std::string_view stored, int64_t expected, ZarrCodec codec) {
  constexpr int kEitherWrapping = 15 + 32;
  z_stream stream{};
  if (inflateInit2(&stream, kEitherWrapping) != Z_OK) {
    throw Error(ErrorKind::kResource, "no memory to unpack a chunk");
  }
  Bytes bytes(static_cast<size_t>(expected));
  // zlib reads the bytes and does not change them.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
  stream.avail_in = static_cast<uInt>(stored.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int state = inflate(&stream, Z_FINISH);
  const auto got = static_cast<int64_t>(stream.total_out);
  inflateEnd(&stream);
  if (state == Z_STREAM_END && got != expected) {
    fail_size(got, expected);
  }
  if (state != Z_STREAM_END) {
    fail_damaged(codec);
  }
  return bytes;
}

Bytes unpack(ZarrCodec codec, std::string_view stored, int64_t expected) {
  switch (codec) {
    case ZarrCodec::kBlosc: return unpack_blosc(stored, expected);
    case ZarrCodec::kZstd: return unpack_zstd(stored, expected);
    case ZarrCodec::kZlib:
    case ZarrCodec::kGzip: return unpack_deflate(stored, expected, codec);
    case ZarrCodec::kCrc32c: break;
  }
  return {};
}

std::string_view without_crc(std::string_view bytes) {
  if (static_cast<int64_t>(bytes.size()) < kCrcBytes) {
    fail_damaged(ZarrCodec::kCrc32c);
  }
  const std::string_view rest = bytes.substr(0, bytes.size() - kCrcBytes);
  const uint32_t sum = crc32c(rest);
  for (size_t i = 0; i < kCrcBytes; ++i) {  // little endian
    if (static_cast<uint8_t>(bytes[rest.size() + i]) != (sum >> (8 * i) & 255U)) {
      throw Error(ErrorKind::kBadFile, "a damaged chunk: its CRC-32C does not agree");
    }
  }
  return rest;
}

Bytes copied(std::string_view bytes) {
  Bytes copy(bytes.size());
  std::memcpy(copy.data(), bytes.data(), bytes.size());
  return copy;
}

std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? value >> 1 ^ 0x82F63B78U : value >> 1;
    }
    table[i] = value;
  }
  return table;
}

}  // namespace

std::string_view name(ZarrCodec codec) {
  switch (codec) {
    case ZarrCodec::kBlosc: return "blosc";
    case ZarrCodec::kZstd: return "zstd";
    case ZarrCodec::kZlib: return "zlib";
    case ZarrCodec::kGzip: return "gzip";
    case ZarrCodec::kCrc32c: return "crc32c";
  }
  return "";
}

Bytes decode_zarr(const std::vector<ZarrCodec>& codecs, std::string_view stored,
                  int64_t expected_bytes) {
  const auto packer = std::find_if(codecs.begin(), codecs.end(),
                                   [](ZarrCodec codec) { return codec != ZarrCodec::kCrc32c; });
  const bool packed = packer != codecs.end();
  const int64_t sums_inside = packed ? packer - codecs.begin() : 0;
  const int64_t sums_outside = static_cast<int64_t>(codecs.size()) - sums_inside - (packed ? 1 : 0);
  std::string_view rest = stored;
  for (int64_t i = 0; i < sums_outside; ++i) {
    rest = without_crc(rest);
  }
  Bytes unpacked;
  if (packed) {
    unpacked = unpack(*packer, rest, expected_bytes + kCrcBytes * sums_inside);
    rest = {reinterpret_cast<const char*>(unpacked.data()), unpacked.size()};
  }
  for (int64_t i = 0; i < sums_inside; ++i) {
    rest = without_crc(rest);
  }
  if (static_cast<int64_t>(rest.size()) != expected_bytes) {
    fail_size(static_cast<int64_t>(rest.size()), expected_bytes);
  }
  return packed && sums_inside == 0 ? std::move(unpacked) : copied(rest);
}

std::string encode_blosc(std::string_view bytes, int64_t element_bytes) {
  constexpr int kLevel = 3;
  std::string packed(bytes.size() + BLOSC_MAX_OVERHEAD, '\0');
  const int count =
      blosc_compress_ctx(kLevel, BLOSC_SHUFFLE, static_cast<size_t>(element_bytes), bytes.size(),
                         bytes.data(), packed.data(), packed.size(), "zstd", 0, 1);
  if (count <= 0) {
    throw Error(ErrorKind::kResource, "Blosc cannot pack a chunk of {} bytes", bytes.size());
  }
  packed.resize(static_cast<size_t>(count));
  return packed;
}

uint32_t crc32c(std::string_view bytes) {
  static const std::array<uint32_t, 256> table = crc_table();
  uint32_t sum = ~0U;
  for (const char byte : bytes) {
    sum = table[(sum ^ static_cast<uint8_t>(byte)) & 255U] ^ sum >> 8;
  }
  return ~sum;
}

}  // namespace mote::io
