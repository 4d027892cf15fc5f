#pragma once

#include <cstdint>

#include "mote/simulate/shape.h"

namespace mote::simulate {

// How much of each of `count` lines along the beam, at (y_nm[i], x_nm[i]), lies in a body: exact,
// but for a pair whose axis is neither along nor across the beam, where the part within the neck is
// to 1 %.

void write_thickness(const Sphere& body, const double* y_nm, const double* x_nm, int64_t count,
                     double* thickness_nm);
void write_thickness(const TruncatedSphere& body, const double* y_nm, const double* x_nm,
                     int64_t count, double* thickness_nm);
void write_thickness(const Polyhedron& body, const double* y_nm, const double* x_nm, int64_t count,
                     double* thickness_nm);
void write_thickness(const Pair& body, const double* y_nm, const double* x_nm, int64_t count,
                     double* thickness_nm);

/// A rectangle of the specimen that holds all of a body's projection.
struct Extent {
  double y_low = 0;
  double y_high = 0;
  double x_low = 0;
  double x_high = 0;
};

Extent extent_of(const Sphere& body);
Extent extent_of(const TruncatedSphere& body);
Extent extent_of(const Polyhedron& body);
Extent extent_of(const Pair& body);

}  // namespace mote::simulate
