// Bias and spread of what measure_instances says of drawn shapes whose truth is exact; prints the
// tables of docs/measurements.md.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/measure/frame.h"
#include "mote/measure/instance.h"
#include "mote/measure/statistics.h"
#include "tests/synthetic.h"

namespace {

using mote::Grid;
using mote::LabelImage;
using mote::measure::InstanceMeasures;
using mote::synthetic::Noise;

struct Shape {
  LabelImage labels;
  Grid<uint8_t> coverage;
};

/// Samples every pixel 16 x 16; `inside` takes offsets from the centre.
Shape drawn(double reach, double cy, double cx, const std::function<bool(double, double)>& inside) {
  constexpr int kSamples = 16;
  const auto side = static_cast<int64_t>(2 * std::ceil(reach) + 8);
  const double middle = static_cast<double>(side / 2);
  Shape shape{LabelImage({side, side}), Grid<uint8_t>({side, side})};
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      int covered = 0;
      for (int sample = 0; sample < kSamples * kSamples; ++sample) {
        const double sy = static_cast<double>(y) - 0.5 + (sample / kSamples + 0.5) / kSamples;
        const double sx = static_cast<double>(x) - 0.5 + (sample % kSamples + 0.5) / kSamples;
        covered += inside(sy - middle - cy, sx - middle - cx);
      }
      const double share = static_cast<double>(covered) / (kSamples * kSamples);
      shape.coverage(y, x) = static_cast<uint8_t>(std::lround(255 * share));
      shape.labels(y, x) = shape.coverage(y, x) >= 128;
    }
  }
  return shape;
}

struct Spread {
  double sum = 0;
  double squares = 0;
  int count = 0;

  void add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  std::string percent() const {
    const double mean = sum / count;
    return fmt::format("{:+.2f} ± {:.2f}", 100 * mean,
                       100 * std::sqrt(std::max(0.0, squares / count - mean * mean)));
  }
};

struct Truth {
  double area = 0;
  double perimeter = 0;
  double min_feret = 0;
  double max_feret = 0;
};

void row(const std::string& name, double reach, const Truth& truth,
         const std::function<bool(double, double, double)>& inside) {
  for (const bool partial : {true, false}) {
    Spread ecd;
    Spread perimeter;
    Spread circularity;
    Spread min_feret;
    Spread max_feret;
    Spread solidity;
    Noise noise(7);
    for (int i = 0; i < 40; ++i) {
      const double cy = noise.uniform();
      const double cx = noise.uniform();
      const double angle = std::numbers::pi * noise.uniform();
      const Shape shape =
          drawn(reach, cy, cx, [&](double y, double x) { return inside(y, x, angle); });
      const InstanceMeasures m =
          mote::measure::measure_instances(Grid<float>(shape.labels.size()), shape.labels,
                                           partial ? shape.coverage : Grid<uint8_t>())
              .at(0);
      ecd.add(std::sqrt(m.area_px2 / truth.area) - 1);
      perimeter.add(m.perimeter_px / truth.perimeter - 1);
      const double true_circularity =
          4 * std::numbers::pi * truth.area / (truth.perimeter * truth.perimeter);
      circularity.add(mote::measure::circularity(m) / true_circularity - 1);
      min_feret.add(m.min_feret_px / truth.min_feret - 1);
      max_feret.add(m.max_feret_px / truth.max_feret - 1);
      solidity.add(m.solidity - 1);
    }
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} |\n", name, partial ? "partial" : "whole",
               ecd.percent(), perimeter.percent(), circularity.percent(), min_feret.percent(),
               max_feret.percent(), solidity.percent());
  }
}

/// Perimeter of an ellipse of half axes a, b: Gauss-Kummer's integral, by the trapezoidal rule.
double ellipse_perimeter(double a, double b) {
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double t = 2 * std::numbers::pi * i / 10000;
    sum += std::hypot(a * std::sin(t), b * std::cos(t));
  }
  return sum * 2 * std::numbers::pi / 10000;
}

