#include "mote/io/weights_file.h"

#include "mote/core/error.h"
#include "mote/io/file.h"
#include "mote/io/safetensors.h"
#include "mote/io/torch_legacy.h"
#include "mote/io/torch_zip.h"
#include "mote/io/zip.h"

namespace mote::io {
namespace {

constexpr size_t kTarMagicAt = 257;
constexpr int64_t kLeadingBytes = 512;

[[noreturn]] void refuse(const std::string& leading_bytes) {
  if (leading_bytes.size() > kTarMagicAt && leading_bytes.compare(kTarMagicAt, 5, "ustar") == 0) {
    throw Error(ErrorKind::kUnsupported,
                "is a tar file, as PyTorch before 0.1.10 wrote: load it there and save it again");
  }
  if (leading_bytes.starts_with('\x80')) {
    throw Error(ErrorKind::kUnsupported,
                "is a pickle that torch.save did not write; save the state dict with "
                "torch.save(model.state_dict(), FILE)");
  }
  throw Error(ErrorKind::kUnsupported, "is neither safetensors nor a PyTorch checkpoint");
}

Weights read(const std::string& path) {
  const std::string leading_bytes = File(path).leading_bytes(kLeadingBytes);
  if (looks_like_zip(leading_bytes)) {
    return read_torch_zip(path);
  }
  if (looks_like_torch_legacy(leading_bytes)) {
    return read_torch_legacy(path);
  }
  if (looks_like_safetensors(leading_bytes)) {
    return read_safetensors(path);
  }
  refuse(leading_bytes);
}

}  // namespace

Weights read_weights(const std::string& path) {
  try {
    return read(path);
  } catch (const Error& error) {
    throw error.in(path);
  }
}

}  // namespace mote::io
