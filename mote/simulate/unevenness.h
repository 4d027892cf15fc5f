#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mote::simulate {

/// How far the outline of a particle is from its ideal one. Two shears move each point of the
/// projection, x by g(y) and then y by f(x), with f and g sums of waves along the whole particle.
/// A shear keeps areas, so that volume and projected area stay what they were; the mean of f and g
/// over the particle is taken off, so that its centre of mass stays too, to second order in height
/// over length.
struct Unevenness {
  double height_nm = 0;  ///< standard deviation of f and g; 0: none
  double length_nm = 2;  ///< of the middle one of the waves
  uint64_t key = 0;      ///< particles of another key have other waves
};

/// No point of any particle moves farther on either axis.
double most_reach_nm(const Unevenness& unevenness);

/// A ball of matter for the mean of a shift: where its middle is from the waves' origin.
struct BallNm {
  double y_nm = 0;
  double x_nm = 0;
  double radius_nm = 0;
};

/// The shears of one particle, whose waves begin at `y_nm`, `x_nm`: from a point of the specimen to
/// the one whose thickness is found there.
class Shears {
 public:
  /// `balls` are what the particle is made of, relative to the origin.
  Shears(const Unevenness& unevenness, double y_nm, double x_nm, std::span<const BallNm> balls);

  /// No point moves farther on either axis.
  double reach_nm() const { return reach_nm_; }

  /// Moves the y of points at `x_nm`, of `count` points.
  void shift_y(int64_t count, const double* x_nm, double* y_nm) const {
    add_shift(along_x_, x_nm_, count, x_nm, y_nm);
  }

  /// Moves their x, of points whose `y_nm` has been moved.
  void shift_x(int64_t count, const double* y_nm, double* x_nm) const {
    add_shift(along_y_, y_nm_, count, y_nm, x_nm);
  }

 private:
  struct Waves {
    std::array<double, 3> height_nm{};
    std::array<double, 3> per_nm{};  // turns
    std::array<double, 3> turns{};   // at the origin
    double mean_nm = 0;
  };

  /// Adds to `to_nm` the waves at `at_nm`, counted from `from_nm`.
  static void add_shift(const Waves& waves, double from_nm, int64_t count, const double* at_nm,
                        double* to_nm);

  double y_nm_;
  double x_nm_;
  Waves along_x_;  // the shift of y
  Waves along_y_;  // the shift of x
  double reach_nm_ = 0;
};

}  // namespace mote::simulate
