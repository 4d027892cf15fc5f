// What stands for onednn_conv.cpp where mote is built without oneDNN.
#include "mote/core/error.h"
#include "mote/nn/onednn_conv.h"

namespace mote::nn {

class OneDnnConv {};

std::shared_ptr<OneDnnConv> make_onednn_conv(const torch::Tensor&, const torch::Tensor&,
                                             const FusedConvOptions&) {
  return nullptr;
}

void run_onednn_conv(OneDnnConv&, const torch::Tensor&, const torch::Tensor&,
                     const torch::Tensor&) {
  throw Error(ErrorKind::kUnsupported, "mote was built without oneDNN");
}

}  // namespace mote::nn
