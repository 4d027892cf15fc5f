#include "mote/nn/precision.h"

#include "mote/core/error.h"

namespace mote::nn {

Precision precision_by_name(std::string_view name) {
  if (name == name_of(Precision::kFloat32)) {
    return Precision::kFloat32;
  }
  if (name == name_of(Precision::kBFloat16)) {
    return Precision::kBFloat16;
  }
  throw Error(ErrorKind::kUsage, "precision {} is unknown: mote computes in float32 or bf16", name);
}

std::string_view name_of(Precision precision) {
  return precision == Precision::kBFloat16 ? "bf16" : "float32";
}

bool has_fast_bf16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") > 0;
#else
  return false;
#endif
}

}  // namespace mote::nn
