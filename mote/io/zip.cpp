#include "mote/io/zip.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <unzip.h>
#include <zip.h>

#include "mote/core/error.h"
#include "mote/io/file.h"
#include "mote/io/output_file.h"

namespace mote::io {
namespace {

constexpr uint64_t kMostEntryBytes = 32 << 20;

int64_t seek_target(int64_t position, int64_t end, ZPOS64_T offset, int origin) {
  const auto by = static_cast<int64_t>(offset);
  switch (origin) {
    case ZLIB_FILEFUNC_SEEK_CUR: return position + by;
    case ZLIB_FILEFUNC_SEEK_END: return end + by;
    default: return by;
  }
}

/// What minizip writes to: it goes back to the head of an entry once it knows its size, so the
/// entries of late are held. Errors wait here until minizip has returned.
class Output {
 public:
  explicit Output(const std::string& path) : file_(path) {}

  uLong write(const void* from, uLong count) {
    if (position_ < held_at_) {
      return 0;  // minizip never goes back behind an entry's head
    }
    const auto at = static_cast<size_t>(position_ - held_at_);
    held_.resize(std::max(held_.size(), at + count));
    std::memcpy(held_.data() + at, from, count);
    position_ += static_cast<int64_t>(count);
    return count;
  }

  int64_t position() const { return position_; }
  long seek(ZPOS64_T offset, int origin) {
    const auto end = held_at_ + static_cast<int64_t>(held_.size());
    position_ = seek_target(position_, end, offset, origin);
    return 0;
  }

  /// Between entries.
  void write_held(size_t at_least) {
    if (held_.size() >= at_least) {
      file_.write_at(held_at_, held_.data(), static_cast<int64_t>(held_.size()));
      held_at_ += static_cast<int64_t>(held_.size());
      held_.clear();
    }
  }
  void close() {
    write_held(0);
    file_.sync_and_close();
  }

 private:
  OutputFile file_;
  std::string held_;  // bytes of the file from held_at_ on
  int64_t held_at_ = 0;
  int64_t position_ = 0;
};

zlib_filefunc64_def functions_of(Output& output) {
  return {
      .zopen64_file = [](voidpf opaque, const void*, int) { return opaque; },
      .zread_file = [](voidpf, voidpf, void*, uLong) { return uLong{0}; },
      .zwrite_file = [](voidpf, voidpf stream, const void* from,
                        uLong count) { return static_cast<Output*>(stream)->write(from, count); },
      .ztell64_file =
          [](voidpf, voidpf stream) {
            return static_cast<ZPOS64_T>(static_cast<Output*>(stream)->position());
          },
      .zseek64_file = [](voidpf, voidpf stream, ZPOS64_T offset,
                         int origin) { return static_cast<Output*>(stream)->seek(offset, origin); },
      .zclose_file = [](voidpf, voidpf) { return 0; },
      .zerror_file = [](voidpf, voidpf) { return 0; },
      .opaque = &output};
}

/// What minizip reads from, a byte or two at a time: by pieces.
class Input {
 public:
  explicit Input(const std::string& path) : file_(path) {}

  uLong read(void* to, uLong count) {
    uLong done = 0;
    while (done < count && (holds(position_) || fetch())) {
      const auto from = static_cast<size_t>(position_ - piece_at_);
      const uLong some = std::min<uLong>(count - done, piece_.size() - from);
      std::memcpy(static_cast<char*>(to) + done, piece_.data() + from, some);
      done += some;
      position_ += static_cast<int64_t>(some);
    }
    return done;
  }
  int64_t position() const { return position_; }
  long seek(ZPOS64_T offset, int origin) {
    const int64_t target = seek_target(position_, file_.bytes(), offset, origin);
    if (target < 0 || target > file_.bytes()) {
      return -1;
    }
    position_ = target;
    return 0;
  }
  const std::optional<Error>& error() const { return error_; }
  int64_t bytes() const { return file_.bytes(); }

 private:
  bool holds(int64_t position) const {
    return position >= piece_at_ && position < piece_at_ + static_cast<int64_t>(piece_.size());
  }
  bool fetch() {
    try {
      piece_.resize(kPieceBytes);
      piece_at_ = position_;
      piece_.resize(static_cast<size_t>(file_.read_at(piece_at_, piece_.data(), kPieceBytes)));
    } catch (const Error& error) {
      piece_.clear();
      error_ = error;
    }
    return !piece_.empty();
  }

