#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/buffer.h"
#include "mote/io/zarr_box.h"
#include "mote/io/zarr_metadata.h"
#include "mote/io/zarr_store.h"

namespace mote::io {

/// An array of a Zarr hierarchy, of which any box is read chunk by chunk. Chunks of which a box
/// takes only a part are kept for the next one, 256 MiB of them at most.
///
/// Not safe to share between threads.
class ZarrArray {
 public:
  /// Reads the metadata alone. `store` must outlive the array. Throws as read_zarr_metadata.
  ZarrArray(const ZarrStore& store, std::string path);

  const ZarrMetadata& metadata() const { return metadata_; }

  /// Reads the elements of `box`, which lies within the shape, in row-major order and native byte
  /// order. `to` has room for them.
  /// Throws kBadFile, naming the chunk, where one is damaged, and as check_held.
  void read(const ZarrBox& box, std::byte* to);

  /// To be asked before memory is taken for `box`, `element_bytes` an element. Throws kBadFile
  /// where that is more than its chunks on disk could hold, kUnsupported where they are over 2^18.
  void check_held(const ZarrBox& box, int64_t element_bytes) const;

  /// The keys of the files that hold `box`, whether they are there or not.
  std::vector<std::string> keys_of(const ZarrBox& box) const;

 private:
  using Index = std::vector<int64_t>;
  struct Kept {
    Index index;
    Buffer<std::byte> bytes;
  };
  // Where a chunk lies in a file.
  struct Place {
    std::string key;
    int64_t offset = 0;
    int64_t bytes = 0;
  };

  const std::vector<int64_t>& file_shape() const;
  std::string key_of(const Index& file_index) const;
  std::optional<Place> place_of(const Index& index);
  const std::string& table_of(const Index& shard, const std::string& key, int64_t file_bytes);
  Buffer<std::byte> decoded(const Place& place) const;
  void copy_part(const Index& index, const ZarrBox& part, const std::byte* chunk,
                 const ZarrBox& box, std::byte* to) const;
  const Buffer<std::byte>* kept(const Index& index);
  bool is_whole(const Index& index, const ZarrBox& part) const;
  void keep(const Index& index, Buffer<std::byte> bytes);

  const ZarrStore& store_;
  std::string path_;
  ZarrMetadata metadata_;
  std::list<Kept> kept_;  // the last used first
  Index table_shard_;     // the one that table_ is of
  std::string table_;
};

}  // namespace mote::io
