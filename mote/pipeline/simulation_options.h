#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/choice.h"
#include "mote/simulate/simulation_options.h"

namespace mote::pipeline {

/// Meets every option of a simulation, by its key in TOML files and JSON, with what it is. The
/// members hold the defaults. As OptionVisitor, with tables within tables and lists of them.
class SimulationVisitor {
 public:
  virtual ~SimulationVisitor() = default;

  virtual void number(const std::string& key, double& value, const std::string& help) = 0;
  virtual void count(const std::string& key, int64_t& value, const std::string& help) = 0;
  virtual void flag(const std::string& key, bool& value, const std::string& help) = 0;
  virtual void text(const std::string& key, std::string& value, const std::string& help) = 0;
  virtual void choice(const std::string& key, const Choice& choice, const std::string& help) = 0;
  /// `members` visits what is in the table.
  virtual void table(const std::string& key, const std::string& help,
                     const std::function<void()>& members) = 0;
  /// `size` tables; `resize` makes them more or fewer, `members` visits one.
  virtual void list(const std::string& key, const std::string& help, size_t size,
                    const std::function<void(size_t)>& resize,
                    const std::function<void(size_t)>& members) = 0;
};
void visit_simulation(SimulationVisitor& visitor, simulate::SimulationOptions& options);

/// Where a simulation comes from, what stands on the command line wins.
struct SimulationRequest {
  std::string preset;  ///< else that of the file, else a world at its defaults
  std::string config;  ///< TOML file, or empty
  std::optional<int64_t> seed;
  std::optional<int64_t> frames;
  std::optional<int64_t> height_px;  ///< as set_field()
  std::optional<int64_t> width_px;
  std::optional<double> pixel_size_nm;     ///< as set_pixel_size()
  std::optional<double> frame_interval_s;  ///< as set_frame_interval()
  std::optional<double> dose_e_per_a2_s;   ///< as set_dose()
};

/// A simulation and the name of the preset that it was made from, or empty.
struct RequestedSimulation {
  std::string preset;
  simulate::SimulationOptions options;
};

/// In a file, too, field, pixel size, frame interval, exposure and dose take along what
/// set_field(), set_pixel_size(), set_frame_interval(), set_exposure() and set_dose() say, as far
/// as the file does not set it itself; a list, such as `species`, takes the place of the preset's,
/// and what its tables leave out is that of the preset's. Throws kUsage, with file and key, where a
/// key is unknown, of the wrong type or out of range; kNotFound and kBadFile.
RequestedSimulation requested_simulation(const SimulationRequest& request);

/// Every option with its value. `{{"seed", 1}, ..., {"migration", {...}}}`.
nlohmann::ordered_json simulation_to_json(const simulate::SimulationOptions& options);

/// The same as a TOML file, each with a comment, that makes the same simulation.
std::string simulation_to_toml(const simulate::SimulationOptions& options);

/// The names of the presets that requested_simulation() knows, in order.
std::vector<std::string> simulation_preset_names();

}  // namespace mote::pipeline
