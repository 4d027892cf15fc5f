#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace mote::io {

/// A seam: where a Zarr hierarchy lies. Keys name what is kept, such as `labels/0/.zarray`.
///
/// Zarr storage specification version 2 (2021) and Zarr core specification version 3 (2023),
/// zarr-specs.readthedocs.io.
class ZarrStore {
 public:
  virtual ~ZarrStore() = default;
  ZarrStore() = default;
  ZarrStore(const ZarrStore&) = delete;
  ZarrStore& operator=(const ZarrStore&) = delete;

  /// How many bytes lie under `key`; nothing where there is no such key.
  virtual std::optional<int64_t> bytes_of(const std::string& key) const = 0;

  /// Reads up to `count` bytes from `offset` on and says how many there were.
  /// Throws kNotFound where there is no such key, kResource where the device fails.
  virtual int64_t read_at(const std::string& key, int64_t offset, void* to,
                          int64_t count) const = 0;
};

/// A hierarchy whose keys are the files below a folder.
class ZarrFolder : public ZarrStore {
 public:
  explicit ZarrFolder(std::string folder) : folder_(std::move(folder)) {}

  std::optional<int64_t> bytes_of(const std::string& key) const override;
  int64_t read_at(const std::string& key, int64_t offset, void* to, int64_t count) const override;
  std::string path_of(const std::string& key) const { return folder_ + "/" + key; }

 private:
  std::string folder_;
};

/// `group` and `name`, which a file may have named, as one key; either may be empty.
/// Throws kBadFile where `name` leads out of the group: it is absolute, or holds `..`.
std::string zarr_key(const std::string& group, std::string_view name);

/// What lies under `key`, whole. Throws kBadFile where it is more than `most` bytes or less than it
/// was, kNotFound where there is no such key.
std::string read_zarr_bytes(const ZarrStore& store, const std::string& key, int64_t most);

/// The metadata under `key`; nothing where there is no such key.
/// Throws kBadFile, naming the key, where it is no JSON object, too large or too deep.
std::optional<nlohmann::json> read_zarr_json(const ZarrStore& store, const std::string& key);

/// Throws kBadFile where metadata claim more than 48 MB and more than 1000 times what is `held` on
/// disk: no image compresses so well.
void check_zarr_claim(int64_t claimed_bytes, int64_t held_bytes);

}  // namespace mote::io
