#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/error.h"
#include "mote/simulate/draws.h"
#include "mote/simulate/elementary.h"
#include "mote/simulate/world.h"

namespace mote::simulate {
namespace {

constexpr int kPlacements = 4000;

}  // namespace

void World::populate() {
  const double field = static_cast<double>(options_.height_px * options_.width_px) *
                       options_.pixel_size_nm * options_.pixel_size_nm;
  const auto count =
      static_cast<int64_t>(std::nearbyint(options_.particles * height_nm_ * width_nm_ / field));
  double shares = 0;
  for (const SpeciesOptions& species : options_.species) {
    shares += species.share;
  }
  std::optional<StationaryLaw> law;
  double mean = 1;
  if (options_.ripening.enabled) {
    law.emplace(options_.ripening.exponent);
    mean = law->mean();
  }
  for (int64_t i = 0; i < count; ++i) {
    Random random = draws(options_.seed, Stream::kRadius, static_cast<uint64_t>(next_id_), 0);
    double which = random.uniform(0, shares);
    int32_t species = 0;
    while (species + 1 < static_cast<int32_t>(options_.species.size()) &&
           which >= options_.species[static_cast<size_t>(species)].share) {
      which -= options_.species[static_cast<size_t>(species)].share;
      ++species;
    }
    const SpeciesOptions& kind = options_.species[static_cast<size_t>(species)];
    const double ratio =
        law ? law->quantile(random.uniform(0, 1)) / mean : exp(kind.radius_spread * normal(random));
    const double radius =
        std::max(1.05 * options_.vanishing_radius_nm, kind.median_radius_nm * ratio);
    Particle particle = new_particle(next_id_, species, radius);
    Random place = draws(options_.seed, Stream::kPlace, static_cast<uint64_t>(next_id_), 1);
    int attempts = 0;
    while (!has_room(particle, particles_, options_.clearance_nm)) {
      if (++attempts == kPlacements) {
        throw Error(ErrorKind::kUsage,
                    "particles is {}, of which {} found no room beside the first {}",
                    options_.particles, count - i, i);
      }
      particle.at.y_nm = place.uniform(0, height_nm_);
      particle.at.x_nm = place.uniform(0, width_nm_);
    }
    ++next_id_;
    particle.in_field = inside_nm(particle.at, particle.radius_nm, stage_.at(0)) > 0;
    particles_.push_back(particle);
  }
}

Particle World::new_particle(int64_t id, int32_t species, double radius_nm) {
  const auto key = static_cast<uint64_t>(id);
  Random random = draws(options_.seed, Stream::kPlace, key, 0);
  Particle particle{.id = id, .species = species, .radius_nm = radius_nm};
  particle.at = {.y_nm = random.uniform(0, height_nm_), .x_nm = random.uniform(0, width_nm_)};
  const double face = random.uniform(0, 1);
  const double half = 0.5 * options_.film_thickness_nm;
  if (face < options_.share_below) {
    particle.face = Face::kBelow;
    particle.at.z_nm = -half;
  } else if (face < options_.share_below + options_.share_inside) {
    particle.face = Face::kInside;
    const double play = std::max(0.0, half - radius_nm);
    particle.at.z_nm = random.uniform(-play, play);
  } else {
    particle.at.z_nm = half;
  }
  Random turn = draws(options_.seed, Stream::kOrientation, key, 0);
  particle.rotation = random_rotation(turn);
  particle.crystal = turn.bits();
  if (options_.flicker.enabled) {
    Random wait = draws(options_.seed, Stream::kFlicker, key, 0);
    particle.next_flip_s = time_s() + options_.flicker.bright_time_s * exponential(wait);
  }
  return particle;
}

bool World::has_room(const Particle& particle, std::span<const Particle> others,
                     double clearance_nm) const {
  return std::none_of(others.begin(), others.end(), [&](const Particle& other) {
    if (other.face != particle.face) {
      return false;
    }
    const std::vector<Lobe> lobes = lobes_of(at_rest(other));
    return std::any_of(lobes.begin(), lobes.end(), [&](const Lobe& lobe) {
      const double y = nearest_image(lobe.to.y_nm - particle.at.y_nm, height_nm_);
      const double x = nearest_image(lobe.to.x_nm - particle.at.x_nm, width_nm_);
      const double z = lobe.to.z_nm - particle.at.z_nm;
      const double reach = lobe.radius_to_nm + particle.radius_nm + clearance_nm;
      return y * y + x * x + z * z < reach * reach;
    });
  });
}

void World::nucleate(std::vector<Span>& spans) {
  const NucleationOptions& options = options_.nucleation;
  if (!options.enabled) {
    return;
  }
  const double begin = time_of(steps_);
  const double end = time_of(steps_ + 1);
  const double fading = options.fade_time_s > 0 ? exp(-begin / options.fade_time_s) : 1;
  const double expected = options.rate_per_nm2_s * height_nm_ * width_nm_ * options_.step_s *
                          fading * factor(options.activation, begin);
  while (nuclei_passed_ + expected > nuclei_due_) {
    const double born = begin + (nuclei_due_ - nuclei_passed_) / expected * (end - begin);
    Random random = draws(options_.seed, Stream::kNucleation, 0, ++nuclei_);
    nuclei_due_ += exponential(random);
    Particle particle = new_particle(next_id_++, 0, options_.vanishing_radius_nm);
    std::vector<Particle> others;  // as they are at the end of the step, new ones too
    for (const Span& span : spans) {
      if (span.goes_on) {
        others.push_back(span.particle);
      }
    }
    if (!has_room(particle, others, 2 * options_.vanishing_radius_nm)) {
      continue;  // on top of another particle nothing new begins
    }
    particle.in_field = inside_nm(particle.at, particle.radius_nm, stage_.at(born)) > 0;
    add_event(WorldEventType::kNucleated, born, {particle.id});
    Span& span = spans.emplace_back(at_rest(particle));
    span.begin_s = born;
    span.end_s = end;
  }
  nuclei_passed_ += expected;
}

}  // namespace mote::simulate
