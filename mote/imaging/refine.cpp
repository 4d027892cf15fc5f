#include "mote/imaging/refine.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace mote::imaging {
namespace {

constexpr double kStepPx = 0.5;     // between samples on a normal
constexpr double kSpacingPx = 1.0;  // between points of an outline
constexpr size_t kFewPoints = 40;
constexpr double kNearEnoughPx = 0.4;    // root mean square of a shift that needs no second look
constexpr double kResidualNoise = 0.08;  // of an averaged profile, against the contrast

/// A Gaussian along a closed line of points; weights outside the kernel are renormalised away.
class LineKernel {
 public:
  LineKernel(double sigma, size_t points) {
    const auto most = static_cast<int64_t>(points - 1) / 2;
    const auto radius =
        std::min<int64_t>(most, static_cast<int64_t>(std::ceil(3 * std::max(sigma, 0.0))));
    for (int64_t i = -radius; i <= radius; ++i) {
      weights_.push_back(radius == 0 ? 1.0F
                                     : static_cast<float>(std::exp(
                                           -0.5 * static_cast<double>(i * i) / (sigma * sigma))));
    }
    radius_ = radius;
  }
  int64_t radius() const { return radius_; }
  float operator[](int64_t offset) const { return weights_[static_cast<size_t>(offset + radius_)]; }
  const std::vector<float>& weights() const { return weights_; }

 private:
  std::vector<float> weights_;
  int64_t radius_ = 0;
};

size_t wrapped(int64_t i, size_t count) {
  const auto n = static_cast<int64_t>(count);
  return static_cast<size_t>(i < 0 ? i + n : i >= n ? i - n : i);
}

/// `values` smoothed where `weights` are known; points of no weight in reach keep weight 0.
void smooth(std::vector<float>& values, std::vector<float>& weights, const LineKernel& kernel) {
  const size_t count = values.size();
  const auto radius = static_cast<size_t>(kernel.radius());
  const auto extended = [count, radius](const std::vector<float>& line) {
    std::vector<float> out;
    out.reserve(count + 2 * radius);
    out.insert(out.end(), line.end() - static_cast<int64_t>(radius), line.end());
    out.insert(out.end(), line.begin(), line.end());
    out.insert(out.end(), line.begin(), line.begin() + static_cast<int64_t>(radius));
    return out;
  };
  const std::vector<float> in = extended(values);
  std::vector<float> sums(count, 0);
  if (std::all_of(weights.begin(), weights.end(), [](float w) { return w == 1; })) {
    float norm = 0;
    for (size_t k = 0; k <= 2 * radius; ++k) {
      const float w = kernel.weights()[k];
      norm += w;
      for (size_t i = 0; i < count; ++i) {
        sums[i] += w * in[i + k];
      }
    }
    for (size_t i = 0; i < count; ++i) {
      values[i] = sums[i] / norm;
    }
    return;
  }
  const std::vector<float> known = extended(weights);
  std::vector<float> norms(count, 0);
  for (size_t k = 0; k <= 2 * radius; ++k) {
    const float weight = kernel.weights()[k];
    for (size_t i = 0; i < count; ++i) {
      const float w = weight * known[i + k];
      sums[i] += w * in[i + k];
      norms[i] += w;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    values[i] = norms[i] > 0 ? sums[i] / norms[i] : 0;
    weights[i] = norms[i] > 0 ? 1.0F : 0.0F;
  }
}

/// The outline at equal spacing of about `kSpacingPx`.
Outline resampled(const Outline& outline) {
  const size_t count = outline.points.size();
  std::vector<double> along(count + 1, 0);
  for (size_t i = 0; i < count; ++i) {
    const Point& a = outline.points[i];
    const Point& b = outline.points[(i + 1) % count];
    along[i + 1] = along[i] + std::hypot(b.y_px - a.y_px, b.x_px - a.x_px);
  }
  const double length = along.back();
  const auto points = std::max<size_t>(12, static_cast<size_t>(std::lround(length / kSpacingPx)));
  Outline even;
  even.points.reserve(points);
  size_t i = 0;
  for (size_t k = 0; k < points; ++k) {
    const double at = length * static_cast<double>(k) / static_cast<double>(points);
    while (i + 1 < count && along[i + 1] <= at) {
      ++i;
    }
    const double part = along[i + 1] > along[i] ? (at - along[i]) / (along[i + 1] - along[i]) : 0;
    const Point& a = outline.points[i];
    const size_t next = (i + 1) % count;
    const Point& b = outline.points[next];
    even.points.push_back({a.y_px + part * (b.y_px - a.y_px), a.x_px + part * (b.x_px - a.x_px)});
    even.on_border.push_back(outline.on_border[i] != 0 || outline.on_border[next] != 0 ? 1 : 0);
  }
  return even;
}

/// Moves each point to the weighted mean of its neighbours, up to the next border point.
void round_off(Outline& outline, double sigma) {
  const size_t count = outline.points.size();
  const LineKernel kernel(sigma, count);
  std::vector<Point> rounded(count);
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      rounded[i] = outline.points[i];
      continue;
    }
    // Both arms have to be of one length, or the end of an arc would shrink into it.
    int64_t reach = 1;
    while (reach <= kernel.radius() &&
           outline.on_border[wrapped(static_cast<int64_t>(i) + reach, count)] == 0 &&
           outline.on_border[wrapped(static_cast<int64_t>(i) - reach, count)] == 0) {
      ++reach;
    }
    double sum = 0;
    Point mean;
    for (int64_t k = -reach + 1; k < reach; ++k) {
      const Point& p = outline.points[wrapped(static_cast<int64_t>(i) + k, count)];
      sum += kernel[k];
      mean.y_px += kernel[k] * p.y_px;
      mean.x_px += kernel[k] * p.x_px;
    }
    rounded[i] = {mean.y_px / sum, mean.x_px / sum};
  }
  outline.points = std::move(rounded);
}