  static constexpr int64_t kPieceBytes = 1 << 15;
  File file_;
  std::string piece_;
  int64_t piece_at_ = 0;
  int64_t position_ = 0;
  std::optional<Error> error_;
};

zlib_filefunc64_def functions_of(Input& input) {
  return {
      .zopen64_file = [](voidpf opaque, const void*, int) { return opaque; },
      .zread_file = [](voidpf, voidpf stream, void* to,
                       uLong count) { return static_cast<Input*>(stream)->read(to, count); },
      .zwrite_file = [](voidpf, voidpf, const void*, uLong) { return uLong{0}; },
      .ztell64_file =
          [](voidpf, voidpf stream) {
            return static_cast<ZPOS64_T>(static_cast<Input*>(stream)->position());
          },
      .zseek64_file = [](voidpf, voidpf stream, ZPOS64_T offset,
                         int origin) { return static_cast<Input*>(stream)->seek(offset, origin); },
      .zclose_file = [](voidpf, voidpf) { return 0; },
      .zerror_file = [](voidpf,
                        voidpf stream) { return static_cast<Input*>(stream)->error() ? 1 : 0; },
      .opaque = &input};
}

/// An open zip file of minizip's.
class Unzip {
 public:
  explicit Unzip(const std::string& path) : input_(path) {
    zlib_filefunc64_def functions = functions_of(input_);
    zip_ = unzOpen2_64("", &functions);
    if (zip_ == nullptr) {
      fail("no sound list of entries at the end of the zip file");
    }
  }
  ~Unzip() {
    if (zip_ != nullptr) {
      unzClose(zip_);  // an entry that is open is closed with it
    }
  }
  Unzip(const Unzip&) = delete;
  Unzip& operator=(const Unzip&) = delete;

  bool go_to(bool first) {
    const int result = first ? unzGoToFirstFile(zip_) : unzGoToNextFile(zip_);
    if (result == UNZ_END_OF_LIST_OF_FILE) {
      return false;
    }
    check(result, "a damaged list of entries");
    return true;
  }

  std::pair<std::string, unz_file_info64> entry() {
    unz_file_info64 info{};
    check(unzGetCurrentFileInfo64(zip_, &info, nullptr, 0, nullptr, 0, nullptr, 0),
          "a damaged list of entries");
    std::string name(info.size_filename, '\0');
    if (!name.empty()) {
      check(unzGetCurrentFileInfo64(zip_, nullptr, name.data(), info.size_filename, nullptr, 0,
                                    nullptr, 0),
            "a damaged list of entries");
    }
    return {name, info};
  }

  /// Where the bytes of the current entry begin.
  int64_t place() {
    check(unzOpenCurrentFile2(zip_, nullptr, nullptr, 1), "is damaged");  // 1: do not unpack
    const auto offset = static_cast<int64_t>(unzGetCurrentFileZStreamPos64(zip_));
    unzCloseCurrentFile(zip_);
    return offset;
  }
  int64_t file_bytes() const { return input_.bytes(); }

  std::string unpacked(const unz_file_info64& info) {
    if ((info.flag & 1) != 0) {
      throw Error(ErrorKind::kUnsupported, "is encrypted");
    }
    if (info.uncompressed_size > kMostEntryBytes) {
      throw Error(ErrorKind::kBadFile, "claims {} bytes, expected {} at the most",
                  info.uncompressed_size, kMostEntryBytes);
    }
    check(unzOpenCurrentFile(zip_), "is damaged");
    std::string bytes;
    std::string piece(1 << 14, '\0');
    while (true) {
      const int count = unzReadCurrentFile(zip_, piece.data(), static_cast<unsigned>(piece.size()));
      check(std::min(count, 0), "is damaged");
      if (count == 0) {
        break;
      }
      bytes.append(piece, 0, static_cast<size_t>(count));
    }
    if (bytes.size() != info.uncompressed_size) {
      throw Error(ErrorKind::kBadFile, "has {} bytes, expected {}", bytes.size(),
                  info.uncompressed_size);
    }
    check(unzCloseCurrentFile(zip_), "does not have the checksum that its file says");
    return bytes;
  }

