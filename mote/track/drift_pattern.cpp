#include "mote/track/drift_pattern.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Registrar;
using imaging::Registration;
using imaging::Rings;
using imaging::Spectrum;

constexpr size_t kKept = 16;
constexpr double kMinRangePx = 1.5;      // drift below this cannot be told from standing still
constexpr double kSettled = 0.15;        // of the specimen's power that the mean still holds
constexpr double kSettledWithout = 0.7;  // the same, where no pattern is found
constexpr double kNegligible = 0.005;    // of the frames' power
constexpr double kSlight = 0.01;         // the same, below which frames do without at first
constexpr double kHidden = 0.6;      // of the frames' power, times the square of what masks hide
constexpr double kLeastSeen = 0.35;  // of the field beside the masks, to seek a pattern at all
constexpr int kRounds = 4;
constexpr int64_t kLearnAll = 64;  // so many frames count in each, later every fourth

Grid<float> without(const DriftView& view, const Grid<float>& pattern) {
  Grid<float> out = view.values;
  float* __restrict values = out.data();
  const float* __restrict fixed = pattern.data();
  const uint8_t* __restrict weight = view.weight.data();
  const auto count = static_cast<int64_t>(out.values().size());
  for (int64_t i = 0; i < count; ++i) {
    values[i] -= fixed[i] * (static_cast<float>(weight[i]) * (1.0F / 255));
  }
  return out;
}

double coverage(const DriftView& view) {
  const auto weights = view.weight.values();
  const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  return static_cast<double>(sum) / (255.0 * static_cast<double>(weights.size()));
}

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

// How much of the frames' power a specimen at `scale` times the shifts explains beside a pattern:
// sum over k of |B - D A|^2 / (1 - |D|^2), in units of `power`. Every fourth row of frequencies,
// and `held` the share of it that stays in the mean.
struct Explained {
  double power = 0;
  double held = 1;
};
Explained explained(const Registrar& registrar, const std::vector<Spectrum>& frames,
                    const std::vector<Point>& shift, double scale, const Rings& power,
                    const Rings& weights) {
  constexpr double kLeast = 0.03;  // of 1 - |D|^2: below, nothing has moved
  std::vector<imaging::PhaseRamp> ramps;
  for (const Point& p : shift) {
    ramps.push_back(imaging::phase_ramp(registrar.size(), {scale * p.y_px, scale * p.x_px}));
  }
  const auto count = static_cast<float>(frames.size());
  const auto width = static_cast<size_t>(frames[0].width());
  Explained out;
  double moving = 0;
  double held = 0;
  std::vector<float> sums(6 * width);
  for (int64_t y = 0; y < frames[0].height(); y += 4) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    float* __restrict ar = sums.data();
    float* __restrict ai = ar + width;
    float* __restrict br = ai + width;
    float* __restrict bi = br + width;
    float* __restrict dr = bi + width;
    float* __restrict di = dr + width;
    for (size_t i = 0; i < frames.size(); ++i) {
      const auto* __restrict f = reinterpret_cast<const float*>(frames[i].row(y));
      const auto* __restrict r = reinterpret_cast<const float*>(ramps[i].x.data());
      const float yr = ramps[i].y[y].real();
      const float yi = ramps[i].y[y].imag();
      for (size_t x = 0; x < width; ++x) {
        const float c = yr * r[2 * x] - yi * r[2 * x + 1];
        const float s = yr * r[2 * x + 1] + yi * r[2 * x];
        ar[x] += f[2 * x];
        ai[x] += f[2 * x + 1];
        br[x] += f[2 * x] * c - f[2 * x + 1] * s;
        bi[x] += f[2 * x] * s + f[2 * x + 1] * c;
        dr[x] += c;
        di[x] += s;
      }
    }
    const uint8_t* rings = registrar.rings().row(y);
    for (size_t x = 0; x < width; ++x) {
      if (rings[x] >= kRings || power[rings[x]] <= 0) {
        continue;
      }
      const std::complex<float> d(dr[x] / count, di[x] / count);
      const std::complex<float> a(ar[x], ai[x]);
      const std::complex<float> b(br[x], bi[x]);
      const double moves = std::norm(b - d * a) / std::max(kLeast, 1.0 - std::norm(d));
      out.power += moves / (power[rings[x]] * count);
      moving += weights[rings[x]] * moves;
      held += weights[rings[x]] * moves * std::norm(d);
    }
  }
  out.held = moving > 0 ? held / moving : 1;
  return out;
}

