#include "mote/pipeline/output_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

// Everything that any run writes.
constexpr auto kOutputs = std::to_array<const char*>(
    {"particles.csv", "tracks.csv",   "events.csv",  "necks.csv", "neck_fits.csv",
     "frames.csv",    "drift.csv",    "motion.csv",  "msd.csv",   "growth.csv",
     "rates.csv",     "survival.csv", "budget.csv",  "sizes.csv", "size_curves.csv",
     "labels.tif",    "labels",       "overlay.mp4", "overlays",  "figures",
     "methods.txt",   "report.html",  "run.json",    kKeptJournal});

// `named` is the user's name for it.
void make_folder(const std::string& path, const std::string& named) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", named, error.message());
  }
}

// What the run that lies in the folder says it wrote.
std::set<std::string> files_of_run(const std::string& run_json) {
  const auto run = nlohmann::json::parse(read_file(run_json), nullptr, false);
  std::set<std::string> files;
  if (run.is_object() && run.contains("files") && run["files"].is_array()) {
    for (const auto& file : run["files"]) {
      if (file.is_string()) {
        files.insert(file.get<std::string>());
      }
    }
  }
  return files;
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, bool force, bool resume)
    : path_(path), work_(path + "/.mote") {
  if (path.empty()) {
    throw Error(ErrorKind::kUsage, "no output folder: give one with -o DIR");
  }
  if (exists(path) && !is_folder(path)) {
    throw Error(ErrorKind::kUsage, "{}: is a file, expected a folder to write to", path);
  }
  const bool complete = exists(path + "/run.json");
  const bool begun = exists(work_);
  if (resume && !begun) {
    if (!complete) {
      throw Error(ErrorKind::kUsage, "{}: holds no unfinished run to resume", path);
    }
    finished_ = true;
    return;
  }
  if (!force && !resume) {
    require_empty(complete, begun);
  }
  make_folder(path_, path_);
  make_folder(work_, path_);
  const std::string lock = work_ + "/lock";
  lock_ = ::open(lock.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", path, std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Error(ErrorKind::kResource, "{}: another mote is writing to this folder", path);
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(work_)) {
    if (entry.path().extension() == ".part") {  // what a kill left half written
      std::error_code ignored;
      fs::remove(entry.path(), ignored);
    }
  }
  resuming_ = resume && exists(journal());
  if (!resuming_) {
    std::error_code ignored;
    fs::remove(checkpoint(), ignored);
    fs::remove(journal(), ignored);
  }
}

void OutputFolder::require_empty(bool complete, bool begun) const {
  if (begun) {
    throw Error(ErrorKind::kUsage,
                "{}: holds an unfinished run; continue it with --resume or start anew with --force",
                path_);
  }
  if (complete) {
    throw Error(ErrorKind::kUsage,
                "{}: holds a finished run; choose another folder or overwrite it with --force",
                path_);
  }
  for (const char* name : kOutputs) {
    if (exists(path_ + "/" + name)) {
      throw Error(ErrorKind::kUsage,
                  "{}/{}: would be overwritten; choose another folder or give --force", path_,
                  name);
    }
  }
}

OutputFolder::~OutputFolder() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

std::string OutputFolder::stage() {
  std::string stage = work_ + "/out";
  std::error_code error;
  fs::remove_all(stage, error);
  make_folder(stage, path_);
  return stage;
}

void OutputFolder::publish(bool keep_journal) {
  const fs::path stage = work_ + "/out";
  const fs::path run_json = fs::path(path_) / "run.json";
  try {
    std::set<std::string> stale;
    if (fs::exists(run_json)) {
      stale = files_of_run(run_json);
    }
    std::vector<fs::path> entries;
    for (const fs::directory_entry& entry : fs::directory_iterator(stage)) {
      const fs::path name = entry.path().filename();
      stale.erase(name.string());
      if (entry.is_directory()) {
        sync_path(entry.path());
      }
      if (name != "run.json") {
        entries.push_back(name);
      }
    }
    // While files are exchanged the folder holds no run.json, so that it never looks complete.
    fs::remove(run_json);
    for (const char* name : kOutputs) {
      if (stale.contains(name)) {
        fs::remove_all(fs::path(path_) / name);
      }
    }
    for (const fs::path& name : entries) {
      const fs::path target = fs::path(path_) / name;
      if (fs::is_directory(target)) {
        fs::remove_all(target);
      }
      fs::rename(stage / name, target);
    }
    if (keep_journal) {
      fs::rename(journal(), fs::path(path_) / kKeptJournal);
    }
    sync_path(path_);
    fs::rename(stage / "run.json", run_json);
    sync_path(path_);
    fs::remove_all(work_);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::kResource, "{}: {}", path_, error.code().message());
  }
}

void require_apart(const std::vector<std::string>& inputs, const std::string& folder) {
  std::error_code ignored;
  const fs::path out = fs::weakly_canonical(folder, ignored);
  for (const std::string& input : inputs) {
    const fs::path relative = fs::weakly_canonical(input, ignored).lexically_relative(out);
    if (relative.empty()) {
      continue;
    }
    const std::string first = *relative.begin();
    if (std::find(kOutputs.begin(), kOutputs.end(), first) != kOutputs.end()) {
      throw Error(ErrorKind::kUsage,
                  "{}: is an input of this run and would be overwritten; choose another output "
                  "folder than {}",
                  input, folder);
    }
  }
}

}  // namespace mote::pipeline
