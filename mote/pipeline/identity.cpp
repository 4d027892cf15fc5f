#include "mote/pipeline/identity.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/core/hash.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kBlockBytes = 64 * 1024;
constexpr int64_t kSampledBlocks = 8;

class File {
 public:
  explicit File(const std::string& path) : path_(path) {
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0 || ::fstat(file_, &status_) != 0) {
      throw Error(ErrorKind::kNotFound, "{}: cannot be opened: {}", path, std::strerror(errno));
    }
  }
  ~File() { ::close(file_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int64_t bytes() const { return status_.st_size; }
  int64_t modified_ns() const {
    return status_.st_mtim.tv_sec * int64_t{1'000'000'000} + status_.st_mtim.tv_nsec;
  }

  void add_to(Hash128& hash, int64_t offset, int64_t count) const {
    std::vector<char> buffer(static_cast<size_t>(kBlockBytes));
    while (count > 0) {
      const auto wanted = static_cast<size_t>(std::min(count, kBlockBytes));
      const ssize_t got = ::pread(file_, buffer.data(), wanted, offset);
      if (got <= 0) {
        throw Error(ErrorKind::kBadFile, "{}: cannot be read: {}", path_,
                    got < 0 ? std::strerror(errno) : "it became shorter");
      }
      hash.add({buffer.data(), static_cast<size_t>(got)});
      offset += got;
      count -= got;
    }
  }

 private:
  std::string path_;
  int file_ = -1;
  struct stat status_ {};
};

}  // namespace

nlohmann::ordered_json input_identity(const std::vector<std::string>& files, InputHash covers) {
  Hash128 hash;
  int64_t bytes = 0;
  int64_t newest_ns = 0;
  for (const std::string& path : files) {
    const File file(path);
    const int64_t size = file.bytes();
    const std::string name = std::filesystem::path(path).filename().string();
    hash.add(name);
    hash.add({reinterpret_cast<const char*>(&size), sizeof size});
    if (covers == InputHash::kFull || size <= kBlockBytes * (kSampledBlocks + 1)) {
      file.add_to(hash, 0, size);
    } else {
      file.add_to(hash, 0, kBlockBytes);
      for (int64_t block = 1; block <= kSampledBlocks; ++block) {
        file.add_to(hash, (size - kBlockBytes) / kSampledBlocks * block, kBlockBytes);
      }
    }
    bytes += size;
    newest_ns = std::max(newest_ns, file.modified_ns());
  }
  return {{"files", files.size()},
          {"bytes", bytes},
          {"modified_ns", newest_ns},
          {"hash", hash.hex()},
          {"hash_covers", covers == InputHash::kFull ? "full" : "sampled"}};
}

}  // namespace mote::pipeline
