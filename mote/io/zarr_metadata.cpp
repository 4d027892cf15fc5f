#include "mote/io/zarr_metadata.h"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/json_fault.h"
#include "mote/io/zarr_types.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostDimensions = 8;
constexpr int64_t kMostBytes = int64_t{1} << 60;
constexpr int64_t kMostChunkBytes = std::numeric_limits<int32_t>::max() - 1024;

std::vector<int64_t> sizes_of(const Json& json, const char* what, int64_t least) {
  std::vector<int64_t> sizes;
  if (!json.is_array() || json.empty() || json.size() > kMostDimensions) {
    throw Error(ErrorKind::kBadFile, "its {} is {}, expected 1 to {} numbers", what,
                json.dump().substr(0, 80), kMostDimensions);
  }
  for (const Json& number : json) {
    if (!number.is_number_integer() || number.get<double>() < static_cast<double>(least) ||
        number.get<double>() > static_cast<double>(kMostBytes)) {
      throw Error(ErrorKind::kBadFile, "its {} is {}, expected whole numbers from {} on", what,
                  json.dump().substr(0, 80), least);
    }
    sizes.push_back(number.get<int64_t>());
  }
  return sizes;
}

// The product, or nothing where it is more than `most`.
std::optional<int64_t> product(const std::vector<int64_t>& sizes, int64_t first, int64_t most) {
  int64_t all = first;
  for (const int64_t size : sizes) {
    if (size > 0 && all > most / size) {
      return std::nullopt;
    }
    all *= size;
  }
  return all;
}

void check_sizes(const ZarrMetadata& metadata) {
  if (metadata.chunk.size() != metadata.shape.size()) {
    throw Error(ErrorKind::kBadFile, "its shape has {} dimensions, its chunks {}",
                metadata.shape.size(), metadata.chunk.size());
  }
  if (!product(metadata.shape, metadata.type.bytes, kMostBytes)) {
    throw Error(ErrorKind::kBadFile, "its shape claims more than 2^60 bytes");
  }
  if (!product(metadata.chunk, metadata.type.bytes, kMostChunkBytes)) {
    throw Error(ErrorKind::kUnsupported, "chunks of more than 2 GiB: mote reads smaller ones");
  }
}

ZarrCodec packing(const std::string& codec) {
  for (const ZarrCodec known : {ZarrCodec::kBlosc, ZarrCodec::kZstd, ZarrCodec::kZlib,
                                ZarrCodec::kGzip, ZarrCodec::kCrc32c}) {
    if (codec == name(known)) {
      return known;
    }
  }
  throw Error(ErrorKind::kUnsupported,
              "its chunks are packed by '{}': mote reads blosc, zstd, zlib and gzip", codec);
}

void add_codec(ZarrMetadata& metadata, ZarrCodec codec) {
  const auto packs = [](ZarrCodec one) { return one != ZarrCodec::kCrc32c; };
  if (packs(codec) && std::any_of(metadata.codecs.begin(), metadata.codecs.end(), packs)) {
    throw Error(ErrorKind::kUnsupported,
                "its chunks are packed twice: mote reads them packed once");
  }
  constexpr size_t kMostCodecs = 8;
  if (metadata.codecs.size() == kMostCodecs) {
    throw Error(ErrorKind::kUnsupported, "more than {} codecs", kMostCodecs);
  }
  metadata.codecs.push_back(codec);
}

char separator_of(const Json& json, char otherwise) {
  const auto text = json.is_null() ? std::string(1, otherwise) : json.get<std::string>();
  if (text != "." && text != "/") {
    throw Error(ErrorKind::kBadFile, "the separator of its chunks is '{}', expected . or /", text);
  }
  return text[0];
}

// What a codec of version 3 is set to.
Json configuration(const Json& codec) {
  return codec.value("configuration", Json::object());
}

std::string codec_name(const Json& codec) {
  return codec.is_string() ? codec.get<std::string>() : codec.at("name").get<std::string>();
}

void add_transpose(const Json& codec, ZarrMetadata& metadata) {
  const Json order = configuration(codec).at("order");
  const auto count = static_cast<int64_t>(metadata.shape.size());
  Json forwards = Json::array();
  Json backwards = Json::array();
  for (int64_t i = 0; i < count; ++i) {
    forwards.push_back(i);
    backwards.push_back(count - 1 - i);
  }
  if (order == backwards || order == "F") {
    metadata.column_major = count > 1;
  } else if (order != forwards && order != "C") {
    throw Error(ErrorKind::kUnsupported,
                "its chunks are transposed by {}: mote reads them in order",
                order.dump().substr(0, 80));
  }
}

void add_codecs(const Json& codecs, ZarrMetadata& metadata);

