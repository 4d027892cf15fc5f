#include "mote/simulate/dark_field.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "mote/imaging/filters.h"
#include "mote/simulate/cubic.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr double kWidestDeviate = 4;  // of normal_deviates

ViewOptions checked(const ViewOptions& options) {
  check(options);
  return options;
}

double blur_sd_px(const ViewOptions& options, double probe_nm) {
  const double liquid_nm = options.liquid.thickness_nm > 0 ? options.liquid.blur_nm : 0;
  return std::hypot(probe_nm, liquid_nm) / options.pixel_size_nm;
}

}  // namespace

DarkField::DarkField(const ViewOptions& options, uint64_t seed)
    : options_(checked(options)),
      seed_(mix(seed)),
      film_(options.film, options.pixel_size_nm, seed),
      film_nm_per_rad_(1 / (interaction_rad_per_v_nm(options.optics.voltage_kv) *
                            options.film.inner_potential_v)),
      seen_(options.field) {}

const Grid<float>& DarkField::expose(const LayersAt& layers, const DriftAt& drift, double time_s,
                                     double exposure_s, int64_t frame) {
  const ScanOptions& scan = options_.scan;
  const double widest =
      std::max(blur_sd_px(options_, scan.probe_sd_nm), blur_sd_px(options_, scan.probe_tail_sd_nm));
  const auto halo =
      static_cast<int64_t>(std::ceil(4 * widest + kWidestDeviate * scan.line_jitter_px)) + 2;
  const auto height = options_.field.height;
  const uint64_t key = mix(seed_ + static_cast<uint64_t>(frame));
  for (int64_t first = 0; first < height; first += scan.lines_per_step) {
    const int64_t last = std::min(height, first + scan.lines_per_step);
    const double at =
        time_s + exposure_s * 0.5 * static_cast<double>(first + last) / static_cast<double>(height);
    const Box box{.y = first - halo,
                  .x = -halo,
                  .height = last - first + 2 * halo,
                  .width = options_.field.width + 2 * halo};
    layers(at, box, layers_);
    film_phase_ = Grid<float>(box.size());
    film_.write_phase(drift(at), box, film_phase_);
    add_up(box);
    scan_step(first, last, box, key);
  }
  return seen_;
}

void DarkField::add_up(Box box) {
  object_ = Grid<float>(box.size());
  const auto film = static_cast<float>(options_.film.haadf_scatter_per_nm);
  const auto film_nm = static_cast<float>(options_.film.thickness_nm);
  const auto nm_per_rad = static_cast<float>(film_nm_per_rad_);
  const auto liquid =
      static_cast<float>(options_.liquid.thickness_nm * options_.liquid.haadf_scatter_per_nm);
  for (size_t i = 0; i < object_.values().size(); ++i) {
    object_.values()[i] =
        liquid + film * std::max(0.0F, film_nm + nm_per_rad * film_phase_.values()[i]);
  }
  for (const Layer& layer : layers_) {
    assert(layer.thickness_nm.size() == box.size());
    const auto scatter = static_cast<float>(layer.material.haadf_scatter_per_nm);
    for (size_t i = 0; i < object_.values().size(); ++i) {
      object_.values()[i] += scatter * layer.thickness_nm.values()[i];
    }
  }
  for (float& value : object_.values()) {
    value = 1 - std::exp(-value);
  }
}

void DarkField::scan_step(int64_t first, int64_t last, Box box, uint64_t key) {
  const ScanOptions& scan = options_.scan;
  Grid<float> image = imaging::gaussian(object_, blur_sd_px(options_, scan.probe_sd_nm));
  if (scan.probe_tail_share > 0) {
    const Grid<float> tail =
        imaging::gaussian(object_, blur_sd_px(options_, scan.probe_tail_sd_nm));
    const auto share = static_cast<float>(scan.probe_tail_share);
    for (size_t i = 0; i < image.values().size(); ++i) {
      image.values()[i] += share * (tail.values()[i] - image.values()[i]);
    }
  }
  const float* deviates = normal_deviates();
  for (int64_t line = first; line < last; ++line) {
    Random random(key + static_cast<uint64_t>(line));
    const auto deviate = [&] { return double{deviates[random.bits() >> (64 - kNormalBits)]}; };
    const double y = static_cast<double>(line - box.y) + scan.line_jitter_px * deviate();
    const double x = static_cast<double>(-box.x) + scan.line_jitter_px * deviate();
    const auto gain = static_cast<float>(1 + scan.line_gain_sd * deviate());
    const auto y0 = static_cast<int64_t>(std::floor(y));
    const auto x0 = static_cast<int64_t>(std::floor(x));
    const auto wy = cubic_weights(y - static_cast<double>(y0));
    const auto wx = cubic_weights(x - static_cast<double>(x0));
    float* to = seen_.row(line);
    std::fill_n(to, seen_.width(), 0.0F);
    for (int64_t i = 0; i < 4; ++i) {
      const float* from = image.row(y0 - 1 + i) + x0 - 1;
      const float weight = gain * wy[static_cast<size_t>(i)];
      for (int64_t px = 0; px < seen_.width(); ++px) {
        to[px] += weight * (wx[0] * from[px] + wx[1] * from[px + 1] + wx[2] * from[px + 2] +
                            wx[3] * from[px + 3]);
      }
    }
    for (int64_t px = 0; px < seen_.width(); ++px) {
      to[px] = std::max(to[px], 0.0F);
    }
  }
}

}  // namespace mote::simulate
