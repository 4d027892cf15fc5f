#include "mote/measure/cholesky.h"

#include <cmath>

namespace mote::measure {

std::optional<Cholesky> Cholesky::of(std::vector<double> matrix, size_t size) {
  std::vector<double>& l = matrix;
  for (size_t i = 0; i < size; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = l[i * size + j];
      for (size_t k = 0; k < j; ++k) {
        sum -= l[i * size + k] * l[j * size + k];
      }
      if (i != j) {
        l[i * size + j] = sum / l[j * size + j];
      } else if (sum > 0 && std::isfinite(sum)) {
        l[i * size + i] = std::sqrt(sum);
      } else {
        return std::nullopt;
      }
    }
  }
  return Cholesky(std::move(matrix), size);
}

std::vector<double> Cholesky::whitened(std::span<const double> b) const {
  std::vector<double> out(b.begin(), b.end());
  for (size_t i = 0; i < size_; ++i) {
    for (size_t k = 0; k < i; ++k) {
      out[i] -= lower_[i * size_ + k] * out[k];
    }
    out[i] /= lower_[i * size_ + i];
  }
  return out;
}

std::vector<double> Cholesky::solved(std::span<const double> b) const {
  std::vector<double> out = whitened(b);
  for (size_t i = size_; i-- > 0;) {
    for (size_t k = i + 1; k < size_; ++k) {
      out[i] -= lower_[k * size_ + i] * out[k];
    }
    out[i] /= lower_[i * size_ + i];
  }
  return out;
}

}  // namespace mote::measure
