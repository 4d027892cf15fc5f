#pragma once

#include <filesystem>
#include <string>

namespace mote::pipeline {

/// Where a simulation is written to: `DIR/recording.tif` and `DIR/truth/`. Everything is made in a
/// folder within, which is gone with all that was not published when this is.
class SimulationFolder {
 public:
  /// Throws kUsage where `folder` is a file, or not empty and `force` is not set; kResource where
  /// it cannot be written.
  SimulationFolder(std::filesystem::path folder, bool force);
  ~SimulationFolder();
  SimulationFolder(const SimulationFolder&) = delete;
  SimulationFolder& operator=(const SimulationFolder&) = delete;

  std::filesystem::path file(const char* name) const;
  std::filesystem::path truth() const;
  std::filesystem::path truth(const char* name) const { return truth() / name; }

  /// Moves every file of the truth, then the recording, to where they belong: where the recording
  /// is, all of it is. What an earlier simulation left of truths is gone then.
  void publish() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace mote::pipeline
