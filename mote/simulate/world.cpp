#include "mote/simulate/world.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "mote/simulate/draws.h"
#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kMostUnevenness = 0.06;  // of the radius
constexpr double kBoltzmannEvPerKelvin = 8.617333262e-5;
constexpr double kMergedNeckRatio = 0.7;
constexpr double kCompleteNeckRatio = 0.95;

double lerp(double from, double to, double share) {
  return from + share * (to - from);
}

PositionNm lerp(const PositionNm& from, const PositionNm& to, double share) {
  return {lerp(from.y_nm, to.y_nm, share), lerp(from.x_nm, to.x_nm, share),
          lerp(from.z_nm, to.z_nm, share)};
}

/// Of a particle whose larger sphere has `radius_nm`.
Unevenness unevenness_of(const SpeciesOptions& species, uint64_t key, double radius_nm) {
  return {.height_nm = std::min(species.unevenness_nm, kMostUnevenness * radius_nm),
          .length_nm = species.unevenness_length_nm,
          .key = key};
}

}  // namespace

std::string_view name(WorldEventType type) {
  switch (type) {
    case WorldEventType::kNucleated: return "nucleated";
    case WorldEventType::kDissolved: return "dissolved";
    case WorldEventType::kEntered: return "entered";
    case WorldEventType::kLeft: return "left";
    case WorldEventType::kContact: return "contact";
    case WorldEventType::kHalfNeck: return "half_neck";
    case WorldEventType::kMerged: return "merged";
    case WorldEventType::kComplete: return "complete";
    case WorldEventType::kOverlap: return "overlap";
    case WorldEventType::kParted: return "parted";
    case WorldEventType::kContrastLost: return "contrast_lost";
    case WorldEventType::kContrastBack: return "contrast_back";
  }
  return "";
}

World::World(const WorldOptions& options) : options_(options), stage_(options.stage, options.seed) {
  check(options);
  reference_nm_ = options.species[0].median_radius_nm;
  double largest = 0;
  for (const SpeciesOptions& species : options.species) {
    largest = std::max(largest, species.median_radius_nm * exp(4 * species.radius_spread));
  }
  margin_nm_ = 6 * largest + 64 * options.pixel_size_nm;
  height_nm_ = static_cast<double>(options.height_px) * options.pixel_size_nm + 2 * margin_nm_;
  width_nm_ = static_cast<double>(options.width_px) * options.pixel_size_nm + 2 * margin_nm_;
  if (options.ripening.enabled) {
    const StationaryLaw law(options.ripening.exponent);
    const double mean = law.mean();
    std::vector<double> radii;
    const auto count = static_cast<double>(options.ripening.ensemble);
    for (int64_t i = 0; i < options.ripening.ensemble; ++i) {
      const double share = (static_cast<double>(i) + 0.5) / count;
      radii.push_back(reference_nm_ / mean * law.quantile(share));
    }
    critical_ =
        std::make_unique<CriticalRadius>(RipeningEnsemble(radii, options.ripening.exponent));
  }
  if (options.nucleation.enabled) {
    Random random = draws(options.seed, Stream::kNucleation, 0, 0);
    nuclei_due_ = exponential(random);
  }
  populate();
}

double World::kelvin_at(double time_s) const {
  double kelvin = options_.temperature.reference_kelvin;
  for (const TemperatureStep& step : options_.temperature.steps) {
    if (step.time_s <= time_s) {
      kelvin = step.kelvin;
    }
  }
  return kelvin;
}

double World::factor(const Activation& activation, double time_s) const {
  const double inverse = 1 / kelvin_at(time_s) - 1 / options_.temperature.reference_kelvin;
  return inverse == 0 ? 1 : exp(-activation.energy_ev / kBoltzmannEvPerKelvin * inverse);
}

void World::step() {
  Step step{.begin_s = time_of(steps_), .end_s = time_of(steps_ + 1), .spans = {}};
  if (critical_ != nullptr) {
    ripened_nm_n_ += options_.ripening.rate_nm_n_per_s * options_.step_s *
                     factor(options_.ripening.activation, step.begin_s);
  }
  for (const Particle& particle : particles_) {
    Span& span = step.spans.emplace_back(at_rest(particle));
    span.begin_s = step.begin_s;
    span.end_s = step.end_s;
    migrate(span);
    exchange(span);
    age(span);
    flicker(span);
  }
  meet(step.spans);
  nucleate(step.spans);
  note_overlaps(step.spans);
  const ShiftNm shift_begin = stage_.at(step.begin_s);
  const ShiftNm shift_end = stage_.at(step.end_s);
  particles_.clear();
  for (Span& span : step.spans) {
    note_border(span, shift_begin, shift_end);
    if (span.goes_on) {
      particles_.push_back(span.particle);
      wrap(particles_.back().at);
    }
  }
  std::sort(particles_.begin(), particles_.end(),
            [](const Particle& a, const Particle& b) { return a.id < b.id; });
  history_.push_back(std::move(step));
  ++steps_;
}

