#include "mote/learned/device.h"

#include <torch/cuda.h>

#include "mote/core/error.h"
#include "mote/core/number_text.h"

namespace mote::learned {

torch::Device device_by_name(const std::string& name) {
  if (name == "cpu") {
    return torch::kCPU;
  }
  const bool numbered = name.starts_with("cuda:");
  const auto number = numbered ? number_from<int8_t>(name.substr(5)) : std::optional<int8_t>(0);
  if ((name != "cuda" && !numbered) || !number || *number < 0) {
    throw Error(ErrorKind::kUsage, "device is '{}', expected cpu, cuda, or cuda:N for GPU N from 0",
                name);
  }
  if (!torch::cuda::is_available()) {
    throw Error(ErrorKind::kUnsupported, "device {}: there is no GPU here that libtorch {} can use",
                name, TORCH_VERSION);
  }
  if (static_cast<size_t>(*number) >= torch::cuda::device_count()) {
    throw Error(ErrorKind::kUnsupported, "device {}: there are {} GPUs, numbered from 0", name,
                torch::cuda::device_count());
  }
  return torch::Device(torch::kCUDA, *number);
}

}  // namespace mote::learned
