#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include "mote/simulate/elementary.h"
#include "mote/simulate/world.h"

namespace mote::simulate {
namespace {

constexpr int kPasses = 16;  // of refusing steps, of which each may uncover another

struct Meeting {
  double share = 0;
  size_t a = 0;
  size_t b = 0;
};

using Lobes = std::vector<Lobe>;

std::vector<Lobes> all_lobes(const std::vector<Span>& spans) {
  std::vector<Lobes> lobes;
  lobes.reserve(spans.size());
  for (const Span& span : spans) {
    lobes.push_back(lobes_of(span));
  }
  return lobes;
}

struct Periods {
  double y_nm = 0;
  double x_nm = 0;
};

/// How far from where it begins the step any part of a body can be in it.
double reach_of(const Span& span) {
  const Particle& particle = span.particle;
  const double moved =
      std::fabs(particle.at.y_nm - span.from.y_nm) + std::fabs(particle.at.x_nm - span.from.x_nm);
  const double radius = std::max(span.radius_from_nm, particle.radius_nm);
  // No part of a pair is farther than 2.6 radii of its equal-volume sphere from its centre.
  return (particle.merger ? 2.6 : 1) * radius + moved;
}

/// All pairs of bodies that may come near one another, in order: found by a sweep over y, since
/// nearly all others are far apart.
std::vector<std::pair<size_t, size_t>> neighbours(const std::vector<Span>& spans,
                                                  const Periods& periods) {
  std::vector<size_t> order(spans.size());
  std::vector<double> reaches(spans.size());
  std::vector<double> rows(spans.size());
  double farthest = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    order[i] = i;
    reaches[i] = reach_of(spans[i]);
    rows[i] = spans[i].from.y_nm - periods.y_nm * std::floor(spans[i].from.y_nm / periods.y_nm);
    farthest = std::max(farthest, reaches[i]);
  }
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return std::tie(rows[a], a) < std::tie(rows[b], b); });
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t n = 0; n < order.size(); ++n) {
    const size_t i = order[n];
    for (size_t step = 1; step < order.size(); ++step) {
      const size_t j = order[(n + step) % order.size()];
      double below = rows[j] - rows[i];
      below += n + step >= order.size() ? periods.y_nm : 0;
      if (below > reaches[i] + farthest) {
        break;
      }
      const double reach = reaches[i] + reaches[j];
      const double x = nearest_image(spans[j].from.x_nm - spans[i].from.x_nm, periods.x_nm);
      if (below <= reach && std::fabs(x) <= reach) {
        pairs.push_back(std::minmax(i, j));
      }
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

std::optional<double> first_touch(const Lobes& a, const Lobes& b, const Periods& periods,
                                  bool flat) {
  std::optional<double> first;
  for (const Lobe& one : a) {
    for (const Lobe& other : b) {
      const auto share = first_touch(one, other, periods.y_nm, periods.x_nm, flat);
      if (share && (!first || *share < *first)) {
        first = share;
      }
    }
  }
  return first;
}

double gap_nm(const Lobes& a, const Lobes& b, const Periods& periods, bool flat, double share) {
  double least = 1e300;
  for (const Lobe& one : a) {
    for (const Lobe& other : b) {
      least = std::min(least, gap_nm(one, other, periods.y_nm, periods.x_nm, flat, share));
    }
  }
  return least;
}

/// What overlaps by itself: a particle, or one half of a pair whose two are still told apart.
struct Part {
  int64_t id = 0;
  double since_s = 0;
  Lobes lobes;
};

std::vector<Part> parts_of(const Span& span) {
  Lobes lobes = lobes_of(span);
  const Particle& particle = span.particle;
  if (!particle.merger) {
    return {{particle.id, span.begin_s, std::move(lobes)}};
  }
  const Merger& merger = *particle.merger;
  if (merger.half_neck_s <= span.end_s) {
    return {{particle.id, std::max(span.begin_s, merger.half_neck_s), std::move(lobes)}};
  }
  return {{merger.larger, span.begin_s, {lobes[0]}}, {merger.smaller, span.begin_s, {lobes[1]}}};
}

bool is_flip(const WorldEvent& event, int64_t particle, double after_s) {
  return (event.type == WorldEventType::kContrastLost ||
          event.type == WorldEventType::kContrastBack) &&
         event.particles[0] == particle && event.time_s > after_s;
}

/// When the last of an overlap ends within the step.
double last_touch(const Lobes& a, const Lobes& b, const Periods& periods) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = 0.5 * (low + high);
    (gap_nm(a, b, periods, true, middle) < 0 ? low : high) = middle;
  }
  return high;
}

}  // namespace

