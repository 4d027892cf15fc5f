#include <cmath>

#include "mote/measure/growth.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

using Ends = double Interval::*;

std::optional<double> end_of(const std::optional<Interval>& interval, Ends which) {
  return interval ? std::optional((*interval).*which) : std::nullopt;
}

template <typename Row>
Table<Row> table_with_units() {
  return Table<Row>(
      [](const Row& row) -> const std::optional<PixelSize>& { return row.units.pixel_size; });
}

/// Calls `add(suffix, definition, end)` for an estimate and the ends of its interval.
template <typename Add>
void with_interval(const std::string& definition, const Add& add) {
  add("", definition, &Interval::value);
  add("_low", "lower end of its 95 % interval, a bootstrap over families of tracks",
      &Interval::low);
  add("_high", "upper end of its 95 % interval", &Interval::high);
}

/// False for the ends of an interval that would mean nothing: that of a given n, and that of k in
/// the units of an n that differs from sample to sample.
bool says(Ends which, bool interval) {
  return which == &Interval::value || interval;
}

void add_law(Table<GrowthRow>& table) {
  using Row = GrowthRow;
  with_interval("exponent n; where free, it is sought from 1 to 8, and at an end lies beyond",
                [&](const std::string& end, const std::string& what, Ends which) {
                  table.add("n" + end, "", what, "", [which](const Row& row) {
                    return says(which, row.exponent == "free") ? end_of(row.n, which)
                                                               : std::nullopt;
                  });
                });
  with_interval("<r> at the first point of the stretch",
                [&](const std::string& end, const std::string& what, Ends which) {
                  table.length("r0" + end, what, "",
                               [which](const Row& row) { return end_of(row.r0_px, which); });
                });
  with_interval(
      "rate k; its interval only where n is given",
      [&](const std::string& end, const std::string& what, Ends which) {
        table.add("k" + end + "_px_n_per_frame", "px^n/frame", what, "", [which](const Row& row) {
          return says(which, row.exponent != "free") ? end_of(row.k, which) : std::nullopt;
        });
        table.add("k" + end + "_nm_n_per_s", "nm^n/s", "the same in nanometres and seconds", "",
                  [which](const Row& row) -> std::optional<double> {
                    const std::optional<double> scale = length_nm(1.0, row.units.pixel_size);
                    return scale && row.units.interval_s && row.k && row.n &&
                                   says(which, row.exponent != "free")
                               ? std::optional((*row.k).*which * std::pow(*scale, row.n->value) /
                                               *row.units.interval_s)
                               : std::nullopt;
                  });
      });
  table.length("rms", "rms distance of the points in time from the law", "",
               [](const Row& row) { return row.rms_px; });
}

std::vector<Column<GrowthRow>> make_growth_columns() {
  using Row = GrowthRow;
  auto table = table_with_units<Row>();
  table.add("stretch", "", "isothermal stretch, from 1; the whole recording without a temperature",
            "", [](const Row& row) { return row.stretch; });
  table.add("first_frame", "", "first frame of the stretch", "",
            [](const Row& row) { return row.first_frame; });
  table.add("last_frame", "", "last frame of the stretch", "",
            [](const Row& row) { return row.last_frame; });
  table.add("temperature", "", "mean temperature of the stretch, as recorded; empty without a log",
            "", [](const Row& row) { return row.temperature; });
  table.add("coalescence", "",
            "`as_seen`, or `modelled_out`: parents of a merge live on and grow as its child does",
            "measurements.md", [](const Row& row) { return row.coalescence; });
  table.add("exponent", "", "`free`, `2`, `3` or `4`: n of <r> = (r0^n + k t)^(1/n)",
            "Lifshitz and Slyozov 1961; Wagner 1961; Chakraverty 1967",
            [](const Row& row) { return row.exponent; });
  add_law(table);
  table.add("growth_factor", "", "last over first value of the law", "",
            [](const Row& row) { return row.growth; });
  table.add("n_tracks", "", "tracks with a size in the stretch", "",
            [](const Row& row) { return row.n_tracks; });
  table.add("n_families", "", "families of them, connected by merges and splits", "",
            [](const Row& row) { return row.n_families; });
  table.add("verdict", "",
            "what the free fit decides, or `n not determined` and why: <r> grew less than 1.5 "
            "times, or more than one of 2, 3 and 4 lies in its interval",
            "measurements.md", [](const Row& row) { return row.verdict; });
  return table.columns();
}

/// A length for each frame and each second.
void rate(Table<RateRow>& table, const std::string& name, const std::string& definition,
          double RateRow::*member) {
  table.length(
      name, definition, "", [member](const RateRow& row) { return row.*member; }, "frame");
  table.add(name + "_nm_per_s", "nm/s", "the same a second", "", [member](const RateRow& row) {
    const std::optional<double> nm = length_nm(row.*member, row.units.pixel_size);
    return nm && row.units.interval_s ? std::optional(*nm / *row.units.interval_s) : std::nullopt;
  });
}

