#include "mote/io/output_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "mote/core/error.h"

namespace mote::io {
namespace {

constexpr size_t kBufferBytes = 1 << 16;

}  // namespace

OutputFile::OutputFile(std::string path, int64_t keep_bytes)
    : path_(std::move(path)),
      end_(keep_bytes),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) {
    fail(errno);
  }
  if (::ftruncate(descriptor_, keep_bytes) != 0) {
    const int error = errno;
    ::close(descriptor_);
    fail(error);
  }
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

void OutputFile::fail(int error) const {
  throw Error(ErrorKind::kResource, "{}: cannot be written: {}", path_, std::strerror(error));
}

void OutputFile::write(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) {
    flush();
  }
}

void OutputFile::flush() {
  const auto count = static_cast<int64_t>(buffer_.size());
  write_at(end_, buffer_.data(), count);
  end_ += count;
  buffer_.clear();
}

void OutputFile::write_at(int64_t offset, const void* from, int64_t count) {
  int64_t done = 0;
  while (done < count) {
    const ssize_t put = ::pwrite(descriptor_, static_cast<const char*>(from) + done,
                                 static_cast<size_t>(count - done), offset + done);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      fail(put < 0 ? errno : ENOSPC);
    }
    done += put;
  }
}

void OutputFile::sync() {
  flush();
  if (::fdatasync(descriptor_) != 0) {
    fail(errno);
  }
}

void OutputFile::sync_and_close() {
  sync();
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    fail(errno);
  }
}

}  // namespace mote::io