/// Outward normals and curvature (positive where convex) at each point.
struct Frame {
  std::vector<Point> normals;
  std::vector<double> curvature;
};

Frame frame_of(const Outline& outline, double sigma) {
  const size_t count = outline.points.size();
  Outline base = outline;
  round_off(base, sigma);
  Frame frame;
  frame.normals.resize(count);
  frame.curvature.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const Point& before = base.points[wrapped(static_cast<int64_t>(i) - 1, count)];
    const Point& here = base.points[i];
    const Point& after = base.points[wrapped(static_cast<int64_t>(i) + 1, count)];
    const double ty = after.y_px - before.y_px;
    const double tx = after.x_px - before.x_px;
    const double length = std::max(1e-9, std::hypot(ty, tx));
    // Clockwise on the screen, the outside is to the left of the direction of travel.
    frame.normals[i] = {-tx / length, ty / length};
    const double cross = (here.x_px - before.x_px) * (after.y_px - here.y_px) -
                         (here.y_px - before.y_px) * (after.x_px - here.x_px);
    const double a = std::hypot(here.y_px - before.y_px, here.x_px - before.x_px);
    const double b = std::hypot(after.y_px - here.y_px, after.x_px - here.x_px);
    frame.curvature[i] = 2 * cross / std::max(1e-9, a * b * length);
  }
  return frame;
}

class Refiner {
 public:
  Refiner(const Grid<float>& image, const BinaryImage& mask, const RefineOptions& options)
      : image_(image), mask_(mask), options_(options) {}

  Outline refine(const Outline& outline) const;

 private:
  Outline shifted(Outline outline, double most_shift) const;
  float sample(double y, double x) const;
  bool in_mask(double y, double x) const {
    if (!(y >= -0.5 && x >= -0.5)) {
      return false;
    }
    const auto v = static_cast<int64_t>(y + 0.5);
    const auto u = static_cast<int64_t>(x + 0.5);
    return v < mask_.height() && u < mask_.width() && mask_.row(v)[u] != 0;
  }

  const Grid<float>& image_;
  const BinaryImage& mask_;
  const RefineOptions& options_;
};

/// Bilinear; (y, x) lies within the centres of the outermost pixels.
float Refiner::sample(double y, double x) const {
  const auto y0 = static_cast<int64_t>(y);
  const auto x0 = static_cast<int64_t>(x);
  const auto fy = static_cast<float>(y - static_cast<double>(y0));
  const auto fx = static_cast<float>(x - static_cast<double>(x0));
  const float* top = image_.row(y0);
  const float* bottom = image_.row(std::min(y0 + 1, image_.height() - 1));
  const int64_t x1 = std::min(x0 + 1, image_.width() - 1);
  const float upper = top[x0] + (top[x1] - top[x0]) * fx;
  const float lower = bottom[x0] + (bottom[x1] - bottom[x0]) * fx;
  return upper + (lower - upper) * fy;
}

/// Grey levels on the normals of an outline: row by distance from it, column by point.
struct Profiles {
  int64_t reach = 0;  ///< rows run from -reach (inside) to +reach (outside)
  std::vector<std::vector<float>> levels;
  std::vector<std::vector<float>> weights;  ///< 0 where a sample is not to be used

