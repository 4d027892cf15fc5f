// A file that lives in memory, to be opened by its path thousands of times a second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace mote::testing_support {

class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("mote", MFD_CLOEXEC)) {}
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  /// Says whether all bytes were written.
  bool write(std::string_view bytes) {
    return ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, bytes.data(), bytes.size(),
                                                        0) == static_cast<ssize_t>(bytes.size());
  }

 private:
  int descriptor_;
};

}  // namespace mote::testing_support