// The scale of the shifts that explains most. Registration gets the scale wrong before the pattern
// is known: what is left of it pulls towards standing still, what is missing of the specimen
// pushes apart; the form of the path comes out right much sooner.
double best_scale(const Registrar& registrar, const std::vector<Spectrum>& frames,
                  const std::vector<Point>& shift, double range_px, const Rings& power,
                  const Rings& weights) {
  const auto value = [&](double log_scale) {
    return explained(registrar, frames, shift, std::exp(log_scale), power, weights).power;
  };
  constexpr double kGolden = 0.6180339887498949;
  const double width = std::min(0.8, 2 / std::max(range_px, 1e-6));
  double low = -width;
  double high = width;
  double left = high - kGolden * (high - low);
  double right = low + kGolden * (high - low);
  double at_left = value(left);
  double at_right = value(right);
  for (int step = 0; step < 7; ++step) {
    if (at_left > at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - kGolden * (high - low);
      at_left = value(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + kGolden * (high - low);
      at_right = value(right);
    }
  }
  const double found = 0.5 * (low + high);
  return value(found) > value(0) ? std::exp(found) : 1;
}

}  // namespace

Rings drift_weights(const Rings& power, const Rings& cross, const std::vector<int64_t>& counts,
                    int64_t pairs) {
  Rings weights(kRings, 0.0);
  double sum = 0;
  if (!cross.empty() && pairs > 0) {
    Rings coherence(kRings, 0.0);
    for (int ring = 0; ring < kRings; ++ring) {
      coherence[ring] = power[ring] > 0 ? cross[ring] / power[ring] : 0;
    }
    for (int ring = 1; ring < kRings; ++ring) {
      const int before = std::max(1, ring - 1);
      const int after = std::min(kRings - 1, ring + 1);
      const double smooth = (coherence[before] + coherence[ring] + coherence[after]) / 3;
      // Coherence that chance makes in three rings, at three standard errors.
      const double chance =
          3 / std::sqrt(1.5 * static_cast<double>(counts[before] + counts[ring] + counts[after]) *
                        static_cast<double>(std::min<int64_t>(pairs, 16)));
      if (smooth > chance && power[ring] > 0) {
        const double gamma = std::min(smooth, 0.95);
        weights[ring] = gamma / (power[ring] * (1 - gamma * gamma));
        sum += weights[ring];
      }
    }
  }
  if (sum > 0) {
    return weights;
  }
  for (int ring = 1; ring < kRings; ++ring) {
    const double frequency = (ring + 0.5) / (2 * kRings);
    const double gamma = 0.6 * std::exp(-std::pow(frequency / 0.15, 2));
    if (power[ring] > 0 && gamma > 0.01) {
      weights[ring] = gamma / (power[ring] * (1 - gamma * gamma));
    }
  }
  return weights;
}

// Where frames are and what stands still, found by going back and forth from one start.
struct FixedPattern::Trial {
  std::vector<Point> shift;
  std::vector<DriftLink> links;  // numbered by place among the kept
  Rings weights;
  Pattern pattern;
  Sums sums;
  double range_px = 0;
  double explained = 0;  // power of what moves, in units of noise
  double held = 1;       // share of the specimen's power that stays in the temporal mean: |D|^2
};

FixedPattern::FixedPattern(Size size) : size_(size) {}

Grid<float> FixedPattern::clean(const DriftView& view) const {
  return known_ && share_ > 0 ? without(view, pattern_.values) : view.values;
}

void FixedPattern::remember(int32_t frame, const DriftView& view) {
  if (settled_ || frame % stride_ != 0) {
    return;
  }
  if (kept_.size() == kKept) {
    // Every other frame goes; what stays covers the recording so far at twice the stride.
    for (size_t i = 1; i < kKept / 2; ++i) {
      kept_[i] = std::move(kept_[2 * i]);
    }
    kept_.resize(kKept / 2);
    stride_ *= 2;
    if (frame % stride_ != 0) {
      return;
    }
  }
  kept_.push_back({frame, view});
}

