#include "mote/simulate/raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "mote/simulate/thickness.h"

namespace mote::simulate {
namespace {

constexpr int kPoints = 4;  // of a pixel at the outline, on each axis
constexpr int kAllPoints = kPoints * kPoints;

Extent widened(const Extent& extent, double reach_nm) {
  return {extent.y_low - reach_nm, extent.y_high + reach_nm, extent.x_low - reach_nm,
          extent.x_high + reach_nm};
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

/// Even bodies have none.
template <typename Shape>
std::optional<Shears> shears_with(const Shape& body, const Unevenness& unevenness) {
  return unevenness.height_nm > 0 ? shears_of(body, unevenness) : std::nullopt;
}

/// Of each pixel of a row: where its centre is seen in the even body, and the thickness there.
struct Row {
  std::vector<double> y_nm;
  std::vector<double> x_nm;
  std::vector<double> thickness_nm;
};

/// The pixels of a box, a row at a time.
template <typename Shape>
class Rows {
 public:
  Rows(const Shape& shape, const std::optional<Shears>& shears, const GridPlace& place, Box box)
      : shape_(shape), shears_(shears), place_(place), box_(box) {
    for (int64_t x = 0; x < box.width; ++x) {
      columns_.push_back(place.x_nm + static_cast<double>(box.x + x) * place.pixel_size_nm);
    }
    rises_.resize(columns_.size());
    if (shears_) {
      shears_->shift_y(box.width, columns_.data(), rises_.data());  // the same in every row
    }
  }

  void write(int64_t y, Row& row) const {
    row.y_nm.resize(columns_.size());
    row.thickness_nm.resize(columns_.size());
    row.x_nm = columns_;
    const double y_nm = place_.y_nm + static_cast<double>(box_.y + y) * place_.pixel_size_nm;
    for (size_t x = 0; x < columns_.size(); ++x) {
      row.y_nm[x] = y_nm + rises_[x];
    }
    if (shears_) {
      shears_->shift_x(box_.width, row.y_nm.data(), row.x_nm.data());
    }
    write_thickness(shape_, row.y_nm.data(), row.x_nm.data(), box_.width, row.thickness_nm.data());
  }

 private:
  const Shape& shape_;
  const std::optional<Shears>& shears_;
  const GridPlace& place_;
  Box box_;
  std::vector<double> columns_;
  std::vector<double> rises_;
};

template <typename Shape>
double thickness_at(const Shape& shape, double y_nm, double x_nm, const Unevenness& unevenness) {
  if (const std::optional<Shears> shears = shears_with(shape, unevenness)) {
    shears->shift_y(1, &x_nm, &y_nm);
    shears->shift_x(1, &y_nm, &x_nm);
  }
  double thickness = 0;
  write_thickness(shape, &y_nm, &x_nm, 1, &thickness);
  return thickness;
}

/// The mean over a pixel whose centre is seen at (y, x): shears hardly differ across a pixel.
template <typename Shape>
double mean_about(const Shape& shape, double y, double x, double pixel_size_nm) {
  std::array<double, kAllPoints> ys{};
  std::array<double, kAllPoints> xs{};
  std::array<double, kAllPoints> values{};
  for (int i = 0; i < kAllPoints; ++i) {
    const auto at = static_cast<size_t>(i);
    const int row = i / kPoints;
    ys[at] = y + ((row + 0.5) / kPoints - 0.5) * pixel_size_nm;
    xs[at] = x + ((i % kPoints + 0.5) / kPoints - 0.5) * pixel_size_nm;
  }
  write_thickness(shape, ys.data(), xs.data(), kAllPoints, values.data());
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / kAllPoints;
}

/// Nothing of it is in a grid of `size`, however uneven it is: most bodies of a world, and known
/// before their shears are.
template <typename Shape>
bool is_out(const Shape& shape, const GridPlace& place, Size size, const Unevenness& unevenness) {
  return box_of(widened(extent_of(shape), most_reach_nm(unevenness)), place, size).empty();
}

template <typename Shape>
void add_thickness_of(const Shape& shape, const GridPlace& place, Grid<float>& thickness,
                      double factor, const Unevenness& unevenness) {
  if (is_out(shape, place, thickness.size(), unevenness)) {
    return;
  }
  const std::optional<Shears> shears = shears_with(shape, unevenness);
  const Extent extent = widened(extent_of(shape), shears ? shears->reach_nm() : 0);
  const Box box = box_of(extent, place, thickness.size());
  if (box.empty()) {
    return;
  }
  // Bodies of a few pixels may miss every centre: all their pixels count as outline.
  const bool small = extent.y_high - extent.y_low < 4 * place.pixel_size_nm;
  const Box ring = {
      .y = box.y - 1, .x = box.x - 1, .height = box.height + 2, .width = box.width + 2};
  const Rows<Shape> rows(shape, shears, place, ring);
  std::array<Row, 3> kept;
  rows.write(0, kept[0]);
  rows.write(1, kept[1]);
  std::vector<double> inside(static_cast<size_t>(ring.width));  // of three rows
  for (int64_t y = 1; y <= box.height; ++y) {
    rows.write(y + 1, kept[static_cast<size_t>((y + 1) % 3)]);
    const Row& row = kept[static_cast<size_t>(y % 3)];
    const double* above = kept[static_cast<size_t>((y - 1) % 3)].thickness_nm.data();
    const double* here = row.thickness_nm.data();
    const double* below = kept[static_cast<size_t>((y + 1) % 3)].thickness_nm.data();
    for (size_t x = 0; x < inside.size(); ++x) {
      inside[x] =
          (above[x] > 0 ? 1.0 : 0.0) + (here[x] > 0 ? 1.0 : 0.0) + (below[x] > 0 ? 1.0 : 0.0);
    }
    const double* count = inside.data();
    float* to = thickness.row(ring.y + y) + ring.x;
    const auto around = [&](int64_t x) { return count[x - 1] + count[x] + count[x + 1]; };
    if (!small) {
      for (int64_t x = 1; x <= box.width; ++x) {
        // A pixel's mean differs from its centre by 1/24 of the Laplacian.
        const double bend = above[x] + below[x] + here[x - 1] + here[x + 1] - 4 * here[x];
        const double mean = here[x] + bend / 24;
        to[x] += static_cast<float>(around(x) == 9 ? factor * mean : 0.0);
      }
    }
    for (int64_t x = 1; x <= box.width; ++x) {
      if (small || (around(x) > 0 && around(x) < 9)) {
        const auto at = static_cast<size_t>(x);
        to[x] += static_cast<float>(
            factor * mean_about(shape, row.y_nm[at], row.x_nm[at], place.pixel_size_nm));
      }
    }
  }
}

/// The pixels of a row that begins at (y, x) where there is a thickness.
void append_runs(const std::vector<double>& thickness_nm, int64_t y, int64_t x, Mask& mask) {
  const auto end = thickness_nm.end();
  const auto is_in = [](double value) { return value > 0; };
  for (auto from = std::find_if(thickness_nm.begin(), end, is_in); from != end;) {
    const auto to = std::find_if_not(from, end, is_in);
    mask.runs.push_back({.y = static_cast<int32_t>(y),
                         .x = static_cast<int32_t>(x + (from - thickness_nm.begin())),
                         .length = static_cast<int32_t>(to - from)});
    from = std::find_if(to, end, is_in);
  }
}

template <typename Shape>
Mask mask_of_shape(const Shape& shape, const GridPlace& place, Size size,
                   const Unevenness& unevenness) {
  if (is_out(shape, place, size, unevenness)) {
    return {};
  }
  const std::optional<Shears> shears = shears_with(shape, unevenness);
  const Box box = box_of(widened(extent_of(shape), shears ? shears->reach_nm() : 0), place, size);
  if (box.empty()) {
    return {};
  }
  const Rows<Shape> rows(shape, shears, place, box);
  Row row;
  Mask mask;
  for (int64_t y = 0; y < box.height; ++y) {
    rows.write(y, row);
    append_runs(row.thickness_nm, box.y + y, box.x, mask);
  }
  return mask;
}

}  // namespace

double thickness_nm(const Body& body, double y_nm, double x_nm, const Unevenness& unevenness) {
  return std::visit([&](const auto& shape) { return thickness_at(shape, y_nm, x_nm, unevenness); },
                    body);
}

void add_thickness(const Body& body, const GridPlace& place, Grid<float>& thickness_nm,
                   double factor, const Unevenness& unevenness) {
  std::visit(
      [&](const auto& shape) { add_thickness_of(shape, place, thickness_nm, factor, unevenness); },
      body);
}

Mask mask_of(const Body& body, const GridPlace& place, Size size, const Unevenness& unevenness) {
  return std::visit(
      [&](const auto& shape) { return mask_of_shape(shape, place, size, unevenness); }, body);
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
