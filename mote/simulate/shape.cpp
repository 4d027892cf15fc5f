#include "mote/simulate/shape.h"

#include <cmath>
#include <numbers>

#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;

/// Adds the facets of all directions that differ from `normal` in signs only.
void add_facets(Polyhedron& body, const std::array<double, 3>& normal, double distance_nm,
                const Rotation& rotation) {
  for (int signs = 0; signs < 8; ++signs) {
    std::array<double, 3> turned{};
    bool seen_before = false;
    for (size_t i = 0; i < 3; ++i) {
      const bool negative = ((signs >> i) & 1) != 0;
      seen_before = seen_before || (negative && normal[i] == 0);
      for (size_t j = 0; j < 3; ++j) {
        turned[j] += (negative ? -1 : 1) * normal[i] * rotation[i][j];
      }
    }
    if (!seen_before) {
      body.facets.push_back({turned[0], turned[1], turned[2], distance_nm});
    }
  }
}

void add_cube_facets(Polyhedron& body, double distance_nm, const Rotation& rotation) {
  add_facets(body, {1, 0, 0}, distance_nm, rotation);
  add_facets(body, {0, 1, 0}, distance_nm, rotation);
  add_facets(body, {0, 0, 1}, distance_nm, rotation);
}

}  // namespace

double Pair::along_nm(double y_nm, double x_nm) const {
  const double across = 1 - axis[2] * axis[2];
  const double out = (y_nm - centre.y_nm) * axis[0] + (x_nm - centre.x_nm) * axis[1];
  return shape.centre_of_mass_nm + (across > 1e-12 ? out / across : 0);
}

TruncatedSphere truncated_sphere(PositionNm centre, double radius_nm, double contact_angle_deg) {
  const double c = cos(contact_angle_deg * kPi / 180);
  const double share = 0.25 * (2 + c) * (1 - c) * (1 - c);  // of the whole sphere's volume
  const double radius = radius_nm / cbrt(share);
  return {.centre = centre, .radius_nm = radius, .height_nm = -c * radius};
}

Rotation random_rotation(Random& random) {
  const double u = random.uniform(0, 1);
  const double first = random.uniform(0, 2 * kPi);
  const double second = random.uniform(0, 2 * kPi);
  const double x = std::sqrt(1 - u) * sin(first);
  const double y = std::sqrt(1 - u) * cos(first);
  const double z = std::sqrt(u) * sin(second);
  const double w = std::sqrt(u) * cos(second);
  return {{{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
           {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
           {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}}};
}

Polyhedron cube(PositionNm centre, double radius_nm, const Rotation& rotation) {
  const double half = radius_nm * cbrt(kPi / 6);
  Polyhedron body{.centre = centre, .facets = {}, .reach_nm = half * std::numbers::sqrt3};
  add_cube_facets(body, half, rotation);
  return body;
}

Polyhedron truncated_octahedron(PositionNm centre, double radius_nm, double truncation,
                                const Rotation& rotation) {
  const double cut = 1 - truncation;
  const double unit_volume = 4.0 / 3.0 - 4 * cut * cut * cut;  // of corners at 1
  const double corner = radius_nm * cbrt(4.0 / 3.0 * kPi / unit_volume);
  Polyhedron body{.centre = centre, .facets = {}, .reach_nm = 0};
  body.reach_nm = corner * std::sqrt(truncation * truncation + cut * cut);
  const double side = 1 / std::numbers::sqrt3;
  add_facets(body, {side, side, side}, corner * side, rotation);
  if (truncation < 1) {
    add_cube_facets(body, corner * truncation, rotation);
  }
  return body;
}

}  // namespace mote::simulate