std::vector<Column<RateRow>> make_rate_columns() {
  using Row = RateRow;
  auto table = table_with_units<Row>();
  table.add("bin", "", "time bin, from 0", "", [](const Row& row) { return row.bin; });
  table.add("track", "", "number of the track", "", [](const Row& row) { return row.track; });
  table.add("first_frame", "", "first frame of it in the bin", "",
            [](const Row& row) { return row.first_frame; });
  table.add("last_frame", "", "last frame of it in the bin", "",
            [](const Row& row) { return row.last_frame; });
  table.add("time_s", "s", "mean time of its instances in the bin", "", [](const Row& row) {
    return row.units.interval_s ? std::optional(row.time * *row.units.interval_s) : std::nullopt;
  });
  table.add("n_instances", "", "instances that were sized", "",
            [](const Row& row) { return row.n_instances; });
  table.length("r", "mean radius, ECD / 2", "", [](const Row& row) { return row.radius_px; });
  rate(table, "dr_dt", "least-squares slope of the radius", &Row::rate);
  rate(table, "dr_dt_se", "its standard error, frames taken as independent", &Row::rate_se);
  with_interval("r* of the bin: zero crossing of the robust parabola through r² dr/dt against r",
                [&](const std::string& end, const std::string& what, Ends which) {
                  table.length(
                      "critical_r" + end, what, end.empty() ? "measurements.md" : "",
                      [which](const Row& row) { return end_of(row.critical_radius_px, which); });
                });
  with_interval("n of dr/dt = A r^(1-n) (r/r* - 1), fitted to all rates of the isothermal stretch",
                [&](const std::string& end, const std::string& what, Ends which) {
                  table.add("law_n" + end, "", what, end.empty() ? "measurements.md" : "",
                            [which](const Row& row) { return end_of(row.law_n, which); });
                });
  with_interval("r* of the bin by that law", [&](const std::string& end, const std::string& what,
                                                 Ends which) {
    table.length("law_critical_r" + end, what, end.empty() ? "measurements.md" : "",
                 [which](const Row& row) { return end_of(row.law_critical_radius_px, which); });
  });
  table.add("law_verdict", "",
            "what that decides, or `n not determined` and why: more than one of 2, 3 and 4 lies in "
            "the interval of law_n, fewer than 10 families of tracks, or no ripening",
            "measurements.md", [](const Row& row) { return row.law_verdict; });
  return table.columns();
}

std::vector<Column<SurvivalRow>> make_survival_columns() {
  using Row = SurvivalRow;
  Table<Row> table(
      [](const Row& row) -> const std::optional<PixelSize>& { return row.pixel_size; });
  table.add("size_class", "", "third of the tracks by first radius, 1 the smallest", "",
            [](const Row& row) { return row.size_class; });
  table.length("r_least", "least first radius of the class, a mean over five instances", "",
               [](const Row& row) { return row.least_radius_px; });
  table.length("r_greatest", "greatest first radius of the class", "",
               [](const Row& row) { return row.greatest_radius_px; });
  table.add("n_tracks", "", "tracks in the class", "", [](const Row& row) { return row.n_tracks; });
  table.add("frame", "", "first frame without the dissolved; 0 in the first row of a class", "",
            [](const Row& row) { return row.frame; });
  table.add("time_s", "s", "time of that frame", "", [](const Row& row) { return row.time_s; });
  table.add("at_risk", "", "tracks that had entered and not ended before", "",
            [](const Row& row) { return row.step.at_risk; });
  table.add("dissolved", "", "of them, dissolved then", "",
            [](const Row& row) { return row.step.dissolved; });
  table.add("survival", "", "share that survives: product of 1 - dissolved / at_risk",
            "Kaplan and Meier 1958", [](const Row& row) { return row.step.survival; });
  table.add("survival_se", "", "its standard error", "Greenwood 1926",
            [](const Row& row) { return row.step.se; });
  table.add("survival_low", "", "lower end of its 95 % interval, that of log(-log S)",
            "Kalbfleisch and Prentice 2002", [](const Row& row) { return row.step.low; });
  table.add("survival_high", "", "upper end of its 95 % interval", "",
            [](const Row& row) { return row.step.high; });
  return table.columns();
}

}  // namespace

const std::vector<Column<GrowthRow>>& growth_columns() {
  static const std::vector<Column<GrowthRow>> columns = make_growth_columns();
  return columns;
}

const std::vector<Column<RateRow>>& rate_columns() {
  static const std::vector<Column<RateRow>> columns = make_rate_columns();
  return columns;
}

const std::vector<Column<SurvivalRow>>& survival_columns() {
  static const std::vector<Column<SurvivalRow>> columns = make_survival_columns();
  return columns;
}

}  // namespace mote::measure
