#include "mote/simulate/dumbbell.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;

/// Of a slice of a body of revolution.
struct Slice {
  double volume = 0;
  double moment = 0;  ///< of the volume, about the point from which lengths count
};

/// Of a sphere about the origin, from `low` to `high`.
Slice sphere_slice(double radius, double low, double high) {
  const auto volume = [&](double z) { return kPi * z * (radius * radius - z * z / 3); };
  const auto moment = [&](double z) {
    return kPi * z * z * (0.5 * radius * radius - 0.25 * z * z);
  };
  return {volume(high) - volume(low), moment(high) - moment(low)};
}

/// Under an arc of `radius` about a point `off` from the axis, from `low` to `high` along the axis
/// from that point: pi times the integral of (off - sqrt(radius^2 - z^2))^2.
Slice arc_slice(double radius, double off, double low, double high) {
  const auto volume = [&](double z) {
    const double height = std::sqrt(std::max(0.0, radius * radius - z * z));
    const double under_circle = 0.5 * (z * height + radius * radius * asin(z / radius));
    return kPi * (z * (off * off + radius * radius - z * z / 3) - 2 * off * under_circle);
  };
  const auto moment = [&](double z) {
    const double squared = std::max(0.0, radius * radius - z * z);
    return kPi * (0.5 * z * z * (off * off + radius * radius) - 0.25 * z * z * z * z +
                  2.0 / 3.0 * off * squared * std::sqrt(squared));
  };
  return {volume(high) - volume(low), moment(high) - moment(low)};
}

void scale(Dumbbell& body, double factor) {
  for (double* length : {&body.radius_a_nm, &body.radius_b_nm, &body.distance_nm, &body.fillet_nm,
                         &body.arc_along_nm, &body.arc_off_nm, &body.arc_begin_nm, &body.arc_end_nm,
                         &body.centre_of_mass_nm}) {
    *length *= factor;
  }
}

/// Between the centres when the neck is as wide as the smaller sphere, and when that has sunk in.
double distance_without_waist(double a, double b) {
  return std::sqrt((a - b) * (a + 1.5 * b));
}

}  // namespace

double Dumbbell::radius_at(double along_nm) const {
  if (along_nm < arc_begin_nm) {
    return std::sqrt(std::max(0.0, radius_a_nm * radius_a_nm - along_nm * along_nm));
  }
  if (along_nm <= arc_end_nm) {
    const double z = along_nm - arc_along_nm;
    return arc_off_nm - std::sqrt(std::max(0.0, fillet_nm * fillet_nm - z * z));
  }
  const double z = along_nm - distance_nm;
  return std::sqrt(std::max(0.0, radius_b_nm * radius_b_nm - z * z));
}

double end_of_bridge(double larger_nm, double smaller_nm) {
  const double way = distance_without_waist(larger_nm, smaller_nm) - (larger_nm - smaller_nm);
  return 1 + way / smaller_nm;
}

Dumbbell dumbbell(double larger_nm, double smaller_nm, double bridge) {
  const double a = larger_nm;
  const double b = smaller_nm;
  const double volume = 4.0 / 3.0 * kPi * (a * a * a + b * b * b);
  Dumbbell body{.radius_a_nm = a, .radius_b_nm = b};
  body.neck_ratio = std::clamp(bridge, 0.0, 1.0);
  const double neck = body.neck_ratio * b;
  const double fillet = neck * neck / (4 * b);
  body.fillet_nm = fillet;
  if (bridge <= 1) {
    body.arc_along_nm = std::sqrt((a - neck) * (a + neck + 2 * fillet));
    body.distance_nm = body.arc_along_nm + std::sqrt((b - neck) * (b + neck + 2 * fillet));
    body.arc_off_nm = neck + fillet;
  } else {
    const double d = std::max(a - b, distance_without_waist(a, b) - (bridge - 1) * b);
    const double to_a = a + fillet;
    const double to_b = b + fillet;
    body.distance_nm = d;
    body.arc_along_nm = d > 0 ? (d * d + to_a * to_a - to_b * to_b) / (2 * d) : 0;
    body.arc_off_nm = std::sqrt(std::max(0.0, to_a * to_a - body.arc_along_nm * body.arc_along_nm));
  }
  const double d = body.distance_nm;
  body.arc_begin_nm = body.arc_along_nm * a / (a + fillet);
  body.arc_end_nm = d + (body.arc_along_nm - d) * b / (b + fillet);

  const Slice part_a = sphere_slice(a, -a, body.arc_begin_nm);
  const Slice part_b = sphere_slice(b, body.arc_end_nm - d, b);
  Slice arc;
  if (fillet > 0) {
    arc = arc_slice(fillet, body.arc_off_nm, body.arc_begin_nm - body.arc_along_nm,
                    body.arc_end_nm - body.arc_along_nm);
  }
  const double unscaled = part_a.volume + arc.volume + part_b.volume;
  body.centre_of_mass_nm = (part_a.moment + arc.moment + body.arc_along_nm * arc.volume +
                            part_b.moment + d * part_b.volume) /
                           unscaled;
  body.volume_nm3 = volume;
  scale(body, cbrt(volume / unscaled));
  return body;
}

}  // namespace mote::simulate
