#include "mote/pipeline/staged_output.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fnmatch.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

fs::path without_slash(const std::string& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

// A hidden name beside `place`.
fs::path beside(const fs::path& place, const char* ending) {
  return place.parent_path() / ("." + place.filename().string() + ending);
}

void require_replaceable(const fs::path& place, const std::vector<std::string>& patterns) {
  std::error_code error;
  if (!fs::is_directory(place, error)) {
    return;
  }
  for (fs::directory_iterator entry(place, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool ours = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& each) {
      return fnmatch(each.c_str(), name.c_str(), 0) == 0;
    });
    if (!ours) {
      throw Error(ErrorKind::kUsage,
                  "{}: holds {}, which is none of what would be written there: choose another "
                  "output",
                  place.string(), name);
    }
  }
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be looked into: {}", place.string(),
                error.message());
  }
}

}  // namespace

StagedOutput::StagedOutput(std::string output, bool force, const std::vector<std::string>& patterns)
    : output_(std::move(output)) {
  // By its name without a slash, by which a file is found too.
  require_free(output_.substr(0, output_.find_last_not_of('/') + 1), force);
  const fs::path place = without_slash(output_);
  std::error_code ignored;
  require_replaceable(place, patterns);
  if (!fs::is_directory(place.parent_path(), ignored)) {
    throw Error(ErrorKind::kNotFound, "{}: there is no such folder", place.parent_path().string());
  }
  path_ = beside(place, ".part").string();
  fs::remove_all(path_, ignored);
}

StagedOutput::~StagedOutput() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void StagedOutput::publish(const Write& write) const {
  try {
    write(path_);
    sync_path(path_);
  } catch (const Error& error) {
    throw renamed(error, path_, output_);
  }
  move_to_place();
}

void StagedOutput::publish_folder(const Write& write) const {
  publish([&](const std::string& path) {
    std::error_code error;
    fs::create_directory(path, error);
    if (error) {
      throw Error(ErrorKind::kResource, "{}: cannot be made: {}", path, error.message());
    }
    write(path);
  });
}

void StagedOutput::move_to_place() const {
  const fs::path place = without_slash(output_);
  const fs::path old = beside(place, ".old");
  std::error_code absent;
  std::error_code error;
  // A file takes the place of a file at once; a folder must be out of the way first.
  bool moved = false;
  if (fs::exists(place, absent) &&
      (fs::is_directory(place, absent) || fs::is_directory(path_, absent))) {
    fs::remove_all(old, absent);
    fs::rename(place, old, error);
    moved = !error;
  }
  if (!error) {
    fs::rename(path_, place, error);
  }
  if (error && moved) {
    fs::rename(old, place, absent);
  }
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", output_, error.message());
  }
  sync_path(place.parent_path().string());
  if (moved) {
    fs::remove_all(old, absent);
  }
}

}  // namespace mote::pipeline
