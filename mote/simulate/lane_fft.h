#pragma once

#include <cstdint>
#include <vector>

namespace mote::simulate {

/// Sequences that are transformed at a time. Their samples lie side by side, so that one
/// instruction works on many.
inline constexpr int64_t kLanes = 8;

/// The real and the imaginary parts of kLanes sequences: sample i of sequence l at i * kLanes + l.
struct Lanes {
  float* re = nullptr;
  float* im = nullptr;
};

/// The discrete Fourier transform of kLanes sequences at once, without a factor.
///
/// Stockham's self-sorting form with radices 4, 2, 3 and 5 (Cochran et al., "What is the fast
/// Fourier transform?", Proc. IEEE 55, 1664, 1967). Made of additions and multiplications of floats
/// in a fixed order, with twiddles from mote's own sine: the same on every machine.
class LaneFft {
 public:
  /// `length` has no prime factors but 2, 3 and 5.
  explicit LaneFft(int64_t length);

  int64_t length() const { return length_; }

  /// Transforms `values`; both hold length() * kLanes numbers a part. Returns that of the two in
  /// which the result is; the other holds nothing of use.
  Lanes forward(Lanes values, Lanes scratch) const;

  /// The inverse, without the factor 1 / length().
  Lanes backward(Lanes values, Lanes scratch) const;

 private:
  struct Stage {
    int64_t radix = 0;
    int64_t groups = 0;           // butterflies with different twiddles
    int64_t stride = 0;           // butterflies with the same
    std::vector<float> twiddles;  // (groups, radix - 1) pairs of re and im
  };

  int64_t length_;
  std::vector<Stage> stages_;
};

}  // namespace mote::simulate
