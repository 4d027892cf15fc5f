#include "mote/io/zarr_array.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"

namespace mote::io {
namespace {

constexpr int64_t kKeptBytes = int64_t{256} << 20;
constexpr int64_t kMostChunks = int64_t{1} << 18;
constexpr int64_t kPlaceBytes = 16;  // of a chunk in a shard's table: offset and count
constexpr int64_t kCrcBytes = 4;
constexpr uint64_t kNoChunk = std::numeric_limits<uint64_t>::max();

template <typename T>
void swap_all(Buffer<std::byte>& bytes) {
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    value = byte_swapped(value);
    std::memcpy(bytes.data() + at, &value, sizeof(T));
  }
}

void make_native(const ZarrType& type, Buffer<std::byte>& bytes) {
  if (type.big_endian == (std::endian::native == std::endian::big)) {
    return;
  }
  switch (type.kind == ZarrKind::kText ? 4 : type.bytes) {
    case 2: swap_all<uint16_t>(bytes); break;
    case 4: swap_all<uint32_t>(bytes); break;
    case 8: swap_all<uint64_t>(bytes); break;
    default: break;
  }
}

uint64_t little_endian_at(const std::string& bytes, size_t at) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return std::endian::native == std::endian::little ? value : byte_swapped(value);
}

int64_t chunks_of(const ZarrBox& box, const std::vector<int64_t>& chunk) {
  int64_t all = 1;
  for (size_t i = 0; i < box.dimensions(); ++i) {
    const int64_t first = box.origin[i] / chunk[i];
    const int64_t count =
        box.extent[i] < 1 ? 0 : (box.origin[i] + box.extent[i] - 1) / chunk[i] - first + 1;
    if (count > kMostChunks || all * count > kMostChunks) {
      return kMostChunks + 1;
    }
    all *= count;
  }
  return all;
}

void check_count(const ZarrBox& box, const std::vector<int64_t>& chunk) {
  if (chunks_of(box, chunk) > kMostChunks) {
    throw Error(ErrorKind::kUnsupported, "a frame of more than {} chunks: write it in larger ones",
                kMostChunks);
  }
}

}  // namespace

ZarrArray::ZarrArray(const ZarrStore& store, std::string path)
    : store_(store), path_(std::move(path)), metadata_(read_zarr_metadata(store, path_)) {}

const std::vector<int64_t>& ZarrArray::file_shape() const {
  return metadata_.sharding.shape.empty() ? metadata_.chunk : metadata_.sharding.shape;
}

std::string ZarrArray::key_of(const Index& file_index) const {
  const std::string separator(1, metadata_.separator);
  std::string name = metadata_.prefixed ? "c" + separator : "";
  name += fmt::format("{}", fmt::join(file_index, separator));
  return zarr_key(path_, name);
}

std::vector<std::string> ZarrArray::keys_of(const ZarrBox& box) const {
  check_count(box, file_shape());
  std::vector<std::string> keys;
  for_each_zarr_chunk(box, file_shape(),
                      [&](const Index& index) { keys.push_back(key_of(index)); });
  return keys;
}

void ZarrArray::check_held(const ZarrBox& box, int64_t element_bytes) const {
  check_count(box, metadata_.chunk);
  int64_t held = 0;
  for (const std::string& key : keys_of(box)) {
    held += store_.bytes_of(key).value_or(0);
  }
  check_zarr_claim(box.elements() * element_bytes, held);
}

// The table of a shard: an offset and a count a chunk, in row-major order.
const std::string& ZarrArray::table_of(const Index& shard, const std::string& key,
                                       int64_t file_bytes) {
  if (table_shard_ == shard) {
    return table_;
  }
  const ZarrSharding& sharding = metadata_.sharding;
  int64_t entries = 1;
  for (size_t i = 0; i < shard.size(); ++i) {
    entries *= sharding.shape[i] / metadata_.chunk[i];
    if (entries > file_bytes / kPlaceBytes) {
      throw Error(ErrorKind::kBadFile, "it is too short for the table of its chunks");
    }
  }
  const int64_t bytes = entries * kPlaceBytes + (sharding.table_has_crc ? kCrcBytes : 0);
  if (bytes > file_bytes) {
    throw Error(ErrorKind::kBadFile, "it is too short for the table of its chunks");
  }
  std::string stored(static_cast<size_t>(bytes), '\0');
  const int64_t at = sharding.table_first ? 0 : file_bytes - bytes;
  if (store_.read_at(key, at, stored.data(), bytes) != bytes) {
    throw Error(ErrorKind::kBadFile, "it has become shorter");
  }
  const std::vector<ZarrCodec> codecs =
      sharding.table_has_crc ? std::vector{ZarrCodec::kCrc32c} : std::vector<ZarrCodec>{};
  const Buffer<std::byte> table = decode_zarr(codecs, stored, entries * kPlaceBytes);
  table_.assign(reinterpret_cast<const char*>(table.data()), table.size());
  table_shard_ = shard;
  return table_;
}

