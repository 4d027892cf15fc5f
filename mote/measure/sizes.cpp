#include "mote/measure/sizes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/measure/frame.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

constexpr std::array<Weighting, 2> kWeightings{Weighting::kNumber, Weighting::kVolume};
constexpr double kFew = 30;
constexpr size_t kFewestToFit = 5;
constexpr int64_t kMostDrawn = 200000;    // particles, for one p
constexpr int64_t kFewestResamples = 39;  // p of 0.025 at least

/// Groups by numbers of their own, from 0 on.
std::vector<Sized> grouped_sizes(const std::vector<Sized>& sizes,
                                 const std::vector<std::pair<int64_t, int32_t>>& groups) {
  std::vector<std::pair<int64_t, int32_t>> names = groups;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<Sized> out = sizes;
  for (size_t i = 0; i < out.size(); ++i) {
    out[i].group = static_cast<int32_t>(std::lower_bound(names.begin(), names.end(), groups[i]) -
                                        names.begin());
  }
  return out;
}

/// The border weight of a disc of this diameter.
double disc_weight(double diameter, Size field) {
  const double height = static_cast<double>(field.height) - diameter - 1;
  const double width = static_cast<double>(field.width) - diameter - 1;
  // Larger than the field: never whole in it.
  return height > 0 && width > 0 ? static_cast<double>(field.area()) / (height * width) : 1e300;
}

/// Particles that ISO 13322-1:2004 asks for: for percentiles by number, for a mean by volume, at a
/// geometric standard deviation of 1.6.
int64_t iso_13322_1_asks(Weighting weighting) {
  return weighting == Weighting::kVolume ? 6000 : 61000;
}

using Fits = std::array<std::optional<FittedSizeLaw>, kSizeLaws.size()>;

/// The histogram of `row`, from 0 to its largest size.
void add_bins(const SizesRow& row, std::span<const Sized> counted, const Fits& fits, int64_t bins,
              std::vector<SizeCurveRow>& out) {
  double largest = 0;
  double total = 0;
  for (const Sized& item : counted) {
    largest = std::max(largest, item.diameter);
    total += item.weight;
  }
  if (!(total > 0)) {
    return;
  }
  const double width = largest / static_cast<double>(bins);
  const size_t first = out.size();
  for (int64_t i = 0; i < bins; ++i) {
    SizeCurveRow bin{.at = row.at,
                     .info = row.info,
                     .region = row.region,
                     .clusters = row.clusters,
                     .weighting = row.weighting,
                     .from_px = width * static_cast<double>(i),
                     .to_px = width * static_cast<double>(i + 1)};
    for (size_t law = 0; law < fits.size(); ++law) {
      if (fits[law]) {
        bin.expected[law] = fits[law]->share_below(bin.to_px) - fits[law]->share_below(bin.from_px);
      }
    }
    out.push_back(std::move(bin));
  }
  for (const Sized& item : counted) {
    const auto at = std::min(static_cast<int64_t>(item.diameter / width), bins - 1);
    out[first + static_cast<size_t>(at)].share += item.weight / total;
  }
}

/// Fewer of large samples, so that a frame of thousands takes seconds, not minutes.
int64_t affordable_resamples(int64_t wanted, int64_t n) {
  return std::min(wanted, std::max(kFewestResamples, kMostDrawn / std::max<int64_t>(1, n)));
}

template <typename Row>
void add_keys(Table<Row>& table) {
  table.add("at", "",
            "`first`, `middle` and `last` frame, or the `recording`: at most 50 frames of it, "
            "evenly spread, "
            "of which frame and time are those of the first",
            "", [](const Row& row) { return row.at; });
  table.frame_and_time();
  table.add("region", "",
            "`field`: with border weights; `window`: the common specimen window, each as one", "",
            [](const Row& row) { return row.region; });
  table.add("clusters", "",
            "touching particles: as `split`, each cluster as one `whole`, or left out (`exclude`)",
            "", [](const Row& row) { return row.clusters; });
  table.add("weighting", "", "particles count by `number`, or by `volume`, ECD³", "",
            [](const Row& row) { return row.weighting; });
}

using Member = double SizeStatistics::*;

void add_statistic(Table<SizesRow>& table, const std::string& name, const std::string& definition,
                   const std::string& source, Member member) {
  using Row = SizesRow;
  table.length(name, definition, source, [member](const Row& row) {
    return row.value ? std::optional((*row.value).*member) : std::nullopt;
  });
  table.length(name + "_low", "lower end of its 95 % interval, a bootstrap over particles", "",
               [member](const Row& row) {
                 return row.interval ? std::optional(row.interval->low.*member) : std::nullopt;
               });
  table.length(name + "_high", "upper end of its 95 % interval", "", [member](const Row& row) {
    return row.interval ? std::optional(row.interval->high.*member) : std::nullopt;
  });
}