void World::meet(std::vector<Span>& spans) {
  const Periods periods = {height_nm_, width_nm_};
  std::vector<Lobes> lobes = all_lobes(spans);
  const auto pairs = neighbours(spans, periods);
  std::vector<Meeting> meetings;
  const auto may_merge = [&](const Span& a, const Span& b) {
    return options_.coalescence.enabled && !a.particle.merger && !b.particle.merger &&
           a.particle.species == b.particle.species;
  };
  const auto stop = [&](size_t i) {
    const bool moved = spans[i].particle.at != spans[i].from;
    spans[i].particle.at = spans[i].from;
    lobes[i] = lobes_of(spans[i]);
    return moved;
  };
  bool refused = true;
  for (int pass = 0; pass < kPasses && refused; ++pass) {
    refused = false;
    meetings.clear();
    for (const auto& [i, j] : pairs) {
      const Span& a = spans[i];
      const Span& b = spans[j];
      if (a.particle.face != b.particle.face || !a.goes_on || !b.goes_on) {
        continue;
      }
      const std::optional<double> share = first_touch(lobes[i], lobes[j], periods, false);
      if (!share) {
        continue;
      }
      if (may_merge(a, b)) {
        meetings.push_back({*share, i, j});
      } else if (gap_nm(lobes[i], lobes[j], periods, false, 1) <
                 gap_nm(lobes[i], lobes[j], periods, false, 0)) {
        const bool a_moved = stop(i);
        const bool b_moved = stop(j);
        refused = refused || a_moved || b_moved;
      }
    }
  }
  std::sort(meetings.begin(), meetings.end(), [](const Meeting& a, const Meeting& b) {
    return std::tie(a.share, a.a, a.b) < std::tie(b.share, b.a, b.b);
  });
  for (const Meeting& meeting : meetings) {
    if (spans[meeting.a].goes_on && spans[meeting.b].goes_on) {
      const Span whole = merged(spans[meeting.a], spans[meeting.b], meeting.share);
      spans.push_back(whole);
    }
  }
}

Span World::merged(Span& a, Span& b, double share) {
  const double begin = a.begin_s;
  const double end = a.end_s;
  const auto between = [&](double from, double to) { return from + share * (to - from); };
  for (Span* span : {&a, &b}) {
    PositionNm& at = span->particle.at;
    at = {between(span->from.y_nm, at.y_nm), between(span->from.x_nm, at.x_nm),
          between(span->from.z_nm, at.z_nm)};
    span->particle.radius_nm = between(span->radius_from_nm, span->particle.radius_nm);
    span->end_s = between(begin, end);
    span->goes_on = false;
  }
  const bool a_is_larger = a.particle.radius_nm >= b.particle.radius_nm;
  const Particle& larger = a_is_larger ? a.particle : b.particle;
  const Particle& smaller = a_is_larger ? b.particle : a.particle;
  const double larger_volume = larger.radius_nm * larger.radius_nm * larger.radius_nm;
  const double smaller_volume = smaller.radius_nm * smaller.radius_nm * smaller.radius_nm;
  const double weight = smaller_volume / (larger_volume + smaller_volume);
  const double y = nearest_image(smaller.at.y_nm - larger.at.y_nm, height_nm_);
  const double x = nearest_image(smaller.at.x_nm - larger.at.x_nm, width_nm_);
  const double z = smaller.at.z_nm - larger.at.z_nm;
  const double length = std::sqrt(y * y + x * x + z * z);

  Particle whole = larger;
  whole.id = next_id_++;
  whole.in_field = larger.in_field || smaller.in_field;
  whole.at = {larger.at.y_nm + weight * y, larger.at.x_nm + weight * x,
              larger.at.z_nm + weight * z};
  whole.radius_nm = cbrt(larger_volume + smaller_volume);
  Merger merger{.larger = larger.id,
                .smaller = smaller.id,
                .larger_nm = larger.radius_nm,
                .smaller_nm = smaller.radius_nm};
  merger.axis = {0, 1, 0};
  if (length > 0) {
    merger.axis = {y / length, x / length, z / length};
  }
  merger.law = NeckLaw(options_.coalescence, larger.radius_nm, smaller.radius_nm, reference_nm_);
  merger.contact_s = a.end_s;
  whole.merger = merger;
  add_event(WorldEventType::kContact, a.end_s, {larger.id, smaller.id}, whole.id);
  share_contrast(larger, smaller, whole.id, a.end_s);
  Span span = at_rest(whole);
  span.begin_s = a.end_s;
  span.end_s = end;
  span.flips_s = (a_is_larger ? a : b).flips_s;
  std::erase_if(span.flips_s, [&](double flip_s) { return flip_s <= a.end_s; });
  age(span);
  return span;
}

