#include "mote/simulate/bright_field.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "mote/simulate/exit_wave.h"

namespace mote::simulate {
namespace {

constexpr int64_t kCanvasMarginPx = 32;
constexpr int64_t kSensorMarginPx = 8;
constexpr size_t kFilters = 8;  // kept

Box around(Size field, int64_t margin_px) {
  const Size size =
      imaging::quick_size_around({field.height + 2 * margin_px, field.width + 2 * margin_px});
  return {.y = -((size.height - field.height) / 2),
          .x = -((size.width - field.width) / 2),
          .height = size.height,
          .width = size.width};
}

void multiply(Wave& wave, const Wave& by) {
  const size_t count = wave.re.values().size();
  float* re = wave.re.data();
  float* im = wave.im.data();
  const float* by_re = by.re.data();
  const float* by_im = by.im.data();
  for (size_t i = 0; i < count; ++i) {
    const float product = re[i] * by_re[i] - im[i] * by_im[i];
    im[i] = re[i] * by_im[i] + im[i] * by_re[i];
    re[i] = product;
  }
}

/// The filter of `distance_nm` among those kept, or a new one of the response that `make` gives.
template <typename Make>
WaveFilter& kept(std::map<double, WaveFilter>& filters, double distance_nm, const Make& make) {
  const auto found = filters.find(distance_nm);
  if (found != filters.end()) {
    return found->second;
  }
  if (filters.size() >= kFilters) {
    filters.clear();
  }
  return filters.emplace(distance_nm, WaveFilter(make())).first->second;
}

ViewOptions checked(const ViewOptions& options) {
  check(options);
  return options;
}

}  // namespace

BrightField::BrightField(const ViewOptions& options, uint64_t seed)
    : options_(checked(options)),
      canvas_(around(options.field, kCanvasMarginPx)),
      sensor_(around(options.field, kSensorMarginPx)),
      interaction_(interaction_rad_per_v_nm(options.optics.voltage_kv)),
      film_(options.film, options.pixel_size_nm, seed),
      film_phase_(canvas_.size()),
      phase_(canvas_.size()),
      absorption_(canvas_.size()),
      wave_(canvas_.size()),
      intensity_(canvas_.size()),
      seen_(sensor_.size()) {
  const LiquidOptions& liquid = options_.liquid;
  if (liquid.thickness_nm > 0) {
    const double direct = std::exp(-liquid.thickness_nm / liquid.mean_free_path_nm);
    const double sigma_px = liquid.blur_nm / options_.pixel_size_nm;
    liquid_ = imaging::packed_response(canvas_.size(), [&](double ky, double kx) {
      const double angle = std::numbers::pi * sigma_px;
      const double blur = std::exp(-2 * angle * angle * (ky * ky + kx * kx));
      return direct + (1 - direct) * liquid.collected_share * blur;
    });
  }
}

const Grid<float>& BrightField::expose(const LayersAt& layers, const DriftAt& drift, double time_s,
                                       double exposure_s) {
  std::fill(intensity_.values().begin(), intensity_.values().end(), 0.0F);
  std::fill(fringes_.values().begin(), fringes_.values().end(), 0.0F);
  for (int64_t i = 0; i < options_.sub_exposures; ++i) {
    const double at = time_s + exposure_s * (static_cast<double>(i) + 0.5) /
                                   static_cast<double>(options_.sub_exposures);
    layers(at, canvas_, layers_);
    film_.write_phase(drift(at), canvas_, film_phase_);
    const double z_nm = make_exit_wave();
    lens_after(z_nm).add_intensity(wave_, 1 / static_cast<float>(options_.sub_exposures),
                                   intensity_);
    add_fringes();
  }
  for (size_t i = 0; i < fringes_.values().size(); ++i) {
    intensity_.values()[i] *= std::max(0.0F, 1 + fringes_.values()[i]);
  }
  if (liquid_) {
    imaging::transform_real(intensity_, spectrum_);
    for (size_t i = 0; i < spectrum_.values().size(); ++i) {
      spectrum_.values()[i] *= liquid_->values()[i];
    }
    imaging::transform_back_real(spectrum_, intensity_);
  }
  const int64_t y0 = sensor_.y - canvas_.y;
  const int64_t x0 = sensor_.x - canvas_.x;
  for (int64_t y = 0; y < sensor_.height; ++y) {
    std::copy_n(intensity_.row(y0 + y) + x0, sensor_.width, seen_.row(y));
  }
  return seen_;
}

/// Leaves the wave behind the last plane in wave_ and returns that plane's z.
double BrightField::make_exit_wave() {
  // Bodies and film in the order in which the beam meets them, cut into planes.
  std::vector<Passed> passed{{.z_nm = 0, .layer = nullptr}};
  for (const Layer& layer : layers_) {
    assert(layer.thickness_nm.size() == canvas_.size());
    passed.push_back({.z_nm = layer.z_nm, .layer = &layer});
  }
  std::stable_sort(passed.begin(), passed.end(),
                   [](const Passed& a, const Passed& b) { return a.z_nm > b.z_nm; });
  double z_nm = 0;  // of the plane that the wave has left
  for (size_t first = 0; first < passed.size();) {
    size_t last = first + 1;
    while (last < passed.size() && passed[first].z_nm - passed[last].z_nm <= options_.plane_nm) {
      ++last;
    }
    const double plane_z_nm = 0.5 * (passed[first].z_nm + passed[last - 1].z_nm);
    if (first > 0) {
      space_over(z_nm - plane_z_nm).apply(wave_);
    }
    add_up({passed.data() + first, last - first});
    if (first == 0) {
      write_exit_wave(absorption_, phase_, wave_);
    } else {
      if (plane_.re.empty()) {
        plane_ = Wave(canvas_.size());
      }
      write_exit_wave(absorption_, phase_, plane_);
      multiply(wave_, plane_);
    }
    z_nm = plane_z_nm;
    first = last;
  }
  return z_nm;
}

void BrightField::add_up(std::span<const Passed> plane) {
  const bool has_film = std::any_of(plane.begin(), plane.end(),
                                    [](const Passed& passed) { return passed.layer == nullptr; });
  std::fill(absorption_.values().begin(), absorption_.values().end(),
            has_film ? static_cast<float>(film_.absorption()) : 0.0F);
  if (has_film) {
    std::copy(film_phase_.values().begin(), film_phase_.values().end(), phase_.values().begin());
  } else {
    std::fill(phase_.values().begin(), phase_.values().end(), 0.0F);
  }
  for (const Passed& passed : plane) {
    if (passed.layer == nullptr) {
      continue;
    }
    const Layer& layer = *passed.layer;
    const Material& material = layer.material;
    const auto phase_per_nm = static_cast<float>(interaction_ * material.inner_potential_v);
    const auto loss_per_nm =
        static_cast<float>(material.mean_free_path_nm > 0 ? 0.5 / material.mean_free_path_nm : 0);
    const float* thickness = layer.thickness_nm.data();
    for (size_t i = 0; i < phase_.values().size(); ++i) {
      phase_.values()[i] += phase_per_nm * thickness[i];
      absorption_.values()[i] += loss_per_nm * thickness[i];
    }
    if (!layer.bragg_loss.empty()) {
      assert(layer.bragg_loss.size() == canvas_.size());
      for (size_t i = 0; i < phase_.values().size(); ++i) {
        absorption_.values()[i] += 0.5F * layer.bragg_loss.values()[i];
      }
    }
  }
}

/// Adds the share of this sub-exposure.
void BrightField::add_fringes() {
  const auto share = 1 / static_cast<float>(options_.sub_exposures);
  for (const Layer& layer : layers_) {
    if (layer.fringes.empty()) {
      continue;
    }
    assert(layer.fringes.size() == canvas_.size());
    if (fringes_.empty()) {
      fringes_ = Grid<float>(canvas_.size());
    }
    for (size_t i = 0; i < fringes_.values().size(); ++i) {
      fringes_.values()[i] += share * layer.fringes.values()[i];
    }
  }
}

WaveFilter& BrightField::space_over(double distance_nm) {
  return kept(spaces_, distance_nm, [&] {
    return propagator(options_.optics, canvas_.size(), options_.pixel_size_nm, distance_nm);
  });
}

/// The lens, which is focused relative to the film, behind a plane at `distance_nm` before that.
WaveFilter& BrightField::lens_after(double distance_nm) {
  const bool in_focus = std::abs(distance_nm) <= options_.plane_nm;
  return kept(lenses_, in_focus ? 0 : distance_nm, [&] {
    auto response = transfer(options_.optics, canvas_.size(), options_.pixel_size_nm);
    if (!in_focus) {
      const auto space =
          propagator(options_.optics, canvas_.size(), options_.pixel_size_nm, distance_nm);
      for (size_t i = 0; i < response.values().size(); ++i) {
        response.values()[i] *= space.values()[i];
      }
    }
    return response;
  });
}

}  // namespace mote::simulate
