#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::nn {

/// A weight matrix in the order that RowKernels read it in.
struct PackedWeights {
  const void* data = nullptr;
  const float* bias = nullptr;  ///< (out), or none
  int64_t in = 0;
  int64_t out = 0;
};

/// What becomes of a product while it is still in the cache.
enum class Epilogue {
  kStore,         ///< float
  kAdd,           ///< added to what is there, float
  kSilu,          ///< float, of x sigmoid(x)
  kStoreOperand,  ///< an operand of the next product
  kGeluOperand,   ///< the same, of the exact GELU (Hendrycks and Gimpel, arXiv:1606.08415)
};

/// Rows of several floats or operands, `stride` elements apart.
struct Rows {
  const void* data = nullptr;
  int64_t stride = 0;
  int64_t count = 0;
};

/// What is computed row by row between two attentions, by one thread for a few rows at a time, so
/// that intermediate values stay in its cache. Operands of products are float or bfloat16; sums,
/// norms and residuals are float.
struct RowKernels {
  size_t operand_bytes;
  size_t (*packed_bytes)(int64_t in, int64_t out);

  /// Packs weights (out, in), row after row; `packed` is aligned to 64 bytes.
  void (*pack)(const float* weights, int64_t in, int64_t out, void* packed);

  /// result = epilogue(operands weights^T + bias), rows of `result` `result_stride` apart.
  void (*multiply)(const Rows& operands, const PackedWeights& weights, Epilogue epilogue,
                   void* result, int64_t result_stride);

  /// Layer norm of float rows of `width`; to operands, or to floats where `to_float`.
  void (*normalise)(const Rows& rows, int64_t width, const float* weight, const float* bias,
                    float eps, bool to_float, void* result, int64_t result_stride);

  /// GELU of scale * value + shift, one scale and shift a column, to operands.
  void (*scaled_gelu)(const Rows& rows, int64_t width, const float* scale, const float* shift,
                      void* result, int64_t result_stride);

  /// (value - shift) * scale, to operands.
  void (*to_operands)(const float* values, int64_t count, float shift, float scale, void* result);
};

/// Operands in float: by Highway for the processor at hand.
const RowKernels& float32_rows();

/// Operands in bfloat16. Only where has_fast_bf16().
const RowKernels& bf16_rows();

}  // namespace mote::nn
