#include "mote/simulate/shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

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

double thickness_of(const Sphere& body, double y, double x) {
  const double dy = y - body.centre.y_nm;
  const double dx = x - body.centre.x_nm;
  const double squared = body.radius_nm * body.radius_nm - dy * dy - dx * dx;
  return squared > 0 ? 2 * std::sqrt(squared) : 0;
}

double thickness_of(const TruncatedSphere& body, double y, double x) {
  const double dy = y - body.centre.y_nm;
  const double dx = x - body.centre.x_nm;
  const double squared = body.radius_nm * body.radius_nm - dy * dy - dx * dx;
  if (squared <= 0) {
    return 0;
  }
  const double half = std::sqrt(squared);
  return std::max(0.0, half + std::min(half, body.height_nm));
}

double thickness_of(const Polyhedron& body, double y, double x) {
  const double dy = y - body.centre.y_nm;
  const double dx = x - body.centre.x_nm;
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

double thickness_of(const Pair& body, double y, double x) {
  const double dy = y - body.centre.y_nm;
  const double dx = x - body.centre.x_nm;
  if (std::fabs(body.axis[2]) > 1e-6) {
    return inclined_thickness(body, dy, dx);
  }
  const double out = dy * body.axis[0] + dx * body.axis[1];
  const double radius = body.shape.radius_at(out + body.shape.centre_of_mass_nm);
  const double squared = radius * radius - (dy * dy + dx * dx - out * out);
  return squared > 0 ? 2 * std::sqrt(squared) : 0;
}

/// A rectangle of the specimen that holds all of a body's projection.
struct Extent {
  double y_low = 0;
  double y_high = 0;
  double x_low = 0;
  double x_high = 0;
};

Extent around(const PositionNm& centre, double reach) {
  return {centre.y_nm - reach, centre.y_nm + reach, centre.x_nm - reach, centre.x_nm + reach};
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

/// The pixels of a grid of `size` that an extent reaches.
Box box_of(const Extent& extent, const GridPlace& place, Size size) {
  const auto first = [&](double low, double origin) {
    const double pixel = std::ceil((low - origin) / place.pixel_size_nm - 0.5);
    return static_cast<int64_t>(std::clamp(pixel, 0.0, 1e9));
  };
  const auto end = [&](double high, double origin, int64_t limit) {
    const double pixel = std::floor((high - origin) / place.pixel_size_nm + 0.5);
    return std::min(limit, static_cast<int64_t>(std::clamp(pixel, -1.0, 1e9)) + 1);
  };
  Box box{.y = first(extent.y_low, place.y_nm), .x = first(extent.x_low, place.x_nm)};
  box.height = end(extent.y_high, place.y_nm, size.height) - box.y;
  box.width = end(extent.x_high, place.x_nm, size.width) - box.x;
  return box;
}

std::optional<Shears> shears_of(const Sphere& body, const Unevenness& unevenness) {
  const BallNm ball{.radius_nm = body.radius_nm};
  return Shears(unevenness, body.centre.y_nm, body.centre.x_nm, {&ball, 1});
}
std::optional<Shears> shears_of(const TruncatedSphere& body, const Unevenness& unevenness) {
  const BallNm ball{.radius_nm = body.radius_nm};
  return Shears(unevenness, body.centre.y_nm, body.centre.x_nm, {&ball, 1});
}
std::optional<Shears> shears_of(const Polyhedron& /*body*/, const Unevenness& /*unevenness*/) {
  return std::nullopt;
}
/// The larger sphere keeps the waves that it had before it met the other.
std::optional<Shears> shears_of(const Pair& body, const Unevenness& unevenness) {
  const Dumbbell& shape = body.shape;
  const std::array<BallNm, 2> balls = {{{.radius_nm = shape.radius_a_nm},
                                        {.y_nm = shape.distance_nm * body.axis[0],
                                         .x_nm = shape.distance_nm * body.axis[1],
                                         .radius_nm = shape.radius_b_nm}}};
  return Shears(unevenness, body.centre.y_nm - shape.centre_of_mass_nm * body.axis[0],
                body.centre.x_nm - shape.centre_of_mass_nm * body.axis[1], balls);
}

template <typename Shape>
class Raster {
 public:
  Raster(const Shape& shape, const GridPlace& place, const Unevenness& unevenness)
      : shape_(shape),
        place_(place),
        extent_(extent_of(shape)),
        shears_(unevenness.height_nm > 0 ? shears_of(shape, unevenness) : std::nullopt) {
    if (shears_) {
      extent_.y_low -= shears_->reach_nm();
      extent_.y_high += shears_->reach_nm();
      extent_.x_low -= shears_->reach_nm();
      extent_.x_high += shears_->reach_nm();
    }
  }

  double thickness_at(double y_nm, double x_nm) const {
    if (shears_) {
      shears_->shift_y(1, &x_nm, &y_nm);
      shears_->shift_x(1, &y_nm, &x_nm);
    }
    return thickness_of(shape_, y_nm, x_nm);
  }

  void add_to(Grid<float>& thickness, double factor) const {
    const Box box = box_of(extent_, place_, thickness.size());
    if (box.empty()) {
      return;
    }
    // Bodies of a few pixels may miss every centre: all their pixels count as outline.
    const bool small = extent_.y_high - extent_.y_low < 4 * place_.pixel_size_nm;
    const Box ring = {
        .y = box.y - 1, .x = box.x - 1, .height = box.height + 2, .width = box.width + 2};
    const Centres centres = centres_of(ring);
    std::vector<uint8_t> inside(static_cast<size_t>(ring.width));  // of three rows
    for (int64_t y = 1; y <= box.height; ++y) {
      const double* above = centres.thickness_nm.row(y - 1);
      const double* here = centres.thickness_nm.row(y);
      const double* below = centres.thickness_nm.row(y + 1);
      for (int64_t x = 0; x < ring.width; ++x) {
        inside[static_cast<size_t>(x)] = static_cast<uint8_t>(
            (above[x] > 0 ? 1 : 0) + (here[x] > 0 ? 1 : 0) + (below[x] > 0 ? 1 : 0));
      }
      float* to = thickness.row(ring.y + y) + ring.x;
      for (int64_t x = 1; x <= box.width; ++x) {
        const uint8_t* count = inside.data() + x;
        const int around = count[-1] + count[0] + count[1];
        if (small || (around > 0 && around < 9)) {
          to[x] += static_cast<float>(factor * mean_about(centres.y_nm(y, x), centres.x_nm(y, x)));
        } else if (around == 9) {
          // A pixel's mean differs from its centre by 1/24 of the Laplacian.
          const double bend = above[x] + below[x] + here[x - 1] + here[x + 1] - 4 * here[x];
          to[x] += static_cast<float>(factor * (here[x] + bend / 24));
        }
      }
    }
  }

  Mask mask(Size size) const {
    return mask_where(box_of(extent_, place_, size), [&](int64_t y, int64_t x) {
      return thickness_at(y_nm(static_cast<double>(y)), x_nm(static_cast<double>(x))) > 0;
    });
  }

 private:
  double y_nm(double y_px) const { return place_.y_nm + y_px * place_.pixel_size_nm; }
  double x_nm(double x_px) const { return place_.x_nm + x_px * place_.pixel_size_nm; }

  /// Of each pixel of a box: where its centre is seen in the even body, and the thickness there.
  struct Centres {
    Grid<double> y_nm;
    Grid<double> x_nm;
    Grid<double> thickness_nm;
  };

  void measure(const double* y, const double* x, int64_t count, double* out) const {
    for (int64_t i = 0; i < count; ++i) {
      out[i] = thickness_of(shape_, y[i], x[i]);
    }
  }

  Centres centres_of(Box box) const {
    Centres out{.y_nm = Grid<double>(box.size()),
                .x_nm = Grid<double>(box.size()),
                .thickness_nm = Grid<double>(box.size())};
    std::vector<double> columns;
    for (int64_t x = 0; x < box.width; ++x) {
      columns.push_back(x_nm(static_cast<double>(box.x + x)));
    }
    std::vector<double> rises(columns.size());  // the same in every row
    if (shears_) {
      shears_->shift_y(box.width, columns.data(), rises.data());
    }
    for (int64_t y = 0; y < box.height; ++y) {
      double* ys = out.y_nm.row(y);
      double* xs = out.x_nm.row(y);
      const double row = y_nm(static_cast<double>(box.y + y));
      for (int64_t x = 0; x < box.width; ++x) {
        ys[x] = row + rises[static_cast<size_t>(x)];
      }
      std::copy(columns.begin(), columns.end(), xs);
      if (shears_) {
        shears_->shift_x(box.width, ys, xs);
      }
      measure(ys, xs, box.width, out.thickness_nm.row(y));
    }
    return out;
  }

  /// The mean over a pixel whose centre is seen at (y, x): shears hardly differ across a pixel.
  double mean_about(double y, double x) const {
    constexpr int kPoints = 4;
    constexpr int kAll = kPoints * kPoints;
    std::array<double, kAll> ys{};
    std::array<double, kAll> xs{};
    std::array<double, kAll> values{};
    for (int i = 0; i < kAll; ++i) {
      const auto at = static_cast<size_t>(i);
      const int row = i / kPoints;
      const int column = i % kPoints;
      ys[at] = y + ((row + 0.5) / kPoints - 0.5) * place_.pixel_size_nm;
      xs[at] = x + ((column + 0.5) / kPoints - 0.5) * place_.pixel_size_nm;
    }
    measure(ys.data(), xs.data(), kAll, values.data());
    double sum = 0;
    for (const double value : values) {
      sum += value;
    }
    return sum / kAll;
  }

  const Shape& shape_;
  const GridPlace& place_;
  Extent extent_;
  std::optional<Shears> shears_;
};

/// `use` with the raster of whichever shape a body has.
template <typename Use>
auto with_raster(const Body& body, const GridPlace& place, const Unevenness& unevenness,
                 const Use& use) {
  return std::visit([&](const auto& shape) { return use(Raster(shape, place, unevenness)); }, body);
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

double thickness_nm(const Body& body, double y_nm, double x_nm, const Unevenness& unevenness) {
  return with_raster(body, {}, unevenness,
                     [&](const auto& raster) { return raster.thickness_at(y_nm, x_nm); });
}

void add_thickness(const Body& body, const GridPlace& place, Grid<float>& thickness_nm,
                   double factor, const Unevenness& unevenness) {
  with_raster(body, place, unevenness,
              [&](const auto& raster) { raster.add_to(thickness_nm, factor); });
}

Mask mask_of(const Body& body, const GridPlace& place, Size size, const Unevenness& unevenness) {
  return with_raster(body, place, unevenness,
                     [&](const auto& raster) { return raster.mask(size); });
}

Mask part_of(const Mask& mask, const Pair& pair, const GridPlace& place, bool larger) {
  Mask part;
  for (const Run& run : mask.runs) {
    bool open = false;
    for (int32_t x = run.x; x < run.x + run.length; ++x) {
      const double along = pair.along_nm(place.y_nm + run.y * place.pixel_size_nm,
                                         place.x_nm + x * place.pixel_size_nm);
      if ((along < pair.shape.arc_along_nm) != larger) {
        open = false;
      } else if (open) {
        ++part.runs.back().length;
      } else {
        part.runs.push_back({.y = run.y, .x = x, .length = 1});
        open = true;
      }
    }
  }
  return part;
}

}  // namespace mote::simulate