  std::vector<float>& level(int64_t k) { return levels[static_cast<size_t>(k + reach)]; }
  std::vector<float>& weight(int64_t k) { return weights[static_cast<size_t>(k + reach)]; }
};

double mean_of(const std::vector<float>& values, const std::vector<float>& weights) {
  double sum = 0;
  double norm = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += static_cast<double>(weights[i]) * values[i];
    norm += weights[i];
  }
  return norm > 0 ? sum / norm : std::nan("");
}

/// The standard deviation of a Gaussian edge that rises by `share` of its height over `width`.
double edge_sigma(double share, double width) {
  // share = erf(width / (2 sqrt 2 sigma)), solved by bisection.
  double low = 0.05;
  double high = 10;
  for (int step = 0; step < 40; ++step) {
    const double middle = 0.5 * (low + high);
    (std::erf(width / (2 * std::numbers::sqrt2 * middle)) > share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Outline Refiner::shifted(Outline outline, double most_shift) const {
  const size_t count = outline.points.size();
  const double area = std::abs(signed_area(outline));
  const double length = static_cast<double>(count) * kSpacingPx;
  // Half the local thickness: r for a disc, half the width for a rod.
  const double thickness = std::max(1.0, 2 * area / length);
  const bool hole = signed_area(outline) < 0;
  const double window = std::clamp(3 + 2 * options_.sigma_px, 4.0, 12.0);
  const double in_window = hole ? window : std::min(window, 0.85 * thickness);
  const double out_window = hole ? std::min(window, 0.85 * thickness) : window;

  // The edge is sought, and its steepness read, no farther out than this; beyond, where only means
  // are taken, every other sample will do.
  const auto sought = static_cast<int64_t>(std::ceil((most_shift + 1) / kStepPx)) + 1;
  const auto sampled = [sought](int64_t k) { return std::abs(k) <= sought || k % 2 == 0; };

  const Frame frame = frame_of(outline, std::clamp(thickness / 6, 1.0, 3.0));
  Profiles profiles;
  profiles.reach = static_cast<int64_t>(std::ceil(window / kStepPx));
  profiles.levels.assign(static_cast<size_t>(2 * profiles.reach + 1), std::vector<float>(count, 0));
  profiles.weights = profiles.levels;
  const Size size = image_.size();
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      continue;
    }
    const Point& p = outline.points[i];
    const Point& n = frame.normals[i];
    for (const int direction : {-1, 1}) {
      const double limit = direction < 0 ? in_window : out_window;
      bool passed = false;
      for (int64_t k = direction < 0 ? -1 : 0; std::abs(k) <= profiles.reach; k += direction) {
        const double at = static_cast<double>(k) * kStepPx;
        const double y = p.y_px + at * n.y_px;
        const double x = p.x_px + at * n.x_px;
        if (std::abs(at) > limit || y < 0 || x < 0 || y > static_cast<double>(size.height - 1) ||
            x > static_cast<double>(size.width - 1)) {
          break;
        }
        // Past the other rim, or just before the next particle. The mask may be a little too large
        // or too small: what counts is coming out of it and in again.
        const bool here = in_mask(y, x);
        if (direction < 0) {
          passed = passed || here;
          if (passed && !here) {
            break;
          }
        } else {
          passed = passed || !here;
          if (passed && in_mask(y + 1.5 * n.y_px, x + 1.5 * n.x_px)) {
            break;
          }
        }
        if (!sampled(k)) {
          continue;
        }
        const float value = sample(y, x);
        if (std::isfinite(value)) {
          profiles.level(k)[i] = value;
          profiles.weight(k)[i] = 1;
        }
      }
    }
  }

  // The mean profile tells where the plateaus begin.
  const int64_t reach = profiles.reach;
  std::vector<double> mean(static_cast<size_t>(2 * reach + 1));
  int64_t first = reach + 1;
  int64_t last = -reach - 1;
  for (int64_t k = -reach; k <= reach; ++k) {
    mean[static_cast<size_t>(k + reach)] = mean_of(profiles.level(k), profiles.weight(k));
    if (std::isfinite(mean[static_cast<size_t>(k + reach)])) {
      first = std::min(first, k);
      last = std::max(last, k);
    }
  }
  if (last - first < 4) {
    return outline;
  }
  const auto mean_at = [&](int64_t k) { return mean[static_cast<size_t>(k + reach)]; };
  const double sign = options_.bright ? 1 : -1;
  const auto plateau = [&](int64_t from, int64_t to) {
    double sum = 0;
    int64_t n = 0;
    for (int64_t k = from; k <= to; ++k) {
      if (std::isfinite(mean_at(k))) {
        sum += mean_at(k);
        ++n;
      }
    }
    return n > 0 ? sum / static_cast<double>(n) : std::nan("");
  };
  double in_level = plateau(first, std::max(first, first / 2));
  double out_level = plateau(std::min(last, (last + 1) / 2), last);
  const double contrast = sign * (in_level - out_level);
  if (!(contrast > 0)) {
    return outline;
  }
  // From where the edge is passed: 95 % and 5 %, half a pixel on.
  const auto height = [&](int64_t k) { return sign * (mean_at(k) - out_level) / contrast; };
  int64_t in_from = 0;
  while (in_from > first && !(height(in_from) > 0.95)) {
    --in_from;
  }
  int64_t out_from = 0;
  while (out_from < last && !(height(out_from) < 0.05)) {
    ++out_from;
  }
  in_from = std::max(first, in_from - 1);
  out_from = std::min(last, out_from + 1);

  const LineKernel wide(std::clamp(static_cast<double>(count) / 10, 1.0, 12.0), count);

  std::vector<float> inside(count, 0);
  std::vector<float> outside(count, 0);
  std::vector<float> in_weight(count, 0);
  std::vector<float> out_weight(count, 0);
  for (size_t i = 0; i < count; ++i) {
    for (int64_t k = first; k <= last; ++k) {
      const float weight = profiles.weight(k)[i];
      if (k <= in_from) {
        inside[i] += weight * profiles.level(k)[i];
        in_weight[i] += weight;
      } else if (k >= out_from) {
        outside[i] += weight * profiles.level(k)[i];
        out_weight[i] += weight;
      }
    }
    inside[i] = in_weight[i] > 0 ? inside[i] / in_weight[i] : 0;
    outside[i] = out_weight[i] > 0 ? outside[i] / out_weight[i] : 0;
  }
  smooth(inside, in_weight, wide);
  smooth(outside, out_weight, wide);

  // Averaged along the outline until what is left of the noise on the plateaus is small against the
  // contrast. Measured, because noise and texture are correlated.
  const auto left = [&](int64_t k, const std::vector<float>& level, const LineKernel& tried) {
    std::vector<float> values = profiles.level(k);
    std::vector<float> weights = profiles.weight(k);
    for (size_t i = 0; i < count; ++i) {
      values[i] -= level[i];
    }
    smooth(values, weights, tried);
    double squares = 0;
    double norm = 0;
    for (size_t i = 0; i < count; ++i) {
      squares += static_cast<double>(weights[i]) * values[i] * values[i];
      norm += weights[i];
    }
    return norm > 0 ? std::sqrt(squares / norm) / contrast : 0;
  };
  const int64_t in_middle = (first + in_from) / 2;
  const int64_t out_middle = (last + out_from) / 2;
  const int64_t in_row = sampled(in_middle) ? in_middle : in_middle + 1;
  const int64_t out_row = sampled(out_middle) ? out_middle : out_middle - 1;
  const double most = std::max(0.7, static_cast<double>(count) / 16);
  double along = 0.7;
  for (int tries = 0; tries < 4 && along < most; ++tries) {
    const LineKernel tried(along, count);
    const double over =
        std::max(left(in_row, inside, tried), left(out_row, outside, tried)) / kResidualNoise;
    if (over <= 1) {
      break;
    }
    // White noise falls with the root of the length; correlated noise, later.
    along = std::min(most, along * std::max(1.5, over * over));
  }
  const LineKernel kernel(along, count);
  first = std::max(first, -sought);
  last = std::min(last, sought);
  for (int64_t k = first; k <= last; ++k) {
    smooth(profiles.level(k), profiles.weight(k), kernel);
  }

  std::vector<float> shift(count, 0);
  std::vector<float> known(count, 0);
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      continue;
    }
    const double p = in_weight[i] > 0 ? inside[i] : in_level;
    const double b = out_weight[i] > 0 ? outside[i] : out_level;
    const double c = sign * (p - b);
    if (!(c > 0.2 * contrast)) {
      continue;
    }
    const auto above = [&](int64_t k) { return sign * (profiles.level(k)[i] - 0.5 * (p + b)) / c; };
    const auto usable = [&](int64_t k) {
      return k >= first && k <= last && profiles.weight(k)[i] > 0;
    };
    // The crossing nearest to the outline.
    std::optional<double> best;
    for (int64_t k = first; k < last; ++k) {
      if (!usable(k) || !usable(k + 1)) {
        continue;
      }
      const double here = above(k);
      const double next = above(k + 1);
      if (here >= 0 && next < 0) {
        const double at = (static_cast<double>(k) + here / (here - next)) * kStepPx;
        if (std::abs(at) <= most_shift && (!best || std::abs(at) < std::abs(*best))) {
          best = at;
        }
      }
    }
    if (best) {
      shift[i] = static_cast<float>(*best);
      known[i] = 1;
    }
  }

  // How steep the edge is: the mean rise over one or two pixels across it.
  double share[2] = {0, 0};
  double norm[2] = {0, 0};
  for (size_t i = 0; i < count; ++i) {
    if (known[i] == 0) {
      continue;
    }
    const double p = in_weight[i] > 0 ? inside[i] : in_level;
    const double b = out_weight[i] > 0 ? outside[i] : out_level;
    for (const int wide_edge : {0, 1}) {
      const double half = wide_edge == 0 ? 0.5 : 1.0;
      const auto level_at = [&](double at) {
        const auto k = static_cast<int64_t>(std::floor(at / kStepPx));
        if (k < first || k >= last || profiles.weight(k)[i] == 0 ||
            profiles.weight(k + 1)[i] == 0) {
          return std::nan("");
        }
        const double part = at / kStepPx - static_cast<double>(k);
        return profiles.level(k)[i] * (1 - part) + profiles.level(k + 1)[i] * part;
      };
      const double rise = (level_at(shift[i] - half) - level_at(shift[i] + half)) / (p - b);
      if (std::isfinite(rise)) {
        share[wide_edge] += rise;
        norm[wide_edge] += 1;
      }
    }
  }
  double blur = 0;
  if (norm[0] > 0 && norm[1] > 0) {
    const double narrow = share[0] / norm[0];
    blur = narrow > 0.4 ? edge_sigma(std::min(narrow, 0.99), 1)
                        : edge_sigma(std::max(share[1] / norm[1], 0.05), 2);
    blur = std::min({blur, 3.0, 0.35 * thickness});
  }

  std::vector<float> regular = shift;
  std::vector<float> weights = known;
  smooth(regular, weights, LineKernel(std::max(0.7, 0.5 * along), count));
  if (std::none_of(weights.begin(), weights.end(), [](float w) { return w > 0; })) {
    return outline;
  }
  // Points that found nothing and whose neighbours found nothing take the shift of farther ones.
  for (double sigma = 4;
       std::any_of(weights.begin(), weights.end(), [](float w) { return w == 0; }) &&
       sigma < static_cast<double>(count);
       sigma *= 2) {
    std::vector<float> filled = regular;
    std::vector<float> filled_weights = weights;
    smooth(filled, filled_weights, LineKernel(sigma, count));
    for (size_t i = 0; i < count; ++i) {
      if (weights[i] == 0 && filled_weights[i] > 0) {
        regular[i] = filled[i];
        weights[i] = 1;
      }
    }
  }
  const double chord = length / static_cast<double>(count);
  Outline moved = outline;
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      continue;
    }
    const double bend = std::clamp(frame.curvature[i], -1 / thickness, 2 / thickness);
    // The second term puts the polygon's area where the curve through its corners has it.
    const double at = regular[i] + 0.5 * blur * blur * bend + chord * chord * bend / 12;
    moved.points[i].y_px += at * frame.normals[i].y_px;
    moved.points[i].x_px += at * frame.normals[i].x_px;
  }
  return moved;
}

