#pragma once

namespace mote::simulate {

// Elementary functions that give the same bits on every machine: they use nothing but the basic
// operations and the square root, which IEEE 754 defines exactly, where the C library's own
// functions differ in the last place from one machine to another. Accurate to 2 ulp, pow and cbrt
// to 4, the arcs to 8. Cody and Waite, "Software Manual for the Elementary Functions", 1980, for
// the reductions.

/// 0 below -745, infinite above 709.78.
double exp(double x);

/// Natural; of `x` > 0.
double log(double x);

/// `x` to the power `y`, for `x` >= 0.
double pow(double x, double y);

/// In radians, for |x| <= 1e6.
double sin(double x);
double cos(double x);

double atan(double x);

/// In radians, for |x| <= 1.
double asin(double x);

double cbrt(double x);

}  // namespace mote::simulate
