#include <cmath>

#include "mote/measure/motion.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

constexpr const char* kBrownian = "Michalet and Berglund 2012; Vestergaard et al. 2014";

/// A square in px² a frame interval as nm² a second, or nothing where either is unknown.
template <typename Row>
std::optional<double> per_second(std::optional<double> px2, const Row& row, double power = 1) {
  const std::optional<double> nm2 = area_nm2(px2, row.pixel_size);
  return nm2 && row.interval_s ? std::optional(*nm2 / std::pow(*row.interval_s, power))
                               : std::nullopt;
}

/// `name`_px2_per_frame and `name`_nm2_per_s.
void diffusion(Table<MotionRow>& table, const std::string& name, const std::string& definition,
               const std::string& source, const Table<MotionRow>::Number& px2) {
  table.add(name + "_px2_per_frame", "px²/frame", definition, source, px2);
  table.add(name + "_nm2_per_s", "nm²/s", "the same in nanometres and seconds", "",
            [px2](const MotionRow& row) { return per_second(px2(row), row); });
}

std::optional<double> member(const std::optional<Interval>& interval, double Interval::*which) {
  return interval ? std::optional((*interval).*which) : std::nullopt;
}

std::optional<double> member(const std::optional<AnomalousFit>& fit, double AnomalousFit::*which) {
  return fit ? std::optional((*fit).*which) : std::nullopt;
}

void add_exponent(Table<MotionRow>& table) {
  using Row = MotionRow;
  table.add("alpha", "", "exponent of MSD = offset + K_alpha tau^alpha, lags up to 64 frames",
            "measurements.md",
            [](const Row& row) { return member(row.anomalous, &AnomalousFit::alpha); });
  table.add("alpha_se", "", "its standard error", "",
            [](const Row& row) { return member(row.anomalous, &AnomalousFit::alpha_se); });
  table.add("k_alpha_px2_per_frame_alpha", "px²/frame^alpha", "K_alpha", "",
            [](const Row& row) { return member(row.anomalous, &AnomalousFit::k); });
  table.add("k_alpha_se_px2_per_frame_alpha", "px²/frame^alpha", "its standard error", "",
            [](const Row& row) { return member(row.anomalous, &AnomalousFit::k_se); });
  const auto in_seconds = [](double AnomalousFit::*which) {
    return [which](const Row& row) {
      return row.anomalous ? per_second((*row.anomalous).*which, row, row.anomalous->alpha)
                           : std::nullopt;
    };
  };
  table.add("k_alpha_nm2_per_s_alpha", "nm²/s^alpha", "K_alpha in nanometres and seconds", "",
            in_seconds(&AnomalousFit::k));
  table.add("k_alpha_se_nm2_per_s_alpha", "nm²/s^alpha", "its standard error, alpha being right",
            "", in_seconds(&AnomalousFit::k_se));
}

std::vector<Column<MotionRow>> make_motion_columns() {
  using Row = MotionRow;
  Table<Row> table(
      [](const Row& row) -> const std::optional<PixelSize>& { return row.pixel_size; });
  table.add("track", "", "number of the track", "", [](const Row& row) { return row.track; });
  table.add("n_displacements", "", "from one whole instance to the next, over gaps too", "",
            [](const Row& row) { return row.n_displacements; });
  table.add("n_pieces", "", "pieces between the intervals in which it is shared", "",
            [](const Row& row) { return row.n_pieces; });
  table.add("exposure_frames", "frames", "exposure over frame interval, at most 1", "",
            [](const Row& row) { return row.exposure_intervals; });
  table.add("exposure_source", "",
            "`known`, or `assumed`: the camera collects all the time (`--exposure`)", "",
            [](const Row& row) { return row.exposure_source; });
  diffusion(table, "d", "D, MSD = 4 D tau + 4 sigma_loc² - (4/3) D t_exposure, maximum likelihood",
            kBrownian, [](const Row& row) { return member(row.diffusion, &Interval::value); });
  diffusion(table, "d_se", "its standard error; empty where D is 0", "",
            [](const Row& row) { return row.diffusion_se; });
  diffusion(table, "d_low", "lower end of its 95 % interval, by the likelihood ratio", "",
            [](const Row& row) { return member(row.diffusion, &Interval::low); });
  diffusion(table, "d_high", "upper end of its 95 % interval", "",
            [](const Row& row) { return member(row.diffusion, &Interval::high); });
  diffusion(table, "d_drift", "D that drift off by its residual at both ends would feign", "",
            [](const Row& row) {
              return row.diffusion ? std::optional(row.drift_diffusion) : std::nullopt;
            });
  table.length("sigma_loc", "localisation error along an axis", kBrownian,
               [](const Row& row) { return member(row.localisation, &Interval::value); });
  table.length("sigma_loc_low", "lower end of its 95 % interval", "",
               [](const Row& row) { return member(row.localisation, &Interval::low); });
  table.length("sigma_loc_high", "upper end of its 95 % interval", "",
               [](const Row& row) { return member(row.localisation, &Interval::high); });
  table.add("p_immobile", "",
            "p value of D being no more than d_drift: likelihood ratio, one-sided",
            "measurements.md", [](const Row& row) { return row.p_immobile; });
  table.add("mobile", "", "1 where p_immobile is below 0.01", "", [](const Row& row) {
    return row.mobile ? std::optional(*row.mobile ? 1.0 : 0.0) : std::nullopt;
  });
  add_exponent(table);
  table.add("note", "", "why values lack", "", [](const Row& row) { return row.note; });
  return table.columns();
}

void msd_column(Table<MsdRow>& table, const std::string& name, const std::string& definition,
                const Table<MsdRow>::Number& px2) {
  table.add(name + "_px2", "px²", definition, "", px2);
  table.add(name + "_nm2", "nm²", "the same in nanometres", "",
            [px2](const MsdRow& row) { return area_nm2(px2(row), row.pixel_size); });
}

std::vector<Column<MsdRow>> make_msd_columns() {
  using Row = MsdRow;
  Table<Row> table(
      [](const Row& row) -> const std::optional<PixelSize>& { return row.pixel_size; });
  table.add("of", "",
            "`track`: on the specimen; `pair`: half of that of the distance vector of two "
            "neighbours, free of drift",
            "measurements.md", [](const Row& row) { return row.of; });
  table.add("lag_frames", "frames", "lag tau", "",
            [](const Row& row) { return row.lag_intervals; });
  table.add("lag_s", "s", "lag in seconds", "", [](const Row& row) {
    return row.interval_s ? std::optional(static_cast<double>(row.lag_intervals) * *row.interval_s)
                          : std::nullopt;
  });
  msd_column(table, "msd", "mean squared displacement over the lag, all displacements alike",
             [](const Row& row) { return row.msd_px2; });
  msd_column(table, "msd_low", "lower end of its 95 % interval, from the spread between tracks",
             [](const Row& row) { return row.low_px2; });
  msd_column(table, "msd_high", "upper end of its 95 % interval",
             [](const Row& row) { return row.high_px2; });
  table.add("n_tracks", "", "tracks, or pairs, that have the lag", "",
            [](const Row& row) { return row.n_tracks; });
  table.add("n_displacements", "", "displacements in the mean; they overlap", "",
            [](const Row& row) { return row.n_displacements; });
  return table.columns();
}

}  // namespace

const std::vector<Column<MotionRow>>& motion_columns() {
  static const std::vector<Column<MotionRow>> columns = make_motion_columns();
  return columns;
}

const std::vector<Column<MsdRow>>& msd_columns() {
  static const std::vector<Column<MsdRow>> columns = make_msd_columns();
  return columns;
}

}  // namespace mote::measure
