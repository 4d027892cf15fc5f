#include "mote/learned/tensor_bytes.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

enum class Kind : uint8_t { kInt64, kFloat32 };

torch::Tensor tensor_of(Kind kind, const std::vector<int64_t>& shape, std::string_view bytes) {
  const bool is_integer = kind == Kind::kInt64;
  uint64_t expected = is_integer ? sizeof(int64_t) : sizeof(float);
  for (const int64_t length : shape) {
    if (length < 0 || (length > 0 && expected > bytes.size() / static_cast<uint64_t>(length))) {
      throw Error(ErrorKind::kBadFile, "a saved tensor claims more than {} bytes", bytes.size());
    }
    expected *= static_cast<uint64_t>(length);
  }
  if (expected != bytes.size() || (!is_integer && kind != Kind::kFloat32)) {
    throw Error(ErrorKind::kBadFile, "a saved tensor takes {} bytes, {} are there", expected,
                bytes.size());
  }
  torch::Tensor tensor = torch::empty(shape, is_integer ? torch::kInt64 : torch::kFloat32);
  if (!bytes.empty()) {
    std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
  }
  return tensor;
}

}  // namespace

void put_tensors(ByteWriter& out,
                 const std::vector<std::pair<std::string, torch::Tensor>>& tensors) {
  out.put<uint64_t>(tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor kept = tensor.to(torch::kCPU).contiguous();
    const bool is_integer = kept.scalar_type() == torch::kInt64;
    if (!is_integer && kept.scalar_type() != torch::kFloat32) {
      throw Error(ErrorKind::kUnsupported, "{} cannot be saved", name);
    }
    out.put(std::string_view(name));
    out.put(is_integer ? Kind::kInt64 : Kind::kFloat32);
    out.put(kept.sizes().vec());
    out.put(std::string_view(static_cast<const char*>(kept.data_ptr()), kept.nbytes()));
  }
}

std::map<std::string, torch::Tensor> get_tensors(ByteReader& in) {
  std::map<std::string, torch::Tensor> tensors;
  for (uint64_t left = in.get_count(1); left > 0; --left) {
    const auto name = in.get<std::string>();
    const auto kind = in.get<Kind>();
    const auto shape = in.get<std::vector<int64_t>>();
    tensors.emplace(name, tensor_of(kind, shape, in.get<std::string_view>()));
  }
  return tensors;
}

}  // namespace mote::learned
