#include "mote/measure/neck_fits.h"

#include <algorithm>

#include <fmt/format.h>

#include "mote/core/median.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

constexpr size_t kMedianFrames = 5;
constexpr size_t kDrawnPoints = 512;
constexpr double kOneRegion = 1;  // nothing was measured, but no thin neck makes one region
// The contact is before the first neck that is seen, by so many intervals at least.
constexpr double kLeastLead = 0.25;
constexpr size_t kFewestPoints = 5;

std::vector<Column<NeckFitRow>> make_columns() {
  using Row = NeckFitRow;
  static const std::optional<PixelSize> none;
  Table<Row> table([](const Row& /*row*/) -> const std::optional<PixelSize>& { return none; });
  const auto time = [&table](const std::string& name, const std::string& what,
                             std::optional<double> Row::*member) {
    table.add(name + "_frames", "frames", what, "",
              [member](const Row& row) { return row.*member; });
    table.add(name + "_s", "s", "the same in seconds", "", [member](const Row& row) {
      return row.*member && row.interval_s ? std::optional(*(row.*member) * *row.interval_s)
                                           : std::nullopt;
    });
  };
  table.add("tracks", "", "both tracks, `;` between, as in necks.csv; empty: one a for all pairs",
            "", [](const Row& row) { return row.tracks; });
  table.add("contact_frame", "", "frame in which the contact began; 0 for all", "",
            [](const Row& row) { return row.contact_frame; });
  table.add("last_frame", "", "last frame of the fit: from the next on the neck is above 0.3", "",
            [](const Row& row) { return row.last_frame; });
  table.add("n_pairs", "", "pairs that the fit takes", "",
            [](const Row& row) { return row.n_pairs; });
  table.add("n_frames", "", "frames with a neck that the fit takes", "",
            [](const Row& row) { return row.n_frames; });
  table.add("n_unseen", "", "frames without one, from the first neck on", "",
            [](const Row& row) { return row.n_unseen; });
  table.add("a", "", "exponent of x/r = ((t - t0)/tau)^a", "Kuczynski 1949; measurements.md",
            [](const Row& row) { return row.exponent; });
  table.add("a_low", "",
            "lower end of its 95 % interval: profile likelihood, of all pairs a bootstrap over "
            "pairs; empty where it is open",
            "measurements.md", [](const Row& row) { return row.low; });
  table.add("a_high", "", "upper end of its 95 % interval", "",
            [](const Row& row) { return row.high; });
  time("t0", "t0 less the time of contact_frame", &Row::contact_offset);
  time("tau", "time after which the law would reach x/r = 1", &Row::tau);
  table.add("rms", "", "rms distance of x/r from the law", "",
            [](const Row& row) { return row.rms; });
  table.add("verdict", "", "the exponent that the interval holds, or `a not determined` and why",
            "measurements.md", [](const Row& row) { return row.verdict; });
  return table.columns();
}

}  // namespace

void NeckFits::add(const NeckRow& row) {
  if (row.began_as == "overlap" || row.ends_as == "parted") {
    return;
  }
  const Key key{row.contact_frame, row.tracks};
  const auto found = pairs_.find(key);
  // A contact that goes on with a child begins late.
  if (found == pairs_.end() &&
      static_cast<double>(row.info.frame - row.contact_frame) > options_.contact_frames) {
    return;
  }
  timed_ = timed_ && row.since_contact_s.has_value();
  Pair& pair = pairs_[key];
  if (row.before) {
    pair.radius_px = equivalent_diameter_px(row.before->smaller_area_px2) / 2;
  }
  const Look look{.frame = row.info.frame,
                  .time_s = row.since_contact_s.value_or(0),
                  .ratio = row.ratio.value_or(kOneRegion)};
  if (!pair.beyond) {
    pair.looks.push_back(look);
    if (pair.looks.size() >= kMedianFrames) {
      std::vector<double> last;
      for (size_t i = pair.looks.size() - kMedianFrames; i < pair.looks.size(); ++i) {
        last.push_back(pair.looks[i].ratio);
      }
      if (median(std::move(last)) > options_.max_ratio) {
        pair.beyond = true;
        pair.looks.resize(pair.looks.size() - kMedianFrames / 2 - 1);
      }
    }
  }
  if (row.ratio && *row.ratio > 0 && pair.seen++ % pair.stride == 0) {
    pair.drawn.push_back(look);
    if (pair.drawn.size() > kDrawnPoints) {
      pair.stride *= 2;
      std::vector<Look> kept;
      for (size_t i = 0; i < pair.drawn.size(); i += 2) {
        kept.push_back(pair.drawn[i]);
      }
      pair.drawn = std::move(kept);
    }
  }
}

