#pragma once

#include <cstdint>
#include <string>

namespace mote::io {

/// A new file to write to, at any offset; what stood under its name is gone.
class OutputFile {
 public:
  /// Throws kResource, as every function here does, with the path in front, where the file cannot
  /// be made or written.
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write_at(int64_t offset, const void* from, int64_t count);

  /// Waits until the bytes are on the disk, and closes. Without it the destructor just closes.
  void sync_and_close();

 private:
  [[noreturn]] void fail(int error) const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace mote::io
