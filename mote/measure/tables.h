#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/measure/instance.h"

namespace mote::measure {

/// One cell of a table: nothing (an empty cell), a whole number, a number or a text.
using Cell = std::variant<std::monostate, int64_t, double, std::string>;

/// The cell as CSV holds it: numbers in the shortest form that reads back as the same number,
/// nothing for a number that is not finite, texts quoted where RFC 4180 asks for it.
std::string text(const Cell& cell);

/// One column of a table: what stands in it, and what it means.
template <typename Row>
struct Column {
  std::string name;        ///< carries the unit: `ecd_nm`
  std::string unit;        ///< `nm`; empty where there is none
  std::string definition;  ///< formula and estimator, as docs/outputs.md prints it
  std::string source;      ///< standard or paper; empty where the definition says all
  std::function<Cell(const Row&)> cell;
};

/// A length in nanometres, or nothing where either is unknown. Where pixels are not square, `px`
/// is in units of the geometric mean of both sides, as in InstanceMeasures.
std::optional<double> length_nm(std::optional<double> px,
                                const std::optional<PixelSize>& pixel_size);
std::optional<double> area_nm2(std::optional<double> px2,
                               const std::optional<PixelSize>& pixel_size);

/// What every row of a frame shares. Rows hold pixels; the columns turn them into nanometres where
/// the pixel size is known.
struct FrameInfo {
  int64_t frame = 0;           ///< counts from 0 over the frames that were used
  int64_t recorded_frame = 0;  ///< counts from 0 in the recording as it is on disk
  std::optional<double> time_s;
  std::optional<PixelSize> pixel_size;
  Point drift;  ///< where the specimen is, relative to frame 0, in camera pixels

  bool operator==(const FrameInfo&) const = default;
};

/// A row of particles.csv: one instance.
struct ParticleRow {
  FrameInfo info;
  InstanceMeasures measures;
  std::vector<int32_t> tracks;  ///< ascending; several where particles in contact share it
  int32_t cluster = 0;          ///< instances that touch one another share a cluster
  double border_weight = 0;     ///< `border_weight()`; 0 where it touches the border
  Source source = Source::kAuto;

  bool shared() const { return tracks.size() > 1; }
  double ecd_px() const { return equivalent_diameter_px(measures.area_px2); }
  /// Standard uncertainty of ecd_px() without that of the pixel size; nothing where the image
  /// shows no edge at its boundary.
  std::optional<double> ecd_se_px() const { return measures.ecd_uncertainty.combined_px(); }
  /// The part of it that differs from frame to frame: what a fit to r(t) is to weigh by.
  std::optional<double> ecd_random_se_px() const { return measures.ecd_uncertainty.random_px(); }
  Point specimen() const {  ///< the centroid in specimen coordinates: drift taken off
    return {measures.centroid.y_px - info.drift.y_px, measures.centroid.x_px - info.drift.x_px};
  }
  bool operator==(const ParticleRow&) const = default;
};

/// An estimate with its 95 % bootstrap interval, and the value without border correction.
struct Estimate {
  std::optional<double> value;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> plain;

  bool operator==(const Estimate&) const = default;
};

/// A row of frames.csv. Estimates are border-corrected, lengths in pixels.
struct FrameRow {
  FrameInfo info;
  std::map<std::string, double> values;  ///< `threshold`, `temperature_c`, ... of this frame

  int64_t n_instances = 0;  ///< in view, wholly or in part
  int64_t n_shared = 0;     ///< instances that several particles share: not in the sizes
  int64_t n_border = 0;     ///< instances that touch the border
  int64_t n_touching = 0;   ///< instances that touch another
  int64_t n_sized = 0;      ///< instances in the corrected sizes: neither shared nor at the border
  double effective_n = 0;   ///< Kish's effective sample size of the weighted sizes

  Estimate n;  ///< particles; a shared instance counts for each that shares it
  Estimate areal_density_per_px2;
  Estimate area_fraction;
  Estimate ecd_mean_px;
  Estimate ecd_sd_px;
  Estimate ecd_p10_px;
  Estimate ecd_median_px;
  Estimate ecd_p90_px;
  Estimate d32_px;
  Estimate d43_px;
  /// What the boundaries of the sized instances leave open of ecd_mean_px, beside the sampling of
  /// particles that its interval tells: noise and pixels, which average out, and the convention,
  /// which does not. Nothing where the image shows no edge at some boundary.
  std::optional<double> ecd_mean_random_se_px;
  std::optional<double> ecd_mean_convention_se_px;
  Estimate nearest_neighbour_px;  ///< mean centre-to-centre distance to the nearest neighbour

