#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <torch/types.h>

#include "mote/core/learned_plugin.h"

namespace mote::learned {

/// Times a network's forms in turn (core/learned_plugin.h): operator by operator as eager PyTorch
/// runs it, mote's kernels, and these in bfloat16 where the network and the processor have it.
/// `program`, where there is one, joins in with the network as ONNX.
NetworkFigures bench(const std::string& network, int64_t rounds, OnnxRunner* program);

/// How fast libtorch multiplies two matrices of 2048 x 2048.
MatrixRate matrix_rate();

/// The multiply-adds of the matrix products and convolutions that `work` has libtorch do: 2 m n k
/// operations of a product count m n k. What mote's own kernels do is not seen.
double multiply_adds_of(const std::function<void()>& work);

}  // namespace mote::learned
