#include <algorithm>
#include <cmath>
#include <vector>

#include "mote/nn/row_kernels.h"

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/rows_float32.cpp"
#include <hwy/foreach_target.h>

#include "mote/nn/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mote::nn::HWY_NAMESPACE {
namespace {

size_t size(int64_t value) {
  return static_cast<size_t>(value);
}

size_t packed_bytes(int64_t in, int64_t out) {
  return size(in) * rounded_up(size(out), lanes()) * sizeof(float);
}

/// Panels of a tile's width, transposed: (in, width) each.
void pack(const float* weights, int64_t in, int64_t out, void* packed) {
  auto* panel = static_cast<float*>(packed);
  for (size_t begin = 0; begin < size(out); begin += tile_width()) {
    const size_t width = std::min(tile_width(), rounded_up(size(out) - begin, lanes()));
    for (size_t column = 0; column < width; ++column) {
      const size_t row = begin + column;
      for (size_t i = 0; i < size(in); ++i) {
        panel[i * width + column] = row < size(out) ? weights[row * size(in) + i] : 0.0f;
      }
    }
    panel += size(in) * width;
  }
}

/// x Phi(x), by the error function's approximation 7.1.26 of Abramowitz and Stegun, "Handbook of
/// Mathematical Functions" (absolute error 1.5e-7).
HWY_INLINE FloatVec gelu(FloatVec x) {
  const Floats d;
  const FloatVec magnitude = hn::Abs(x);
  const FloatVec t =
      hn::Div(hn::Set(d, 1.0f),
              hn::MulAdd(magnitude, hn::Set(d, 0.3275911f * 0.707106781f), hn::Set(d, 1.0f)));
  FloatVec series = hn::Set(d, 1.061405429f);
  series = hn::MulAdd(series, t, hn::Set(d, -1.453152027f));
  series = hn::MulAdd(series, t, hn::Set(d, 1.421413741f));
  series = hn::MulAdd(series, t, hn::Set(d, -0.284496736f));
  series = hn::MulAdd(series, t, hn::Set(d, 0.254829592f));
  // exp(-x^2 / 2) = 2^(-x^2 / (2 ln 2))
  const FloatVec power = exp2_of_negative(hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5f * 1.44269504f)));
  const FloatVec half_erfc = hn::Mul(hn::Mul(hn::Mul(series, t), power), hn::Set(d, 0.5f));
  return hn::NegMulAdd(magnitude, half_erfc, hn::Max(x, hn::Zero(d)));
}

HWY_INLINE FloatVec silu(FloatVec x) {
  const Floats d;
  // Of the magnitude, whose power does not overflow: x sigmoid(x) = x e / (1 + e) below 0.
  const FloatVec e = exp2_of_negative(hn::Mul(hn::Abs(x), hn::Set(d, -1.44269504f)));
  const FloatVec numerator = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, e), x);
  return hn::Div(numerator, hn::Add(hn::Set(d, 1.0f), e));
}

/// A row of a tile to its place.
HWY_INLINE void finish(const float* HWY_RESTRICT tile, const float* bias, size_t count,
                       Epilogue epilogue, float* HWY_RESTRICT result) {
  const Floats d;
  size_t i = 0;
  for (; i + lanes() <= count; i += lanes()) {
    FloatVec value = hn::Load(d, tile + i);
    if (bias != nullptr) value = hn::Add(value, hn::LoadU(d, bias + i));
    if (epilogue == Epilogue::kAdd) value = hn::Add(value, hn::LoadU(d, result + i));
    if (epilogue == Epilogue::kGeluOperand) value = gelu(value);
    if (epilogue == Epilogue::kSilu) value = silu(value);
    hn::StoreU(value, d, result + i);
  }
  for (; i < count; ++i) {
    float value = tile[i] + (bias != nullptr ? bias[i] : 0.0f);
    if (epilogue == Epilogue::kAdd) value += result[i];
    if (epilogue == Epilogue::kGeluOperand) value = hn::GetLane(gelu(hn::Set(d, value)));
    if (epilogue == Epilogue::kSilu) value = hn::GetLane(silu(hn::Set(d, value)));
    result[i] = value;
  }
}

/// kRows rows of operands at `rows`, of which the first `count` have results.
void multiply_rows(const float* rows, size_t stride, size_t count, const float* panel,
                   const PackedWeights& weights, size_t begin, Epilogue epilogue, float* result,
                   size_t result_stride) {
  HWY_ALIGN_MAX float tile[kRows * kVectors * HWY_LANES(float)];
  const size_t width = std::min(tile_width(), rounded_up(size(weights.out) - begin, lanes()));
  const size_t present = std::min(width, size(weights.out) - begin);
  tile_product<false>(width / lanes(), rows, stride, panel, size(weights.in), tile, width);
  for (size_t row = 0; row < count; ++row) {
    finish(tile + row * width, weights.bias == nullptr ? nullptr : weights.bias + begin, present,
           epilogue, result + row * result_stride + begin);
  }
}

