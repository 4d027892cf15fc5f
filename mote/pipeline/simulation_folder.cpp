#include "mote/pipeline/simulation_folder.h"

#include <system_error>
#include <utility>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStage = ".mote-simulate";
constexpr const char* kRecording = "recording.tif";
// Of every kind of simulation, so that one does not leave another's behind.
constexpr const char* kTruthFiles[] = {"labels.tif",      "masks.json",      "tracks.csv",
                                       "events.csv",      "instances.csv",   "drift.csv",
                                       "temperature.csv", "simulation.json", "simulation.toml"};

void check(const std::error_code& error, const fs::path& path) {
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", path.string(), error.message());
  }
}

void check_is_free(const fs::path& folder, bool force) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    return;
  }
  if (!fs::is_directory(folder, error)) {
    throw Error(ErrorKind::kUsage, "{} is a file, expected a folder to write to", folder.string());
  }
  fs::directory_iterator entries(folder, error);
  check(error, folder);
  for (const fs::directory_entry& entry : entries) {
    if (!force && entry.path().filename() != kStage) {
      throw Error(ErrorKind::kUsage, "{} is not empty: --force writes over an earlier simulation",
                  folder.string());
    }
  }
}

}  // namespace

SimulationFolder::SimulationFolder(fs::path folder, bool force) : folder_(std::move(folder)) {
  check_is_free(folder_, force);
  std::error_code error;
  fs::remove_all(folder_ / kStage, error);
  check(error, folder_);
  fs::create_directories(truth(), error);
  check(error, folder_);
}

SimulationFolder::~SimulationFolder() {
  std::error_code ignored;
  fs::remove_all(folder_ / kStage, ignored);
}

fs::path SimulationFolder::file(const char* name) const {
  return folder_ / kStage / name;
}

fs::path SimulationFolder::truth() const {
  return folder_ / kStage / "truth";
}

void SimulationFolder::publish() const {
  std::error_code error;
  const auto remove = [&](const fs::path& path) {
    fs::remove(path, error);
    check(error, path);
  };
  remove(folder_ / kRecording);
  fs::create_directories(folder_ / "truth", error);
  check(error, folder_ / "truth");
  for (const char* name : kTruthFiles) {
    remove(folder_ / "truth" / name);
    if (fs::exists(truth(name), error)) {
      fs::rename(truth(name), folder_ / "truth" / name, error);
      check(error, folder_ / "truth" / name);
    }
  }
  fs::rename(file(kRecording), folder_ / kRecording, error);
  check(error, folder_ / kRecording);
}

}  // namespace mote::pipeline
