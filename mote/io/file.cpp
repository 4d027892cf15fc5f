#include "mote/io/file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "mote/core/error.h"

namespace mote::io {

// O_NONBLOCK, so that a pipe is refused and not waited for.
File::File(const std::string& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
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

int64_t File::read_rows_upwards_at(int64_t offset, std::byte* to, int64_t row_bytes,
                                   int64_t rows) const {
  constexpr int64_t kMostPieces = 1024;  // IOV_MAX of Linux
  std::vector<iovec> pieces;
  int64_t done = 0;
  for (int64_t row = 0; row < rows; row += kMostPieces) {
    pieces.clear();
    const int64_t end = std::min(rows, row + kMostPieces);
    for (int64_t i = row; i < end; ++i) {
      pieces.push_back({.iov_base = to - i * row_bytes, .iov_len = static_cast<size_t>(row_bytes)});
    }
    const int64_t wanted = (end - row) * row_bytes;
    ssize_t got = -1;
    do {
      got = ::preadv(descriptor_, pieces.data(), static_cast<int>(pieces.size()), offset + done);
    } while (got < 0 && errno == EINTR);
    // The system may stop early; what is left goes row by row.
    for (int64_t i = row + std::max<ssize_t>(got, 0) / row_bytes; got < wanted && i < end; ++i) {
      const int64_t more = read_at(offset + i * row_bytes, to - i * row_bytes, row_bytes);
      if (more < row_bytes) {
        return i * row_bytes + more;
      }
    }
    done += wanted;
  }
  return done;
}

std::string File::leading_bytes(int64_t count) const {
  std::string bytes(static_cast<size_t>(count), '\0');
  bytes.resize(static_cast<size_t>(read_at(0, bytes.data(), count)));
  return bytes;
}

}  // namespace mote::io