Outline Refiner::refine(const Outline& outline) const {
  Outline base = resampled(outline);
  if (std::all_of(base.on_border.begin(), base.on_border.end(),
                  [](uint8_t on) { return on != 0; })) {
    return outline;
  }
  round_off(base, std::clamp(static_cast<double>(base.points.size()) / 24, 1.0, 2.0));
  Outline moved = shifted(base, 1.5 + options_.sigma_px);
  double squares = 0;
  for (size_t i = 0; i < moved.points.size(); ++i) {
    const double dy = moved.points[i].y_px - base.points[i].y_px;
    const double dx = moved.points[i].x_px - base.points[i].x_px;
    squares += dy * dy + dx * dx;
  }
  // Farther off, the normals were not yet those of the edge; on a small outline they hardly are.
  if (moved.points.size() >= kFewPoints &&
      squares < kNearEnoughPx * kNearEnoughPx * static_cast<double>(moved.points.size())) {
    return moved;
  }
  return shifted(resampled(moved), 2);
}

}  // namespace

std::vector<Outline> refined(const std::vector<Outline>& outlines, const Grid<float>& image,
                             const BinaryImage& mask, const RefineOptions& options) {
  const Refiner refiner(image, mask, options);
  std::vector<Outline> moved;
  moved.reserve(outlines.size());
  for (const Outline& outline : outlines) {
    moved.push_back(refiner.refine(outline));
  }
  return moved;
}

}  // namespace mote::imaging
