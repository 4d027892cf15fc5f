#pragma once

#include <torch/types.h>

namespace mote::pretended {

/// A device that stands for a GPU where there is none.
///
/// libtorch's operators run on it as they do on the processor, but, as with a GPU, an operator
/// refuses tensors of the processor next to the device's (numbers without axes may be), and the
/// addresses of the device's memory are none that the processor can read: a kernel that takes
/// `data_ptr` without looking at the device ends with a segmentation fault.
/// libtorch calls it `xpu`, the name of a GPU that builds for the processor or CUDA know nothing
/// of.
torch::Device gpu();

}  // namespace mote::pretended
