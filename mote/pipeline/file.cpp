#include "mote/pipeline/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

constexpr size_t kBufferBytes = 1 << 16;

[[noreturn]] void fail(const std::string& path, const char* action) {
  throw Error(ErrorKind::kResource, "{}: cannot {}: {}", path, action, std::strerror(errno));
}

}  // namespace

FileWriter::FileWriter(std::string path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) {
    fail(path_, "be written");
  }
}

FileWriter::~FileWriter() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

void FileWriter::write(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) {
    flush();
  }
}

void FileWriter::flush() {
  write_all(file_, path_, buffer_);
  buffer_.clear();
}

void FileWriter::close() {
  flush();
  const int file = std::exchange(file_, -1);
  if (::fsync(file) != 0) {
    const int error = errno;
    ::close(file);
    errno = error;
    fail(path_, "be synced");
  }
  if (::close(file) != 0) {
    fail(path_, "be closed");
  }
}

void write_file(const std::string& path, std::string_view content) {
  const std::string part = path + ".part";
  FileWriter writer(part);
  writer.write(content);
  writer.close();
  if (std::rename(part.c_str(), path.c_str()) != 0) {
    fail(path, "be renamed into place");
  }
}

std::string read_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    throw Error(ErrorKind::kNotFound, "{}: cannot be opened: {}", path, std::strerror(errno));
  }
  std::string text;
  std::vector<char> block(kBufferBytes);
  ssize_t got = 0;
  while ((got = ::read(file, block.data(), block.size())) > 0 || (got < 0 && errno == EINTR)) {
    text.append(block.data(), static_cast<size_t>(std::max<ssize_t>(got, 0)));
  }
  const int error = got < 0 ? errno : 0;
  ::close(file);
  if (error == EISDIR) {
    throw Error(ErrorKind::kUsage, "{}: is a folder, expected a file", path);
  }
  if (error != 0) {
    errno = error;
    fail(path, "be read");
  }
  return text;
}

void write_all(int file, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      fail(path, "be written");
    }
    bytes.remove_prefix(static_cast<size_t>(std::max<ssize_t>(written, 0)));
  }
}

void sync_path(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    fail(path, "be opened");
  }
  const int result = ::fsync(file);
  ::close(file);
  if (result != 0) {
    fail(path, "be synced");
  }
}

}  // namespace mote::pipeline
