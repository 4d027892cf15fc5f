#pragma once

#include <string>
#include <vector>

#include "mote/core/weights.h"

namespace mote::io {

/// The state dict within a checkpoint.
struct Unwrapped {
  Weights weights;
  std::vector<std::string> taken_off;   ///< what stood before every name: `model/`, `module.`
  std::vector<std::string> left_aside;  ///< tensors of the checkpoint that are not of the network:
                                        ///< `optimizer/state/0/exp_avg`
};

/// Takes off what programs wrap around a state dict: a dict under `ema`, `model`, `state_dict`,
/// `model_state_dict` or `net`, the first of them that holds tensors, and the `module.` that
/// DataParallel puts before every name; both as often as they come. Averaged weights (`ema`) go
/// before those of the last step, as in the programs that keep both.
Unwrapped unwrapped(const Weights& checkpoint);

/// The state dict in a file.
/// Throws as `read_weights`, and kBadFile, naming the first such tensor of the network, where a
/// number is not finite: what a network makes of it is NaN.
Unwrapped read_state_dict(const std::string& path);

}  // namespace mote::io