 private:
  void check(int result, const char* what) {
    if (result != UNZ_OK) {
      fail(what);
    }
  }
  [[noreturn]] void fail(const char* what) {
    if (input_.error()) {
      throw Error(*input_.error());
    }
    throw Error(ErrorKind::kBadFile, "{}", what);
  }

  Input input_;
  unzFile zip_ = nullptr;
};

}  // namespace

struct ZipWriter::Impl {
  explicit Impl(const std::string& path_of_file) : path(path_of_file), output(path_of_file) {
    zlib_filefunc64_def functions = functions_of(output);
    zip = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
    check(zip == nullptr ? ZIP_INTERNALERROR : ZIP_OK);
  }
  ~Impl() {
    if (zip != nullptr) {
      zipClose(zip, nullptr);  // into memory only
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // All that can fail within minizip, whose writes go to memory.
  void check(int result) const {
    if (result != ZIP_OK) {
      throw Error(ErrorKind::kResource, "{}: cannot be zipped: no memory", path);
    }
  }

  std::string path;
  Output output;
  zipFile zip = nullptr;
};

bool looks_like_zip(const std::string& leading_bytes) {
  return leading_bytes.starts_with("PK\x03\x04") || leading_bytes.starts_with("PK\x05\x06");
}

ZipWriter::ZipWriter(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}

ZipWriter::~ZipWriter() = default;

void ZipWriter::write(const std::string& name, std::string_view bytes) {
  const zip_fileinfo info{.tmz_date = {.tm_mday = 1, .tm_mon = 0, .tm_year = 1980}};
  impl_->check(zipOpenNewFileInZip64(impl_->zip, name.c_str(), &info, nullptr, 0, nullptr, 0,
                                     nullptr, Z_DEFLATED, Z_BEST_SPEED, 0));
  impl_->check(zipWriteInFileInZip(impl_->zip, bytes.data(), static_cast<unsigned>(bytes.size())));
  impl_->check(zipCloseFileInZip(impl_->zip));
  impl_->output.write_held(1 << 20);
}

void ZipWriter::close() {
  impl_->check(zipClose(std::exchange(impl_->zip, nullptr), nullptr));
  impl_->output.close();
}

void for_each_zip_entry(
    const std::string& path, const std::function<bool(const std::string& name)>& wanted,
    const std::function<void(const std::string& name, const std::string& bytes)>& use) {
  Unzip zip(path);
  // Entries lie behind each other: where several lie in the same bytes, a small file would unpack
  // to any size.
  constexpr uint64_t kLocalHeaderBytes = 30;
  uint64_t bytes_left = static_cast<uint64_t>(zip.file_bytes());
  for (bool more = zip.go_to(true); more; more = zip.go_to(false)) {
    const auto [name, info] = zip.entry();
    const uint64_t overhead = kLocalHeaderBytes + name.size();
    if (info.compressed_size > bytes_left || overhead > bytes_left - info.compressed_size) {
      throw Error(ErrorKind::kBadFile,
                  "its entries up to {} claim more bytes than the file has, {}", name,
                  zip.file_bytes());
    }
    bytes_left -= info.compressed_size + overhead;
    if (!wanted(name)) {
      continue;
    }
    try {
      use(name, zip.unpacked(info));
    } catch (const Error& error) {
      throw error.in(name);
    }
  }
}

std::vector<ZipPlace> zip_places(const std::string& path) {
  Unzip zip(path);
  std::vector<ZipPlace> places;
  for (bool more = zip.go_to(true); more; more = zip.go_to(false)) {
    const auto [name, info] = zip.entry();
    const int64_t offset = zip.place();
    const auto bytes = static_cast<int64_t>(info.compressed_size);
    if (offset < 0 || bytes < 0 || offset > zip.file_bytes() || bytes > zip.file_bytes() - offset) {
      throw Error(ErrorKind::kBadFile, "{} claims {} bytes from {} on, the zip file has {}", name,
                  bytes, offset, zip.file_bytes());
    }
    places.push_back({.name = name,
                      .offset = offset,
                      .bytes = bytes,
                      .crc32 = static_cast<uint32_t>(info.crc),
                      .stored = info.compression_method == 0 && (info.flag & 1) == 0});
  }
  return places;
}

}  // namespace mote::io
