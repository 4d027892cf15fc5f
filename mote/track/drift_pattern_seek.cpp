#include <algorithm>
#include <numeric>

#include "mote/track/drift_explained.h"
#include "mote/track/drift_pattern.h"
#include "mote/track/drift_weights.h"

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Registrar;
using imaging::Registration;
using imaging::Rings;
using imaging::Spectrum;

// In registered pixels, of drift: below, the specimen is taken for a pattern. Textures of sigma up
// to 1.5 px are told apart from then on.
constexpr double kMinRangePx = 3.5;
// Of the specimen's power, what the temporal mean still holds: below, the pattern is known for
// good. Where none is found there is less to lose.
constexpr double kSettled = 0.15;
constexpr double kSettledWithout = 0.7;
// Of the field: where masks leave less to be seen, a pattern is not sought at all.
constexpr double kLeastSeen = 0.35;
// Times what the frames' own places explain, by which others must be better: more than chance.
constexpr double kBetter = 1.02;
// chi2 of blocks of a specimen that moves as one, 0.6 to 1.1 on drawn ones; where frames seemed to
// show a crowd (3 and more), there must be no doubt left.
constexpr double kMostChi2 = 2.5;
constexpr double kMostChi2OfCrowds = 1.3;
// Of going back and forth between places and pattern: more change nothing that counts.
constexpr int kRounds = 4;
// Kept frames are registered to those so many places before.
constexpr size_t kLags[] = {1, 3, 8};
// Pairs so many places apart are looked at in blocks, every so many of them.
constexpr size_t kLookApart = 3;
// Of the pairs of neighbours, in tenths, that must be registered.
constexpr int64_t kLeastTenths = 7;
// Mean residual, in registered pixels: above, places contradict one another.
constexpr double kMostResidualPx = 0.5;
// In registered pixels: a path shorter than this is what registration makes of no drift.
constexpr double kStillPx = 0.5;
// The first search is made of so many frames, without waiting for all that are kept.
constexpr size_t kFirstSearch = 8;
// Of a pixel's summed squared weights, where few frames show it: shrinks its mean towards 0.
constexpr float kHalfAFrame = 0.5F;

Rings weights_before_knowing(const Registrar& registrar, const std::vector<Spectrum>& spectra) {
  Rings power(kRings, 0.0);
  for (const Spectrum& spectrum : spectra) {
    const Rings one = registrar.power(spectrum);
    for (int ring = 0; ring < kRings; ++ring) {
      power[ring] += one[ring] / static_cast<double>(spectra.size());
    }
  }
  return drift_weights(power, {}, registrar.ring_counts(), 0);
}

// How far from one specimen frames are at these places.
double misfit_of(const Registrar& registrar, const std::vector<Spectrum>& frames,
                 const std::vector<Point>& shift, const Rings& power, const Rings& cross,
                 double seen) {
  double misfit = 0;
  int pairs = 0;
  for (size_t to = kLookApart; to < frames.size(); to += kLookApart) {
    const size_t from = to - kLookApart;
    misfit += block_misfit(registrar, frames[to], frames[from], shift[to] - shift[from], power,
                           cross, DriftViewer::kWindowPower * seen)
                  .chi2;
    ++pairs;
  }
  return misfit / std::max(1, pairs);
}

// Frames registered to one another, and what neighbours have in common.
struct Registered {
  std::vector<DriftLink> links;  // numbered by place
  Rings power = Rings(kRings, 0.0);
  Rings cross = Rings(kRings, 0.0);
  int64_t neighbours = 0;
};

void count_neighbours(Registered& out, const Registrar& registrar, const Spectrum& to,
                      const Spectrum& from, Point shift) {
  const Rings c = registrar.cross_power(to, from, shift);
  const Rings p = registrar.power(to);
  for (int ring = 0; ring < kRings; ++ring) {
    out.cross[ring] += c[ring];
    out.power[ring] += p[ring];
  }
  ++out.neighbours;
}

void take_mean(Registered& out) {
  for (int ring = 0; ring < kRings; ++ring) {
    out.cross[ring] /= static_cast<double>(out.neighbours);
    out.power[ring] /= static_cast<double>(out.neighbours);
  }
}

