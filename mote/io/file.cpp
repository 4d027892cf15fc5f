#include "mote/io/file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mote/core/error.h"

namespace mote::io {

File::File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw errno == ENOENT || errno == ENOTDIR
        ? Error(ErrorKind::kNotFound, "no such file or folder")
        : Error(ErrorKind::kNotFound, "cannot be opened: {}", std::strerror(errno));
  }
  struct stat status {};
  const bool known = ::fstat(descriptor_, &status) == 0;
  bytes_ = static_cast<int64_t>(status.st_size);
  if (known && S_ISREG(status.st_mode) && bytes_ > 0) {
    return;
  }
  ::close(descriptor_);
  if (known && S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::kUsage, "is a folder, expected a file");
  }
  if (known && !S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::kUsage, "is not a file that can be read at any offset");
  }
  throw Error(ErrorKind::kBadFile, "the file is empty");
}

File::~File() {
  ::close(descriptor_);
}

int64_t File::read_at(int64_t offset, void* to, int64_t count) const {
  int64_t done = 0;
  while (offset >= 0 && done < count) {
    const ssize_t got = ::pread(descriptor_, static_cast<char*>(to) + done,
                                static_cast<size_t>(count - done), offset + done);
    if (got == 0) {
      break;
    }
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0 && errno == EINVAL) {
      break;  // an offset past what the file system can address
    }
    if (got < 0) {
      throw Error(ErrorKind::kResource, "cannot be read: {}", std::strerror(errno));
    }
    done += got;
  }
  return done;
}

std::string File::leading_bytes(int64_t count) const {
  std::string bytes(static_cast<size_t>(count), '\0');
  bytes.resize(static_cast<size_t>(read_at(0, bytes.data(), count)));
  return bytes;
}

}  // namespace mote::io
