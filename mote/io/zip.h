#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mote::io {

/// True where `leading_bytes` are those of a zip file.
bool looks_like_zip(const std::string& leading_bytes);

/// Writes a zip file (PKWARE, APPNOTE.TXT 6.3), each entry deflated and written as it comes; what
/// stays in memory is the list of names. Zip64 where the file needs it. The same entries make the
/// same bytes: every entry is dated 1980-01-01.
class ZipWriter {
 public:
  /// Throws kResource, as every function here does, where the file cannot be made or written.
  explicit ZipWriter(const std::string& path);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void write(const std::string& name, std::string_view bytes);

  /// Writes the list of names, without which a zip file is none, syncs and closes.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Hands every entry of a zip file to `use`, in the order of its list of names; entries whose name
/// `wanted` refuses are not unpacked.
///
/// Throws kBadFile where the file is no sound zip file, an entry has more than 32 MB or entries lie
/// in the same bytes, kUnsupported for encrypted entries; the message names the entry, not the
/// path.
void for_each_zip_entry(
    const std::string& path, const std::function<bool(const std::string& name)>& wanted,
    const std::function<void(const std::string& name, const std::string& bytes)>& use);

/// Where an entry that is not packed lies in its zip file.
struct ZipPlace {
  std::string name;
  int64_t offset = 0;
  int64_t bytes = 0;
  uint32_t crc32 = 0;
  bool stored = false;  ///< neither packed nor encrypted: its bytes are those of the file
};

/// The places of all entries, in the order of the list of names.
/// Throws kBadFile where the file is no sound zip file, or an entry reaches out of it.
std::vector<ZipPlace> zip_places(const std::string& path);

}  // namespace mote::io