double NeckFits::time_of(const Key& key, const Look& look) const {
  return timed() ? look.time_s : static_cast<double>(look.frame - key.first);
}

// `curve` is filled where the pair has a part in the fit of all.
NeckFitRow NeckFits::fit(const Key& key, const Pair& pair, std::vector<double>& curve) const {
  NeckFitRow row{.tracks = key.second,
                 .interval_s = options_.interval_s,
                 .contact_frame = key.first,
                 .last_frame = pair.looks.empty() ? key.first : pair.looks.back().frame};
  std::vector<NeckPoint> points;
  for (const Look& look : pair.looks) {
    if (look.ratio > 0 && look.ratio < kOneRegion) {
      points.push_back({.time = time_of(key, look), .ratio = look.ratio});
    } else if (!points.empty()) {
      ++row.n_unseen;
    }
  }
  row.n_frames = std::ssize(points);
  const double interval = timed() ? *options_.interval_s : 1;
  const ContactWindow contact{
      .earliest = -options_.contact_frames * interval,
      .latest = points.empty() ? 0
                               : std::min(options_.contact_frames * interval,
                                          points.front().time - kLeastLead * interval)};
  const auto all = static_cast<double>(row.n_frames + row.n_unseen);
  const bool unseen = static_cast<double>(row.n_unseen) > options_.max_unseen * all;
  const bool blurred = pair.radius_px.value_or(0) < options_.min_radius_px;
  if (points.size() >= kFewestPoints) {
    NeckLawFit law = fit_neck_law(points, contact);
    row.rms = law.rms;
    if (row.n_frames >= options_.min_frames) {
      row.exponent = law.exponent;
      row.low = law.low;
      row.high = law.high;
      row.contact_offset = law.contact_time / interval;
      row.tau = law.tau / interval;
    }
    if (!unseen && !blurred) {
      curve = std::move(law.curve);
    }
  }
  if (blurred) {
    row.verdict = fmt::format(
        "a not determined: r of the smaller one is {}, necks of {:g} r are blurred below {:g} px",
        pair.radius_px ? fmt::format("{:.3g} px", *pair.radius_px) : "not known",
        options_.max_ratio, options_.min_radius_px);
  } else if (row.n_frames < options_.min_frames) {
    row.verdict =
        fmt::format("a not determined: a neck of at most {:g} is seen in {} frames, fewer than {}",
                    options_.max_ratio, row.n_frames, options_.min_frames);
  } else if (unseen) {
    row.verdict = fmt::format("a not determined: no neck is seen in {} of {} frames", row.n_unseen,
                              row.n_frames + row.n_unseen);
  } else {
    row.verdict = exponent_verdict(row.low, row.high);
  }
  return row;
}

std::vector<NeckFitRow> NeckFits::rows() const {
  if (pairs_.empty()) {
    return {};
  }
  std::vector<NeckFitRow> rows(1);
  std::vector<std::vector<double>> curves;
  int64_t frames = 0;
  int64_t unseen = 0;
  for (const auto& [key, pair] : pairs_) {
    std::vector<double> curve;
    rows.push_back(fit(key, pair, curve));
    if (!curve.empty()) {
      curves.push_back(std::move(curve));
      frames += rows.back().n_frames;
      unseen += rows.back().n_unseen;
    }
  }
  NeckFitRow& all = rows.front();
  all.interval_s = options_.interval_s;
  all.n_pairs = std::ssize(curves);
  all.n_frames = frames;
  all.n_unseen = unseen;
  for (const NeckFitRow& row : rows) {
    all.last_frame = std::max(all.last_frame, row.last_frame);
  }
  if (all.n_pairs < options_.min_pairs) {
    all.verdict = fmt::format(
        "a not determined: {} of {} pairs are large enough and show necks of at most {:g} "
        "throughout, fewer than {}",
        all.n_pairs, pairs_.size(), options_.max_ratio, options_.min_pairs);
    return rows;
  }
  if (const auto common = common_exponent(curves, options_.resamples, options_.seed)) {
    all.exponent = common->value;
    all.low = common->low;
    all.high = common->high;
  }
  all.verdict = exponent_verdict(all.low, all.high);
  return rows;
}

std::vector<NeckCurve> NeckFits::curves() const {
  std::vector<NeckCurve> curves;
  for (const auto& [key, pair] : pairs_) {
    NeckCurve curve{.tracks = key.second, .contact_frame = key.first};
    for (const Look& look : pair.drawn) {
      curve.points.push_back({.time = time_of(key, look), .ratio = look.ratio});
    }
    if (!curve.points.empty()) {
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}

const std::vector<Column<NeckFitRow>>& neck_fit_columns() {
  static const std::vector<Column<NeckFitRow>> columns = make_columns();
  return columns;
}

}  // namespace mote::measure