// `at`: where frames may be; empty to look for them.
Registered register_all(Registrar& registrar, const std::vector<Spectrum>& frames,
                        const std::vector<Point>& at, double min_peak_ratio) {
  Registered out;
  for (size_t to = 1; to < frames.size(); ++to) {
    for (const size_t lag : kLags) {
      if (lag > to) {
        continue;
      }
      const size_t from = to - lag;
      const Registration one = at.empty()
                                   ? registrar.find(frames[to], frames[from])
                                   : registrar.refine(frames[to], frames[from], at[to] - at[from]);
      if (one.peak_ratio < min_peak_ratio) {
        continue;
      }
      out.links.push_back({static_cast<int32_t>(from), static_cast<int32_t>(to),
                           static_cast<float>(one.shift.y_px), static_cast<float>(one.shift.x_px),
                           static_cast<float>(one.sigma_px)});
      if (lag == 1) {
        count_neighbours(out, registrar, frames[to], frames[from], one.shift);
      }
    }
  }
  if (out.neighbours > 0) {
    take_mean(out);
  }
  return out;
}

}  // namespace

// Takes frames to be where they are held to be: no registration, the pattern that this implies.
FixedPattern::Trial FixedPattern::trust(const Registrar& registrar, const std::vector<Point>& prior,
                                        const Rings& power) const {
  Trial trial{.pattern = {.values = Grid<float>(size_), .spectrum = no_sums().total}};
  for (const Kept& kept : kept_) {
    trial.shift.push_back(prior[kept.frame]);
  }
  trial.range_px = range_of(trial.shift);
  std::vector<Spectrum> spectra(kept_.size());
  for (int round = 0; round < kRounds; ++round) {
    trial.sums = no_sums();
    for (size_t i = 0; i < kept_.size(); ++i) {
      spectra[i] = imaging::spectrum_of(without(kept_[i].view, trial.pattern.values));
      add(trial.sums, registrar, trial.pattern, kept_[i].view, spectra[i], trial.shift[i]);
    }
    if (round + 1 < kRounds) {
      trial.pattern = renewed(trial.sums, registrar, trial.pattern);
      if (round == 0 && trial.pattern.share == 0) {
        break;  // nothing to take off: further rounds would see the same frames
      }
    }
  }

  Registered neighbours;
  for (size_t i = 1; i < spectra.size(); ++i) {
    count_neighbours(neighbours, registrar, spectra[i], spectra[i - 1],
                     trial.shift[i] - trial.shift[i - 1]);
  }
  take_mean(neighbours);
  trial.weights = drift_weights(neighbours.power, neighbours.cross, registrar.ring_counts(),
                                neighbours.neighbours);
  trial.misfit =
      misfit_of(registrar, spectra, trial.shift, neighbours.power, neighbours.cross, seen());
  const Explained all = explained(registrar, spectra, trial.shift, 1, power, trial.weights);
  trial.explained = all.power;
  trial.held = all.held;
  return trial;
}

// Goes back and forth between where frames are and what stands still, beginning with `start`.
std::optional<FixedPattern::Trial> FixedPattern::attempt(Registrar& registrar,
                                                         double min_peak_ratio, const Rings& power,
                                                         Grid<float> start) const {
  const size_t count = kept_.size();
  Trial trial;
  trial.pattern.spectrum = imaging::spectrum_of(start);
  trial.pattern.values = std::move(start);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Spectrum> spectra;
    for (const Kept& kept : kept_) {
      spectra.push_back(imaging::spectrum_of(without(kept.view, trial.pattern.values)));
    }
    registrar.set_weights(trial.weights.empty() ? weights_before_knowing(registrar, spectra)
                                                : trial.weights);
    Registered all = register_all(registrar, spectra, trial.shift, min_peak_ratio);
    if (10 * all.neighbours < kLeastTenths * static_cast<int64_t>(count - 1)) {
      return std::nullopt;
    }
    const DriftSolution solution = solve_links(static_cast<int64_t>(count), all.links);
    const double residual =
        std::accumulate(solution.residual_px.begin(), solution.residual_px.end(), 0.0) /
        static_cast<double>(count);
    trial.range_px = range_of(solution.shift);
    if (residual > kMostResidualPx || (round > 0 && trial.range_px < kStillPx)) {
      return std::nullopt;
    }
    trial.shift = solution.shift;
    trial.weights = drift_weights(all.power, all.cross, registrar.ring_counts(), all.neighbours);
    const bool last = round + 1 == kRounds;
    if (!last && trial.range_px > kStillPx) {
      const double scale =
          best_scale(registrar, spectra, trial.shift, trial.range_px, power, trial.weights);
      for (Point& p : trial.shift) {
        p = {scale * p.y_px, scale * p.x_px};
      }
    }
    trial.sums = no_sums();
    for (size_t i = 0; i < count; ++i) {
      add(trial.sums, registrar, trial.pattern, kept_[i].view, spectra[i], trial.shift[i]);
    }
    if (last) {
      trial.misfit = misfit_of(registrar, spectra, trial.shift, all.power, all.cross, seen());
      const Explained moving = explained(registrar, spectra, trial.shift, 1, power, trial.weights);
      trial.explained = moving.power;
      trial.held = moving.held;
      trial.links = std::move(all.links);
    }
    trial.pattern = renewed(trial.sums, registrar, trial.pattern);
  }
  return trial;
}

