#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mote::io {

/// A file to write to, from its start on or at any offset.
class OutputFile {
 public:
  /// Opens the file with its first `keep_bytes` bytes and cuts off what follows; makes it where
  /// there is none. Throws kResource, as every function here does, with the path in front, where
  /// the file cannot be made or written.
  explicit OutputFile(std::string path, int64_t keep_bytes = 0);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends, through a buffer that only `sync` and `sync_and_close` empty for certain.
  void write(std::string_view bytes);

  /// Writes at once. Not for a file that `write` is used on.
  void write_at(int64_t offset, const void* from, int64_t count);

  /// Waits until the bytes are on the disk.
  void sync();

  /// Syncs and closes. Without it the destructor just closes.
  void sync_and_close();

 private:
  void flush();
  [[noreturn]] void fail(int error) const;

  std::string path_;
  std::string buffer_;
  int64_t end_ = 0;  // where the buffer belongs
  int descriptor_ = -1;
};

}  // namespace mote::io