void accuracy() {
  fmt::print(
      "| shape | pixels | ECD, % | perimeter, % | circularity, % | min Feret, % | "
      "max Feret, % | solidity - 1, % |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const double r : {1.5, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0}) {
    row(fmt::format("disc, r = {} px", r), r,
        {std::numbers::pi * r * r, 2 * std::numbers::pi * r, 2 * r, 2 * r},
        [r](double y, double x, double) { return y * y + x * x <= r * r; });
  }
  for (const double a : {10.0, 30.0}) {
    const double b = a / 2;
    row(fmt::format("ellipse, {} x {} px, any angle", 2 * a, 2 * b), a,
        {std::numbers::pi * a * b, ellipse_perimeter(a, b), 2 * b, 2 * a},
        [a, b](double y, double x, double angle) {
          const double u = (x * std::cos(angle) + y * std::sin(angle)) / a;
          const double v = (y * std::cos(angle) - x * std::sin(angle)) / b;
          return u * u + v * v <= 1;
        });
  }
  for (const double side : {10.0, 30.0}) {
    row(fmt::format("square, side {} px, any angle", side), side,
        {side * side, 4 * side, side, side * std::numbers::sqrt2},
        [side](double y, double x, double angle) {
          const double u = x * std::cos(angle) + y * std::sin(angle);
          const double v = y * std::cos(angle) - x * std::sin(angle);
          return std::max(std::abs(u), std::abs(v)) <= side / 2;
        });
  }
}

/// Discs of 10 and 90 px, as many of each, at random places in and around a field of 200 x 300 px,
/// one at a time: what their mean diameter and number come out as.
void border() {
  constexpr mote::Size kField{200, 300};
  constexpr double kMargin = 50;
  constexpr int kDiscs = 20000;
  Noise noise(11);
  double n = 0;
  double sum = 0;
  double inner_n = 0;
  double inner_sum = 0;
  double plain_n = 0;
  double plain_sum = 0;
  for (int i = 0; i < kDiscs; ++i) {
    const std::vector<mote::synthetic::Disc> disc{
        {.y_px =
             (static_cast<double>(kField.height) + 2 * kMargin) * noise.uniform() - kMargin - 0.5,
         .x_px =
             (static_cast<double>(kField.width) + 2 * kMargin) * noise.uniform() - kMargin - 0.5,
         .radius_px = i % 2 == 0 ? 5.0 : 45.0}};
    const LabelImage labels = mote::synthetic::labels(kField, disc);
    for (const InstanceMeasures& m :
         mote::measure::measure_instances(Grid<float>(kField), labels, {})) {
      const double ecd = mote::measure::equivalent_diameter_px(m.area_px2);
      const double weight = mote::measure::border_weight(m, kField);
      n += weight;
      sum += weight * ecd;
      inner_n += weight > 0;
      inner_sum += weight > 0 ? ecd : 0;
      plain_n += 1;
      plain_sum += ecd;
    }
  }
  const double true_n = kDiscs * static_cast<double>(kField.area()) /
                        ((static_cast<double>(kField.height) + 2 * kMargin) *
                         (static_cast<double>(kField.width) + 2 * kMargin));
  const auto line = [&](const char* what, double count, double total) {
    fmt::print("| {} | {:.1f} ({:+.1f} %) | {:+.1f} |\n", what, total / count,
               100 * (total / count / 50 - 1), 100 * (count / true_n - 1));
  };
  fmt::print(
      "| discs of 10 and 90 px, field 200 x 300 px | mean ECD, px (truth 50) | n, % |\n"
      "| --- | --- | --- |\n");
  line("all in view, as they are cut (`_plain`)", plain_n, plain_sum);
  line("border dropped, no weights", inner_n, inner_sum);
  line("border dropped, weighted", n, sum);
}

/// How often 95 % intervals hold the truth, for log-normal sizes of geometric deviation 1.4.
void intervals() {
  fmt::print(
      "| particles | mean, % | median, % | p90, % | D[4,3], % |\n"
      "| --- | --- | --- | --- | --- |\n");
  const double s = std::log(1.4);
  for (const int count : {5, 16, 30, 100, 1000}) {
    constexpr int kTurns = 1000;
    std::array<int, 4> held{};
    const std::array<double, 4> truth{10 * std::exp(s * s / 2), 10,
                                      10 * std::exp(1.2815515655446004 * s),
                                      10 * std::exp(3.5 * s * s)};
    for (uint64_t seed = 1; seed <= kTurns; ++seed) {
      Noise noise(seed);
      std::vector<mote::measure::Sized> sample;
      for (int i = 0; i < count; ++i) {
        sample.push_back({.diameter = 10 * std::exp(s * noise.normal()), .group = i});
      }
      const auto interval = mote::measure::size_intervals(sample, 200, seed).value();
      const auto add = [&](size_t i, double low, double high) {
        held[i] += low <= truth[i] && truth[i] <= high;
      };
      add(0, interval.low.mean, interval.high.mean);
      add(1, interval.low.median, interval.high.median);
      add(2, interval.low.p90, interval.high.p90);
      add(3, interval.low.d43, interval.high.d43);
    }
    fmt::print("| {} |", count);
    for (const int times : held) {
      fmt::print(" {:.1f} |", 100.0 * times / kTurns);
    }
    fmt::print("\n");
  }
}

