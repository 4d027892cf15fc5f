#include "mote/simulate/exit_wave.h"

#include <bit>
#include <cstddef>
#include <cstdint>

#include "mote/simulate/vector_clones.h"

namespace mote::simulate {
namespace {

// Rounds a float of magnitude under 2^22 to the nearest whole number.
constexpr float kRounder = 12582912;  // 1.5 * 2^23

/// exp(-a) for a >= 0, 0 beyond 80: 2^n times a Taylor sum on +-ln 2 / 2.
inline float exp_of_negative(float a) {
  const float x = a < 80 ? -a : -80.0F;
  const float n = (x * 1.44269504F + kRounder) - kRounder;
  const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  const float sum =
      1 + r * (1 + r * (1.0F / 2 +
                        r * (1.0F / 6 + r * (1.0F / 24 + r * (1.0F / 120 + r * (1.0F / 720))))));
  const auto exponent = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
  return sum * std::bit_cast<float>(exponent);
}

}  // namespace

MOTE_VECTOR_CLONES
void write_exit_wave(const Grid<float>& absorption, const Grid<float>& phase, Wave& out) {
  const float* a = absorption.data();
  const float* p = phase.data();
  float* re = out.re.data();
  float* im = out.im.data();
  for (size_t i = 0; i < phase.values().size(); ++i) {
    const float amplitude = exp_of_negative(a[i]);
    // Quadrants: the angle less n pi / 2 lies within +-pi / 4.
    const float n = (p[i] * 0.636619772F + kRounder) - kRounder;
    const float r = ((p[i] - n * 1.5703125F) - n * 4.83751297e-4F) - n * 7.54978995e-8F;
    const float r2 = r * r;
    const float s = r + r * r2 * (-1.0F / 6 + r2 * (1.0F / 120 + r2 * (-1.0F / 5040)));
    const float c =
        1 + r2 * (-1.0F / 2 + r2 * (1.0F / 24 + r2 * (-1.0F / 720 + r2 * (1.0F / 40320))));
    // Odd quadrants swap sine and cosine; bits, since branches would cost the vectors.
    const auto quadrant = static_cast<uint32_t>(static_cast<int32_t>(n));
    const uint32_t swap = 0U - (quadrant & 1U);
    const auto s_bits = std::bit_cast<uint32_t>(s);
    const auto c_bits = std::bit_cast<uint32_t>(c);
    const uint32_t cosine = ((c_bits & ~swap) | (s_bits & swap)) ^ (((quadrant + 1) & 2U) << 30);
    const uint32_t sine = ((s_bits & ~swap) | (c_bits & swap)) ^ ((quadrant & 2U) << 30);
    re[i] = amplitude * std::bit_cast<float>(cosine);
    im[i] = amplitude * std::bit_cast<float>(sine);
  }
}

}  // namespace mote::simulate
