#include "mote/measure/ensemble.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace mote::measure {
namespace {

/// The number of its family for every track: tracks that parents connect share one.
std::map<int32_t, size_t> families_of(const std::vector<Track>& tracks, size_t& count) {
  std::map<int32_t, size_t> index;
  for (const Track& track : tracks) {
    index.emplace(track.id, index.size());
  }
  std::vector<size_t> root(tracks.size());
  std::iota(root.begin(), root.end(), size_t{0});
  const auto find = [&root](size_t i) {
    while (root[i] != i) {
      root[i] = root[root[i]];
      i = root[i];
    }
    return i;
  };
  for (const Track& track : tracks) {
    for (const int32_t parent : track.parents) {
      const size_t a = find(index.at(track.id));
      const size_t b = find(index.at(parent));
      root[std::max(a, b)] = std::min(a, b);
    }
  }
  std::map<size_t, size_t> number;
  std::map<int32_t, size_t> out;
  for (const auto& [id, i] : index) {
    out[id] = number.emplace(find(i), number.size()).first->second;
  }
  count = number.size();
  return out;
}

}  // namespace

Ensemble::Ensemble(const Lineage& lineage, int64_t frames, int64_t most_bins)
    : tracks_(lineage.tracks),
      frames_(frames),
      bins_(static_cast<size_t>(std::clamp<int64_t>(frames, 1, most_bins))) {
  family_ = families_of(tracks_, families_);
}

size_t Ensemble::bin_of(int64_t frame) const {
  return static_cast<size_t>(frame * static_cast<int64_t>(bins_.size()) / frames_);
}

int64_t Ensemble::first_frame(size_t bin) const {
  const auto bins = static_cast<int64_t>(bins_.size());
  return (static_cast<int64_t>(bin) * frames_ + bins - 1) / bins;
}

void Ensemble::add_frame(int64_t frame, double time, std::optional<double> temperature) {
  Bin& bin = bins_[bin_of(frame)];
  bin.time_sum += time;
  bin.frames += 1;
  if (!temperature) {
    return;
  }
  const bool first = bin.temperatures == 0;
  bin.least_temperature = first ? *temperature : std::min(bin.least_temperature, *temperature);
  bin.greatest_temperature =
      first ? *temperature : std::max(bin.greatest_temperature, *temperature);
  bin.temperature_sum += *temperature;
  bin.temperatures += 1;
}

void Ensemble::add(int32_t track, int64_t frame, double radius, double weight) {
  Sizes& sizes = sizes_[track];
  const size_t bin = bin_of(frame);
  if (sizes.count == 0) {
    sizes.first_bin = bin;
  }
  if (sizes.sums.size() <= bin - sizes.first_bin) {
    sizes.sums.resize(bin - sizes.first_bin + 1);
  }
  sizes.sums.back().weight += weight;
  sizes.sums.back().radius_sum += weight * radius;
  const auto kept = static_cast<int64_t>(sizes.last.size());
  sizes.first_sum += sizes.count < kept ? radius : 0;
  sizes.last[static_cast<size_t>(sizes.count % kept)] = radius;
  sizes.count += 1;
}

std::optional<double> Ensemble::first_radius(int32_t track) const {
  const auto found = sizes_.find(track);
  if (found == sizes_.end()) {
    return std::nullopt;
  }
  const auto kept = static_cast<int64_t>(found->second.last.size());
  return found->second.first_sum / static_cast<double>(std::min(found->second.count, kept));
}

std::optional<double> Ensemble::last_radius(int32_t track) const {
  const auto found = sizes_.find(track);
  if (found == sizes_.end()) {
    return std::nullopt;
  }
  const Sizes& sizes = found->second;
  const auto kept = std::min(sizes.count, static_cast<int64_t>(sizes.last.size()));
  return std::accumulate(sizes.last.begin(), sizes.last.begin() + kept, 0.0) /
         static_cast<double>(kept);
}

int64_t Ensemble::tracks_in(const Stretch& stretch) const {
  return std::count_if(sizes_.begin(), sizes_.end(), [&](const auto& item) {
    return item.second.first_bin <= stretch.last_bin &&
           item.second.first_bin + item.second.sums.size() > stretch.first_bin;
  });
}

int64_t Ensemble::families_in(const Stretch& stretch) const {
  std::set<size_t> found;
  for (const auto& [track, sizes] : sizes_) {
    if (sizes.first_bin <= stretch.last_bin &&
        sizes.first_bin + sizes.sums.size() > stretch.first_bin) {
      found.insert(family_.at(track));
    }
  }
  return static_cast<int64_t>(found.size());
}

// A ramp crosses the whole range in a stretch, but for the bin that would pass it.
constexpr double kRampShare = 0.85;

// By how much the temperature changes over a stretch, along its least-squares line; within the bin
// where there is one alone.
double Ensemble::temperature_trend(const Stretch& stretch) const {
  const Bin& first = bins_[stretch.first_bin];
  const auto count = static_cast<double>(stretch.last_bin - stretch.first_bin + 1);
  if (stretch.first_bin == stretch.last_bin) {
    return first.greatest_temperature - first.least_temperature;
  }
  double products = 0;
  double squares = 0;
  for (size_t i = stretch.first_bin; i <= stretch.last_bin; ++i) {
    const double from_middle = static_cast<double>(i - stretch.first_bin) - (count - 1) / 2;
    const double mean = bins_[i].temperature_sum / static_cast<double>(bins_[i].temperatures);
    products += from_middle * mean;
    squares += from_middle * from_middle;
  }
  return std::abs(products / squares) * count;
}

