#include "mote/simulate/thickness.h"

#include <algorithm>
#include <cmath>

#include "mote/simulate/vector_clones.h"

namespace mote::simulate {
namespace {

double thickness_of(const Polyhedron& body, double dy, double dx) {
  double low = -body.reach_nm;
  double high = body.reach_nm;
  for (const Facet& facet : body.facets) {
    const double left = facet.distance_nm - facet.y * dy - facet.x * dx;
    if (std::fabs(facet.z) < 1e-12) {
      if (left < 0) {
        return 0;
      }
    } else if (facet.z > 0) {
      high = std::min(high, left / facet.z);
    } else {
      low = std::max(low, left / facet.z);
    }
  }
  return std::max(0.0, high - low);
}

/// The length of [low, high] within the chord of a sphere about (at, offset from the line).
double chord_within(double radius, double at, double off_squared, double low, double high) {
  const double squared = radius * radius - off_squared;
  if (squared <= 0) {
    return 0;
  }
  const double half = std::sqrt(squared);
  return std::max(0.0, std::min(high, at + half) - std::max(low, at - half));
}

/// Of a pair with an inclined axis: the line is cut where it passes from the one sphere's part to
/// the arc's and from there to the other's.
double inclined_thickness(const Pair& body, double dy, double dx) {
  constexpr int kSteps = 24;
  const Dumbbell& shape = body.shape;
  const double ay = body.axis[0];
  const double ax = body.axis[1];
  const double az = body.axis[2];
  const double foot = dy * ay + dx * ax + shape.centre_of_mass_nm;  // along the axis, at z = 0
  const double reach = shape.radius_a_nm + shape.distance_nm + shape.radius_b_nm;
  const auto crossing = [&](double along) { return (along - foot) / az; };
  const double from_a = crossing(shape.arc_begin_nm);
  const double from_b = crossing(shape.arc_end_nm);

  // Distance of a sphere's centre from the line: (dy, dx) less the centre's own offset.
  const auto sphere_chord = [&](double radius, double along, double low, double high) {
    const double out = along - shape.centre_of_mass_nm;
    const double oy = dy - out * ay;
    const double ox = dx - out * ax;
    return chord_within(radius, out * az, oy * oy + ox * ox, low, high);
  };
  const bool upwards = az > 0;
  double total =
      sphere_chord(shape.radius_a_nm, 0, upwards ? -reach : from_a, upwards ? from_a : reach) +
      sphere_chord(shape.radius_b_nm, shape.distance_nm, upwards ? from_b : -reach,
                   upwards ? reach : from_b);

  const double low = std::min(from_a, from_b);
  const double step = std::fabs(from_b - from_a) / kSteps;
  const auto depth = [&](double z) {
    const double along = foot + z * az;
    const double out = along - shape.centre_of_mass_nm;
    const double off_squared = dy * dy + dx * dx + z * z - out * out;
    return shape.radius_at(along) - std::sqrt(std::max(0.0, off_squared));
  };
  double before = depth(low);
  for (int i = 1; i <= kSteps && step > 0; ++i) {
    const double after = depth(low + i * step);
    if (before > 0 && after > 0) {
      total += step;
    } else if (before > 0 || after > 0) {
      total += step * std::max(before, after) / std::fabs(after - before);
    }
    before = after;
  }
  return total;
}

/// Of a pair with its axis across the beam. All three parts are worked out for each line, so that
/// the loop has no branch and vectorises.
MOTE_VECTOR_CLONES
void write_flat_thickness(const Pair& body, const double* y_nm, const double* x_nm, int64_t count,
                          double* thickness_nm) {
  const Dumbbell shape = body.shape;  // copies: what is written may not change them
  const PositionNm centre = body.centre;
  const double ay = body.axis[0];
  const double ax = body.axis[1];
  for (int64_t i = 0; i < count; ++i) {
    const double dy = y_nm[i] - centre.y_nm;
    const double dx = x_nm[i] - centre.x_nm;
    const double out = dy * ay + dx * ax;
    const double along = out + shape.centre_of_mass_nm;
    const double from_arc = along - shape.arc_along_nm;
    const double from_b = along - shape.distance_nm;
    const double in_a = shape.radius_a_nm * shape.radius_a_nm - along * along;
    const double in_b = shape.radius_b_nm * shape.radius_b_nm - from_b * from_b;
    const double height =
        shape.arc_off_nm -
        std::sqrt(std::max(0.0, shape.fillet_nm * shape.fillet_nm - from_arc * from_arc));
    const double behind_a = along <= shape.arc_end_nm ? height * height : in_b;
    const double profile = along < shape.arc_begin_nm ? in_a : behind_a;
    thickness_nm[i] = 2 * std::sqrt(std::max(0.0, profile - (dy * dy + dx * dx - out * out)));
  }
}

Extent around(const PositionNm& centre, double reach) {
  return {centre.y_nm - reach, centre.y_nm + reach, centre.x_nm - reach, centre.x_nm + reach};
}

}  // namespace

MOTE_VECTOR_CLONES
void write_thickness(const Sphere& body, const double* y_nm, const double* x_nm, int64_t count,
                     double* thickness_nm) {
  const PositionNm centre = body.centre;
  const double squared = body.radius_nm * body.radius_nm;
  for (int64_t i = 0; i < count; ++i) {
    const double dy = y_nm[i] - centre.y_nm;
    const double dx = x_nm[i] - centre.x_nm;
    thickness_nm[i] = 2 * std::sqrt(std::max(0.0, squared - dy * dy - dx * dx));
  }
}

void write_thickness(const TruncatedSphere& body, const double* y_nm, const double* x_nm,
                     int64_t count, double* thickness_nm) {
  const PositionNm centre = body.centre;
  const double height = body.height_nm;
  const double squared = body.radius_nm * body.radius_nm;
  for (int64_t i = 0; i < count; ++i) {
    const double dy = y_nm[i] - centre.y_nm;
    const double dx = x_nm[i] - centre.x_nm;
    const double half = std::sqrt(std::max(0.0, squared - dy * dy - dx * dx));
    thickness_nm[i] = std::max(0.0, half + std::min(half, height));
  }
}

void write_thickness(const Polyhedron& body, const double* y_nm, const double* x_nm, int64_t count,
                     double* thickness_nm) {
  for (int64_t i = 0; i < count; ++i) {
    thickness_nm[i] = thickness_of(body, y_nm[i] - body.centre.y_nm, x_nm[i] - body.centre.x_nm);
  }
}

void write_thickness(const Pair& body, const double* y_nm, const double* x_nm, int64_t count,
                     double* thickness_nm) {
  if (std::fabs(body.axis[2]) <= 1e-6) {
    write_flat_thickness(body, y_nm, x_nm, count, thickness_nm);
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    thickness_nm[i] =
        inclined_thickness(body, y_nm[i] - body.centre.y_nm, x_nm[i] - body.centre.x_nm);
  }
}

Extent extent_of(const Sphere& body) {
  return around(body.centre, body.radius_nm);
}

Extent extent_of(const TruncatedSphere& body) {
  return around(body.centre, body.radius_nm);
}

Extent extent_of(const Polyhedron& body) {
  return around(body.centre, body.reach_nm);
}

Extent extent_of(const Pair& body) {
  const auto sphere = [&](double along, double radius) {
    const double out = along - body.shape.centre_of_mass_nm;
    return around({.y_nm = body.centre.y_nm + out * body.axis[0],
                   .x_nm = body.centre.x_nm + out * body.axis[1]},
                  radius);
  };
  const Extent a = sphere(0, body.shape.radius_a_nm);
  const Extent b = sphere(body.shape.distance_nm, body.shape.radius_b_nm);
  return {std::min(a.y_low, b.y_low), std::max(a.y_high, b.y_high), std::min(a.x_low, b.x_low),
          std::max(a.x_high, b.x_high)};
}

}  // namespace mote::simulate
