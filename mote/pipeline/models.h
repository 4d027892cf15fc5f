#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mote::pipeline {

/// A published file of weights, as it can be fetched and checked.
struct Checkpoint {
  std::string url;
  std::string sha256;  ///< 64 digits
  int64_t bytes = 0;   ///< 0 where it is not known
};

/// What is known of a network (mote/pipeline/models.toml); a text is empty where nothing is.
struct Model {
  std::string name;  ///< `efficientsam-tiny`
  std::string title;
  std::string task;   ///< `segment`, `prompt` or `track`
  std::string finds;  ///< `instances`, `pixels` (of particles), or nothing: a tracker
  std::string paper;
  std::string source;   ///< repository of the published code
  std::string licence;  ///< of the published weights
  std::string weights;  ///< where trained weights come from
  std::optional<Checkpoint> checkpoint;
  std::optional<int64_t> input_px;  ///< side of the square that it was published for
  std::string input;                ///< what it takes, where it was published for no square
  int64_t channels = 0;
  std::vector<double> mean;  ///< of each channel, taken off an image of 0 to 1
  std::vector<double> std;   ///< what the rest is divided by
};

/// All of them, in the order in which they are listed.
const std::vector<Model>& models();

/// Throws kUsage, naming those that there are, on an unknown name.
const Model& model(const std::string& name);

/// The network that a job names to find particles, or to follow them (`task` is `track`).
/// Throws kUsage, naming those that can, on another name.
const Model& finding_model(const std::string& name);
const Model& tracking_model(const std::string& name);

/// Where imported weights lie: MOTE_WEIGHTS_DIR, else `mote/weights` in XDG_DATA_HOME or
/// ~/.local/share. Throws kUsage where none of them is set.
std::string weights_folder();

/// Where the imported weights of a network lie, whether there are any or not.
std::string imported_weights(const std::string& name);

}  // namespace mote::pipeline