void speed(mote::Size size, int particles, double radius) {
  const auto discs = mote::synthetic::scattered(
      size, radius, radius, particles * std::numbers::pi * radius * radius / size.area(), 2, 1);
  const LabelImage labels = mote::synthetic::labels(size, discs);
  const Grid<float> covered = mote::synthetic::coverage(size, discs);
  Grid<uint8_t> coverage(size);
  for (size_t i = 0; i < covered.values().size(); ++i) {
    coverage.values()[i] = static_cast<uint8_t>(std::lround(255 * covered.values()[i]));
    coverage.values()[i] = labels.values()[i] != 0 ? std::max<uint8_t>(coverage.values()[i], 128)
                                                   : std::min<uint8_t>(coverage.values()[i], 127);
  }
  constexpr int kTurns = 5;
  const std::clock_t begin = std::clock();
  size_t count = 0;
  for (int i = 0; i < kTurns; ++i) {
    count = mote::measure::measure_instances(covered, labels, coverage).size();
  }
  fmt::print("{} x {} px, {} instances: {:.2f} ms CPU\n", size.height, size.width, count,
             1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / kTurns);
}

void frame_speed(mote::Size size, int particles) {
  Noise noise(1);
  std::vector<mote::measure::ParticleRow> rows;
  for (int i = 0; i < particles; ++i) {
    InstanceMeasures m;
    m.area_px2 = 100 + 900 * noise.uniform();
    m.centroid = {static_cast<double>(size.height) * noise.uniform(),
                  static_cast<double>(size.width) * noise.uniform()};
    m.box = {
        .y = 20 + static_cast<int64_t>(m.centroid.y_px) / 2, .x = 20, .height = 20, .width = 20};
    rows.push_back(mote::measure::particle_row({}, m, {i}, i + 1, size));
  }
  constexpr int kTurns = 20;
  const std::clock_t begin = std::clock();
  double n = 0;
  for (int i = 0; i < kTurns; ++i) {
    n += mote::measure::frame_row({.frame = i}, rows, size).effective_n / kTurns;
  }
  fmt::print("frame statistics with intervals, {:.0f} instances: {:.2f} ms CPU\n", n,
             1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / kTurns);
}

void csv_speed(int particles) {
  mote::measure::ParticleRow row;
  row.info = {.frame = 123,
              .recorded_frame = 123,
              .time_s = 4.92,
              .pixel_size = mote::PixelSize{.y_nm = 0.213, .x_nm = 0.213}};
  row.measures = {.area_px2 = 1256.637,
                  .centroid = {100.123, 200.456},
                  .perimeter_px = 125.9,
                  .min_feret_px = 39.9,
                  .max_feret_px = 40.2};
  row.tracks = {17};
  const std::clock_t begin = std::clock();
  size_t bytes = 0;
  for (int i = 0; i < particles; ++i) {
    row.measures.label = i;
    bytes += mote::measure::csv_line(mote::measure::particle_columns(), row).size();
  }
  fmt::print("{} lines of particles.csv, {:.0f} bytes each: {:.2f} ms CPU\n", particles,
             static_cast<double>(bytes) / particles,
             1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
}

}  // namespace

int main() {
  accuracy();
  fmt::print("\n");
  border();
  fmt::print("\n");
  intervals();
  fmt::print("\n");
  speed({512, 512}, 16, 20);
  speed({2048, 2048}, 1000, 20);
  frame_speed({512, 512}, 16);
  frame_speed({2048, 2048}, 1000);
  csv_speed(1000);
}
