#include "mote/io/mapped_file.h"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "mote/core/error.h"
#include "mote/io/file.h"

namespace mote::io {

MappedFile::MappedFile(const std::string& path) {
  const File file(path);
  const auto count = static_cast<size_t>(file.bytes());
  void* const mapped = ::mmap(nullptr, count, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (mapped == MAP_FAILED) {
    throw Error(ErrorKind::kResource, "cannot be mapped into memory: {}", std::strerror(errno));
  }
  bytes_ = {static_cast<const std::byte*>(mapped), count};
}

MappedFile::~MappedFile() {
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace mote::io