void add_sharding(const Json& codec, ZarrMetadata& metadata) {
  if (!metadata.sharding.shape.empty() || metadata.column_major) {
    throw Error(ErrorKind::kUnsupported, "shards within shards, or transposed");
  }
  const Json settings = configuration(codec);
  metadata.sharding.shape = metadata.chunk;
  metadata.chunk = sizes_of(settings.at("chunk_shape"), "chunk_shape", 1);
  if (metadata.chunk.size() != metadata.shape.size()) {
    throw Error(ErrorKind::kBadFile, "its shape has {} dimensions, the chunks of its shards {}",
                metadata.shape.size(), metadata.chunk.size());
  }
  for (size_t i = 0; i < metadata.chunk.size(); ++i) {
    if (metadata.sharding.shape[i] % metadata.chunk[i] != 0) {
      throw Error(ErrorKind::kBadFile, "its shards do not divide into chunks");
    }
  }
  metadata.sharding.table_first = settings.value("index_location", "end") == "start";
  for (const Json& part : settings.value("index_codecs", Json::array())) {
    const std::string codec_of_table = codec_name(part);
    const bool plain =
        codec_of_table == "bytes" && configuration(part).value("endian", "little") == "little";
    if (!plain && codec_of_table != "crc32c") {
      throw Error(ErrorKind::kUnsupported, "the tables of its shards are packed by '{}'",
                  codec_of_table);
    }
    metadata.sharding.table_has_crc |= codec_of_table == "crc32c";
  }
  add_codecs(settings.at("codecs"), metadata);
}

void add_codecs(const Json& codecs, ZarrMetadata& metadata) {
  bool as_bytes = false;
  for (const Json& codec : codecs) {
    const std::string what = codec_name(codec);
    if (as_bytes) {
      add_codec(metadata, packing(what));
    } else if (what == "bytes") {
      metadata.type.big_endian = configuration(codec).value("endian", "little") == "big";
      as_bytes = true;
    } else if (what == "sharding_indexed") {
      add_sharding(codec, metadata);
      as_bytes = true;
    } else if (what == "transpose") {
      add_transpose(codec, metadata);
    } else {
      throw Error(ErrorKind::kUnsupported, "its codec '{}' is not read by mote", what);
    }
  }
  if (!as_bytes) {
    throw Error(ErrorKind::kBadFile, "none of its codecs makes bytes");
  }
}

// Errors of the JSON, such as a number that is text, as ours.
template <typename Parse>
ZarrMetadata checked(const Parse& parse) {
  try {
    return parse();
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kBadFile, "{}", json_fault(error));
  }
}

}  // namespace

int64_t ZarrMetadata::chunk_bytes() const {
  return product(chunk, type.bytes, kMostBytes).value_or(kMostBytes);
}

ZarrMetadata parse_zarr_v2(const Json& json) {
  return checked([&] {
    if (json.at("zarr_format") != 2) {
      throw Error(ErrorKind::kBadFile, "a .zarray of Zarr version {}, expected 2",
                  json.at("zarr_format").dump().substr(0, 20));
    }
    ZarrMetadata metadata{.version = 2, .type = zarr_type_v2(json.at("dtype"))};
    metadata.shape = sizes_of(json.at("shape"), "shape", 0);
    metadata.chunk = sizes_of(json.at("chunks"), "chunks", 1);
    check_sizes(metadata);
    metadata.fill = zarr_fill(json.value("fill_value", Json()), metadata.type);
    const auto order = json.value("order", "C");
    if (order != "C" && order != "F") {
      throw Error(ErrorKind::kBadFile, "its order is '{}', expected C or F", order);
    }
    metadata.column_major = order == "F" && metadata.shape.size() > 1;
    if (const Json filters = json.value("filters", Json());
        !filters.is_null() && !filters.empty()) {
      throw Error(ErrorKind::kUnsupported, "its filter '{}' is not undone by mote",
                  filters.at(0).value("id", "?"));
    }
    if (const Json packer = json.value("compressor", Json()); !packer.is_null()) {
      add_codec(metadata, packing(packer.at("id").get<std::string>()));
    }
    metadata.separator = separator_of(json.value("dimension_separator", Json()), '.');
    return metadata;
  });
}

