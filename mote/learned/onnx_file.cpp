#include "mote/learned/onnx_file.h"

#include <cstring>
#include <limits>
#include <string_view>

#include "mote/core/error.h"
#include "mote/core/version.h"

namespace mote::learned {
namespace {

/// A message of Protocol Buffers (developers.google.com/protocol-buffers, "Encoding"): fields by
/// number, each with a tag of its number and wire type.
class Message {
 public:
  void put(int field, int64_t value) {
    tag(field, 0);
    varint(static_cast<uint64_t>(value));
  }
  void put(int field, float value) {
    tag(field, 5);
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    bytes_.append(bytes, sizeof(value));
  }
  void put(int field, std::string_view bytes) {
    tag(field, 2);
    varint(bytes.size());
    bytes_.append(bytes);
  }
  void put(int field, const Message& message) { put(field, std::string_view(message.bytes_)); }

  std::string take() { return std::move(bytes_); }

 private:
  void tag(int field, unsigned wire_type) { varint(static_cast<uint64_t>(field) << 3 | wire_type); }
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      bytes_.push_back(static_cast<char>(value | 0x80));
    }
    bytes_.push_back(static_cast<char>(value));
  }

  std::string bytes_;
};

/// TensorProto.DataType.
int64_t data_type(ScalarType type) {
  switch (type) {
    case ScalarType::kFloat32: return 1;
    case ScalarType::kUInt8: return 2;
    case ScalarType::kInt8: return 3;
    case ScalarType::kInt16: return 5;
    case ScalarType::kInt32: return 6;
    case ScalarType::kInt64: return 7;
    case ScalarType::kBool: return 9;
    case ScalarType::kFloat16: return 10;
    case ScalarType::kFloat64: return 11;
    case ScalarType::kBFloat16: return 16;
  }
  return 0;
}

// Field numbers and types are those of onnx.proto3.

Message graph_message(const OnnxGraph& graph);

Message attribute_message(const OnnxAttribute& attribute) {
  constexpr int64_t kFloat = 1;
  constexpr int64_t kInt = 2;
  constexpr int64_t kString = 3;
  constexpr int64_t kGraph = 5;
  constexpr int64_t kInts = 7;
  constexpr int kType = 20;
  Message message;
  message.put(1, std::string_view(attribute.name));
  if (const auto* whole = std::get_if<int64_t>(&attribute.value)) {
    message.put(3, *whole);
    message.put(kType, kInt);
  } else if (const auto* real = std::get_if<float>(&attribute.value)) {
    message.put(2, *real);
    message.put(kType, kFloat);
  } else if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    message.put(4, std::string_view(*text));
    message.put(kType, kString);
  } else if (const auto* graph = std::get_if<std::shared_ptr<const OnnxGraph>>(&attribute.value)) {
    message.put(6, graph_message(**graph));
    message.put(kType, kGraph);
  } else {
    for (const int64_t one : std::get<std::vector<int64_t>>(attribute.value)) {
      message.put(8, one);
    }
    message.put(kType, kInts);
  }
  return message;
}

Message node_message(const OnnxNode& node) {
  Message message;
  for (const std::string& input : node.inputs) {
    message.put(1, std::string_view(input));
  }
  for (const std::string& output : node.outputs) {
    message.put(2, std::string_view(output));
  }
  message.put(4, std::string_view(node.op));
  for (const OnnxAttribute& attribute : node.attributes) {
    message.put(5, attribute_message(attribute));
  }
  return message;
}

Message tensor_message(const StoredTensor& tensor) {
  Message message;
  for (const int64_t size : tensor.shape) {
    message.put(1, size);
  }
  message.put(2, data_type(tensor.type));
  message.put(8, std::string_view(tensor.name));
  message.put(
      9, std::string_view(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()));
  return message;
}

Message value_message(const OnnxValue& value) {
  Message shape;
  for (size_t at = 0; at < value.shape.size(); ++at) {
    Message dimension;
    if (const auto open = value.open.find(at); open != value.open.end()) {
      dimension.put(2, std::string_view(open->second));
    } else {
      dimension.put(1, value.shape[at]);
    }
    shape.put(1, dimension);
  }
  Message tensor;
  tensor.put(1, data_type(value.type));
  tensor.put(2, shape);
  Message type;
  type.put(1, tensor);
  Message message;
  message.put(1, std::string_view(value.name));
  message.put(2, type);
  return message;
}

Message graph_message(const OnnxGraph& graph) {
  Message message;
  for (const OnnxNode& node : graph.nodes) {
    message.put(1, node_message(node));
  }
  message.put(2, std::string_view(graph.name));
  for (const StoredTensor& tensor : graph.constants.tensors) {
    message.put(5, tensor_message(tensor));
  }
  for (const OnnxValue& input : graph.inputs) {
    message.put(11, value_message(input));
  }
  for (const OnnxValue& output : graph.outputs) {
    message.put(12, value_message(output));
  }
  return message;
}

}  // namespace

std::string onnx_file(const OnnxGraph& graph) {
  constexpr int64_t kIrVersion = 8;
  size_t bytes = 0;
  for (const StoredTensor& tensor : graph.constants.tensors) {
    bytes += tensor.bytes.size();
  }
  if (bytes > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    throw Error(ErrorKind::kUnsupported, "an ONNX file of {} bytes: 2 GB is the most", bytes);
  }
  Message operators;
  operators.put(1, std::string_view(""));
  operators.put(2, kOnnxOpset);
  Message model;
  model.put(1, kIrVersion);
  model.put(2, std::string_view("mote"));
  model.put(3, std::string_view(version()));
  model.put(7, graph_message(graph));
  model.put(8, operators);
  return model.take();
}

}  // namespace mote::learned
