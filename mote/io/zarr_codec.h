#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/buffer.h"

namespace mote::io {

/// How the bytes of a chunk are packed.
enum class ZarrCodec { kBlosc, kZstd, kZlib, kGzip, kCrc32c };

/// `blosc`, `zstd`, ...
std::string_view name(ZarrCodec codec);

/// Undoes `codecs`, which are in the order they were applied in; at most one of them compresses.
/// Takes no more memory than `expected_bytes`, which the result must have.
/// Throws kBadFile where `stored` is damaged, or holds more or less than that.
Buffer<std::byte> decode_zarr(const std::vector<ZarrCodec>& codecs, std::string_view stored,
                              int64_t expected_bytes);

/// `bytes`, at most 2 GiB, packed by Blosc: bytes of elements of `element_bytes` shuffled, then
/// Zstandard. One thread, so that the same bytes give the same.
std::string encode_blosc(std::string_view bytes, int64_t element_bytes);

/// CRC-32C (Castagnoli), RFC 3720, appendix B.4.
uint32_t crc32c(std::string_view bytes);

}  // namespace mote::io