void add_laws(Table<SizesRow>& table) {
  using Row = SizesRow;
  for (size_t i = 0; i < kSizeLaws.size(); ++i) {
    const std::string law(name(kSizeLaws[i]));
    if (kSizeLaws[i] == SizeLaw::kLogNormal) {
      table.length(law + "_median", "median of the log-normal law of the same mean ln ECD", "",
                   [i](const Row& row) { return row.laws[i].scale_px; });
      table.add(law + "_gsd", "", "its geometric standard deviation", "",
                [i](const Row& row) { return row.laws[i].spread; });
    } else {
      table.length(
          law + "_critical",
          "critical diameter 2 r* of the stationary law of ripening of this exponent n, of "
          "the same mean ECD",
          "Lifshitz and Slyozov 1961; Wagner 1961",
          [i](const Row& row) { return row.laws[i].scale_px; });
    }
    table.add(law + "_ks", "",
              "Kolmogorov's and Smirnov's distance from it: the greatest difference of the shares "
              "below a diameter",
              "", [i](const Row& row) { return row.laws[i].distance; });
    table.add(
        law + "_p", "",
        "how often a sample of this law is as far from its own fit: parametric bootstrap; empty "
        "for `recording`, whose sizes are not independent",
        "Stute et al. 1993", [i](const Row& row) { return row.laws[i].p; });
  }
}

std::vector<Column<SizesRow>> make_sizes_columns() {
  using Row = SizesRow;
  auto table = table_with_info<Row>();
  add_keys(table);
  table.add("frames", "", "frames that the particles were taken from", "",
            [](const Row& row) { return row.frames; });
  table.add("n", "", "particles, or clusters taken as one", "",
            [](const Row& row) { return row.n; });
  table.add("effective_n", "", "(sum of weights)² / sum of their squares", "Kish 1965",
            [](const Row& row) { return row.effective_n; });
  add_statistic(table, "ecd_mean", "mean ECD: D[1,0] by number, D[4,3] by volume", "ISO 9276-2",
                &SizeStatistics::mean);
  table.length("ecd_sd", "standard deviation of ECD", "ISO 9276-2",
               [](const Row& row) { return row.value ? row.value->sd : std::nullopt; });
  add_statistic(table, "ecd_p10", "10 % have a smaller ECD", "Hazen 1914", &SizeStatistics::p10);
  add_statistic(table, "ecd_median", "50 % have a smaller ECD", "Hazen 1914",
                &SizeStatistics::median);
  add_statistic(table, "ecd_p90", "90 % have a smaller ECD", "Hazen 1914", &SizeStatistics::p90);
  add_laws(table);
  table.add(
      "flags", "",
      "what to mind, `;` between: `few_particles` where effective_n is below 30, "
      "`below_iso_13322_1` "
      "where n is below what ISO 13322-1:2004 asks for at a geometric standard deviation of 1.6 "
      "(61000 for percentiles by number, 6000 for a mean by volume)",
      "", [](const Row& row) { return fmt::format("{}", fmt::join(row.flags, ";")); });
  return table.columns();
}

std::vector<Column<SizeCurveRow>> make_size_curve_columns() {
  using Row = SizeCurveRow;
  auto table = table_with_info<Row>();
  add_keys(table);
  table.length("ecd_from", "lower end of the bin", "",
               [](const Row& row) -> std::optional<double> { return row.from_px; });
  table.length("ecd_to", "upper end of the bin", "",
               [](const Row& row) -> std::optional<double> { return row.to_px; });
  table.add("share", "", "of the particles, by weight, whose ECD lies in the bin", "",
            [](const Row& row) { return row.share; });
  for (size_t i = 0; i < kSizeLaws.size(); ++i) {
    table.add(std::string(name(kSizeLaws[i])) + "_share", "",
              "what the fitted law puts into the bin", "",
              [i](const Row& row) { return row.expected[i]; });
  }
  return table.columns();
}

}  // namespace

SizesCollector::SizesCollector(const SizesOptions& options) : options_(options) {
  whole_.at = "recording";
  const int64_t frames = options_.frames;
  if (frames < 1) {
    return;
  }
  if (options_.single_times) {
    times_[(frames - 1) / 2].at = "middle";
    times_[frames - 1].at = "last";
    times_[0].at = "first";
  }
}

/// Frame i of m is the one at i (frames - 1) / (m - 1), rounded down.
bool SizesCollector::belongs_to_whole(int64_t frame) const {
  const int64_t chosen = options_.whole_frames;
  if (options_.frames <= chosen || chosen < 2) {
    return options_.frames <= chosen || frame == 0;
  }
  const int64_t last = options_.frames - 1;
  const int64_t i = (frame * (chosen - 1) + last - 1) / last;
  return i * last / (chosen - 1) == frame;
}

