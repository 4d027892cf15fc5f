#include "mote/io/zarr_store.h"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/file.h"
#include "mote/io/json_fault.h"

namespace mote::io {
namespace {

constexpr int64_t kMaxMetadataBytes = int64_t{4} << 20;
constexpr int kMaxDepth = 64;
constexpr int64_t kFreeBytes = int64_t{48} << 20;
constexpr int64_t kBestRatio = 1000;

bool leads_out(std::string_view part) {
  return part == ".." || part == "." || part.find('\0') != std::string_view::npos;
}

}  // namespace

std::optional<int64_t> ZarrFolder::bytes_of(const std::string& key) const {
  std::error_code error;
  const std::string path = path_of(key);
  if (!std::filesystem::is_regular_file(path, error)) {
    return std::nullopt;
  }
  const auto bytes = std::filesystem::file_size(path, error);
  if (error) {
    return std::nullopt;
  }
  return static_cast<int64_t>(bytes);
}

int64_t ZarrFolder::read_at(const std::string& key, int64_t offset, void* to, int64_t count) const {
  return File(path_of(key)).read_at(offset, to, count);
}

std::string zarr_key(const std::string& group, std::string_view name) {
  std::string key = group;
  if (name.starts_with('/')) {
    throw Error(ErrorKind::kBadFile, "the path '{}' leads out of the Zarr folder", name);
  }
  while (!name.empty()) {
    const size_t end = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, end);
    if (leads_out(part)) {
      throw Error(ErrorKind::kBadFile, "the path '{}' leads out of the Zarr folder", name);
    }
    if (!part.empty()) {
      key += key.empty() ? "" : "/";
      key += part;
    }
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return key;
}

std::string read_zarr_bytes(const ZarrStore& store, const std::string& key, int64_t most) {
  const std::optional<int64_t> count = store.bytes_of(key);
  if (!count) {
    throw Error(ErrorKind::kNotFound, "{} is missing", key);
  }
  if (*count > most) {
    throw Error(ErrorKind::kBadFile, "{} has {} bytes, expected at most {}", key, *count, most);
  }
  std::string bytes(static_cast<size_t>(*count), '\0');
  if (*count > 0 && store.read_at(key, 0, bytes.data(), *count) != *count) {
    throw Error(ErrorKind::kBadFile, "{} has become shorter", key);
  }
  return bytes;
}

std::optional<nlohmann::json> read_zarr_json(const ZarrStore& store, const std::string& key) {
  if (!store.bytes_of(key)) {
    return std::nullopt;
  }
  const std::string text = read_zarr_bytes(store, key, kMaxMetadataBytes);
  const auto shallow = [&](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
    if (depth > kMaxDepth) {
      throw Error(ErrorKind::kBadFile, "{}: nested deeper than {}", key, kMaxDepth);
    }
    return true;
  };
  try {
    nlohmann::json json = nlohmann::json::parse(text, shallow);
    if (!json.is_object()) {
      throw Error(ErrorKind::kBadFile, "{}: expected a JSON object", key);
    }
    return json;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kBadFile, "{}: {}", key, json_fault(error));
  }
}

void check_zarr_claim(int64_t claimed_bytes, int64_t held_bytes) {
  if (claimed_bytes > kFreeBytes && claimed_bytes / kBestRatio > held_bytes) {
    throw Error(ErrorKind::kBadFile,
                "the Zarr metadata claim {} bytes, of which {} are on the disk, compressed",
                claimed_bytes, held_bytes);
  }
}

}  // namespace mote::io
