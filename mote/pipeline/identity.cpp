#include "mote/pipeline/identity.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kBlockBytes = 64 * 1024;
constexpr int64_t kSampledBlocks = 8;

class Digest {
 public:
  Digest() : state_(XXH3_createState(), &XXH3_freeState) { XXH3_128bits_reset(state_.get()); }

  void add(const void* bytes, size_t count) { XXH3_128bits_update(state_.get(), bytes, count); }

  std::string hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

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

  void digest(Digest& digest, int64_t offset, int64_t count) const {
    std::vector<char> buffer(static_cast<size_t>(kBlockBytes));
    while (count > 0) {
      const auto wanted = static_cast<size_t>(std::min(count, kBlockBytes));
      const ssize_t got = ::pread(file_, buffer.data(), wanted, offset);
      if (got <= 0) {
        throw Error(ErrorKind::kBadFile, "{}: cannot be read: {}", path_,
                    got < 0 ? std::strerror(errno) : "it became shorter");
      }
      digest.add(buffer.data(), static_cast<size_t>(got));
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

nlohmann::ordered_json input_identity(const std::vector<std::string>& files, InputHash hash) {
  Digest digest;
  int64_t bytes = 0;
  int64_t newest_ns = 0;
  for (const std::string& path : files) {
    const File file(path);
    const int64_t size = file.bytes();
    const std::string name = std::filesystem::path(path).filename().string();
    digest.add(name.data(), name.size());
    digest.add(&size, sizeof size);
    if (hash == InputHash::kFull || size <= kBlockBytes * (kSampledBlocks + 1)) {
      file.digest(digest, 0, size);
    } else {
      file.digest(digest, 0, kBlockBytes);
      for (int64_t block = 1; block <= kSampledBlocks; ++block) {
        file.digest(digest, (size - kBlockBytes) / kSampledBlocks * block, kBlockBytes);
      }
    }
    bytes += size;
    newest_ns = std::max(newest_ns, file.modified_ns());
  }
  return {{"files", files.size()},
          {"bytes", bytes},
          {"modified_ns", newest_ns},
          {"hash", digest.hex()},
          {"hash_covers", hash == InputHash::kFull ? "full" : "sampled"}};
}

}  // namespace mote::pipeline
