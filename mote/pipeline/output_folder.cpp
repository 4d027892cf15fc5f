#include "mote/pipeline/output_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

// Everything that any run writes.
constexpr auto kOutputs = std::to_array<const char*>(
    {"particles.csv", "tracks.csv", "events.csv", "frames.csv", "drift.csv", "labels.tif", "labels",
     "overlay.mp4", "overlays", "report.html", "run.json"});

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(ErrorKind::kResource, "{}: folder cannot be made: {}", path, error.message());
  }
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, bool force, bool resume)
    : path_(path), work_(path + "/.mote") {
  if (path.empty()) {
    throw Error(ErrorKind::kUsage, "no output folder: give one with -o DIR");
  }
  if (fs::exists(path) && !fs::is_directory(path)) {
    throw Error(ErrorKind::kUsage, "{}: is a file, expected a folder to write to", path);
  }
  const bool complete = fs::exists(path + "/run.json");
  const bool begun = fs::exists(work_ + "/journal");
  if (resume && !begun) {
    if (!complete) {
      throw Error(ErrorKind::kUsage, "{}: holds no unfinished run to resume", path);
    }
    finished_ = true;
    return;
  }
  if (begun && !force && !resume) {
    throw Error(ErrorKind::kUsage,
                "{}: holds an unfinished run; continue it with --resume or start anew with --force",
                path);
  }
  if (complete && !force && !resume) {
    throw Error(ErrorKind::kUsage,
                "{}: holds a finished run; choose another folder or overwrite it with --force",
                path);
  }
  make_folder(path_);
  make_folder(work_);
  const std::string lock = work_ + "/lock";
  lock_ = ::open(lock.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", path, std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Error(ErrorKind::kResource, "{}: another mote is writing to this folder", path);
  }
  resuming_ = resume;
  if (!resuming_) {
    std::error_code ignored;
    fs::remove(checkpoint(), ignored);
    fs::remove(journal(), ignored);
  }
}

OutputFolder::~OutputFolder() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

std::string OutputFolder::stage() {
  const std::string stage = work_ + "/out";
  std::error_code error;
  fs::remove_all(stage, error);
  make_folder(stage);
  return stage;
}

void OutputFolder::publish(const std::string& last) {
  const fs::path stage = work_ + "/out";
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(stage)) {
    if (entry.path().filename() != last) {
      entries.push_back(entry.path());
    }
  }
  std::sort(entries.begin(), entries.end());
  entries.push_back(stage / last);
  try {
    // While files are exchanged the folder holds no run.json, so that it never looks complete.
    fs::remove(fs::path(path_) / last);
    for (const char* name : kOutputs) {
      if (!fs::exists(stage / name)) {
        fs::remove_all(fs::path(path_) / name);  // of an earlier run that wrote more
      }
    }
    for (const fs::path& entry : entries) {
      const fs::path target = fs::path(path_) / entry.filename();
      if (fs::is_directory(entry)) {
        fs::remove_all(target);
      }
      if (entry == entries.back()) {
        sync_path(path_);
      }
      fs::rename(entry, target);
    }
    sync_path(path_);
    fs::remove_all(work_);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::kResource, "{}: {}", path_, error.code().message());
  }
}

}  // namespace mote::pipeline