/// The last rows, completed to a tile by copies of the last one.
std::vector<float> completed(const float* rows, size_t stride, size_t count, size_t width) {
  std::vector<float> whole(kRows * width);
  for (size_t row = 0; row < kRows; ++row) {
    std::copy_n(rows + std::min(row, count - 1) * stride, width, whole.data() + row * width);
  }
  return whole;
}

void multiply(const Rows& operands, const PackedWeights& weights, Epilogue epilogue, void* result,
              int64_t result_stride) {
  const size_t stride = size(operands.stride);
  const size_t width = size(weights.in);
  const size_t whole = size(operands.count) / kRows * kRows;
  const size_t rest = size(operands.count) - whole;
  const auto* data = static_cast<const float*>(operands.data);
  const std::vector<float> last =
      rest == 0 ? std::vector<float>() : completed(data + whole * stride, stride, rest, width);
  auto* to = static_cast<float*>(result);
  for (size_t begin = 0; begin < size(weights.out); begin += tile_width()) {
    const float* panel = static_cast<const float*>(weights.data) + begin * width;
    for (size_t row = 0; row < whole; row += kRows) {
      multiply_rows(data + row * stride, stride, kRows, panel, weights, begin, epilogue,
                    to + row * size(result_stride), size(result_stride));
    }
    if (rest > 0) {
      multiply_rows(last.data(), width, rest, panel, weights, begin, epilogue,
                    to + whole * size(result_stride), size(result_stride));
    }
  }
}

HWY_INLINE float sum_of(const float* values, size_t count, float shift, bool squared) {
  const Floats d;
  FloatVec sum = hn::Zero(d);
  size_t i = 0;
  for (; i + lanes() <= count; i += lanes()) {
    const FloatVec value = hn::Sub(hn::LoadU(d, values + i), hn::Set(d, shift));
    sum = squared ? hn::MulAdd(value, value, sum) : hn::Add(sum, value);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < count; ++i) {
    const float value = values[i] - shift;
    total += squared ? value * value : value;
  }
  return total;
}

void normalise(const Rows& rows, int64_t width, const float* weight, const float* bias, float eps,
               bool /*to_float: operands are float*/, void* result, int64_t result_stride) {
  const auto count = static_cast<float>(width);
  for (int64_t row = 0; row < rows.count; ++row) {
    const float* values = static_cast<const float*>(rows.data) + row * rows.stride;
    float* to = static_cast<float*>(result) + row * result_stride;
    const float mean = sum_of(values, size(width), 0, false) / count;
    const float variance = sum_of(values, size(width), mean, true) / count;
    const float inverse = 1 / std::sqrt(variance + eps);
    for (int64_t i = 0; i < width; ++i) {
      to[i] = (values[i] - mean) * inverse * weight[i] + bias[i];
    }
  }
}

void scaled_gelu(const Rows& rows, int64_t width, const float* scale, const float* shift,
                 void* result, int64_t result_stride) {
  const Floats d;
  for (int64_t row = 0; row < rows.count; ++row) {
    const float* values = static_cast<const float*>(rows.data) + row * rows.stride;
    float* to = static_cast<float*>(result) + row * result_stride;
    size_t i = 0;
    for (; i + lanes() <= size(width); i += lanes()) {
      hn::StoreU(gelu(hn::MulAdd(hn::LoadU(d, values + i), hn::LoadU(d, scale + i),
                                 hn::LoadU(d, shift + i))),
                 d, to + i);
    }
    for (; i < size(width); ++i) {
      to[i] = hn::GetLane(gelu(hn::Set(d, values[i] * scale[i] + shift[i])));
    }
  }
}

void to_operands(const float* values, int64_t count, float shift, float scale, void* result) {
  auto* to = static_cast<float*>(result);
  for (int64_t i = 0; i < count; ++i) {
    to[i] = (values[i] - shift) * scale;
  }
}

const RowKernels& kernels() {
  static const RowKernels table{.operand_bytes = sizeof(float),
                                .packed_bytes = packed_bytes,
                                .pack = pack,
                                .multiply = multiply,
                                .normalise = normalise,
                                .scaled_gelu = scaled_gelu,
                                .to_operands = to_operands};
  return table;
}

}  // namespace

const RowKernels* row_table() {
  return &kernels();
}

}  // namespace mote::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {

HWY_EXPORT(row_table);

const RowKernels& float32_rows() {
  return *HWY_DYNAMIC_DISPATCH(row_table)();
}

}  // namespace mote::nn
#endif