void World::migrate(Span& span) const {
  const MigrationOptions& options = options_.migration;
  if (!options.enabled || options.diffusivity_nm2_per_s == 0) {
    return;
  }
  Particle& particle = span.particle;
  const double diffusivity = options.diffusivity_nm2_per_s *
                             pow(particle.radius_nm / reference_nm_, -options.size_exponent) *
                             factor(options.activation, span.begin_s);
  const double size = std::sqrt(2 * diffusivity * options_.step_s);
  Random random = draws(options_.seed, Stream::kMigration, static_cast<uint64_t>(particle.id),
                        static_cast<uint64_t>(steps_));
  const NormalPair move = normal_pair(random);
  particle.at.y_nm += size * move.first;
  particle.at.x_nm += size * move.second;
  if (particle.face == Face::kInside) {
    const double play = std::max(0.0, 0.5 * options_.film_thickness_nm - particle.radius_nm);
    double z = particle.at.z_nm + size * normal(random);
    z = z > play ? 2 * play - z : z;  // thrown back by either face
    z = z < -play ? -2 * play - z : z;
    particle.at.z_nm = std::clamp(z, -play, play);
  }
}

void World::exchange(Span& span) {
  Particle& particle = span.particle;
  const double before = particle.radius_nm;
  double radius = before;
  if (critical_ != nullptr) {
    const RipeningOptions& options = options_.ripening;
    const double reduced =
        options.rate_nm_n_per_s * options_.step_s * factor(options.activation, span.begin_s);
    const double critical = critical_->at(ripened_nm_n_ - 0.5 * reduced);
    const double power = power_of_radius(radius, options.exponent);
    radius = radius_of_power(ripened(power, reduced, critical, options.exponent), options.exponent);
  }
  for (const auto* options : {&options_.growth, &options_.dissolution}) {
    if (!options->enabled) {
      continue;
    }
    const double sign = options == &options_.growth ? 1 : -1;
    const double change = sign * options->exponent * options->rate_nm_n_per_s * options_.step_s *
                          factor(options->activation, span.begin_s);
    const double power = pow(radius, options->exponent) + change;
    radius = power > 0 ? pow(power, 1.0 / options->exponent) : 0;
  }
  const double least = options_.vanishing_radius_nm;
  if (radius < least && !particle.merger) {
    const double share = std::clamp((before - least) / (before - radius), 0.0, 1.0);
    span.end_s = lerp(span.begin_s, span.end_s, share);
    span.goes_on = false;
    particle.at = lerp(span.from, particle.at, share);
    particle.radius_nm = least;
    add_event(WorldEventType::kDissolved, span.end_s, {particle.id});
    return;
  }
  particle.radius_nm = std::max(radius, least);
  if (particle.merger) {
    particle.merger->larger_nm *= particle.radius_nm / before;
    particle.merger->smaller_nm *= particle.radius_nm / before;
  }
}

void World::age(Span& span) {
  Particle& particle = span.particle;
  if (!particle.merger) {
    return;
  }
  Merger& merger = *particle.merger;
  const double rate = factor(options_.coalescence.activation, span.begin_s);
  const double before = merger.aged_s;
  const double after = before + rate * (span.end_s - span.begin_s);
  const auto note = [&](WorldEventType type, double bridge) {
    const double due = merger.law.time_of(bridge);
    if (due > before && due <= after) {
      const double time = span.begin_s + (due - before) / rate;
      add_event(type, time, {merger.larger, merger.smaller}, particle.id);
      if (type == WorldEventType::kHalfNeck) {
        merger.half_neck_s = time;
      }
    }
  };
  note(WorldEventType::kHalfNeck, options_.coalescence.merge_neck_ratio);
  note(WorldEventType::kMerged, kMergedNeckRatio);
  note(WorldEventType::kComplete, kCompleteNeckRatio);
  merger.aged_s = after;
  if (after > merger.law.end_s()) {
    particle.merger.reset();
  }
}

void World::flicker(Span& span) {
  Particle& particle = span.particle;
  while (particle.next_flip_s <= span.end_s) {
    span.flips_s.push_back(particle.next_flip_s);
    particle.dark = !particle.dark;
    add_event(particle.dark ? WorldEventType::kContrastLost : WorldEventType::kContrastBack,
              particle.next_flip_s, {particle.id});
    Random random = draws(options_.seed, Stream::kFlicker, static_cast<uint64_t>(particle.id),
                          ++particle.flips);
    const double mean =
        particle.dark ? options_.flicker.dark_time_s : options_.flicker.bright_time_s;
    particle.next_flip_s += mean * exponential(random);
  }
}

void World::add_event(WorldEventType type, double time_s, std::vector<int64_t> particles,
                      int64_t result) {
  events_.push_back(
      {.type = type, .time_s = time_s, .particles = std::move(particles), .result = result});
}

