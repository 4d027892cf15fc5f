#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/core/image.h"
#include "mote/simulate/chronicle.h"
#include "mote/simulate/simulation_options.h"
#include "mote/simulate/world.h"

namespace mote::simulate {

/// A simulated recording, frame by frame, with its truth: in memory, or as the source of what is
/// written to disk. Needs memory for the particles that are there and the events so far, and for a
/// microscope (some 30 bytes a pixel and layer) a thread.
///
/// The images and the truth depend on the options alone, not on threads or the order of calls.
class Simulator {
 public:
  /// Throws kUsage on values out of range, or where there is no room for the particles.
  explicit Simulator(const SimulationOptions& options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  const SimulationOptions& options() const { return options_; }
  const RecordingInfo& info() const { return info_; }

  /// Frame `index`, of those that truth() has not told of yet. Safe to call from many threads,
  /// together with truth(). Throws kUsage for any other frame.
  Image image(int64_t index);

  /// The truth of the next frame, from 0 on. Its frame, and those before, are forgotten: take the
  /// image first.
  WorldFrame truth();

  /// Tracks and events of the frames that truth() has told of.
  Lineage lineage() const { return chronicle_.lineage(); }
  const std::vector<TrackEvent>& events() const { return chronicle_.events(); }

 private:
  std::unique_ptr<Microscope> take_microscope();

  SimulationOptions options_;
  RecordingInfo info_;
  std::mutex world_mutex_;
  World world_;          // by world_mutex_
  Chronicle chronicle_;  // likewise
  int64_t told_ = 0;     // likewise
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Microscope>> idle_;  // by idle_mutex_
};

}  // namespace mote::simulate
