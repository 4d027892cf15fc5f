#include "mote/simulate/particle.h"

#include <algorithm>
#include <cmath>

#include "mote/simulate/dumbbell.h"

namespace mote::simulate {
namespace {

PositionNm along(const PositionNm& from, const std::array<double, 3>& axis, double length_nm) {
  return {from.y_nm + length_nm * axis[0], from.x_nm + length_nm * axis[1],
          from.z_nm + length_nm * axis[2]};
}

/// From a to b at the start of the step, and how that changes over it.
struct Course {
  double y = 0;
  double x = 0;
  double z = 0;
  double dy = 0;
  double dx = 0;
  double dz = 0;
};

Course course_of(const Lobe& a, const Lobe& b, double wrap_y_nm, double wrap_x_nm, bool flat) {
  Course course;
  course.y = nearest_image(b.from.y_nm - a.from.y_nm, wrap_y_nm);
  course.x = nearest_image(b.from.x_nm - a.from.x_nm, wrap_x_nm);
  course.dy = (b.to.y_nm - b.from.y_nm) - (a.to.y_nm - a.from.y_nm);
  course.dx = (b.to.x_nm - b.from.x_nm) - (a.to.x_nm - a.from.x_nm);
  if (!flat) {
    course.z = b.from.z_nm - a.from.z_nm;
    course.dz = (b.to.z_nm - b.from.z_nm) - (a.to.z_nm - a.from.z_nm);
  }
  return course;
}

}  // namespace

double nearest_image(double value, double period) {
  return value - period * std::nearbyint(value / period);
}

Span at_rest(const Particle& particle) {
  return {.particle = particle,
          .from = particle.at,
          .radius_from_nm = particle.radius_nm,
          .aged_from_s = particle.merger ? particle.merger->aged_s : 0,
          .flips_s = {}};
}

std::vector<Lobe> lobes_of(const Span& span) {
  const Particle& particle = span.particle;
  if (!particle.merger) {
    return {{span.from, particle.at, span.radius_from_nm, particle.radius_nm}};
  }
  const Merger& merger = *particle.merger;
  const Dumbbell first =
      dumbbell(merger.larger_nm, merger.smaller_nm, merger.law.bridge(span.aged_from_s));
  const Dumbbell last =
      dumbbell(merger.larger_nm, merger.smaller_nm, merger.law.bridge(merger.aged_s));
  const auto lobe = [&](bool larger) {
    const auto centre = [&](const PositionNm& from, const Dumbbell& body) {
      return along(from, merger.axis, (larger ? 0 : body.distance_nm) - body.centre_of_mass_nm);
    };
    return Lobe{centre(span.from, first), centre(particle.at, last),
                larger ? first.radius_a_nm : first.radius_b_nm,
                larger ? last.radius_a_nm : last.radius_b_nm};
  };
  return {lobe(true), lobe(false)};
}

std::optional<double> first_touch(const Lobe& a, const Lobe& b, double wrap_y_nm, double wrap_x_nm,
                                  bool flat) {
  const Course way = course_of(a, b, wrap_y_nm, wrap_x_nm, flat);
  const double reach = a.radius_from_nm + b.radius_from_nm;
  const double growth = a.radius_to_nm + b.radius_to_nm - reach;
  // |way + s dway|^2 = (reach + s growth)^2
  const double c = way.y * way.y + way.x * way.x + way.z * way.z - reach * reach;
  if (c <= 0) {
    return 0;
  }
  const double half_b = way.y * way.dy + way.x * way.dx + way.z * way.dz - reach * growth;
  const double square = way.dy * way.dy + way.dx * way.dx + way.dz * way.dz - growth * growth;
  const double root = half_b * half_b - square * c;
  if (half_b >= 0 || root < 0) {
    return std::nullopt;
  }
  const double share = c / (-half_b + std::sqrt(root));
  return share <= 1 ? std::optional(share) : std::nullopt;
}

double gap_nm(const Lobe& a, const Lobe& b, double wrap_y_nm, double wrap_x_nm, bool flat,
              double share) {
  const Course way = course_of(a, b, wrap_y_nm, wrap_x_nm, flat);
  const double y = way.y + share * way.dy;
  const double x = way.x + share * way.dx;
  const double z = way.z + share * way.dz;
  const double reach = (1 - share) * (a.radius_from_nm + b.radius_from_nm) +
                       share * (a.radius_to_nm + b.radius_to_nm);
  return std::sqrt(y * y + x * x + z * z) - reach;
}

}  // namespace mote::simulate
