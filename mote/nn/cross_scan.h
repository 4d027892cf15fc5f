#pragma once

#include <torch/torch.h>

#include "mote/nn/selective_scan.h"

namespace mote::nn {

/// What a 2-D selective scan reads. N images, E channels, S states, rates of rank R.
struct CrossScanInputs {
  torch::Tensor u;            ///< (N, H, W, E)
  torch::Tensor projected;    ///< (N, H, W, 4, R + 2 S): rates, B and C of each direction
  torch::Tensor rate_weight;  ///< (4, E, R)
  torch::Tensor rate_bias;    ///< (4, E)
  torch::Tensor a;            ///< (4 E, S), negative
  torch::Tensor d;            ///< (4 E)
};

/// The sum of the selective scans of a map by rows, by columns, and by both backwards, for float32
/// tensors on the CPU: the kernels of scan_kernel.h, which read the map in all four orders where it
/// lies. Gradients are computed by kernels too; what autograd keeps is the inputs alone.
///
/// Shapes: -> (N, H, W, E).
torch::Tensor cross_selective_scan(const CrossScanInputs& inputs);

/// `selective_scan` by the same kernels, for float32 tensors on the CPU. No gradient flows from the
/// last state.
ScanResult fused_selective_scan(const ScanInputs& inputs);

/// Whether the kernels take tensors like this one.
bool takes_scan_kernels(const torch::Tensor& tensor);

}  // namespace mote::nn
