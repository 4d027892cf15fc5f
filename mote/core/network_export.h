#pragma once

#include <cstdint>
#include <string>

namespace mote {

enum class NetworkFormat {
  kOnnx,         ///< operator set 17
  kTorchScript,  ///< what torch::jit::load and torch.jit.load read
};

/// A network as another program can run it.
struct NetworkExport {
  std::string network;
  NetworkFormat format = NetworkFormat::kOnnx;
  std::string part;  ///< of EfficientSAM `encoder` or `decoder`; empty: the whole, or the encoder
  int64_t input_px = 0;  ///< side of the square image that it takes; 0: as published
};

}  // namespace mote
