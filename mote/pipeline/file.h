#pragma once

#include <string>
#include <string_view>

namespace mote::pipeline {

/// Writes the whole file under a temporary name, syncs it and renames it to `path`, so that at any
/// moment `path` is the old file or the new one.
/// Throws kResource where that fails.
void write_file(const std::string& path, std::string_view content);

/// The whole file. Throws kNotFound, kUsage where it is a folder, kResource where reading fails.
std::string read_file(const std::string& path);

/// Writes all of `bytes` to an open file; `path` stands in messages. Throws kResource.
void write_all(int file, const std::string& path, std::string_view bytes);

/// Waits until the file's content (or the folder's entries) are on the disk. Throws kResource.
void sync_path(const std::string& path);

/// Appends to a file through a buffer; every failure is an Error of kResource that names the file.
class FileWriter {
 public:
  explicit FileWriter(std::string path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::string_view bytes);
  void close();  ///< flushes and syncs

 private:
  void flush();

  std::string path_;
  std::string buffer_;
  int file_ = -1;
};

}  // namespace mote::pipeline
