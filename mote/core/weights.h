#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// How the numbers of a stored tensor are kept.
enum class ScalarType {
  kFloat64,
  kFloat32,
  kFloat16,
  kBFloat16,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kUInt8,
  kBool,
};

/// `float32`, `bfloat16`, `bool`, ...
std::string_view name(ScalarType type);

int64_t bytes_per_scalar(ScalarType type);

/// How many numbers a tensor of this shape holds; 1 for an empty shape.
/// Throws kBadFile for a negative size, more than 32 dimensions, or more numbers than could be
/// counted, with sizes of 0 left out of that count.
int64_t scalar_count(std::span<const int64_t> shape);

/// One tensor of a network as a file holds it.
struct StoredTensor {
  std::string name;  ///< as in the file: `image_encoder.pos_embed`
  ScalarType type = ScalarType::kFloat32;
  std::vector<int64_t> shape;        ///< outermost dimension first; empty for a single number
  std::span<const std::byte> bytes;  ///< row-major without gaps, little-endian
};

/// The weights of a network: its parameters and buffers by name.
struct Weights {
  std::vector<StoredTensor> tensors;            ///< in the order of the file
  std::map<std::string, std::string> metadata;  ///< what else the file says of itself
  std::shared_ptr<const void> storage;          ///< keeps what the tensors' bytes point to
};

/// What of a file of weights and of a network did not fit each other.
struct WeightsMismatch {
  std::vector<std::string> missing;     ///< the network has them, the file has not
  std::vector<std::string> unexpected;  ///< the file has them, the network has not
  std::vector<std::string> misshaped;   ///< `NAME: the file has [a, b], the network [c, d]`

  bool empty() const { return missing.empty() && unexpected.empty() && misshaped.empty(); }
};

}  // namespace mote
