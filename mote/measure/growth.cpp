#include "mote/measure/growth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "mote/measure/bootstrap.h"
#include "mote/measure/fates.h"

namespace mote::measure {
namespace {

constexpr size_t kFewestBins = 8;
constexpr std::array<const char*, 4> kExponents{"free", "2", "3", "4"};

std::optional<GrowthLaw> fit(std::span<const GrowthPoint> points, size_t exponent) {
  return exponent == 0 ? fit_growth(points) : fit_growth(points, static_cast<double>(exponent + 1));
}

/// Fits of one version of a stretch, with what resampled families give.
struct Fits {
  std::array<std::optional<GrowthLaw>, kExponents.size()> laws;
  std::array<std::vector<GrowthLaw>, kExponents.size()> resampled;
  /// The free n where all radii are off by what the boundary leaves open, one way and the other.
  std::vector<double> shifted_n;
};

Fits fits_of(const Ensemble::Curves& curves, const Ensemble& ensemble, const GrowthOptions& options,
             double reach_px) {
  Fits out;
  const std::vector<GrowthPoint> points = curves.curve();
  for (size_t e = 0; e < kExponents.size(); ++e) {
    out.laws[e] = fit(points, e);
  }
  for (const double shift : {-reach_px, reach_px}) {
    std::vector<GrowthPoint> moved = points;
    for (GrowthPoint& point : moved) {
      point.radius += shift;
    }
    if (const auto law = fit_growth(moved)) {
      out.shifted_n.push_back(law->n);
    }
  }
  BootstrapRandom random(options.seed);
  for (int64_t i = 0; i < options.resamples; ++i) {
    const std::vector<GrowthPoint> again = curves.curve(drawn(ensemble.families(), random));
    for (size_t e = 0; e < kExponents.size(); ++e) {
      if (const auto law = fit(again, e)) {
        out.resampled[e].push_back(*law);
      }
    }
  }
  return out;
}

void fill(GrowthRow& row, const GrowthLaw& law, const std::vector<GrowthLaw>& resampled,
          size_t families) {
  const auto interval = [&](double GrowthLaw::*member) {
    std::vector<double> values;
    values.reserve(resampled.size());
    for (const GrowthLaw& again : resampled) {
      values.push_back(again.*member);
    }
    return percentile_interval(law.*member, std::move(values), families);
  };
  row.n = interval(&GrowthLaw::n);
  row.r0_px = interval(&GrowthLaw::r0);
  row.k = interval(&GrowthLaw::k);
  row.rms_px = law.rms;
  row.growth = law.growth();
}

/// Why there can be no fit; empty where there can.
std::string lack(int64_t families, size_t points, const GrowthOptions& options) {
  if (families < options.min_tracks) {
    return fmt::format("n not determined: fewer than {} families of tracks", options.min_tracks);
  }
  return points < kFewestBins
             ? fmt::format("n not determined: fewer than {} points in time", kFewestBins)
             : "";
}

/// A row for each exponent, all with the verdict of the free one.
void add_versions(const GrowthRow& common, const Fits& fits, std::vector<GrowthRow>& out) {
  std::string verdict = common.verdict;
  for (size_t e = 0; e < kExponents.size(); ++e) {
    GrowthRow& row = out.emplace_back(common);
    row.exponent = kExponents[e];
    if (fits.laws[e]) {
      fill(row, *fits.laws[e], fits.resampled[e], static_cast<size_t>(row.n_families));
    }
    if (e == 0 && row.n) {
      const double value = row.n->value;
      for (const double n : fits.shifted_n) {
        row.n->low -= std::max(0.0, value - n);
        row.n->high += std::max(0.0, n - value);
      }
    }
    if (e == 0 && verdict.empty()) {
      verdict = row.n ? growth_verdict(*row.growth, row.n->low, row.n->high)
                      : "n not determined: no law of positive radii fits";
    }
    row.verdict = verdict;
  }
}

}  // namespace

GrowthCollector::GrowthCollector(const Lineage& lineage, const std::map<int32_t, TrackEnds>& ends,
                                 const GrowthOptions& options)
    : options_(options),
      tracks_(lineage.tracks),
      ends_(ends),
      ensemble_(lineage, options.frames, options.time_bins) {}

void GrowthCollector::add(const FrameInfo& info, std::span<const ParticleRow> particles,
                          std::optional<double> temperature) {
  frame_times_s_.resize(static_cast<size_t>(info.frame) + 1);
  frame_times_s_.back() = info.time_s;
  pixel_size_ = info.pixel_size;
  if (options_.interval_s && !info.time_s) {
    return;  // when it was is not known
  }
  const double time =
      options_.interval_s ? *info.time_s / *options_.interval_s : static_cast<double>(info.frame);
  ensemble_.add_frame(info.frame, time, temperature);
  if (const int64_t bin = info.frame * rate_bins() / options_.frames; bin != bin_) {
    close_all();
    bin_ = bin;
  }
  for (const ParticleRow& particle : particles) {
    if (particle.tracks.size() != 1 || particle.measures.touches_border) {
      continue;
    }
    const int32_t track = particle.tracks.front();
    const double radius = particle.ecd_px() / 2;
    ensemble_.add(track, info.frame, radius, particle.border_weight);
    Open& open =
        open_.try_emplace(track, Open{.first_frame = info.frame, .first_time = time}).first->second;
    open.last_frame = info.frame;
    open.line.add(time, radius);
    open.times.add(0, time);
    open.last_time = time;
    if (const auto& convention = particle.measures.ecd_uncertainty.convention_px) {
      convention_.add(0, *convention / 2);
    }
  }
}

void GrowthCollector::close_all() {
  for (const auto& [track, open] : open_) {
    close(track, open);
  }
  open_.clear();
}

void GrowthCollector::close(int32_t track, const Open& open) {
  const std::optional<double> slope = open.line.slope();
  const std::optional<double> error = open.line.slope_se();
  if (open.line.count() < options_.min_rate_instances || !slope || !error) {
    return;
  }
  Rate& rate = rates_.emplace_back();
  rate.family = ensemble_.family(track);
  rate.span = open.last_time - open.first_time;
  rate.row.units = units();
  rate.row.track = track;
  rate.row.bin = bin_;
  rate.row.first_frame = open.first_frame;
  rate.row.last_frame = open.last_frame;
  rate.row.time = open.times.mean_y();
  rate.row.n_instances = open.line.count();
  rate.row.radius_px = open.line.mean_y();
  rate.row.rate = *slope;
  rate.row.rate_se = *error;
}

std::vector<GrowthRow> GrowthCollector::growth() const {
  std::vector<GrowthRow> out;
  if (options_.frames == 0) {
    return out;
  }
  int64_t number = 0;
  for (const Stretch& stretch : ensemble_.isothermal(options_.isothermal_range)) {
    add_growth(stretch, ++number, out);
  }
  return out;
}

void GrowthCollector::add_growth(const Stretch& stretch, int64_t number,
                                 std::vector<GrowthRow>& out) const {
  GrowthRow common;
  common.units = units();
  common.stretch = number;
  common.first_frame = ensemble_.first_frame(stretch.first_bin);
  common.last_frame = ensemble_.first_frame(stretch.last_bin + 1) - 1;
  common.temperature = stretch.temperature;
  common.n_tracks = ensemble_.tracks_in(stretch);
  common.n_families = ensemble_.families_in(stretch);
  const bool merges = std::any_of(tracks_.begin(), tracks_.end(),
                                  [](const Track& track) { return track.parents.size() > 1; });
  using Version = Ensemble::Coalescence;
  Fits fits;
  for (const Version version : {Version::kAsSeen, Version::kModelledOut}) {
    common.coalescence = version == Version::kAsSeen ? "as_seen" : "modelled_out";
    if (version == Version::kAsSeen || merges) {  // without merges both are the same
      const Ensemble::Curves curves = ensemble_.curves(stretch, version);
      common.verdict = lack(common.n_families, curves.curve().size(), options_);
      fits = common.verdict.empty()
                 ? fits_of(curves, ensemble_, options_, std::numbers::sqrt3 * boundary_se_px())
                 : Fits{};
    }
    add_versions(common, fits, out);
  }
}

std::vector<SurvivalRow> GrowthCollector::survival() const {
  struct Life {
    double radius = 0;
    Lifetime lifetime;
  };
  std::vector<Life> lives;
  for (const Track& track : tracks_) {
    const std::optional<double> radius = ensemble_.first_radius(track.id);
    if (!radius) {
      continue;
    }
    const auto ends = ends_.find(track.id);
    const std::string cause = ends == ends_.end() ? "" : ends->second.end_cause;
    const bool dissolved = ending(track, cause, options_.frames) == Ending::kDissolved;
    lives.push_back(
        {.radius = *radius,
         .lifetime = {.entry = static_cast<double>(track.first_frame),
                      .exit = static_cast<double>(track.last_frame + (dissolved ? 1 : 0)),
                      .dissolved = dissolved}});
  }
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Life& a, const Life& b) { return a.radius < b.radius; });
  constexpr size_t kClasses = 3;
  std::vector<SurvivalRow> out;
  for (size_t c = 0; c < kClasses; ++c) {
    const size_t begin = c * lives.size() / kClasses;
    const size_t end = (c + 1) * lives.size() / kClasses;
    if (begin == end) {
      continue;
    }
    std::vector<Lifetime> lifetimes;
    for (size_t i = begin; i < end; ++i) {
      lifetimes.push_back(lives[i].lifetime);
    }
    SurvivalRow row{.size_class = static_cast<int64_t>(c) + 1,
                    .least_radius_px = lives[begin].radius,
                    .greatest_radius_px = lives[end - 1].radius,
                    .n_tracks = static_cast<int64_t>(end - begin),
                    .frame = 0,
                    .time_s = {},
                    .step = {},
                    .pixel_size = pixel_size_};
    std::vector<SurvivalStep> steps = kaplan_meier(lifetimes);
    const auto at_start = std::count_if(lifetimes.begin(), lifetimes.end(),
                                        [](const Lifetime& life) { return life.entry == 0; });
    steps.insert(steps.begin(), SurvivalStep{.at_risk = at_start, .se = 0.0});
    for (const SurvivalStep& step : steps) {
      row.frame = std::llround(step.time);
      const auto frame = static_cast<size_t>(row.frame);
      row.time_s = frame < frame_times_s_.size() ? frame_times_s_[frame] : std::nullopt;
      row.step = step;
      out.push_back(row);
    }
  }
  return out;
}

}  // namespace mote::measure
