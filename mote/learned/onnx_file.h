#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "mote/core/weights.h"

namespace mote::learned {

struct OnnxGraph;

/// A setting of an ONNX operator; a graph is what an operator repeats, and sees the names around
/// it.
struct OnnxAttribute {
  std::string name;
  std::variant<int64_t, float, std::string, std::vector<int64_t>, std::shared_ptr<const OnnxGraph>>
      value;
};

struct OnnxNode {
  std::string op;                   ///< `Conv`, `MatMul`, ...
  std::vector<std::string> inputs;  ///< empty for one that is left out
  std::vector<std::string> outputs;
  std::vector<OnnxAttribute> attributes;
};

struct OnnxValue {
  std::string name;
  ScalarType type = ScalarType::kFloat32;
  std::vector<int64_t> shape;
  std::map<size_t, std::string> open = {};  ///< names of dimensions that may be of any size
};

/// A graph of operators (ONNX, github.com/onnx/onnx, docs/IR.md).
struct OnnxGraph {
  std::string name;
  std::vector<OnnxNode> nodes;  ///< each after those whose outputs it takes
  Weights constants;            ///< weights and other fixed tensors
  std::vector<OnnxValue> inputs;
  std::vector<OnnxValue> outputs;
};

inline constexpr int64_t kOnnxOpset = 17;

/// The graph as an ONNX file (onnx.proto3: IR version 8, operator set 17). The few messages of
/// Protocol Buffers are written here: a libprotobuf of our own would meet the one that libtorch
/// brings with its own copy of ONNX, and other builds of libtorch hide theirs.
/// Throws kUnsupported for more than the 2 GB that such a file can have.
std::string onnx_file(const OnnxGraph& graph);

}  // namespace mote::learned
