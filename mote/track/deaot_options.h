#pragma once

#include <cstdint>
#include <string>

namespace mote::track {

/// How DeAOT follows particles.
struct DeaotOptions {
  std::string model = "deaot-t";  ///< or `r50-deaot-l`
  std::string weights;            ///< as in NetworkOptions
  std::string device = "cpu";
  int64_t seed = 1;  ///< of random weights
};

}  // namespace mote::track