  std::optional<double> ecd_mean_whole_px;    ///< clusters taken as one particle each
  std::optional<double> ecd_mean_exclude_px;  ///< particles in clusters left out
  int64_t n_sized_whole = 0;
  int64_t n_sized_exclude = 0;

  /// In the common specimen window, which stayed in view through the drift; nothing without one.
  std::optional<int64_t> window_n;
  std::optional<double> window_areal_density_per_px2;
  std::optional<double> window_ecd_mean_px;

  std::vector<std::string> flags;  ///< `few_particles`, `large_particles`, ... (docs/outputs.md)
  int64_t warnings = 0;            ///< that reading and segmenting this frame gave

  bool operator==(const FrameRow&) const = default;
};

/// A row of tracks.csv. Sizes and growth leave out instances that are shared or touch the border.
struct TrackRow {
  int32_t id = 0;
  std::vector<int32_t> parents;
  std::vector<int32_t> children;
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  int64_t first_recorded_frame = 0;
  int64_t last_recorded_frame = 0;
  std::optional<double> first_time_s;
  std::optional<double> last_time_s;
  std::optional<PixelSize> pixel_size;
  std::string start_cause;  ///< an event's name, or `recording_start`
  std::string end_cause;    ///< an event's name, or `recording_end`

  int64_t n_instances = 0;
  int64_t n_shared = 0;
  int64_t n_border = 0;
  int64_t n_sized = 0;
  std::optional<double> ecd_mean_px;
  std::optional<double> ecd_sd_px;
  std::optional<double> ecd_first_px;
  std::optional<double> ecd_last_px;
  std::optional<double> growth_px_per_frame;  ///< least-squares slope of ECD
  std::optional<double> growth_px_per_frame_se;
  std::optional<double> growth_px_per_s;
  std::optional<double> growth_px_per_s_se;
  /// What the boundaries of the sized instances leave open, of single instances carried on to the
  /// mean and the slopes. Nothing where the image shows no edge at some boundary.
  std::optional<double> ecd_mean_random_se_px;
  std::optional<double> ecd_mean_convention_se_px;
  std::optional<double> growth_px_per_frame_boundary_se;
  std::optional<double> growth_px_per_s_boundary_se;
  std::optional<double> displacement_px;         ///< first to last position, drift taken off
  std::optional<double> path_px;                 ///< sum of the steps, drift taken off
  std::optional<double> displacement_camera_px;  ///< as seen by the camera
  std::optional<double> path_camera_px;
  std::optional<double> mean_intensity;
  Source source = Source::kAuto;

  bool operator==(const TrackRow&) const = default;
};

/// A row of events.csv.
struct EventRow {
  int64_t id = 0;  ///< from 1 on, in the order of Lineage::events
  Event event;
  int64_t recorded_frame_before = 0;
  FrameInfo info;  ///< of Event::frame
  std::optional<double> time_before_s;
  Point drift;  ///< of the frame that Event::position belongs to

  bool operator==(const EventRow&) const = default;
};

/// A row of drift.csv; the shift itself is FrameInfo::drift.
struct DriftTableRow {
  FrameInfo info;
  std::optional<double> peak_ratio;
  std::optional<double> residual_px;
  bool ok = false;
  bool jump = false;
  bool blurred = false;

  bool operator==(const DriftTableRow&) const = default;
};

/// The columns of the tables: what the CSV headers and docs/outputs.md are made from. Columns stay
/// where a unit is unknown; their cells are empty then.
const std::vector<Column<ParticleRow>>& particle_columns();
const std::vector<Column<TrackRow>>& track_columns();
const std::vector<Column<DriftTableRow>>& drift_columns();

/// `value_names`: every name in FrameRow::values of the recording, ascending; each but `threshold`
/// becomes a column at the end.
std::vector<Column<FrameRow>> frame_columns(std::span<const std::string> value_names = {});

/// `evidence_names`: every name in Event::evidence of the recording, ascending; each becomes a
/// column at the end.
std::vector<Column<EventRow>> event_columns(std::span<const std::string> evidence_names = {});

/// The header line, with line end.
template <typename Row>
std::string csv_header(const std::vector<Column<Row>>& columns) {
  std::string line;
  for (const Column<Row>& column : columns) {
    line += line.empty() ? "" : ",";
    line += column.name;
  }
  return line + "\n";
}

/// One row as a line, with line end.
template <typename Row>
std::string csv_line(const std::vector<Column<Row>>& columns, const Row& row) {
  std::string line;
  for (const Column<Row>& column : columns) {
    line += &column == columns.data() ? "" : ",";
    line += text(column.cell(row));
  }
  return line + "\n";
}

/// The tables of docs/outputs.md, made from the columns.
std::string columns_markdown();

}  // namespace mote::measure
