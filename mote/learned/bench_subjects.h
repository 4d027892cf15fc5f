#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "mote/core/grid.h"
#include "mote/core/network_export.h"

namespace mote::learned {

/// A way of computing a network: one image, of which it gives the network's last output.
struct BenchForm {
  std::string name;
  std::function<torch::Tensor()> compute;
};

/// A network with random weights, and a random image for it.
struct BenchSubject {
  std::string step = "image";  ///< what is timed
  std::shared_ptr<torch::nn::Module> network;
  torch::Tensor image;                     ///< (1, channels, H, W)
  std::vector<BenchForm> forms;            ///< of the same weights, the plain one first
  std::optional<NetworkExport> onnx = {};  ///< what is exported of it; nothing where it cannot be
};

/// Throws kUsage where there is no such network.
BenchSubject bench_subject(const std::string& network);

}  // namespace mote::learned
