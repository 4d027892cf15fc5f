// A Zarr hierarchy that lives in memory, and drawn ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>

#include "mote/core/error.h"
#include "mote/io/zarr_store.h"

namespace mote::io::drawn {

class ZarrMemory : public ZarrStore {
 public:
  explicit ZarrMemory(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  std::optional<int64_t> bytes_of(const std::string& key) const override {
    const auto found = files_.find(key);
    return found == files_.end() ? std::nullopt
                                 : std::optional(static_cast<int64_t>(found->second.size()));
  }

  int64_t read_at(const std::string& key, int64_t offset, void* to, int64_t count) const override {
    const auto found = files_.find(key);
    if (found == files_.end()) {
      throw Error(ErrorKind::kNotFound, "{} is missing", key);
    }
    const std::string& bytes = found->second;
    const int64_t left = std::max<int64_t>(0, static_cast<int64_t>(bytes.size()) - offset);
    const int64_t some = std::min(count, left);
    std::memcpy(to, bytes.data() + offset, static_cast<size_t>(some));
    return some;
  }

 private:
  std::map<std::string, std::string> files_;
};

/// The `.zarray` of an array; `more` overrides what is there, as JSON without its braces.
inline std::string zarray(const std::string& shape, const std::string& chunks,
                          const std::string& dtype, const std::string& more = "") {
  return R"({"zarr_format":2,"shape":)" + shape + R"(,"chunks":)" + chunks + R"(,"dtype":")" +
         dtype + R"(","compressor":null,"fill_value":0,"order":"C","filters":null)" +
         (more.empty() ? "" : "," + more) + "}";
}

/// The `zarr.json` of an array.
inline std::string zarr3(const std::string& shape, const std::string& chunks,
                         const std::string& data_type, const std::string& codecs,
                         const std::string& more = "") {
  return R"({"zarr_format":3,"node_type":"array","shape":)" + shape + R"(,"data_type":")" +
         data_type + R"(","chunk_grid":{"name":"regular","configuration":{"chunk_shape":)" +
         chunks + R"(}},"chunk_key_encoding":{"name":"default"},"fill_value":0,"codecs":)" +
         codecs + (more.empty() ? "" : "," + more) + "}";
}

}  // namespace mote::io::drawn