std::optional<FixedPattern::Trial> FixedPattern::attempt(Registrar& registrar,
                                                         double min_peak_ratio, const Rings& power,
                                                         Grid<float> start) const {
  const size_t count = kept_.size();
  Trial trial;
  trial.pattern = {.values = std::move(start)};
  trial.pattern.spectrum = imaging::spectrum_of(trial.pattern.values);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Spectrum> spectra;
    for (const Kept& kept : kept_) {
      spectra.push_back(imaging::spectrum_of(without(kept.view, trial.pattern.values)));
    }
    registrar.set_weights(trial.weights.empty() ? weights_before_knowing(registrar, spectra)
                                                : trial.weights);
    trial.links.clear();
    size_t neighbours = 0;
    Rings cross(kRings, 0.0);
    Rings residual_power(kRings, 0.0);
    for (size_t to = 1; to < count; ++to) {
      for (const size_t lag : {1, 3, 8}) {
        if (lag > to) {
          continue;
        }
        const size_t from = to - lag;
        const Registration one =
            round == 0 ? registrar.find(spectra[to], spectra[from])
                       : registrar.refine(spectra[to], spectra[from],
                                          {trial.shift[to].y_px - trial.shift[from].y_px,
                                           trial.shift[to].x_px - trial.shift[from].x_px});
        if (one.peak_ratio < min_peak_ratio) {
          continue;
        }
        trial.links.push_back({static_cast<int32_t>(from), static_cast<int32_t>(to),
                               static_cast<float>(one.shift.y_px),
                               static_cast<float>(one.shift.x_px),
                               static_cast<float>(one.sigma_px)});
        if (lag == 1) {
          ++neighbours;
          const Rings c = registrar.cross_power(spectra[to], spectra[from], one.shift);
          const Rings p = registrar.power(spectra[to]);
          for (int ring = 0; ring < kRings; ++ring) {
            cross[ring] += c[ring];
            residual_power[ring] += p[ring];
          }
        }
      }
    }
    if (10 * neighbours < 7 * (count - 1)) {
      return std::nullopt;
    }
    for (int ring = 0; ring < kRings; ++ring) {
      cross[ring] /= static_cast<double>(neighbours);
      residual_power[ring] /= static_cast<double>(neighbours);
    }
    const DriftSolution solution = solve_links(static_cast<int64_t>(count), trial.links);
    double residual = 0;
    Point low;
    Point high;
    for (size_t i = 0; i < count; ++i) {
      const Point p = solution.shift[i];
      residual += solution.residual_px[i] / static_cast<double>(count);
      low = {std::min(low.y_px, p.y_px), std::min(low.x_px, p.x_px)};
      high = {std::max(high.y_px, p.y_px), std::max(high.x_px, p.x_px)};
    }
    trial.range_px = std::max(high.y_px - low.y_px, high.x_px - low.x_px);
    if (residual > 0.5 || (round > 0 && trial.range_px < 0.5)) {
      return std::nullopt;
    }
    trial.shift = solution.shift;
    trial.weights = drift_weights(residual_power, cross, registrar.ring_counts(),
                                  static_cast<int64_t>(neighbours));
    if (round + 1 < kRounds && trial.range_px > 0.5) {
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
    if (round + 1 == kRounds) {
      const Explained all = explained(registrar, spectra, trial.shift, 1, power, trial.weights);
      trial.explained = all.power;
      trial.held = all.held;
    }
    trial.pattern = renewed(trial.sums, registrar, trial.pattern);
  }

  return trial;
}

