#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mote/core/process_cost.h"

namespace mote {

/// A network as an ONNX graph of one input, and an image for it.
struct OnnxTask {
  std::string graph;  ///< the bytes of the file
  std::string input;
  std::vector<int64_t> shape;
  std::span<const float> image;
  std::string output;  ///< the one that is looked at
};

/// Another program that computes networks, to be compared with mote.
class OnnxRunner {
 public:
  virtual ~OnnxRunner() = default;

  /// Takes up a network in place of the one before and computes it once: the values of its output.
  /// Throws kUnsupported where the program cannot be run, or does not take the graph.
  virtual std::vector<float> load(const OnnxTask& task) = 0;

  /// Computes what was loaded once more: what that cost the program, and the most memory that it
  /// took since it was loaded. Throws likewise.
  virtual ProcessCost run() = 0;
};

}  // namespace mote
