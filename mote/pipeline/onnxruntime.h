#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mote/core/onnx_runner.h"

namespace mote::pipeline {

/// onnxruntime on `threads` threads, by the program serve.mjs of `folder` (bench/onnxruntime) in
/// Node.js: mote itself links none.
/// Throws kNotFound where the folder has no such program.
std::unique_ptr<OnnxRunner> onnxruntime_in(const std::string& folder, int64_t threads);

}  // namespace mote::pipeline