// Nothing where there is no such chunk.
std::optional<ZarrArray::Place> ZarrArray::place_of(const Index& index) {
  const bool sharded = !metadata_.sharding.shape.empty();
  Index file_index = index;
  int64_t entry = 0;
  for (size_t i = 0; sharded && i < index.size(); ++i) {
    const int64_t per_shard = metadata_.sharding.shape[i] / metadata_.chunk[i];
    file_index[i] = index[i] / per_shard;
    entry = entry * per_shard + index[i] % per_shard;
  }
  const std::string key = key_of(file_index);
  const std::optional<int64_t> file_bytes = store_.bytes_of(key);
  if (!file_bytes) {
    return std::nullopt;
  }
  if (!sharded) {
    return Place{.key = key, .bytes = *file_bytes};
  }
  const std::string& table = table_of(file_index, key, *file_bytes);
  const uint64_t offset = little_endian_at(table, static_cast<size_t>(entry * kPlaceBytes));
  const uint64_t bytes = little_endian_at(table, static_cast<size_t>(entry * kPlaceBytes) + 8);
  if (offset == kNoChunk && bytes == kNoChunk) {
    return std::nullopt;
  }
  const auto end = static_cast<uint64_t>(*file_bytes);
  if (offset > end || bytes > end - offset) {
    throw Error(ErrorKind::kBadFile, "its table leads beyond its end");
  }
  return Place{
      .key = key, .offset = static_cast<int64_t>(offset), .bytes = static_cast<int64_t>(bytes)};
}

Buffer<std::byte> ZarrArray::decoded(const Place& place) const {
  const int64_t expected = metadata_.chunk_bytes();
  check_zarr_claim(expected, place.bytes);
  // What does not compress becomes a little longer.
  if (place.bytes > expected + expected / 8 + (1 << 16)) {
    throw Error(ErrorKind::kBadFile, "{} bytes for a chunk that holds {}", place.bytes, expected);
  }
  std::string stored(static_cast<size_t>(place.bytes), '\0');
  if (store_.read_at(place.key, place.offset, stored.data(), place.bytes) != place.bytes) {
    throw Error(ErrorKind::kBadFile, "it has become shorter");
  }
  Buffer<std::byte> bytes = decode_zarr(metadata_.codecs, stored, expected);
  make_native(metadata_.type, bytes);
  return bytes;
}

const Buffer<std::byte>* ZarrArray::kept(const Index& index) {
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& one) { return one.index == index; });
  if (found == kept_.end()) {
    return nullptr;
  }
  kept_.splice(kept_.begin(), kept_, found);
  return &kept_.front().bytes;
}

void ZarrArray::keep(const Index& index, Buffer<std::byte> bytes) {
  const auto most = static_cast<size_t>(std::max<int64_t>(1, kKeptBytes / metadata_.chunk_bytes()));
  while (kept_.size() >= std::min<size_t>(most, 4096)) {
    kept_.pop_back();
  }
  kept_.push_front({index, std::move(bytes)});
}

// True where the box takes all that the array has of a chunk.
bool ZarrArray::is_whole(const Index& index, const ZarrBox& part) const {
  for (size_t i = 0; i < index.size(); ++i) {
    const int64_t begin = index[i] * metadata_.chunk[i];
    const int64_t has = std::min(metadata_.chunk[i], metadata_.shape[i] - begin);
    if (part.extent[i] < has) {
      return false;
    }
  }
  return true;
}

void ZarrArray::copy_part(const Index& index, const ZarrBox& part, const std::byte* chunk,
                          const ZarrBox& box, std::byte* to) const {
  const int64_t element = metadata_.type.bytes;
  const ZarrLayout to_layout = ZarrLayout::row_major(box.extent, element);
  const ZarrLayout from_layout = chunk == nullptr ? ZarrLayout::one_element(index.size())
                                 : metadata_.column_major
                                     ? ZarrLayout::column_major(metadata_.chunk, element)
                                     : ZarrLayout::row_major(metadata_.chunk, element);
  Index in_chunk(index.size());
  Index in_box(index.size());
  for (size_t i = 0; i < index.size(); ++i) {
    in_chunk[i] = part.origin[i] - index[i] * metadata_.chunk[i];
    in_box[i] = part.origin[i] - box.origin[i];
  }
  const auto* fill = reinterpret_cast<const std::byte*>(metadata_.fill.data());
  const std::byte* from = chunk == nullptr ? fill : chunk + from_layout.offset(in_chunk);
  copy_zarr_box(part.extent, element, from, from_layout, to + to_layout.offset(in_box), to_layout);
}

void ZarrArray::read(const ZarrBox& box, std::byte* to) {
  for_each_zarr_chunk(box, metadata_.chunk, [&](const Index& index) {
    const ZarrBox part = part_in_chunk(box, metadata_.chunk, index);
    if (const Buffer<std::byte>* chunk = kept(index)) {
      copy_part(index, part, chunk->data(), box, to);
      return;
    }
    try {
      const std::optional<Place> place = place_of(index);
      Buffer<std::byte> chunk;
      if (place) {
        chunk = decoded(*place);
      }
      copy_part(index, part, place ? chunk.data() : nullptr, box, to);
      if (place && !is_whole(index, part)) {
        keep(index, std::move(chunk));
      }
    } catch (const Error& error) {
      throw error.in(fmt::format("chunk {} of array '{}'", fmt::join(index, "."), path_));
    }
  });
}

}  // namespace mote::io