/// From `contact_s` on the smaller particle has the contrast of the larger, whose later flips are
/// those of the pair.
void World::share_contrast(const Particle& larger, const Particle& smaller, int64_t pair,
                           double contact_s) {
  bool larger_is_dark = larger.dark;
  for (WorldEvent& event : events_) {
    if (is_flip(event, larger.id, contact_s)) {
      event.particles = {pair};
      larger_is_dark = !larger_is_dark;
    }
  }
  const auto late = std::erase_if(
      events_, [&](const WorldEvent& event) { return is_flip(event, smaller.id, contact_s); });
  const bool smaller_is_dark = smaller.dark != (late % 2 == 1);
  if (larger_is_dark != smaller_is_dark) {
    add_event(larger_is_dark ? WorldEventType::kContrastLost : WorldEventType::kContrastBack,
              contact_s, {smaller.id});
  }
}

void World::note_overlaps(const std::vector<Span>& spans) {
  const Periods periods = {height_nm_, width_nm_};
  std::vector<std::vector<Part>> parts;
  parts.reserve(spans.size());
  for (const Span& span : spans) {
    parts.push_back(parts_of(span));
  }
  std::set<std::pair<int64_t, int64_t>> now;
  const auto note = [&](const Part& a, const Part& b, double begin, double end) {
    const auto ids = std::minmax(a.id, b.id);
    const bool overlaps = gap_nm(a.lobes, b.lobes, periods, true, 1) < 0;
    if (overlaps) {
      now.insert(ids);
    }
    const bool overlapped = overlapping_.contains(ids);
    const auto time_at = [&](double share) { return begin + share * (end - begin); };
    if (overlaps && !overlapped) {
      const auto share = first_touch(a.lobes, b.lobes, periods, true);
      const double time = std::max({time_at(share.value_or(1)), a.since_s, b.since_s});
      add_event(WorldEventType::kOverlap, time, {ids.first, ids.second});
    } else if (!overlaps && overlapped) {
      add_event(WorldEventType::kParted, time_at(last_touch(a.lobes, b.lobes, periods)),
                {ids.first, ids.second});
    }
  };
  for (const auto& [i, j] : neighbours(spans, periods)) {
    const Span& a = spans[i];
    const Span& b = spans[j];
    if (!a.goes_on || !b.goes_on) {
      continue;
    }
    for (const Part& one : parts[i]) {
      for (const Part& other : parts[j]) {
        note(one, other, std::max(a.begin_s, b.begin_s), a.end_s);
      }
    }
  }
  overlapping_ = std::move(now);
}

void World::note_border(Span& span, const ShiftNm& shift_begin, const ShiftNm& shift_end) {
  double before = -1e300;
  double after = -1e300;
  for (const Lobe& lobe : lobes_of(span)) {
    before = std::max(before, inside_nm(lobe.from, lobe.radius_from_nm, shift_begin));
    after = std::max(after, inside_nm(lobe.to, lobe.radius_to_nm, shift_end));
  }
  Particle& particle = span.particle;
  const bool now = after > 0;
  if (now == particle.in_field || !span.goes_on) {
    return;
  }
  particle.in_field = now;
  const double share = std::clamp(before / (before - after), 0.0, 1.0);
  add_event(now ? WorldEventType::kEntered : WorldEventType::kLeft,
            span.begin_s + share * (span.end_s - span.begin_s), {particle.id});
}

}  // namespace mote::simulate
