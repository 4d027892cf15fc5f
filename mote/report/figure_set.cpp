#include "mote/report/figure_set.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "mote/report/display_unit.h"

namespace mote::report {
namespace {

using measure::Ending;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kSizeTimes = 4;

// How fates are told apart in figures.
struct FateStyle {
  Ending fate;
  const char* name;
  FigureColour colour;
};
constexpr std::array<FateStyle, 6> kFates = {
    {{Ending::kLastFrame, "alive at the end", FigureColour::kGrey},
     {Ending::kMerged, "merged", FigureColour::kBlue},
     {Ending::kDissolved, "dissolved", FigureColour::kVermillion},
     {Ending::kLeft, "left", FigureColour::kGreen},
     {Ending::kSplit, "split", FigureColour::kPurple},
     {Ending::kUnresolved, "unresolved", FigureColour::kOrange}}};

// Median with the 95 % interval of order statistics (normal approximation of the binomial).
measure::Estimate median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  const auto at = [&values, n](double rank) {
    return values[static_cast<size_t>(std::clamp(std::round(rank), 0.0, n - 1))];
  };
  constexpr double kZ = 1.959964;
  const double middle = (n - 1) / 2;
  const double half = kZ * std::sqrt(n) / 2;
  return {.value = (at(std::floor(middle)) + at(std::ceil(middle))) / 2,
          .low = at(middle - half),
          .high = at(middle + half)};
}

}  // namespace

FigureAxis FigureUnits::time() const {
  return timed ? FigureAxis{.label = "Time (s)", .column = "time_s"}
               : FigureAxis{.label = "Frame", .column = "frame"};
}

double FigureUnits::time_of(const measure::FrameInfo& info) const {
  return timed ? info.time_s.value_or(kNan) : static_cast<double>(info.frame);
}

FigureBuilder::FigureBuilder(const Lineage& lineage,
                             const std::map<int32_t, measure::TrackEnds>& ends, int64_t frames,
                             const FigureLimits& limits)
    : limits_(limits), frames_(frames), samples_(limits.frames), radii_(limits.track_points) {
  std::vector<const Track*> longest;
  for (const Track& track : lineage.tracks) {
    const auto found = ends.find(track.id);
    const std::string cause =
        found == ends.end() ? measure::TrackEnds{}.end_cause : found->second.end_cause;
    fates_[track.id] = measure::ending(track, cause, frames);
    longest.push_back(&track);
  }
  std::stable_sort(longest.begin(), longest.end(), [](const Track* a, const Track* b) {
    return a->last_frame - a->first_frame > b->last_frame - b->first_frame;
  });
  longest.resize(std::min(longest.size(), static_cast<size_t>(limits.tracks)));
  for (const Track* track : longest) {
    drawn_.insert(track->id);
  }
}

void FigureBuilder::add_frame(const measure::FrameRow& frame,
                              std::span<const measure::ParticleRow> particles, Size field) {
  const int64_t index = frame.info.frame;
  ++frames_seen_;
  frames_with_time_ += frame.info.time_s ? 1 : 0;
  pixel_size_ = frame.info.pixel_size;
  const auto temperature = frame.values.lower_bound("temperature");
  Sample sample{.info = frame.info, .d32_px = frame.d32_px};
  if (temperature != frame.values.end() && temperature->first.starts_with("temperature")) {
    temperature_name_ = temperature->first;
    sample.temperature = temperature->second;
  }
  samples_.add(index, std::move(sample));
  for (const measure::ParticleRow& particle : particles) {
    if (particle.tracks.size() == 1 && particle.border_weight > 0 &&
        drawn_.contains(particle.tracks.front())) {
      radii_.add(index, {frame.info.time_s.value_or(0),
                         {particle.tracks.front(), static_cast<float>(particle.ecd_px() / 2)}});
    }
  }
  add_neighbours(particles, field);
  bool chosen = false;
  for (int64_t i = 0; i < kSizeTimes; ++i) {
    chosen = chosen || index == i * (frames_ - 1) / (kSizeTimes - 1);
  }
  if (chosen) {
    SizesAtTime sizes{.info = frame.info};
    for (const measure::ParticleRow& particle : particles) {
      if (!particle.shared() && particle.border_weight > 0) {
        sizes.ecd_px.push_back(particle.ecd_px());
        sizes.weights.push_back(particle.border_weight);
      }
    }
    sizes_.push_back(std::move(sizes));
  }
}