std::optional<FixedPattern::Found> FixedPattern::seek(Registrar& registrar, double min_peak_ratio) {
  const bool enough = kept_.size() == kKept || (stride_ == 1 && kept_.size() == 8);
  if (settled_ || !enough || kept_.back().frame == sought_) {
    return std::nullopt;
  }
  sought_ = kept_.back().frame;

  double seen = 0;
  for (const Kept& kept : kept_) {
    seen += coverage(kept.view) / static_cast<double>(kept_.size());
  }
  if (seen < kLeastSeen) {
    return std::nullopt;
  }
  Rings frame_power(kRings, 0.0);
  Grid<float> mean(size_);
  Grid<float> squares(size_);
  for (const Kept& kept : kept_) {
    const Rings power = registrar.power(imaging::spectrum_of(kept.view.values));
    for (int ring = 0; ring < kRings; ++ring) {
      frame_power[ring] += power[ring] / static_cast<double>(kept_.size());
    }
    for (size_t i = 0; i < mean.values().size(); ++i) {
      const float weight = static_cast<float>(kept.view.weight.values()[i]) * (1.0F / 255);
      mean.values()[i] += weight * kept.view.values.values()[i];
      squares.values()[i] += weight * weight;
    }
  }
  for (size_t i = 0; i < mean.values().size(); ++i) {
    mean.values()[i] /= squares.values()[i] + 0.5F;
  }
  // Once there is a pattern, the start without one has nothing to say any more.
  std::optional<Trial> best;
  if (share_ == 0) {
    best = attempt(registrar, min_peak_ratio, frame_power, Grid<float>(size_));
  }
  if (!best || best->pattern.share > kSlight || best->range_px < kMinRangePx) {
    // Where there is a pattern, the start without one leaves some of it in, which then seems to
    // move with the masks; where there is none, the mean takes some of the specimen away.
    std::optional<Trial> other = attempt(registrar, min_peak_ratio, frame_power, std::move(mean));
    const bool pattern = best && best->pattern.share > kSlight;
    if (!best || (other && other->explained > (pattern ? 0.9 : 1.02) * best->explained)) {
      best = std::move(other);
    }
  }
  if (!best || best->range_px < kMinRangePx) {
    return std::nullopt;
  }
  Found found{.shift = std::move(best->shift), .links = std::move(best->links)};
  for (DriftLink& link : found.links) {
    link.from = kept_[link.from].frame;
    link.to = kept_[link.to].frame;
  }
  known_ = true;
  settled_ = best->held < (best->pattern.share > 0 ? kSettled : kSettledWithout);
  pattern_ = std::move(best->pattern);
  share_ = pattern_.share;
  sums_ = std::move(best->sums);
  offered_ = sums_.frames;
  next_renewal_ = sums_.frames + sums_.frames / 2;
  registrar.set_weights(best->weights);
  if (settled_) {
    found.kept = std::move(kept_);
    kept_.clear();
  } else {
    found.kept = kept_;
  }
  return found;
}

FixedPattern::Sums FixedPattern::no_sums() const {
  const Size half = {size_.height, size_.width / 2 - 1};
  return {.total = Spectrum(half),
          .aligned = Spectrum(half),
          .phases = Spectrum(half),
          .power = Rings(kRings, 0.0)};
}

void FixedPattern::add(Sums& sums, const Registrar& registrar, const Pattern& used,
                       const DriftView& view, const Spectrum& spectrum, Point shift) const {
  sums.coverage += coverage(view);
  const imaging::PhaseRamp ramp = imaging::phase_ramp(size_, shift);
  for (int64_t y = 0; y < spectrum.height(); ++y) {
    const auto* z = reinterpret_cast<const float*>(spectrum.row(y));
    const auto* f = reinterpret_cast<const float*>(used.spectrum.row(y));
    auto* total = reinterpret_cast<float*>(sums.total.row(y));
    auto* aligned = reinterpret_cast<float*>(sums.aligned.row(y));
    auto* phases = reinterpret_cast<float*>(sums.phases.row(y));
    const std::complex<float> turn = ramp.y[y];
    for (int64_t x = 0; x < spectrum.width(); ++x) {
      const float c = turn.real() * ramp.x[x].real() - turn.imag() * ramp.x[x].imag();
      const float s = turn.real() * ramp.x[x].imag() + turn.imag() * ramp.x[x].real();
      const float re = z[2 * x] + f[2 * x];
      const float im = z[2 * x + 1] + f[2 * x + 1];
      total[2 * x] += re;
      total[2 * x + 1] += im;
      aligned[2 * x] += re * c - im * s;
      aligned[2 * x + 1] += re * s + im * c;
      phases[2 * x] += c;
      phases[2 * x + 1] += s;
    }
  }
  const Rings power = registrar.power(spectrum);
  for (int ring = 0; ring < kRings; ++ring) {
    sums.power[ring] += power[ring];
  }
  ++sums.frames;
}

