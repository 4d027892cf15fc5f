#include "mote/track/contacts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/track/contact_events.h"

namespace mote::track {
namespace {

/// A lens shows the contrast of both (1) or of one (0). Of 210 merges of simulated recordings nine
/// in ten show less than 0.1 and one more than 0.4, crossings 0.4 to 1.
constexpr double kSeenThrough = 0.4;
/// What two fill that have fused is no less than that, and does not rise by more: so it is with 403
/// of 404 merges of simulated recordings. What is flat and draws together into a sphere may fill
/// less, too.
constexpr double kLeastFilled = 0.85;
constexpr double kMostRise = 0.13;
/// By noise alone, of ten medians over three frames in a row the highest lies less than so many
/// times the noise of a frame above one before it in 95 of 100 stretches; of 60 medians, 3.5 times.
/// kLeastFilled allows for none: so far below 1 noise takes few (allowed for 1.6 times the noise,
/// no merge came back at a quarter of the presets' dose, and 6 in 388 crossings were merges).
constexpr double kNoiseRises = 2.5;
/// Standard error of the share above which it tells nothing.
constexpr double kFaint = 0.15;
/// How many times as long as others two must have no neck that have not moved apart.
constexpr double kHeldConfirms = 20;
/// Two have moved apart whose centres are farther apart than where a neck was seen by that, and by
/// so many times the spread there, of which no more than kMostSpreadPx counts.
constexpr double kMovedApartPx = 1.5;
constexpr double kMovedApartSpreads = 2;
constexpr double kMostSpreadPx = 2;
/// An aggregate's neck is seen in so many of the frames.
constexpr double kSeenNeck = 0.25;
/// Of what was seen before, that still counts in the next frame.
constexpr double kRemembered = 0.95;

double area_of(const std::map<int32_t, double>& areas_px, int32_t track) {
  const auto found = areas_px.find(track);
  return found == areas_px.end() ? 0 : found->second;
}

std::optional<Since> earlier(const std::optional<Since>& a, const std::optional<Since>& b) {
  if (a && b) {
    return a->frame <= b->frame ? a : b;
  }
  return a ? a : b;
}

/// A thin neck is not seen in every frame: two that do not move apart are in contact for longer.
bool has_parted(const Contact& contact, const HeldFrame& frame, double confirm) {
  return contact.apart && has_lasted(contact.apart->time, frame.time, confirm) &&
         (!is_held(contact, frame.index) ||
          has_lasted(contact.apart->time, frame.time, kHeldConfirms * confirm));
}

/// Of two contacts with the same third track, what holds after the two have merged.
void join(Contact& into, const Contact& other) {
  into.series.join(other.series);
  into.after_split = into.after_split && other.after_split;
  if (other.open) {
    into.opened = into.open ? std::min(into.opened, other.opened) : other.opened;
    into.necks.join(other.necks);
    into.area_px = into.open ? std::max(into.area_px, other.area_px) : other.area_px;
    into.filled = {};
    into.openings.insert(into.openings.end(), other.openings.begin(), other.openings.end());
    into.open = true;
  }
  into.highest_ratio = std::max(into.highest_ratio, other.highest_ratio);
  into.last_ratio = std::max(into.last_ratio, other.last_ratio);
  into.overlapped = into.overlapped || other.overlapped;
  into.judged = std::max(into.judged, other.judged);
  into.joined = earlier(into.joined, other.joined);
  into.fused = earlier(into.fused, other.fused);
  if (!into.apart || !other.apart) {
    into.apart.reset();
  } else if (into.apart->frame < other.apart->frame) {
    into.apart = other.apart;
  }
}

/// How a contact opens whose neck is first seen in `neck`: it began when the gap closed.
Event opening_of(IdPair tracks, const PairSample& neck, const Approaches& approaches) {
  Event event{.type = EventType::kContact,
              .frame = neck.frame,
              .tracks = {tracks.first, tracks.second},
              .children = {},
              .position = neck.position,
              .evidence = {{"neck_frame", static_cast<double>(neck.frame)}}};
  if (const std::optional<Closing> contact = approaches.contact(tracks, neck.frame)) {
    event.frame = contact->frame;
    event.position = contact->position;
  }
  event.frame_before = std::max<int64_t>(0, event.frame - 1);
  add_ratio(event.evidence, "neck_ratio", neck.ratio);
  return event;
}

}  // namespace

IdPair pair_of(int32_t a, int32_t b) {
  return {std::min(a, b), std::max(a, b)};
}

bool seen_through(const Excess& excess) {
  return excess.expected > 0 && excess.error() < kFaint && excess.share() >= kSeenThrough;
}

bool is_overlap(const Contact& contact) {
  const FilledArea& filled = contact.filled;
  return seen_through(contact.excess) || filled.rise > kMostRise + kNoiseRises * filled.noise() ||
         (filled.least > 0 && filled.least < kLeastFilled);
}

bool hides_nothing(const Excess& excess) {
  return excess.expected > 0 && excess.error() < kFaint &&
         excess.share() + 2 * excess.error() < kSeenThrough;
}

bool is_aggregate(const Contact& contact, double long_enough) {
  const std::optional<NeckGrowth> growth = contact.necks.growth(contact.opened);
  return contact.open && !contact.overlapped && !contact.fused && growth && has_ceased(*growth) &&
         contact.necks.share_touching() >= kSeenNeck &&
         has_lasted(contact.opened, contact.necks.last_time(), long_enough);
}

bool is_held(const Contact& contact, int64_t frame) {
  const std::optional<double> distance_px = contact.series.median_distance_px(frame);
  return distance_px && contact.hold.frames > 0 && *distance_px < contact.hold.reach_px();
}

bool has_lasted(double since, double now, double long_enough) {
  return now - since >= long_enough * (1 - 1e-6);
}

void advance(std::optional<Since>& since, bool holds, bool agrees, const PairSample& median,
             double time) {
  if (!holds) {
    since.reset();
    return;
  }
  if (!since) {
    since = Since{
        .frame = median.frame, .time = time, .position = median.position, .ratio = median.ratio};
  }
  ++since->frames;
  since->agreeing += agrees ? 1 : 0;
}

void Hold::add(double distance_px) {
  ++frames;
  const double off_px = distance_px - mean_px;
  mean_px += off_px / static_cast<double>(frames);
  squares_px2 += off_px * (distance_px - mean_px);
}

void FilledArea::add(const AreaRatios& ratios) {
  rise = least > 0 ? std::max(rise, ratios.median - least) : 0;
  least = least > 0 ? std::min(least, ratios.median) : ratios.median;
  second_differences += ratios.second_difference;
  ++frames;
}

double FilledArea::noise() const {
  // a - 2 b + c of independent values has a variance of 6, and a mean size of sqrt(2 / pi) of that.
  const double mean_difference =
      second_differences / static_cast<double>(std::max<int64_t>(1, frames));
  return mean_difference / std::sqrt(12 / std::numbers::pi);
}

double Hold::reach_px() const {
  const double spread_px =
      std::sqrt(squares_px2 / static_cast<double>(std::max<int64_t>(1, frames)));
  return mean_px + kMovedApartPx + kMovedApartSpreads * std::min(spread_px, kMostSpreadPx);
}

void Contacts::note(IdPair tracks, const PairSample& sample, int64_t both_since) {
  const auto [at, is_new] = pairs_.try_emplace(tracks);
  if (is_new) {
    const int64_t first = std::max(both_since, sample.frame - 2 * kHalfWindow);
    for (int64_t frame = first; frame < sample.frame; ++frame) {
      at->second.series.add({.frame = frame, .ratio = kApart, .position = sample.position});
    }
  }
  at->second.series.add(sample);
}

std::vector<EndedContact> Contacts::judge(HeldFrame& frame,
                                          const std::map<int32_t, double>& areas_px,
                                          const Approaches& approaches) {
  std::vector<EndedContact> parted;
  for (auto at = pairs_.begin(); at != pairs_.end();) {
    const IdPair tracks = at->first;
    Contact& contact = at->second;
    const std::optional<PairSample> median = contact.series.median_at(frame.index);
    const std::optional<PairSample> own = contact.series.at(frame.index);
    contact.series.forget_before(frame.index - kHalfWindow);
    if (!median || !own) {
      if (contact.open && !contact.apart) {
        frame.touching.push_back(tracks);
      }
      if (contact.joined) {
        frame.joined.push_back(tracks);
      }
      ++at;
      continue;
    }
    const auto since = [&](std::optional<Since>& what, bool holds, bool agrees) {
      advance(what, holds, agrees, *median, frame.time);
    };
    const double ratio = median->ratio;
    contact.judged = frame.index;
    since(contact.apart, ratio < 0, own->ratio < 0);
    since(contact.joined, ratio >= options_.split_neck_ratio,
          own->ratio >= options_.split_neck_ratio);
    since(contact.fused, ratio > options_.merge_neck_ratio, own->ratio > options_.merge_neck_ratio);
    contact.excess.fade(kRemembered);
    contact.excess.add(own->excess);
    const std::optional<AreaRatios> areas = contact.series.area_ratios(frame.index);
    if (ratio > options_.merge_neck_ratio && areas) {
      contact.filled.add(*areas);
    }
    contact.overlapped = contact.overlapped || is_overlap(contact);
    contact.last_ratio = ratio;
    contact.highest_ratio = std::max(contact.highest_ratio, ratio);
    if (contact.apart) {
      contact.after_split = false;
    }
    if (!contact.open && !contact.apart && (!contact.after_split || contact.joined)) {
      contact.open = true;
      contact.opened = frame.time;
      contact.necks = {};
      contact.hold = {};
      contact.area_px = area_of(areas_px, tracks.first) + area_of(areas_px, tracks.second);
      contact.openings = {opening_of(tracks, *median, approaches)};
      Event& opening = contact.openings.back();
      opening.confidence = contact.series.share_touching(frame.index);
      opening.evidence["area_px2"] = contact.area_px;
    }
    if (contact.open) {
      contact.necks.add(frame.time, own->ratio);
      if (own->ratio >= 0 && own->ratio < kInseparable) {
        contact.hold.add(own->distance_px);
      }
    }
    if (contact.open && !contact.apart) {
      frame.touching.push_back(tracks);
    }
    if (contact.joined) {
      frame.joined.push_back(tracks);
    }
    const bool over = contact.open ? has_parted(contact, frame, options_.confirm)
                                   : contact.apart && contact.series.all_apart();
    if (!over) {
      ++at;
      continue;
    }
    if (contact.open) {
      parted.push_back({.tracks = tracks, .contact = std::move(contact)});
    }
    at = pairs_.erase(at);
  }
  return parted;
}

template <typename Wanted>
std::optional<EndedContact> Contacts::take_first(const Wanted& wanted) {
  for (auto at = pairs_.begin(); at != pairs_.end(); ++at) {
    if (wanted(at->first, at->second)) {
      EndedContact ended{.tracks = at->first, .contact = std::move(at->second)};
      pairs_.erase(at);
      return ended;
    }
  }
  return std::nullopt;
}

std::optional<EndedContact> Contacts::take_merge(const HeldFrame& frame) {
  return take_first([&](IdPair, const Contact& contact) {
    return contact.judged == frame.index && contact.fused && contact.joined &&
           has_lasted(contact.fused->time, frame.time, options_.confirm) && !is_overlap(contact);
  });
}

std::optional<EndedContact> Contacts::take_swallowed(int32_t track) {
  return take_first([&](IdPair tracks, const Contact& contact) {
    return (tracks.first == track || tracks.second == track) && contact.open && contact.fused &&
           contact.joined && !is_overlap(contact);
  });
}

std::optional<EndedContact> Contacts::take_unconfirmed(const HeldFrame& frame) {
  std::optional<EndedContact> ended = take_first([&](IdPair, const Contact& contact) {
    return contact.judged == frame.index && contact.open && contact.fused && contact.joined &&
           hides_nothing(contact.excess) && !is_overlap(contact);
  });
  if (ended) {
    const double lasted = frame.time - ended->contact.fused->time;
    ended->confirmed = std::min(1.0, lasted / options_.confirm);
  }
  return ended;
}

std::vector<EndedContact> Contacts::take(int32_t track) {
  std::vector<EndedContact> taken;
  for (auto at = pairs_.begin(); at != pairs_.end();) {
    if (track == 0 || at->first.first == track || at->first.second == track) {
      taken.push_back({.tracks = at->first, .contact = std::move(at->second)});
      at = pairs_.erase(at);
    } else {
      ++at;
    }
  }
  return taken;
}

std::vector<EndedContact> Contacts::rename(int32_t from, int32_t to, int64_t frame) {
  std::vector<int32_t> others;
  for (const auto& [tracks, contact] : pairs_) {
    if (tracks.first == from || tracks.second == from) {
      others.push_back(tracks.first == from ? tracks.second : tracks.first);
    }
  }
  std::vector<EndedContact> parted;
  for (const int32_t other : others) {
    const std::vector<EndedContact> one = rename(from, other, to, frame);
    parted.insert(parted.end(), one.begin(), one.end());
  }
  return parted;
}

std::vector<EndedContact> Contacts::rename(int32_t from, int32_t other, int32_t to, int64_t frame) {
  const auto found = pairs_.find(pair_of(from, other));
  Contact contact = std::move(found->second);
  pairs_.erase(found);
  if (other == to) {
    return {};
  }
  std::vector<EndedContact> parted;
  if (contact.open && contact.apart && contact.apart->frame < frame) {
    parted.push_back({.tracks = pair_of(from, other), .contact = contact});
    contact.open = false;
    contact.openings.clear();
  }
  for (Event& opening : contact.openings) {
    if (opening.frame >= frame) {
      std::replace(opening.tracks.begin(), opening.tracks.end(), from, to);
      std::sort(opening.tracks.begin(), opening.tracks.end());
    }
  }
  const auto at = pairs_.find(pair_of(to, other));
  if (at == pairs_.end()) {
    pairs_.emplace(pair_of(to, other), std::move(contact));
  } else {
    join(at->second, contact);
  }
  return parted;
}

}  // namespace mote::track
