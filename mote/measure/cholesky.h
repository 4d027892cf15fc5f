#pragma once

#include <optional>
#include <span>
#include <vector>

namespace mote::measure {

/// The lower triangular factor of a symmetric positive definite matrix, for solving with it.
///
/// Golub and Van Loan, Matrix Computations, 4th ed. 2013, sec. 4.2.
class Cholesky {
 public:
  /// `matrix` is row-major, `size` x `size`; nothing where it is not positive definite.
  static std::optional<Cholesky> of(std::vector<double> matrix, size_t size);

  /// L^-1 b: the vector whose components are uncorrelated, with variance 1, where the matrix is the
  /// covariance of b.
  std::vector<double> whitened(std::span<const double> b) const;

  /// matrix^-1 b.
  std::vector<double> solved(std::span<const double> b) const;

 private:
  Cholesky(std::vector<double> lower, size_t size) : lower_(std::move(lower)), size_(size) {}

  std::vector<double> lower_;
  size_t size_;
};

}  // namespace mote::measure
