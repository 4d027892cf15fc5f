#include "mote/pipeline/file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

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
  size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t written = ::write(file_, buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno != EINTR) {
      fail(path_, "be written");
    }
    done += static_cast<size_t>(std::max<ssize_t>(written, 0));
  }
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
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(ErrorKind::kNotFound, "{}: cannot be opened: {}", path, std::strerror(errno));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
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