bool Ensemble::is_ramp(const Stretch& stretch, double range, size_t least_bins) const {
  const bool goes_on =
      (stretch.first_bin > 0 && bins_[stretch.first_bin - 1].temperatures > 0) ||
      (stretch.last_bin + 1 < bins_.size() && bins_[stretch.last_bin + 1].temperatures > 0);
  const bool brief = stretch.last_bin - stretch.first_bin + 1 < least_bins;
  return goes_on && (brief || temperature_trend(stretch) >= kRampShare * range);
}

std::vector<Stretch> Ensemble::isothermal(double range, size_t least_bins) const {
  const bool logged =
      std::any_of(bins_.begin(), bins_.end(), [](const Bin& bin) { return bin.temperatures > 0; });
  if (!logged) {
    return {{.first_bin = 0, .last_bin = bins_.size() - 1, .temperature = {}}};
  }
  std::vector<Stretch> out;
  double least = 0;
  double greatest = 0;
  double sum = 0;
  int64_t count = 0;
  bool open = false;
  for (size_t i = 0; i < bins_.size(); ++i) {
    const Bin& bin = bins_[i];
    const bool steady =
        bin.temperatures > 0 && bin.greatest_temperature - bin.least_temperature <= range;
    const bool same =
        open && steady &&
        std::max(greatest, bin.greatest_temperature) - std::min(least, bin.least_temperature) <=
            range;
    if (steady && !same) {
      out.push_back({.first_bin = i, .last_bin = i, .temperature = {}});
      least = bin.least_temperature;
      greatest = bin.greatest_temperature;
      sum = 0;
      count = 0;
    }
    open = steady;
    if (steady) {
      least = std::min(least, bin.least_temperature);
      greatest = std::max(greatest, bin.greatest_temperature);
      sum += bin.temperature_sum;
      count += bin.temperatures;
      out.back().last_bin = i;
      out.back().temperature = sum / static_cast<double>(count);
    }
  }
  const auto bins = [](const Stretch& one) { return one.last_bin - one.first_bin; };
  const auto longest =
      std::max_element(out.begin(), out.end(),
                       [&bins](const Stretch& a, const Stretch& b) { return bins(a) < bins(b); });
  const std::vector<Stretch> otherwise(longest, longest == out.end() ? longest : longest + 1);
  std::erase_if(out, [&](const Stretch& one) { return is_ramp(one, range, least_bins); });
  return out.empty() ? otherwise : out;
}

std::map<int32_t, Ensemble::Originals> Ensemble::originals() const {
  std::vector<Track> in_time = tracks_;
  std::stable_sort(in_time.begin(), in_time.end(),
                   [](const Track& a, const Track& b) { return a.first_frame < b.first_frame; });
  std::map<int32_t, Originals> out;
  for (const Track& track : in_time) {
    Originals& here = out[track.id];
    const std::optional<double> own = first_radius(track.id);
    if (track.parents.size() < 2 || !own) {
      continue;
    }
    Originals sum{.count = 0, .radii = 0};
    for (const int32_t parent : track.parents) {
      if (const std::optional<double> before = last_radius(parent)) {
        sum.count += out[parent].count;
        sum.radii += out[parent].radii * *before / *own;
      }
    }
    here = sum.count > 0 ? sum : here;
  }
  return out;
}

Ensemble::Curves Ensemble::curves(const Stretch& stretch, Coalescence version) const {
  Curves out;
  for (size_t bin = stretch.first_bin; bin <= stretch.last_bin; ++bin) {
    out.times_.push_back(
        bins_[bin].frames > 0 ? bins_[bin].time_sum / static_cast<double>(bins_[bin].frames) : 0);
  }
  const auto originals_of =
      version == Coalescence::kModelledOut ? originals() : std::map<int32_t, Originals>{};
  for (const auto& [track, sizes] : sizes_) {
    const auto found = originals_of.find(track);
    const Originals stands_for = found == originals_of.end() ? Originals{} : found->second;
    for (size_t i = 0; i < sizes.sums.size(); ++i) {
      const size_t bin = sizes.first_bin + i;
      const Sum& sum = sizes.sums[i];
      if (sum.weight > 0 && bin >= stretch.first_bin && bin <= stretch.last_bin) {
        out.parts_.push_back({.family = family_.at(track),
                              .bin = bin - stretch.first_bin,
                              .weight = stands_for.count * sum.weight,
                              .radius_sum = stands_for.radii * sum.radius_sum,
                              .tracks = stands_for.count});
      }
    }
  }
  return out;
}

std::vector<GrowthPoint> Ensemble::Curves::curve(std::span<const double> times) const {
  struct Total {
    double weight = 0;
    double radius_sum = 0;
    double tracks = 0;
  };
  std::vector<Total> totals(times_.size());
  for (const Part& part : parts_) {
    const double often = times.empty() ? 1 : times[part.family];
    totals[part.bin].weight += often * part.weight;
    totals[part.bin].radius_sum += often * part.radius_sum;
    totals[part.bin].tracks += often * part.tracks;
  }
  std::vector<GrowthPoint> out;
  for (size_t i = 0; i < totals.size(); ++i) {
    if (totals[i].weight > 0) {
      const double radius = totals[i].radius_sum / totals[i].weight;
      out.push_back(
          {.time = times_[i], .radius = radius, .weight = totals[i].tracks / (radius * radius)});
    }
  }
  return out;
}

}  // namespace mote::measure
