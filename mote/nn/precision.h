#pragma once

#include <string_view>

namespace mote::nn {

/// What a network computes in. Weights are kept, and results given, in float32 either way.
enum class Precision {
  kFloat32,
  kBFloat16,  ///< 8 bits of significand in products and activations, float32 in sums
};

/// `float32` or `bf16`. Throws kUsage for another name.
Precision precision_by_name(std::string_view name);
std::string_view name_of(Precision precision);

/// Whether this processor multiplies bfloat16 itself (AVX512-BF16); without, bf16 is no faster.
bool has_fast_bf16();

}  // namespace mote::nn
