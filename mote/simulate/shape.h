#pragma once

#include <array>
#include <variant>
#include <vector>

#include "mote/simulate/dumbbell.h"
#include "mote/simulate/random.h"

namespace mote::simulate {

/// A place in the specimen; z counts along the beam, towards the source.
struct PositionNm {
  double y_nm = 0;
  double x_nm = 0;
  double z_nm = 0;

  bool operator==(const PositionNm&) const = default;
};

struct Sphere {
  PositionNm centre;
  double radius_nm = 0;
};

/// A sphere cut by the support that it lies on, in a plane across the beam.
struct TruncatedSphere {
  PositionNm centre;  ///< of the whole sphere
  double radius_nm = 0;
  double height_nm = 0;  ///< of the centre above the support: -radius to radius
};

/// One face of a convex polyhedron: its outward normal, of length 1, and its distance from the
/// centre.
struct Facet {
  double y = 0;
  double x = 0;
  double z = 0;
  double distance_nm = 0;
};

struct Polyhedron {
  PositionNm centre;
  std::vector<Facet> facets;
  double reach_nm = 0;  ///< no point of it is farther from the centre
};

/// A dumbbell in the specimen.
struct Pair {
  PositionNm centre;             ///< of mass
  std::array<double, 3> axis{};  ///< (y, x, z), of length 1, from the larger to the smaller
  Dumbbell shape;

  /// Where on the axis a point is, in the lengths of `shape`; of a point in the plane across the
  /// beam, where its nearest on the axis is.
  double along_nm(double y_nm, double x_nm) const;
};

using Body = std::variant<Sphere, TruncatedSphere, Polyhedron, Pair>;

/// A sphere cut such that its contact angle, inside the particle, is `contact_angle_deg` (180 is a
/// whole sphere) and its volume that of a sphere of `radius_nm`.
TruncatedSphere truncated_sphere(PositionNm centre, double radius_nm, double contact_angle_deg);

/// Rows are the axes of a turned crystal.
using Rotation = std::array<std::array<double, 3>, 3>;
inline constexpr Rotation kUpright = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

/// All orientations alike (Shoemake, "Uniform random rotations", Graphics Gems III, 1992,
/// p. 124).
Rotation random_rotation(Random& random);

/// A cube of the volume of a sphere of `radius_nm`.
Polyhedron cube(PositionNm centre, double radius_nm, const Rotation& rotation);

/// An octahedron with its corners cut off: {111} and {100} facets, the latter at `truncation` of
/// the octahedron's corners: 1 leaves an octahedron, 2/3 has regular hexagons, 1/2 is a
/// cuboctahedron. Of the volume of a sphere of `radius_nm`.
Polyhedron truncated_octahedron(PositionNm centre, double radius_nm, double truncation,
                                const Rotation& rotation);

}  // namespace mote::simulate