// A distance counts where no nearer neighbour can hide outside the field (Hanisch 1984).
void FigureBuilder::add_neighbours(std::span<const measure::ParticleRow> particles, Size field) {
  const double side = pixel_size_ ? std::sqrt(pixel_size_->area_nm2()) : 1;
  const double y_scale = pixel_size_ ? pixel_size_->y_nm / side : 1;
  const double x_scale = pixel_size_ ? pixel_size_->x_nm / side : 1;
  for (const measure::ParticleRow& particle : particles) {
    if (particle.tracks.size() != 1 || particle.border_weight <= 0 ||
        neighbours_.contains(particle.tracks.front())) {
      continue;
    }
    const Point at = particle.measures.centroid;
    double nearest = std::numeric_limits<double>::infinity();
    for (const measure::ParticleRow& other : particles) {
      if (&other != &particle) {
        const Point apart = other.measures.centroid - at;
        nearest = std::min(nearest, std::hypot(apart.y_px * y_scale, apart.x_px * x_scale));
      }
    }
    const double border = std::min(
        {(at.y_px + 0.5) * y_scale, (static_cast<double>(field.height) - 0.5 - at.y_px) * y_scale,
         (at.x_px + 0.5) * x_scale, (static_cast<double>(field.width) - 0.5 - at.x_px) * x_scale});
    const auto fate = fates_.find(particle.tracks.front());
    neighbours_[particle.tracks.front()] = {
        .distance_px = nearest <= border ? nearest : kNan,
        .fate = fate == fates_.end() ? Ending::kUnresolved : fate->second};
  }
}

// A series a track, in order of fate and track; broken where it was not seen for a while.
std::vector<Series> FigureBuilder::radius_series(const FigureUnits& units) const {
  std::map<int32_t, std::vector<std::pair<int64_t, std::pair<double, double>>>> points;
  for (const auto& [index, entry] : radii_.rows()) {
    const auto& [time, point] = entry;
    points[point.track].push_back(
        {index, {units.timed ? time : static_cast<double>(index), point.radius_px}});
  }
  std::vector<Series> all;
  for (const FateStyle& fate : kFates) {
    bool first = true;
    for (const auto& [track, seen] : points) {
      if (fates_.at(track) != fate.fate) {
        continue;
      }
      Series series{.name = fmt::format("track {}, {}", track, fate.name),
                    .label = first ? fate.name : "",
                    .colour = fate.colour,
                    .width_pt = 0.5,
                    .opacity = 0.7};
      first = false;
      int64_t last = seen.front().first;
      for (const auto& [index, point] : seen) {
        if (index - last > kMostGapStrides * radii_.stride()) {
          series.x.push_back(kNan);
          series.y.push_back(kNan);
        }
        last = index;
        series.x.push_back(point.first);
        series.y.push_back(point.second * units.per_pixel);
      }
      all.push_back(std::move(series));
    }
  }
  return all;
}

std::optional<Figure> FigureBuilder::radii(const FigureUnits& units) const {
  Panel panel{.x = units.time(),
              .y = {.label = fmt::format("Radius *r* ({})", units.length),
                    .column = "radius_" + units.length_ascii,
                    .low = 0},
              .series = radius_series(units),
              .height_mm = 58};
  if (panel.series.empty()) {
    return std::nullopt;
  }
  panel.notes = {drawn_.size() == fates_.size()
                     ? fmt::format("*N* = {}", panel.series.size())
                     : fmt::format("*N* = {}, the longest tracks", panel.series.size())};
  return Figure{.name = "radii",
                .caption = "Radius of every particle against time, coloured by its fate.",
                .panels = {panel}};
}

std::optional<Figure> FigureBuilder::dispersion(const FigureUnits& units) const {
  Series series{.name = "1/D[3,2]", .label = "95 % interval", .colour = FigureColour::kBlue};
  const auto inverse = [&units](const std::optional<double>& px) {
    return px && *px > 0 ? 1 / (*px * units.per_pixel) : kNan;
  };
  for (const auto& [index, sample] : samples_.rows()) {
    if (sample.d32_px.value) {
      series.x.push_back(units.time_of(sample.info));
      series.y.push_back(inverse(sample.d32_px.value));
      series.low.push_back(inverse(sample.d32_px.high));
      series.high.push_back(inverse(sample.d32_px.low));
    }
  }
  if (series.x.size() < 2) {
    return std::nullopt;
  }
  Panel panel{.x = units.time(),
              .y = {.label = fmt::format("1/*D*[3,2] ({}^{{\u22121}})", units.length),
                    .column = "inverse_d32_per_" + units.length_ascii},
              .series = {series}};
  return Figure{.name = "dispersion",
                .caption = "Inverse of the mean D[3,2], which follows the surface of a volume.",
                .panels = {panel}};
}

