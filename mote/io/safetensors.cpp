#include "mote/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <numeric>
#include <set>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/mapped_file.h"
#include "mote/io/output_file.h"
#include "mote/io/safetensors_header.h"
#include "mote/io/tensor_bytes.h"

namespace mote::io {
namespace {

constexpr uint64_t kMostHeaderBytes = 100'000'000;  // as the format's own library
constexpr size_t kLengthBytes = 8;

uint64_t header_length(std::string_view leading_bytes) {
  uint64_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length |= uint64_t{static_cast<uint8_t>(leading_bytes[i])} << (8 * i);
  }
  return length;
}

/// Each tensor begins where the one before it ends, the first at 0, and the last ends the file.
void check_no_gaps(const std::vector<SafetensorsEntry>& entries, int64_t data_bytes) {
  std::vector<const SafetensorsEntry*> by_place;
  by_place.reserve(entries.size());
  for (const SafetensorsEntry& entry : entries) {
    by_place.push_back(&entry);
  }
  std::sort(by_place.begin(), by_place.end(), [](const auto* a, const auto* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  int64_t end = 0;
  for (const SafetensorsEntry* entry : by_place) {
    if (entry->begin != end) {
      throw Error(ErrorKind::kBadFile, "{} begins at {}, expected {}, where the one before it ends",
                  entry->name, entry->begin, end);
    }
    end = entry->end;
  }
  if (end != data_bytes) {
    throw Error(ErrorKind::kBadFile, "the tensors end at {}, the file's data at {}", end,
                data_bytes);
  }
}

void check_size(const SafetensorsEntry& entry, int64_t data_bytes) {
  if (entry.end < entry.begin || entry.end > data_bytes) {
    throw Error(ErrorKind::kBadFile, "{} claims the bytes {} to {} of {}", entry.name, entry.begin,
                entry.end, data_bytes);
  }
  const int64_t expected = scalar_count(entry.shape) * bytes_per_scalar(entry.type);
  if (entry.end - entry.begin != expected) {
    throw Error(ErrorKind::kBadFile, "{} has {} bytes, its shape takes {}", entry.name,
                entry.end - entry.begin, expected);
  }
}

/// The places of the tensors: the widest types first, so that every one is aligned.
std::vector<int64_t> places_of(const std::vector<StoredTensor>& tensors) {
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return bytes_per_scalar(tensors[a].type) > bytes_per_scalar(tensors[b].type);
  });
  std::vector<int64_t> places(tensors.size());
  int64_t end = 0;
  for (const size_t i : order) {
    places[i] = end;
    end += static_cast<int64_t>(tensors[i].bytes.size());
  }
  return places;
}

void check_writable(const std::vector<StoredTensor>& tensors) {
  std::set<std::string_view> names;
  for (const StoredTensor& tensor : tensors) {
    if (!names.insert(tensor.name).second || tensor.name == "__metadata__") {
      throw Error(ErrorKind::kUsage, "two tensors, or a tensor and the metadata, are named {}",
                  tensor.name);
    }
    const int64_t expected = scalar_count(tensor.shape) * bytes_per_scalar(tensor.type);
    if (static_cast<int64_t>(tensor.bytes.size()) != expected) {
      throw Error(ErrorKind::kUsage, "{} has {} bytes, its shape takes {}", tensor.name,
                  tensor.bytes.size(), expected);
    }
  }
}

std::string header_of(const Weights& weights, const std::vector<int64_t>& places) {
  auto header = nlohmann::ordered_json::object();
  if (!weights.metadata.empty()) {
    header["__metadata__"] = weights.metadata;
  }
  for (size_t i = 0; i < weights.tensors.size(); ++i) {
    const StoredTensor& tensor = weights.tensors[i];
    const auto bytes = static_cast<int64_t>(tensor.bytes.size());
    header[tensor.name] = {{"dtype", safetensors_type(tensor.type)},
                           {"shape", tensor.shape},
                           {"data_offsets", {places[i], places[i] + bytes}}};
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  return text;
}

}  // namespace

bool looks_like_safetensors(std::string_view leading_bytes) {
  if (leading_bytes.size() <= kLengthBytes || leading_bytes[kLengthBytes] != '{') {
    return false;
  }
  // A damaged length gives way to a header that begins as one does.
  return header_length(leading_bytes) <= kMostHeaderBytes ||
         leading_bytes.substr(kLengthBytes).starts_with("{\"");
}

Weights read_safetensors(const std::string& path) {
  const auto file = std::make_shared<MappedFile>(path);
  const std::span<const std::byte> bytes = file->bytes();
  if (bytes.size() < kLengthBytes) {
    throw Error(ErrorKind::kBadFile, "has {} bytes, a safetensors file at least 10", bytes.size());
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const uint64_t length = header_length(text);
  if (length > bytes.size() - kLengthBytes || length > kMostHeaderBytes) {
    throw Error(ErrorKind::kBadFile, "claims a header of {} bytes, the file has {}", length,
                bytes.size());
  }
  SafetensorsHeader header = parse_safetensors_header(text.substr(kLengthBytes, length));
  const std::span<const std::byte> data = bytes.subspan(kLengthBytes + length);
  const auto data_bytes = static_cast<int64_t>(data.size());

  Weights weights{.metadata = std::move(header.metadata), .storage = file};
  for (const SafetensorsEntry& entry : header.entries) {
    check_size(entry, data_bytes);
    weights.tensors.push_back(
        {.name = entry.name,
         .type = entry.type,
         .shape = entry.shape,
         .bytes = data.subspan(static_cast<size_t>(entry.begin),
                               static_cast<size_t>(entry.end - entry.begin))});
    check_bools(weights.tensors.back());
  }
  check_no_gaps(header.entries, data_bytes);
  return weights;
}

void write_safetensors(const std::string& path, const Weights& weights) {
  static_assert(std::endian::native == std::endian::little);
  check_writable(weights.tensors);
  const std::vector<int64_t> places = places_of(weights.tensors);
  const std::string header = header_of(weights, places);
  const auto length = static_cast<uint64_t>(header.size());
  OutputFile file(path);
  file.write_at(0, &length, kLengthBytes);
  file.write_at(kLengthBytes, header.data(), static_cast<int64_t>(header.size()));
  const auto data = static_cast<int64_t>(kLengthBytes + header.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const std::span<const std::byte> bytes = weights.tensors[i].bytes;
    file.write_at(data + places[i], bytes.data(), static_cast<int64_t>(bytes.size()));
  }
  file.sync_and_close();
}

}  // namespace mote::io
