#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/io/zarr_box.h"
#include "mote/io/zarr_metadata.h"

namespace mote::io {

/// A folder that goes again where it is not finished.
class ZarrFolderInMaking {
 public:
  /// Throws kUsage where `folder` is there already, kResource where it cannot be made.
  explicit ZarrFolderInMaking(std::string folder);
  /// Takes away what was not finished.
  ~ZarrFolderInMaking();
  ZarrFolderInMaking(const ZarrFolderInMaking&) = delete;
  ZarrFolderInMaking& operator=(const ZarrFolderInMaking&) = delete;

  const std::string& path() const { return folder_; }

  /// Waits until all is on the disk. Throws kResource where that fails.
  void finish();

 private:
  std::string folder_;
  bool finished_ = false;
};

/// Writes the metadata of a group; of version 2 or 3. Throws kResource.
void write_zarr_group(const std::string& folder, int version, const nlohmann::json& attributes);

/// Writes an array in chunks packed by Blosc (Zstandard, shuffled), in little endian. Chunks of
/// nothing but 0 are left out, the fill value being 0. The metadata come last: an array that was
/// not closed is none.
class ZarrArrayWriter {
 public:
  /// `metadata` say version, chunk, type, separator and the shape, whose first dimension may be
  /// told at the end. Throws kResource where the folder cannot be made.
  ZarrArrayWriter(std::string folder, ZarrMetadata metadata);

  const ZarrMetadata& metadata() const { return metadata_; }

  /// Writes the elements of `box`, which lie in row-major order at `from`; the box begins where a
  /// chunk does, and ends where one does or the array. Throws kResource where the disk is full.
  void write(const ZarrBox& box, const std::byte* from);

  /// Writes the metadata, for a first dimension of `length`. Throws kResource.
  void close(int64_t length, const nlohmann::json& attributes);

 private:
  std::string folder_;
  ZarrMetadata metadata_;
};

}  // namespace mote::io
