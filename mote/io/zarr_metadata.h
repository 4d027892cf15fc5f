#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/io/zarr_codec.h"
#include "mote/io/zarr_store.h"

namespace mote::io {

enum class ZarrKind { kBool, kInt, kUint, kFloat, kText };

/// The type of an element.
struct ZarrType {
  ZarrKind kind = ZarrKind::kUint;
  int64_t bytes = 1;  ///< of one element; text is UTF-32, four a character, 0 at its end
  bool big_endian = false;

  bool operator==(const ZarrType&) const = default;
};

/// `uint16`, `bool`, `text`, ...
std::string name(const ZarrType& type);

/// Several chunks in one file, behind each other, with a table of where they are.
///
/// Zarr extension proposal 2 (2023), the codec `sharding_indexed`.
struct ZarrSharding {
  std::vector<int64_t> shape;  ///< of what one file holds; empty without sharding
  bool table_first = false;    ///< it stands at the start of the file, not at its end
  bool table_has_crc = false;
};

/// What the metadata of an array say, checked: sizes fit into 64 bits, a chunk into 2 GiB.
struct ZarrMetadata {
  int version = 2;
  std::vector<int64_t> shape;  ///< 1 to 8 dimensions; some may be 0
  std::vector<int64_t> chunk;  ///< the shape of what is packed at once
  ZarrType type;
  std::string fill;           ///< one element, for chunks that are missing; native byte order
  bool column_major = false;  ///< within a chunk the first dimension varies fastest
  std::vector<ZarrCodec> codecs;
  char separator = '.';
  bool prefixed = false;  ///< keys of chunks begin with `c`
  ZarrSharding sharding;
  std::vector<std::string> dimension_names;  ///< empty where the metadata have none

  int64_t chunk_bytes() const;
};

/// The metadata of an array: of a `.zarray`, or a `zarr.json` with `node_type` array.
/// Throws kBadFile where they are none or contradict themselves, kUnsupported, by name, for types,
/// codecs and filters that mote does not read.
ZarrMetadata parse_zarr_v2(const nlohmann::json& json);
ZarrMetadata parse_zarr_v3(const nlohmann::json& json);

/// What is at a place of a hierarchy.
struct ZarrNode {
  int version = 2;
  bool is_array = false;
  std::string key;  ///< of its metadata
};

/// The node at `path`, or nothing where there is none.
std::optional<ZarrNode> find_zarr_node(const ZarrStore& store, const std::string& path);

/// The metadata of the array at `path`. Throws as parse_zarr_v2, with the path in front, and
/// kBadFile where there is no array.
ZarrMetadata read_zarr_metadata(const ZarrStore& store, const std::string& path);

/// The attributes of the group or array at `path`; an empty object where it has none. Throws
/// kBadFile where they are none.
nlohmann::json read_zarr_attributes(const ZarrStore& store, const std::string& path);

/// The metadata as a `.zarray` or `zarr.json` for an array that is neither sharded nor packed but
/// by Blosc. `attributes` go into a `zarr.json`; version 2 has them in a file of their own.
nlohmann::json zarr_json(const ZarrMetadata& metadata, const nlohmann::json& attributes);

}  // namespace mote::io
