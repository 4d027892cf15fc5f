#include "mote/simulate/elementary.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace mote::simulate {
namespace {

// ln 2 and pi/2 in parts, of which the first have so many trailing zeros that small multiples of
// them are exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kHalfPiHigh = 0x1.921fb544p0;
constexpr double kHalfPiMiddle = 0x1.0b4611a6p-34;
constexpr double kHalfPiLow = 0x1.3198a2e037073p-69;

/// A number as the sum of two, of which the second is smaller than the first's last place.
struct Double2 {
  double high = 0;
  double low = 0;
};

/// Dekker, "A floating-point technique for extending the available precision", 1971
/// (doi 10.1007/BF01397083).
Double2 product(double a, double b) {
  constexpr double kSplit = 0x1p27 + 1;
  const double a_scaled = kSplit * a;
  const double a_high = a_scaled - (a_scaled - a);
  const double a_low = a - a_high;
  const double b_scaled = kSplit * b;
  const double b_high = b_scaled - (b_scaled - b);
  const double b_low = b - b_high;
  const double high = a * b;
  const double low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
  return {high, low};
}

/// Of numbers of which `a` is the larger in magnitude, or 0.
Double2 sum(double a, double b) {
  const double high = a + b;
  return {high, b - (high - a)};
}

double two_to(int64_t exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

/// x = mantissa 2^exponent with the mantissa within sqrt(1/2) and sqrt(2).
struct Parts {
  double mantissa = 1;
  double exponent = 0;
};

Parts parts_of(double x) {
  double extra = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    extra = -54;
  }
  const auto bits = std::bit_cast<uint64_t>(x);
  auto exponent = static_cast<double>(static_cast<int64_t>(bits >> 52) - 1023);
  double mantissa = std::bit_cast<double>((bits & 0xfffffffffffffU) | (uint64_t{1023} << 52));
  if (mantissa > std::numbers::sqrt2) {
    mantissa *= 0.5;
    exponent += 1;
  }
  return {mantissa, exponent + extra};
}

/// 1/3 + z/5 + z^2/7 + ..., for z <= 0.0295.
double atanh_tail(double z) {
  double value = 0;
  for (int k = 25; k >= 3; k -= 2) {
    value = value * z + 1.0 / k;
  }
  return value;
}

double sin_near_zero(double r) {
  const double z = r * r;
  double series = 0;
  for (int k = 18; k >= 2; k -= 2) {
    series = (1 - z * series) / (k * (k + 1));
  }
  return r - r * z * series;
}

double cos_near_zero(double r) {
  const double z = r * r;
  double series = 0;
  for (int k = 19; k >= 3; k -= 2) {
    series = (1 - z * series) / (k * (k + 1));
  }
  const double half = 0.5 * z;
  const double w = 1 - half;
  return w + (((1 - w) - half) + 0.5 * z * z * series);
}

/// The sine of x + quarter_turns pi/2.
double sin_turned(double x, int64_t quarter_turns) {
  const double k = std::nearbyint(x * (2 / std::numbers::pi));
  const double r = ((x - k * kHalfPiHigh) - k * kHalfPiMiddle) - k * kHalfPiLow;
  switch ((static_cast<int64_t>(k) + quarter_turns) & 3) {
    case 0: return sin_near_zero(r);
    case 1: return cos_near_zero(r);
    case 2: return -sin_near_zero(r);
    default: return -cos_near_zero(r);
  }
}

}  // namespace

double exp(double x) {
  if (!(x < 709.79)) {
    return x > 0 ? std::numeric_limits<double>::infinity() : x;
  }
  if (x < -745.2) {
    return 0;
  }
  const double k = std::nearbyint(x * std::numbers::log2e);
  const double high = x - k * kLn2High;
  const double low = k * kLn2Low;
  const double r = high - low;
  double series = 0;
  for (int i = 14; i >= 2; --i) {
    series = (1 + r * series) / i;
  }
  const double value = 1 + (high - (low - r * r * series));
  const auto whole = static_cast<int64_t>(k);
  const int64_t half = whole / 2;  // in two steps, for results near either end of the range
  return value * two_to(half) * two_to(whole - half);
}

double log(double x) {
  const Parts parts = parts_of(x);
  const double f = parts.mantissa - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  const double tail = 2 * z * atanh_tail(z);
  return parts.exponent * kLn2High - ((s * (f - tail) - parts.exponent * kLn2Low) - f);
}

double pow(double x, double y) {
  if (y == 0 || x == 1) {
    return 1;
  }
  if (x == 0) {
    return y > 0 ? 0 : std::numeric_limits<double>::infinity();
  }
  // The logarithm to twice the precision: it is multiplied by y, and so is its error.
  const Parts parts = parts_of(x);
  const double f = parts.mantissa - 1;
  const Double2 below = sum(2, f);
  const double s = f / below.high;
  const Double2 back = product(s, below.high);
  const double s_low = (((f - back.high) - back.low) - s * below.low) / below.high;
  const double z = s * s;
  const Double2 first = sum(parts.exponent * kLn2High, 2 * s);
  const double rest = first.low + (parts.exponent * kLn2Low + 2 * (s_low + s * z * atanh_tail(z)));
  const Double2 logarithm = sum(first.high, rest);

  const Double2 scaled = product(y, logarithm.high);
  const double low = scaled.low + y * logarithm.low;
  const double value = exp(scaled.high);
  return value == 0 || value == std::numeric_limits<double>::infinity() ? value
                                                                        : value + value * low;
}

double sin(double x) {
  return sin_turned(x, 0);
}

double cos(double x) {
  return sin_turned(x, 1);
}

double atan(double x) {
  const double size = std::fabs(x);
  if (size > 1) {
    const double rest = atan(1 / size);
    const double value = kHalfPiHigh - (rest - kHalfPiMiddle);
    return x < 0 ? -value : value;
  }
  // Two halvings of the angle bring the argument below tan(pi/16).
  double t = size / (1 + std::sqrt(1 + size * size));
  t = t / (1 + std::sqrt(1 + t * t));
  const double z = t * t;
  double series = 0;
  for (int k = 25; k >= 3; k -= 2) {
    series = 1.0 / k - z * series;
  }
  const double value = 4 * (t - t * z * series);
  return x < 0 ? -value : value;
}

double asin(double x) {
  if (std::fabs(x) >= 1) {
    return x < 0 ? -0.5 * std::numbers::pi : 0.5 * std::numbers::pi;
  }
  return atan(x / std::sqrt((1 - x) * (1 + x)));
}

double cbrt(double x) {
  if (x == 0) {
    return x;
  }
  const double size = std::fabs(x);
  // A start good to 5 % from the bits of the exponent, then Halley's method.
  double root = std::bit_cast<double>(std::bit_cast<uint64_t>(size) / 3 + 0x2a9f7893782da1ceU);
  for (int step = 0; step < 3; ++step) {
    const double cube = root * root * root;
    root = root * ((cube + 2 * size) / (2 * cube + size));
  }
  return x < 0 ? -root : root;
}

}  // namespace mote::simulate