std::optional<Figure> FigureBuilder::temperature(const FigureUnits& units) const {
  Series series{.name = temperature_name_, .colour = FigureColour::kVermillion};
  for (const auto& [index, sample] : samples_.rows()) {
    if (sample.temperature) {
      series.x.push_back(units.time_of(sample.info));
      series.y.push_back(*sample.temperature);
    }
  }
  if (series.x.size() < 2) {
    return std::nullopt;
  }
  std::string unit;
  if (temperature_name_.ends_with("_c")) {
    unit = " (°C)";
  } else if (temperature_name_.ends_with("_k")) {
    unit = " (K)";
  }
  Panel panel{.x = units.time(),
              .y = {.label = "Temperature" + unit, .column = temperature_name_},
              .series = {series},
              .height_mm = 22};
  return Figure{.name = "temperature",
                .caption = "Temperature against time, as recorded.",
                .panels = {panel}};
}

// Points side by side within their fate, by a rule that repeats.
std::optional<Figure> FigureBuilder::neighbours(const FigureUnits& units) const {
  Panel panel{.x = {.label = "Fate", .column = "fate"},
              .y = {.label = fmt::format("Distance to nearest neighbour ({})", units.length),
                    .column = "distance_" + units.length_ascii,
                    .low = 0}};
  Series medians{.name = "median",
                 .label = "median with 95 % interval",
                 .style = SeriesStyle::kMarks,
                 .symbol = Symbol::kSquare};
  for (const FateStyle& fate : kFates) {
    Series series{
        .name = "particle", .style = SeriesStyle::kMarks, .colour = fate.colour, .opacity = 0.5};
    const auto place = static_cast<double>(panel.x.categories.size());
    for (const auto& [track, neighbour] : neighbours_) {
      if (neighbour.fate == fate.fate && std::isfinite(neighbour.distance_px)) {
        constexpr double kGolden = 0.6180339887;
        const double part = static_cast<double>(series.x.size()) * kGolden;
        series.x.push_back(place + 0.5 * (part - std::floor(part) - 0.5));
        series.y.push_back(neighbour.distance_px * units.per_pixel);
      }
    }
    if (series.x.empty()) {
      continue;
    }
    panel.x.categories.emplace_back(fate.fate == Ending::kLastFrame ? "alive" : fate.name);
    panel.x.category_notes.push_back(fmt::format("*N* = {}", series.x.size()));
    constexpr size_t kLeastForInterval = 6;
    if (series.y.size() >= kLeastForInterval) {
      const measure::Estimate median = median_of(series.y);
      medians.x.push_back(place + kMedianShift);
      medians.y.push_back(*median.value);
      medians.low.push_back(*median.low);
      medians.high.push_back(*median.high);
    }
    panel.series.push_back(std::move(series));
  }
  if (panel.series.empty()) {
    return std::nullopt;
  }
  if (!medians.x.empty()) {
    panel.series.push_back(std::move(medians));
  }
  return Figure{.name = "neighbours",
                .caption =
                    "Distance from centre to centre to the nearest neighbour when a particle "
                    "was first seen whole, by its fate.",
                .panels = {panel}};
}

FigureUnits FigureBuilder::units() const {
  std::vector<double> sizes;
  for (const SizesAtTime& at : sizes_) {
    sizes.insert(sizes.end(), at.ecd_px.begin(), at.ecd_px.end());
  }
  const double typical = sizes.empty() ? 0 : *median_of(std::move(sizes)).value;
  const DisplayUnit unit = length_unit(pixel_size_, typical);
  return {.length = unit.name,
          .length_ascii = unit.ascii,
          .per_pixel = unit.per_pixel,
          .timed = frames_seen_ > 0 && frames_with_time_ == frames_seen_};
}

FigureSet FigureBuilder::figures(const FigureTables& tables) const {
  const FigureUnits in = units();
  FigureSet set;
  const auto take = [&set](const char* name, std::optional<Figure> figure, const char* why) {
    if (figure) {
      set.figures.push_back(std::move(*figure));
    } else {
      set.missing.push_back({name, why});
    }
  };
  const auto samples = samples_.rows();
  const double end = samples.empty() ? 0 : in.time_of(samples.back().second.info);
  take("budget", budget_figure(tables.budget, in, limits_.frames), "fewer than two frames");
  take("conservation", conservation_figure(tables.budget, in, limits_.frames),
       "no particle in a common window");
  take("radii", radii(in), "no track was seen whole and alone");
  take("rates", rates_figure(tables.rates, in, limits_.rates),
       "no track was measured often enough for dr/dt");
  take("neighbours", neighbours(in), "no particle is nearer to another than to the border");
  take("sizes", sizes_figure(sizes_, in), "no particle has a size");
  take("dispersion", dispersion(in), "fewer than two frames with sizes");
  take("msd", msd_figure(tables.msd, in), "no track was seen in two frames");
  take("survival", survival_figure(tables.survival, in, end), "no particle dissolved");
  take("necks", necks_figure(tables, limits_.necks), "no pair that stays together shows a neck");
  take("temperature", temperature(in), "frames carry no temperature");
  return set;
}

}  // namespace mote::report
