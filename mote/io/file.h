#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mote::io {

/// A file to read from, at any offset.
class File {
 public:
  /// Throws kNotFound where there is none or it may not be read, kUsage for a folder, kBadFile for
  /// an empty file; the message does not repeat the path.
  explicit File(const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// As it was when the file was opened.
  int64_t bytes() const { return bytes_; }

  /// For other processes; stays open as long as the file.
  int descriptor() const { return descriptor_; }

  /// Reads up to `count` bytes from `offset` on and says how many there were.
  /// Throws kResource where the device fails.
  int64_t read_at(int64_t offset, void* to, int64_t count) const;

  /// Reads `rows` rows of `row_bytes` from `offset` on, the first to `to` and each next one right
  /// before the last: turns an image over. Says how many bytes there were.
  /// Throws kResource where the device fails.
  int64_t read_rows_upwards_at(int64_t offset, std::byte* to, int64_t row_bytes,
                               int64_t rows) const;

  /// Its first bytes, at most `count`.
  std::string leading_bytes(int64_t count) const;

 private:
  int descriptor_ = -1;
  int64_t bytes_ = 0;
};

}  // namespace mote::io