void SizesCollector::add(const FrameInfo& info, std::span<const ParticleRow> particles,
                         Size field) {
  if (const auto time = times_.find(info.frame); time != times_.end()) {
    add_to(time->second, info, particles, field);
  }
  if (belongs_to_whole(info.frame)) {
    add_to(whole_, info, particles, field);
  }
}

void SizesCollector::add_to(Time& time, const FrameInfo& info,
                            std::span<const ParticleRow> particles, Size field) const {
  if (time.frames == 0) {
    time.info = info;
    time.field = field;
  }
  time.frames += 1;
  for (const ClusterRule rule : kClusterRules) {
    for (const SizedBody& body : sized_bodies(particles, field, rule)) {
      const bool by_track = &time == &whole_ && body.track > 0;
      const std::pair<int64_t, int32_t> group =
          by_track ? std::pair(int64_t{-1}, body.track) : std::pair(info.frame, body.cluster);
      if (body.border_weight > 0 && !body.touches_border) {
        Sample& sample = time.samples[{false, rule}];
        sample.sizes.push_back({.diameter = body.ecd_px, .weight = body.border_weight});
        sample.groups.push_back(group);
      }
      if (options_.common_window && !body.touches_border &&
          lies_in(*options_.common_window, body.specimen)) {
        Sample& sample = time.samples[{true, rule}];
        sample.sizes.push_back({.diameter = body.ecd_px});
        sample.groups.push_back(group);
      }
    }
  }
}

void SizesCollector::add_rows(const Time& time, bool window, ClusterRule rule, Tables& out) const {
  const auto found = time.samples.find({window, rule});
  const std::vector<Sized> sizes = found == time.samples.end()
                                       ? std::vector<Sized>()
                                       : grouped_sizes(found->second.sizes, found->second.groups);
  const auto weight = [&](double diameter) {
    return window ? 1 : disc_weight(diameter, time.field);
  };
  for (const Weighting weighting : kWeightings) {
    const std::vector<Sized> counted = weighted(sizes, weighting);
    SizesRow row{.at = time.at,
                 .info = time.info,
                 .frames = time.frames,
                 .region = window ? "window" : "field",
                 .clusters = std::string(name(rule)),
                 .weighting = weighting == Weighting::kNumber ? "number" : "volume",
                 .n = static_cast<int64_t>(sizes.size()),
                 .effective_n = effective_sample_size(counted)};
    // Of the same seed, so that rows differ by their particles alone.
    row.value = size_statistics(counted);
    row.interval = size_intervals(counted, options_.resamples, options_.seed);
    Fits fits;
    const int64_t resamples =
        &time == &whole_ ? 0 : affordable_resamples(options_.fit_resamples, row.n);
    for (size_t i = 0; i < kSizeLaws.size() && sizes.size() >= kFewestToFit; ++i) {
      const SizeLaw law = kSizeLaws[i];
      fits[i] = FittedSizeLaw::fit(law, sizes, weighting);
      if (!fits[i]) {
        continue;
      }
      const GoodnessOfFit goodness =
          goodness_of_fit(law, *fits[i], sizes, weighting, weight, resamples, options_.seed + i);
      row.laws[i] = {.scale_px = fits[i]->scale(),
                     .spread = fits[i]->spread(),
                     .distance = goodness.distance,
                     .p = goodness.p};
    }
    if (row.effective_n < kFew) {
      row.flags.emplace_back("few_particles");
    }
    if (row.n < iso_13322_1_asks(weighting)) {
      row.flags.emplace_back("below_iso_13322_1");
    }
    add_bins(row, counted, fits, options_.bins, out.curves);
    out.sizes.push_back(std::move(row));
  }
}

SizesCollector::Tables SizesCollector::tables() const {
  Tables out;
  const auto add_time = [&](const Time& time) {
    if (time.frames == 0) {
      return;
    }
    for (const bool window : {false, true}) {
      if (window && !options_.common_window) {
        continue;
      }
      for (const ClusterRule rule : kClusterRules) {
        add_rows(time, window, rule, out);
      }
    }
  };
  for (const auto& [frame, time] : times_) {
    add_time(time);
  }
  add_time(whole_);
  return out;
}

const std::vector<Column<SizesRow>>& sizes_columns() {
  static const std::vector<Column<SizesRow>> columns = make_sizes_columns();
  return columns;
}

const std::vector<Column<SizeCurveRow>>& size_curve_columns() {
  static const std::vector<Column<SizeCurveRow>> columns = make_size_curve_columns();
  return columns;
}

}  // namespace mote::measure
