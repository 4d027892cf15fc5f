#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/io/output_file.h"
#include "mote/io/tiff_writer.h"
#include "mote/simulate/chronicle.h"
#include "mote/simulate/simulation_options.h"
#include "mote/simulate/truth_events.h"

namespace mote::pipeline {

/// Writes the truth of a simulation, frame by frame, in memory that does not grow:
/// `labels.tif`, `masks.json`, `instances.csv`, `drift.csv`, `temperature.csv`, and at the end
/// `tracks.csv` and `events.csv`. docs/outputs.md tells what is in them.
class TruthWriter {
 public:
  TruthWriter(std::filesystem::path folder, const simulate::SimulationOptions& options);

  /// A frame on its way to the files.
  struct Rendered {
    LabelImage labels;
    std::string instances;
    std::string masks;  ///< each line with a comma and a line end in front
    std::string drift;
    std::string temperature;
  };

  /// Safe to call from many threads. The number of its first mask is `first_mask`, from 1 on.
  Rendered render(simulate::WorldFrame frame, int64_t first_mask) const;

  /// Frames in order. Throws kResource where the disk is full.
  void write(const Rendered& frame);

  /// After the last frame.
  void finish(const Lineage& lineage, const std::vector<simulate::TruthEvent>& events);

 private:
  void add_instance(const simulate::WorldFrame& frame, const simulate::WorldInstance& instance,
                    Rendered& out) const;
  void begin_masks();

  std::filesystem::path folder_;
  const simulate::SimulationOptions& options_;
  io::TiffWriter labels_;
  io::OutputFile instances_;
  io::OutputFile masks_;
  io::OutputFile drift_;
  io::OutputFile temperature_;
  bool first_mask_ = true;
};

/// The whole of `tracks.csv` and `events.csv`.
std::string truth_tracks_csv(const Lineage& lineage,
                             const std::vector<simulate::TruthEvent>& events,
                             const simulate::WorldOptions& options);
std::string truth_events_csv(const std::vector<simulate::TruthEvent>& events,
                             const simulate::WorldOptions& options);

}  // namespace mote::pipeline
