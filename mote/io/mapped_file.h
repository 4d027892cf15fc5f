#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace mote::io {

/// A whole file as bytes in memory, read from the disk where they are looked at.
///
/// The file must not be shortened while it is mapped: the operating system ends a process that
/// looks at what is no longer there.
class MappedFile {
 public:
  /// Throws as `File` does, and kResource where it cannot be mapped.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace mote::io
