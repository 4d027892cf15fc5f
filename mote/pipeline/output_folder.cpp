#include "mote/pipeline/output_folder.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <string_view>

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

std::vector<fs::path> names_in(const fs::path& folder) {
  std::vector<fs::path> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

void remove_half_written(const fs::path& folder) {
  for (const fs::path& name : names_in(folder)) {
    if (name.extension() == ".part") {
      fs::remove(folder / name);
    }
  }
}

template <typename Work>
void on_disk(const std::string& path, const Work& work) {
  try {
    work();
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::kResource, "{}: {}", path, error.code().message());
  }
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path) : path_(path), work_(path + "/.mote") {}

// By way of the other constructor, so that the lock is given back where this one throws.
OutputFolder::OutputFolder(const std::string& path, bool force, bool resume) : OutputFolder(path) {
  if (path.empty()) {
    throw Error(ErrorKind::kUsage, "no output folder: give one with -o DIR");
  }
  if (exists(path) && !is_folder(path)) {
    throw Error(ErrorKind::kUsage, "{}: is a file, expected a folder to write to", path);
  }
  const std::string run_json = path + "/run.json";
  if (resume && !exists(work_)) {
    if (!exists(run_json)) {
      throw Error(ErrorKind::kUsage, "{}: holds no unfinished run to resume", path);
    }
    finished_ = true;
    return;
  }
  if (!force && !resume) {
    require_empty(exists(run_json));
  }
  make_folder(path_, path_);
  make_folder(work_, path_);
  lock();
  if (exists(ready())) {
    on_disk(path_, [&] { move_out(); });
  }
  resuming_ = resume && exists(journal());
  finished_ = resume && !resuming_ && exists(run_json);
  on_disk(path_, [&] {
    if (finished_) {
      fs::remove_all(work_);
    } else if (resuming_) {
      remove_half_written(work_);
    } else {
      clear_work();
    }
  });
}

bool OutputFolder::begun() const {
  return exists(journal()) || exists(ready());
}

void OutputFolder::lock() {
  lock_ = ::open((work_ + "/lock").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", path_, std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    throw Error(ErrorKind::kResource, "{}: another mote is writing to this folder", path_);
  }
}

void OutputFolder::require_empty(bool complete) const {
  if (begun()) {
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

void OutputFolder::publish() {
  const fs::path stage = work_ + "/out";
  assert(exists(stage / "run.json"));
  on_disk(path_, [&] {
    for (const fs::directory_entry& entry : fs::directory_iterator(stage)) {
      if (entry.is_directory()) {
        sync_path(entry.path());
      }
    }
    sync_path(stage);
    fs::rename(stage, ready());  // from here on the run is finished, whatever happens
    sync_path(work_);
    move_out();
    fs::remove_all(work_);
  });
}

// Called again after a kill at any moment, it ends what it began.
void OutputFolder::move_out() const {
  const fs::path folder = path_;
  const fs::path from = ready();
  if (fs::exists(from / "run.json")) {
    if (fs::exists(journal()) && files_of_run(from / "run.json").contains(kKeptJournal)) {
      fs::rename(journal(), from / kKeptJournal);
    }
    // While files are exchanged the folder holds no run.json, so that it never looks complete.
    if (fs::exists(folder / "run.json")) {
      fs::rename(folder / "run.json", replaced());
    }
    if (fs::exists(replaced())) {
      remove_stale();
      fs::remove(replaced());
    }
    for (const fs::path& name : names_in(from)) {
      if (fs::is_directory(folder / name)) {
        fs::remove_all(folder / name);
      }
      if (name != "run.json") {
        fs::rename(from / name, folder / name);
      }
    }
    sync_path(path_);
    fs::rename(from / "run.json", folder / "run.json");
    sync_path(path_);
  }
  clear_work();
}

// What the run that is replaced wrote and this one does not.
void OutputFolder::remove_stale() const {
  std::set<std::string> stale = files_of_run(replaced());
  for (const fs::path& name : names_in(ready())) {
    stale.erase(name);
  }
  for (const char* name : kOutputs) {
    if (stale.contains(name)) {
      fs::remove_all(fs::path(path_) / name);
    }
  }
}

// Removes all but the lock; the folder that says that the run is finished last.
void OutputFolder::clear_work() const {
  for (const fs::path& name : names_in(work_)) {
    if (name != "lock" && name != "ready") {
      fs::remove_all(fs::path(work_) / name);
    }
  }
  fs::remove_all(ready());
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