FixedPattern::Pattern FixedPattern::renewed(const Sums& sums, const Registrar& registrar,
                                            const Pattern& before) const {
  const auto count = static_cast<float>(sums.frames);
  const float visible =
      std::max(0.1F, static_cast<float>(sums.coverage / static_cast<double>(sums.frames)));
  Pattern next{.spectrum = before.spectrum};
  for (size_t i = 0; i < next.spectrum.values().size(); ++i) {
    const std::complex<float> old = before.spectrum.values()[i];
    const std::complex<float> d = sums.phases.values()[i] / count;
    // Both of the frames without the pattern as known, of which masks leave a share to be seen.
    const std::complex<float> a = sums.total.values()[i] / count - old;
    const std::complex<float> b = sums.aligned.values()[i] / count - old * d;
    next.spectrum.values()[i] =
        old + (a - std::conj(d) * b) / (visible * (1 - std::norm(d) + 2 / count));
  }

  // A pattern of frames' noise alone has their power over their number; masks that stay about where
  // they are make a pattern of the specimen that drifts behind them.
  const Rings power = registrar.power(next.spectrum);
  Rings keep(kRings + 1, 0.0);
  double pattern_power = 0;
  double frame_power = 0;
  for (int ring = 1; ring < kRings; ++ring) {
    const double noise =
        sums.power[ring] / count * (1 / count + kHidden * (1 - visible) * (1 - visible));
    keep[ring] = power[ring] > 0 ? std::max(0.0, 1 - 1.5 * noise / power[ring]) : 0;
    const auto frequencies = static_cast<double>(registrar.ring_counts()[ring]);
    pattern_power += keep[ring] * keep[ring] * power[ring] * frequencies;
    frame_power += sums.power[ring] / count * frequencies;
  }
  for (size_t i = 0; i < next.spectrum.values().size(); ++i) {
    next.spectrum.values()[i] *= static_cast<float>(keep[registrar.rings().values()[i]]);
  }
  next.share = frame_power > 0 ? pattern_power / frame_power : 0;
  if (next.share < kNegligible) {
    return {.values = Grid<float>(size_), .spectrum = Spectrum(next.spectrum.size())};
  }
  next.values = imaging::image_of(next.spectrum);
  return next;
}

void FixedPattern::learn(const Registrar& registrar, const DriftView& view,
                         const Spectrum& spectrum, Point shift) {
  ++offered_;
  if (offered_ > kLearnAll && offered_ % 4 != 0) {
    return;
  }
  add(sums_, registrar, pattern_, view, spectrum, shift);
  if (sums_.frames >= next_renewal_) {
    pattern_ = renewed(sums_, registrar, pattern_);
    share_ = pattern_.share;
    next_renewal_ = sums_.frames + sums_.frames / 2;
  }
}

void FixedPattern::save(DriftStateWriter& out) const {
  out.put(known_);
  out.put(settled_);
  out.put(static_cast<uint64_t>(kept_.size()));
  for (const Kept& kept : kept_) {
    out.put(kept.frame);
    out.put(kept.view.values);
    out.put(kept.view.weight);
  }
  out.put(stride_);
  out.put(sought_);
  out.put(offered_);
  out.put(next_renewal_);
  out.put(share_);
  if (known_) {
    out.put(pattern_.values);
    out.put(pattern_.spectrum);
    out.put(pattern_.share);
    out.put(sums_.frames);
    out.put(sums_.total);
    out.put(sums_.coverage);
    out.put(sums_.aligned);
    out.put(sums_.phases);
    out.put(sums_.power);
  }
}

void FixedPattern::load(DriftStateReader& in) {
  in.get(known_);
  in.get(settled_);
  uint64_t count = 0;
  in.get(count);
  if (count > kKept) {
    DriftStateReader::refuse();
  }
  kept_.resize(count);
  for (Kept& kept : kept_) {
    in.get(kept.frame);
    in.get(kept.view.values);
    in.get(kept.view.weight);
    if (kept.view.values.size() != size_ || kept.view.weight.size() != size_) {
      DriftStateReader::refuse();
    }
  }
  in.get(stride_);
  in.get(sought_);
  in.get(offered_);
  in.get(next_renewal_);
  in.get(share_);
  if (known_) {
    in.get(pattern_.values);
    in.get(pattern_.spectrum);
    in.get(pattern_.share);
    in.get(sums_.frames);
    in.get(sums_.total);
    in.get(sums_.coverage);
    in.get(sums_.aligned);
    in.get(sums_.phases);
    in.get(sums_.power);
    const Size half = {size_.height, size_.width / 2 - 1};
    if (pattern_.values.size() != size_ || pattern_.spectrum.size() != half || sums_.frames < 1 ||
        sums_.total.size() != half || sums_.aligned.size() != half || sums_.phases.size() != half ||
        sums_.power.size() != kRings) {
      DriftStateReader::refuse();
    }
  }
  if (stride_ < 1) {
    DriftStateReader::refuse();
  }
}

}  // namespace mote::track
