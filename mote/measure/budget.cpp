#include "mote/measure/budget.h"

#include <cmath>

#include "mote/measure/fates.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

void begin(Budget& change, Beginning how) {
  change.n += 1;
  switch (how) {
    case Beginning::kFirstFrame: break;
    case Beginning::kNucleated: change.nucleated += 1; break;
    case Beginning::kEntered: change.entered += 1; break;
    case Beginning::kMerged: change.merged -= 1; break;
    case Beginning::kSplit: change.split += 1; break;
    case Beginning::kUnresolved: change.unresolved -= 1; break;
  }
}

void end(Budget& change, Ending how) {
  change.n -= 1;
  switch (how) {
    case Ending::kDissolved: change.dissolved += 1; break;
    case Ending::kLeft: change.left += 1; break;
    case Ending::kMerged: change.merged += 1; break;
    case Ending::kSplit: change.split -= 1; break;
    case Ending::kLastFrame:
    case Ending::kUnresolved: change.unresolved += 1; break;
  }
}

void add(Budget& sum, const Budget& change) {
  sum.n += change.n;
  sum.nucleated += change.nucleated;
  sum.entered += change.entered;
  sum.split += change.split;
  sum.merged += change.merged;
  sum.dissolved += change.dissolved;
  sum.left += change.left;
  sum.unresolved += change.unresolved;
}

bool inside(const Box& window, const Point& at) {
  return at.y_px >= static_cast<double>(window.y) - 0.5 &&
         at.x_px >= static_cast<double>(window.x) - 0.5 &&
         at.y_px < static_cast<double>(window.y_end()) - 0.5 &&
         at.x_px < static_cast<double>(window.x_end()) - 0.5;
}

std::vector<Column<BudgetRow>> make_budget_columns() {
  using Row = BudgetRow;
  auto table = table_with_info<Row>();
  table.frame_and_time();
  const auto count = [&table](const char* name, const char* definition, int64_t Budget::*member) {
    table.add(name, "", definition, "", [member](const Row& row) { return row.budget.*member; });
  };
  count("n_tracks",
        "tracks that live, in gaps too; n_tracks less that of frame 0 = nucleated + entered + "
        "split - merged - dissolved - left - unresolved",
        &Budget::n);
  count("nucleated", "began by nucleation, since frame 0 as all that follow", &Budget::nucleated);
  count("entered", "began at the border", &Budget::entered);
  count("split", "children of splits, less their parents", &Budget::split);
  count("merged", "parents of merges, less their children", &Budget::merged);
  count("dissolved", "ended by dissolution", &Budget::dissolved);
  count("left", "ended at the border", &Budget::left);
  count("unresolved", "ended for no known cause, less those that began for none",
        &Budget::unresolved);
  const auto conserved = [](auto Conserved::*member) {
    return [member](const Row& row) -> std::optional<double> {
      return row.conserved ? std::optional(static_cast<double>((*row.conserved).*member))
                           : std::nullopt;
    };
  };
  table.add("window_n", "", "instances centred in the common window (frames.csv)", "",
            conserved(&Conserved::particles));
  const auto volume = conserved(&Conserved::volume_px3);
  table.add("window_d3_sum_px3", "px³",
            "sum of ECD³ over them; of a shared instance, of its tracks when last seen alone", "",
            volume);
  table.add("window_d3_sum_nm3", "nm³", "the same in nanometres", "", [volume](const Row& row) {
    const std::optional<double> scale = length_nm(1.0, row.info.pixel_size);
    const std::optional<double> px3 = volume(row);
    return scale && px3 ? std::optional(*px3 * std::pow(*scale, 3)) : std::nullopt;
  });
  table.add("window_intensity_sum", "grey px²",
            "sum of area x (mean_intensity - background) over them", "",
            conserved(&Conserved::intensity));
  table.add("window_n_without_background", "", "of them, not in that sum for want of a background",
            "", conserved(&Conserved::without_background));
  table.add("window_n_without_size", "",
            "tracks not in window_d3_sum: shared whenever they were seen", "",
            conserved(&Conserved::without_size));
  return table.columns();
}

}  // namespace

std::vector<Budget> mechanism_budget(std::span<const Track> tracks,
                                     const std::map<int32_t, TrackEnds>& ends, int64_t frames) {
  std::vector<Budget> out(static_cast<size_t>(frames));
  for (const Track& track : tracks) {
    const auto found = ends.find(track.id);
    const TrackEnds of_track = found == ends.end() ? TrackEnds{} : found->second;
    begin(out.at(static_cast<size_t>(track.first_frame)), beginning(track, of_track.start_cause));
    if (track.last_frame + 1 < frames) {
      end(out.at(static_cast<size_t>(track.last_frame + 1)),
          ending(track, of_track.end_cause, frames));
    }
  }
  for (size_t i = 1; i < out.size(); ++i) {
    add(out[i], out[i - 1]);
  }
  return out;
}

std::optional<Conserved> Conservation::add(std::span<const ParticleRow> particles) {
  if (!window_) {
    return std::nullopt;
  }
  Conserved out;
  for (const ParticleRow& particle : particles) {
    const InstanceMeasures& measures = particle.measures;
    const double volume = std::pow(particle.ecd_px(), 3);
    if (!particle.shared() && !measures.touches_border && !particle.tracks.empty()) {
      last_volume_px3_[particle.tracks.front()] = volume;
    }
    if (!inside(*window_, particle.specimen())) {
      continue;
    }
    out.particles += 1;
    if (measures.background) {
      out.intensity += measures.area_px2 * (measures.mean_intensity - *measures.background);
    } else {
      out.without_background += 1;
    }
    if (!particle.shared()) {
      out.volume_px3 += volume;
      continue;
    }
    for (const int32_t track : particle.tracks) {
      const auto last = last_volume_px3_.find(track);
      out.volume_px3 += last == last_volume_px3_.end() ? 0 : last->second;
      out.without_size += last == last_volume_px3_.end() ? 1 : 0;
    }
  }
  return out;
}

const std::vector<Column<BudgetRow>>& budget_columns() {
  static const std::vector<Column<BudgetRow>> columns = make_budget_columns();
  return columns;
}

}  // namespace mote::measure
