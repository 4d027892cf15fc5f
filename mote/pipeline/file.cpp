#include "mote/pipeline/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/core/sha256.h"
#include "mote/io/file.h"
#include "mote/io/output_file.h"

namespace mote::pipeline {
namespace {

constexpr size_t kBufferBytes = 1 << 16;

[[noreturn]] void fail(const std::string& path, const char* action) {
  throw Error(ErrorKind::kResource, "{}: cannot {}: {}", path, action, std::strerror(errno));
}

std::filesystem::file_status status_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  // What is not there has an error, too, and a status that says so.
  if (!std::filesystem::status_known(status)) {
    throw Error(ErrorKind::kResource, "{}: cannot be looked at: {}", path, error.message());
  }
  return status;
}

}  // namespace

bool exists(const std::string& path) {
  return std::filesystem::exists(status_of(path));
}

void require_free(const std::string& path, bool force) {
  if (!force && exists(path)) {
    throw Error(ErrorKind::kUsage, "{}: is there already; --force overwrites it", path);
  }
}

bool is_folder(const std::string& path) {
  return std::filesystem::is_directory(status_of(path));
}

void write_file(const std::string& path, std::string_view content) {
  const std::string part = path + ".part";
  try {
    io::OutputFile file(part);
    file.write(content);
    file.sync_and_close();
    if (std::rename(part.c_str(), path.c_str()) != 0) {
      fail(path, "be renamed into place");
    }
  } catch (const Error& error) {
    ::unlink(part.c_str());
    throw renamed(error, part, path);
  }
}

Error renamed(const Error& error, const std::string& path, const std::string& name) {
  std::string message = error.what();
  for (size_t at = message.find(path); at != std::string::npos;
       at = message.find(path, at + name.size())) {
    message.replace(at, path.size(), name);
  }
  return Error(error.kind(), "{}", message);
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

std::string sha256_of_file(const std::string& path) {
  constexpr int64_t kPieceBytes = 1 << 20;
  const io::File file(path);
  Sha256 hash;
  std::string piece(kPieceBytes, '\0');
  for (int64_t at = 0; at < file.bytes();) {
    const int64_t got = file.read_at(at, piece.data(), kPieceBytes);
    if (got == 0) {
      throw Error(ErrorKind::kBadFile, "{} has become shorter", path);
    }
    hash.add(std::string_view(piece).substr(0, static_cast<size_t>(got)));
    at += got;
  }
  return hash.hex();
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