ZarrMetadata parse_zarr_v3(const Json& json) {
  return checked([&] {
    ZarrMetadata metadata{.version = 3, .type = zarr_type_v3(json.at("data_type"))};
    metadata.shape = sizes_of(json.at("shape"), "shape", 0);
    const Json& grid = json.at("chunk_grid");
    if (grid.at("name") != "regular") {
      throw Error(ErrorKind::kUnsupported, "its grid of chunks is '{}': mote reads regular ones",
                  grid.at("name").get<std::string>());
    }
    metadata.chunk = sizes_of(configuration(grid).at("chunk_shape"), "chunk_shape", 1);
    if (metadata.chunk.size() != metadata.shape.size()) {
      check_sizes(metadata);
    }
    add_codecs(json.at("codecs"), metadata);
    check_sizes(metadata);
    metadata.fill = zarr_fill(json.value("fill_value", Json()), metadata.type);
    const Json& keys = json.at("chunk_key_encoding");
    const std::string encoding = codec_name(keys);
    if (encoding != "default" && encoding != "v2") {
      throw Error(ErrorKind::kUnsupported, "the keys of its chunks are encoded by '{}'", encoding);
    }
    metadata.prefixed = encoding == "default";
    const Json separator =
        keys.is_object() ? configuration(keys).value("separator", Json()) : Json();
    metadata.separator = separator_of(separator, metadata.prefixed ? '/' : '.');
    if (json.contains("storage_transformers") && !json.at("storage_transformers").empty()) {
      throw Error(ErrorKind::kUnsupported, "it has storage transformers");
    }
    if (const Json names = json.value("dimension_names", Json()); names.is_array()) {
      for (const Json& one : names) {
        metadata.dimension_names.push_back(one.is_string() ? one.get<std::string>() : "");
      }
    }
    return metadata;
  });
}

std::optional<ZarrNode> find_zarr_node(const ZarrStore& store, const std::string& path) {
  if (const std::string key = zarr_key(path, "zarr.json"); store.bytes_of(key)) {
    const auto json = read_zarr_json(store, key);
    return ZarrNode{
        .version = 3, .is_array = json->value("node_type", Json()) == "array", .key = key};
  }
  if (const std::string key = zarr_key(path, ".zarray"); store.bytes_of(key)) {
    return ZarrNode{.version = 2, .is_array = true, .key = key};
  }
  if (const std::string key = zarr_key(path, ".zgroup"); store.bytes_of(key)) {
    return ZarrNode{.version = 2, .is_array = false, .key = key};
  }
  return std::nullopt;
}

ZarrMetadata read_zarr_metadata(const ZarrStore& store, const std::string& path) {
  const std::optional<ZarrNode> node = find_zarr_node(store, path);
  if (!node || !node->is_array) {
    throw Error(ErrorKind::kBadFile, "no Zarr array '{}'", path);
  }
  try {
    const Json json = *read_zarr_json(store, node->key);
    return node->version == 2 ? parse_zarr_v2(json) : parse_zarr_v3(json);
  } catch (const Error& error) {
    throw error.in(fmt::format("array '{}'", path));
  }
}

Json read_zarr_attributes(const ZarrStore& store, const std::string& path) {
  const auto json = read_zarr_json(store, zarr_key(path, "zarr.json"));
  Json attributes = json
                        ? json->value("attributes", Json::object())
                        : read_zarr_json(store, zarr_key(path, ".zattrs")).value_or(Json::object());
  if (!attributes.is_object()) {
    throw Error(ErrorKind::kBadFile, "the attributes of '{}' are no JSON object", path);
  }
  return attributes;
}

Json zarr_json(const ZarrMetadata& metadata, const Json& attributes) {
  const std::string separator(1, metadata.separator);
  if (metadata.version == 2) {
    return {{"zarr_format", 2},
            {"shape", metadata.shape},
            {"chunks", metadata.chunk},
            {"dtype", zarr_dtype(metadata.type)},
            {"compressor",
             {{"id", "blosc"}, {"cname", "zstd"}, {"clevel", 3}, {"shuffle", 1}, {"blocksize", 0}}},
            {"fill_value", zero_fill(metadata.type)},
            {"order", "C"},
            {"filters", nullptr},
            {"dimension_separator", separator}};
  }
  const Json blosc = {{"name", "blosc"},
                      {"configuration",
                       {{"typesize", metadata.type.bytes},
                        {"cname", "zstd"},
                        {"clevel", 3},
                        {"shuffle", "shuffle"},
                        {"blocksize", 0}}}};
  const Json bytes = {{"name", "bytes"}, {"configuration", {{"endian", "little"}}}};
  Json json = {
      {"zarr_format", 3},
      {"node_type", "array"},
      {"shape", metadata.shape},
      {"data_type", zarr_data_type(metadata.type)},
      {"chunk_grid", {{"name", "regular"}, {"configuration", {{"chunk_shape", metadata.chunk}}}}},
      {"chunk_key_encoding", {{"name", "default"}, {"configuration", {{"separator", separator}}}}},
      {"fill_value", zero_fill(metadata.type)},
      {"codecs", Json::array({bytes, blosc})},
      {"attributes", attributes}};
  if (!metadata.dimension_names.empty()) {
    json["dimension_names"] = metadata.dimension_names;
  }
  return json;
}

}  // namespace mote::io