std::vector<WorldEvent> World::take_events(double time_s) {
  while (this->time_s() < time_s) {
    step();
  }
  std::sort(events_.begin(), events_.end(), [](const WorldEvent& a, const WorldEvent& b) {
    return std::tie(a.time_s, a.type, a.particles) < std::tie(b.time_s, b.type, b.particles);
  });
  const auto end = std::find_if(events_.begin(), events_.end(),
                                [&](const WorldEvent& event) { return event.time_s > time_s; });
  std::vector<WorldEvent> taken(events_.begin(), end);
  events_.erase(events_.begin(), end);
  return taken;
}

void World::forget_before(double time_s) {
  while (!history_.empty() && history_.front().end_s <= time_s) {
    history_.pop_front();
  }
}

std::vector<SeenBody> World::bodies_at(double time_s, std::optional<int64_t> particle) {
  const auto is_asked_for = [&](const Particle& one) {
    return !particle || one.id == *particle ||
           (one.merger && (one.merger->larger == *particle || one.merger->smaller == *particle));
  };
  while (this->time_s() <= time_s) {
    step();
  }
  const ShiftNm shift = stage_.at(time_s);
  std::vector<SeenBody> bodies;
  for (const Step& step : history_) {
    if (time_s < step.begin_s || time_s >= step.end_s) {
      continue;
    }
    for (const Span& span : step.spans) {
      if (is_asked_for(span.particle) && time_s >= span.begin_s &&
          (time_s < span.end_s || (span.goes_on && time_s < step.end_s))) {
        bodies.push_back(seen(span, time_s, shift));
      }
    }
  }
  std::sort(bodies.begin(), bodies.end(),
            [](const SeenBody& a, const SeenBody& b) { return a.particle < b.particle; });
  return bodies;
}

SeenBody World::seen(const Span& span, double time_s, const ShiftNm& shift) const {
  const Particle& particle = span.particle;
  const double length = span.end_s - span.begin_s;
  const double share = length > 0 ? (time_s - span.begin_s) / length : 0;
  SeenBody body{.particle = particle.id, .species = particle.species, .face = particle.face};
  body.radius_nm = lerp(span.radius_from_nm, particle.radius_nm, share);
  const auto later = std::count_if(span.flips_s.begin(), span.flips_s.end(),
                                   [&](double flip_s) { return flip_s > time_s; });
  body.dark = particle.dark != (later % 2 == 1);
  body.contrast = body.dark ? options_.flicker.dark_contrast : 1;
  body.crystal = particle.crystal;
  const PositionNm at = on_camera(lerp(span.from, particle.at, share), shift);
  const SpeciesOptions& species = options_.species[static_cast<size_t>(particle.species)];
  if (particle.merger) {
    body.merger = particle.merger;
    Merger& merger = *body.merger;
    merger.aged_s = lerp(span.aged_from_s, merger.aged_s, share);
    const double scale = body.radius_nm / particle.radius_nm;
    merger.larger_nm *= scale;
    merger.smaller_nm *= scale;
    body.unevenness = unevenness_of(species, particle.crystal, merger.larger_nm);
    body.body = Pair{
        .centre = at,
        .axis = merger.axis,
        .shape = dumbbell(merger.larger_nm, merger.smaller_nm, merger.law.bridge(merger.aged_s))};
    return body;
  }
  body.unevenness = unevenness_of(species, particle.crystal, body.radius_nm);
  switch (species.shape) {
    case Shape::kSphere: body.body = Sphere{at, body.radius_nm}; break;
    case Shape::kTruncatedSphere:
      body.body = truncated_sphere(at, body.radius_nm, species.contact_angle_deg);
      break;
    case Shape::kCube: body.body = cube(at, body.radius_nm, particle.rotation); break;
    case Shape::kTruncatedOctahedron:
      body.body = truncated_octahedron(at, body.radius_nm, species.truncation, particle.rotation);
      break;
  }
  return body;
}

void World::wrap(PositionNm& at) const {
  at.y_nm -= height_nm_ * std::floor(at.y_nm / height_nm_);
  at.x_nm -= width_nm_ * std::floor(at.x_nm / width_nm_);
}

PositionNm World::on_camera(const PositionNm& at, const ShiftNm& shift) const {
  PositionNm seen = {at.y_nm + shift.y_nm, at.x_nm + shift.x_nm, at.z_nm};
  wrap(seen);
  seen.y_nm -= margin_nm_;
  seen.x_nm -= margin_nm_;
  return seen;
}

double World::inside_nm(const PositionNm& at, double reach_nm, const ShiftNm& shift) const {
  const PositionNm seen = on_camera(at, shift);
  const double half_pixel = 0.5 * options_.pixel_size_nm;
  const double bottom = height_nm_ - 2 * margin_nm_ - half_pixel;
  const double right = width_nm_ - 2 * margin_nm_ - half_pixel;
  return reach_nm + std::min({seen.y_nm + half_pixel, bottom - seen.y_nm, seen.x_nm + half_pixel,
                              right - seen.x_nm});
}

}  // namespace mote::simulate