bool FixedPattern::due() const {
  const bool enough = kept_.size() == kKept || (stride_ == 1 && kept_.size() == kFirstSearch);
  return !settled_ && enough && kept_.back().frame != sought_;
}

// Mean share of the field beside the masks of the frames kept.
double FixedPattern::seen() const {
  double sum = 0;
  for (const Kept& kept : kept_) {
    sum += coverage(kept.view);
  }
  return sum / static_cast<double>(kept_.size());
}

// The temporal mean of the frames kept, each pixel over those that show it.
Grid<float> FixedPattern::mean_view() const {
  Grid<float> mean(size_);
  Grid<float> squares(size_);
  for (const Kept& kept : kept_) {
    for (size_t i = 0; i < mean.values().size(); ++i) {
      const float weight =
          static_cast<float>(kept.view.weight.values()[i]) * (1.0F / DriftView::kFullWeight);
      mean.values()[i] += weight * kept.view.values.values()[i];
      squares.values()[i] += weight * weight;
    }
  }
  for (size_t i = 0; i < mean.values().size(); ++i) {
    mean.values()[i] /= squares.values()[i] + kHalfAFrame;
  }
  return mean;
}

void FixedPattern::pass_over() {
  sought_ = kept_.back().frame;
}

std::optional<FixedPattern::Found> FixedPattern::seek(Registrar& registrar, double min_peak_ratio,
                                                      const std::vector<Point>& prior, bool crowded,
                                                      double white_power) {
  sought_ = kept_.back().frame;
  white_power_ = known_ ? white_power_ : white_power;

  if (seen() < kLeastSeen) {
    return std::nullopt;
  }
  Rings frame_power(kRings, 0.0);
  for (const Kept& kept : kept_) {
    const Rings power = registrar.power(imaging::spectrum_of(kept.view.values));
    for (int ring = 0; ring < kRings; ++ring) {
      frame_power[ring] += power[ring] / static_cast<double>(kept_.size());
    }
  }
  // Where frames are held to be is right, if a little noisy, beside a pattern that is white; one
  // that is not may hold them back, and then the mean is the place to begin.
  Trial best = trust(registrar, prior, frame_power);
  if (best.range_px < kMinRangePx && kept_.size() == kKept && !known_) {
    std::optional<Trial> other = attempt(registrar, min_peak_ratio, frame_power, mean_view());
    if (other && other->explained > kBetter * best.explained) {
      best = *std::move(other);
    }
  }
  const double most = crowded ? kMostChi2OfCrowds : kMostChi2;
  if (best.misfit > most || best.range_px < kMinRangePx) {
    return std::nullopt;
  }
  Found found{.shift = std::move(best.shift), .links = std::move(best.links)};
  for (DriftLink& link : found.links) {
    link.from = kept_[link.from].frame;
    link.to = kept_[link.to].frame;
  }
  known_ = true;
  settled_ = best.held < (best.pattern.share > 0 ? kSettled : kSettledWithout);
  pattern_ = std::move(best.pattern);
  sums_ = std::move(best.sums);
  offered_ = sums_.frames;
  next_renewal_ = sums_.frames + sums_.frames / 2;
  registrar.set_weights(best.weights);
  if (settled_) {
    found.kept = std::move(kept_);
    kept_.clear();
  } else {
    found.kept = kept_;
  }
  return found;
}

}  // namespace mote::track
