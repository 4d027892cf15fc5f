#include "mote/measure/tables.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/measure/budget.h"
#include "mote/measure/growth.h"
#include "mote/measure/motion.h"
#include "mote/measure/neck_fits.h"
#include "mote/measure/necks.h"
#include "mote/measure/sizes.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

constexpr const char* kSizes = "ISO 9276-6";
constexpr const char* kMoments = "ISO 9276-2";
constexpr const char* kSource =
    "`auto`; `manual` where a correction by hand made or changed it; `imported` where `mote "
    "measure` took it from given label images";

std::vector<Column<ParticleRow>> make_particle_columns() {
  using Row = ParticleRow;
  auto table = table_with_info<Row>();
  table.frame_and_time();
  table.add("label", "",
            "number of its pixels in labels.tif: its track, the lowest where several share it", "",
            [](const Row& row) { return row.measures.label; });
  table.add("tracks", "",
            "tracks that it belongs to, `;` between; several while particles share it", "",
            [](const Row& row) { return row.tracks; });
  table.add("cluster", "", "instances that touch one another have the same number in a frame", "",
            [](const Row& row) { return row.cluster; });
  table.position("", "centroid in camera coordinates, weighted by coverage",
                 [](const Row& row) { return row.measures.centroid; });
  table.position("specimen_", "centroid with the drift taken off",
                 [](const Row& row) { return row.specimen(); });
  table.add("area_px2", "px²", "sum of coverage over the instance's pixels and partial pixels",
            kSizes, [](const Row& row) { return row.measures.area_px2; });
  table.add("area_nm2", "nm²", "area_px2 x area of a pixel", "",
            [](const Row& row) { return area_nm2(row.measures.area_px2, row.info.pixel_size); });
  table.length("ecd", "equivalent circular diameter 2 sqrt(area / pi)", kSizes,
               [](const Row& row) { return row.ecd_px(); });
  table.length("edge_shift",
               "how far outwards of the half level the outline is taken to lie, by the recording's "
               "edge model: in area, ecd, Feret diameters, perimeter and axes",
               "measurements.md",
               [](const Row& row) -> std::optional<double> { return row.measures.edge_shift_px; });
  table.length("ecd_se",
               "standard uncertainty of ecd: root of the sum of squares of the three parts; empty "
               "where the image shows no edge at its boundary; the pixel size's own stands in "
               "run.json",
               "GUM, JCGM 100:2008", [](const Row& row) { return row.ecd_se_px(); });
  table.length("ecd_se_noise", "what the noise at its own boundary makes of it", "measurements.md",
               [](const Row& row) { return row.measures.ecd_uncertainty.noise_px; });
  table.length("ecd_se_pixel", "what the grid of pixels leaves of a known boundary",
               "measurements.md", [](const Row& row) -> std::optional<double> {
                 return row.measures.ecd_uncertainty.pixel_px;
               });
  table.length(
      "ecd_se_convention",
      "how far the half level may be from the outline, by how blurred the edge is; does not "
      "average out",
      "measurements.md", [](const Row& row) { return row.measures.ecd_uncertainty.convention_px; });
  table.length("min_feret", "least distance between two parallel lines that hold the outline",
               kSizes, [](const Row& row) { return row.measures.min_feret_px; });
  table.length("max_feret", "greatest distance between two parallel lines that hold the outline",
               kSizes, [](const Row& row) { return row.measures.max_feret_px; });
  table.length("perimeter",
               "length of the half-coverage outline (marching squares), holes included; between "
               "whole pixels times pi (1 + sqrt 2) / 8 (Crofton, four directions)",
               "measurements.md", [](const Row& row) { return row.measures.perimeter_px; });
  table.length("major_axis", "major axis of the ellipse of equal second moments", "",
               [](const Row& row) { return row.measures.major_axis_px; });
  table.length("minor_axis", "minor axis of the ellipse of equal second moments", "",
               [](const Row& row) { return row.measures.minor_axis_px; });
  table.add("circularity", "",
            "4 pi area / perimeter²; ISO 9276-6 calls it form factor, and its root circularity",
            kSizes, [](const Row& row) { return circularity(row.measures); });
  table.add("aspect_ratio", "", "min_feret / max_feret", kSizes,
            [](const Row& row) { return aspect_ratio(row.measures); });
  table.add("solidity", "", "area inside the outline / area of its convex hull", kSizes,
            [](const Row& row) { return row.measures.solidity; });
  table.add("orientation_deg", "°",
            "direction of the major axis: 0 to the right, counter-clockwise, in (-90, 90]", "",
            [](const Row& row) { return row.measures.orientation_deg; });
  table.add("mean_intensity", "grey", "mean grey level of the labelled pixels", "",
            [](const Row& row) { return row.measures.mean_intensity; });
  table.add("sd_intensity", "grey", "standard deviation of the same", "",
            [](const Row& row) { return row.measures.sd_intensity; });
  table.add("background", "grey",
            "median grey level of the ring 2 to 4 px around it, away from any instance", "",
            [](const Row& row) { return row.measures.background; });
  table.add(
      "border", "",
      "1 where it has a pixel in the field's outermost rows or columns, or beside an excluded one",
      "", [](const Row& row) { return row.measures.touches_border; });
  table.add("touching", "", "1 where a pixel of it is a neighbour of another instance", "",
            [](const Row& row) { return row.measures.touching; });
  table.add("shared", "", "1 where several tracks share it: its size is no particle's size", "",
            [](const Row& row) { return row.shared(); });
  table.add("border_weight", "",
            "W H / ((W - Fx - 1) (H - Fy - 1)), Fx and Fy its extents in px; 0 at the border",
            "Miles 1974; Lantuejoul 1978", [](const Row& row) { return row.border_weight; });
  table.add("source", "", kSource, "",
            [](const Row& row) { return std::string(name(row.source)); });
  return table.columns();
}

std::vector<Column<TrackRow>> make_track_columns() {
  using Row = TrackRow;
  Table<Row> table(
      [](const Row& row) -> const std::optional<PixelSize>& { return row.pixel_size; });
  table.add("track", "", "number of the track", "", [](const Row& row) { return row.id; });
  table.add("parents", "", "tracks that it came from: two or more by a merge, one by a split", "",
            [](const Row& row) { return row.parents; });
  table.add("children", "", "tracks that came from it", "",
            [](const Row& row) { return row.children; });
  table.add("start_cause", "", "the event that began it, or `recording_start`", "",
            [](const Row& row) { return row.start_cause; });
  table.add("end_cause", "", "the event that ended it, or `recording_end`", "",
            [](const Row& row) { return row.end_cause; });
  table.add("first_frame", "", "first frame", "", [](const Row& row) { return row.first_frame; });
  table.add("last_frame", "", "last frame", "", [](const Row& row) { return row.last_frame; });
  table.add("first_recorded_frame", "", "first frame in the recording as it is on disk", "",
            [](const Row& row) { return row.first_recorded_frame; });
  table.add("last_recorded_frame", "", "last frame in the recording as it is on disk", "",
            [](const Row& row) { return row.last_recorded_frame; });
  table.add("first_time_s", "s", "time of the first frame", "",
            [](const Row& row) { return row.first_time_s; });
  table.add("last_time_s", "s", "time of the last frame", "",
            [](const Row& row) { return row.last_time_s; });
  table.add("length_frames", "frames", "last_frame - first_frame + 1", "",
            [](const Row& row) { return row.last_frame - row.first_frame + 1; });
  table.add("duration_s", "s", "last_time_s - first_time_s", "", [](const Row& row) {
    return row.first_time_s && row.last_time_s ? std::optional(*row.last_time_s - *row.first_time_s)
                                               : std::nullopt;
  });
  table.add("n_instances", "", "frames in which it has an instance", "",
            [](const Row& row) { return row.n_instances; });
  table.add("n_shared", "", "of these, shared with another track", "",
            [](const Row& row) { return row.n_shared; });
  table.add("n_border", "", "of these, touching the border", "",
            [](const Row& row) { return row.n_border; });
  table.add("n_sized", "", "of these, neither: what sizes, growth and motion are made from", "",
            [](const Row& row) { return row.n_sized; });
  table.length("ecd_mean", "mean ECD", "", [](const Row& row) { return row.ecd_mean_px; });
  table.length("ecd_sd", "standard deviation of ECD", "",
               [](const Row& row) { return row.ecd_sd_px; });
  table.length("ecd_mean_se_random",
               "of ecd_mean: root of the sum of squares of noise and pixel parts, over n_sized", "",
               [](const Row& row) { return row.ecd_mean_random_se_px; });
  table.length("ecd_mean_se_convention", "of ecd_mean: mean of the convention parts", "",
               [](const Row& row) { return row.ecd_mean_convention_se_px; });
  table.length("ecd_first", "ECD of the first sized instance", "",
               [](const Row& row) { return row.ecd_first_px; });
  table.length("ecd_last", "ECD of the last sized instance", "",
               [](const Row& row) { return row.ecd_last_px; });
  table.length(
      "growth", "least-squares slope of ECD against frame", "",
      [](const Row& row) { return row.growth_px_per_frame; }, "frame");
  table.length(
      "growth_se", "its standard error, frames taken as independent", "",
      [](const Row& row) { return row.growth_px_per_frame_se; }, "frame");
  table.length(
      "growth_se_boundary",
      "what noise and pixels at the boundaries make of it: root of sum of ((t - mean t) s)² / sum "
      "of (t - mean t)², s of single instances",
      "", [](const Row& row) { return row.growth_px_per_frame_boundary_se; }, "frame");
  table.length(
      "growth", "least-squares slope of ECD against time", "",
      [](const Row& row) { return row.growth_px_per_s; }, "s");
  table.length(
      "growth_se", "its standard error, frames taken as independent", "",
      [](const Row& row) { return row.growth_px_per_s_se; }, "s");
  table.length(
      "growth_se_boundary", "what noise and pixels at the boundaries make of it", "",
      [](const Row& row) { return row.growth_px_per_s_boundary_se; }, "s");
  table.length("displacement", "from the first to the last sized position, drift taken off", "",
               [](const Row& row) { return row.displacement_px; });
  table.length("path", "sum of the steps between sized positions, drift taken off", "",
               [](const Row& row) { return row.path_px; });
  table.length("displacement_camera", "from the first to the last sized position in the image", "",
               [](const Row& row) { return row.displacement_camera_px; });
  table.length("path_camera", "sum of the steps between sized positions in the image", "",
               [](const Row& row) { return row.path_camera_px; });
  table.add("mean_intensity", "grey", "mean of mean_intensity over the sized instances", "",
            [](const Row& row) { return row.mean_intensity; });
  table.add("source", "", kSource, "",
            [](const Row& row) { return std::string(name(row.source)); });
  return table.columns();
}

std::vector<Column<DriftTableRow>> make_drift_columns() {
  using Row = DriftTableRow;
  auto table = table_with_info<Row>();
  table.frame_and_time();
  table.position("drift_", "by how far the specimen has moved since frame 0",
                 [](const Row& row) { return row.info.drift; });
  table.add("peak_ratio", "", "peak of the best registration over the noise around it", "",
            [](const Row& row) { return row.peak_ratio; });
  table.length("residual", "rms of the frame's registrations against the solution", "",
               [](const Row& row) { return row.residual_px; });
  table.add("ok", "", "1 where a registration was believed, 0 where the drift is interpolated", "",
            [](const Row& row) { return row.ok; });
  table.add("jump", "", "1 where the specimen moved much farther than in the frames around", "",
            [](const Row& row) { return row.jump; });
  table.add("blurred", "", "1 where the frame has much less fine texture than those around it", "",
            [](const Row& row) { return row.blurred; });
  return table.columns();
}

template <typename Row>
void add_markdown(std::string& out, const std::string& title,
                  const std::vector<Column<Row>>& columns) {
  out += "\n### " + title + "\n\n| column | unit | meaning | source |\n| --- | --- | --- | --- |\n";
  for (const Column<Row>& column : columns) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", column.name, column.unit, column.definition,
                       column.source);
  }
}

}  // namespace

std::string text(const Cell& cell) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) {
    return fmt::format("{}", *whole);
  }
  if (const auto* value = std::get_if<double>(&cell)) {
    return std::isfinite(*value) ? fmt::format("{}", *value == 0 ? 0.0 : *value) : "";
  }
  const auto* words = std::get_if<std::string>(&cell);
  if (words == nullptr || words->find_first_of(",\"\r\n") == std::string::npos) {
    return words == nullptr ? "" : *words;
  }
  std::string quoted = "\"";
  for (const char letter : *words) {
    quoted += letter;
    if (letter == '"') {
      quoted += '"';
    }
  }
  return quoted + '"';
}

std::optional<double> length_nm(std::optional<double> px,
                                const std::optional<PixelSize>& pixel_size) {
  if (!px || !pixel_size) {
    return std::nullopt;
  }
  return *px * (pixel_size->isotropic() ? pixel_size->x_nm : std::sqrt(pixel_size->area_nm2()));
}

std::optional<double> area_nm2(std::optional<double> px2,
                               const std::optional<PixelSize>& pixel_size) {
  return px2 && pixel_size ? std::optional(*px2 * pixel_size->area_nm2()) : std::nullopt;
}

const std::vector<Column<ParticleRow>>& particle_columns() {
  static const std::vector<Column<ParticleRow>> columns = make_particle_columns();
  return columns;
}

const std::vector<Column<TrackRow>>& track_columns() {
  static const std::vector<Column<TrackRow>> columns = make_track_columns();
  return columns;
}

const std::vector<Column<DriftTableRow>>& drift_columns() {
  static const std::vector<Column<DriftTableRow>> columns = make_drift_columns();
  return columns;
}

std::vector<Column<FrameRow>> frame_columns(std::span<const std::string> value_names) {
  using Row = FrameRow;
  auto table = table_with_info<Row>();
  const auto value = [](const std::string& name) {
    return [name](const Row& row) -> std::optional<double> {
      const auto found = row.values.find(name);
      return found == row.values.end() ? std::nullopt : std::optional(found->second);
    };
  };
  table.frame_and_time();
  table.add("threshold", "grey", "grey level that the particles were cut out at", "",
            value("threshold"));
  table.position("drift_", "by how far the specimen has moved since frame 0",
                 [](const Row& row) { return row.info.drift; });
  table.add("n_instances", "", "instances in view, wholly or in part", "",
            [](const Row& row) { return row.n_instances; });
  table.add("n_shared", "", "instances that several tracks share; left out of sizes", "",
            [](const Row& row) { return row.n_shared; });
  table.add("n_border", "", "instances that touch the border; left out of corrected values", "",
            [](const Row& row) { return row.n_border; });
  table.add("n_touching", "", "instances that touch another", "",
            [](const Row& row) { return row.n_touching; });
  table.add("n_sized", "", "instances in the corrected sizes: neither shared nor at the border", "",
            [](const Row& row) { return row.n_sized; });
  table.add("effective_n", "", "(sum of border weights)² / sum of their squares, over n_sized",
            "Kish 1965", [](const Row& row) { return row.effective_n; });
  table.add("n", "",
            "particles whose reference point lies in the field: sum of border weights; a shared "
            "instance counts once for each track",
            "Miles 1974; Lantuejoul 1978", [](const Row& row) { return row.n.value; });
  table.add("n_plain", "", "particles in view, wholly or in part", "",
            [](const Row& row) { return row.n.plain; });
  table.density("areal_number_density", "n / area of the field",
                [](const Row& row) { return row.areal_density_per_px2.value; });
  table.density("areal_number_density_plain", "n_plain / area of the field",
                [](const Row& row) { return row.areal_density_per_px2.plain; });
  table.add("area_fraction", "", "sum of border weight x area / area of the field", "",
            [](const Row& row) { return row.area_fraction.value; });
  table.add("area_fraction_plain", "",
            "covered area / area of the field; needs no correction and has the smaller spread", "",
            [](const Row& row) { return row.area_fraction.plain; });
  table.estimate("ecd_mean", "mean ECD", kMoments, &Row::ecd_mean_px);
  table.length("ecd_mean_se_random",
               "what noise and pixels at the boundaries leave open of ecd_mean: root of sum of (w "
               "s)² / sum of w",
               "measurements.md", [](const Row& row) { return row.ecd_mean_random_se_px; });
  table.length("ecd_mean_se_convention",
               "what the half level leaves open of ecd_mean: weighted mean of the convention parts",
               "measurements.md", [](const Row& row) { return row.ecd_mean_convention_se_px; });
  table.estimate("ecd_sd", "standard deviation of ECD", kMoments, &Row::ecd_sd_px);
  table.estimate("ecd_p10", "10 % of the particles have a smaller ECD", "Hazen 1914",
                 &Row::ecd_p10_px);
  table.estimate("ecd_median", "50 % of the particles have a smaller ECD", "Hazen 1914",
                 &Row::ecd_median_px);
  table.estimate("ecd_p90", "90 % of the particles have a smaller ECD", "Hazen 1914",
                 &Row::ecd_p90_px);
  table.estimate("d32", "D[3,2] = sum of ECD³ / sum of ECD²", kMoments, &Row::d32_px);
  table.estimate("d43", "D[4,3] = sum of ECD⁴ / sum of ECD³", kMoments, &Row::d43_px);
  table.length("nearest_neighbour",
               "mean distance from a centroid to the nearest other one, over those nearer to it "
               "than to the border, weighted by 1 / ((W - 2 d) (H - 2 d))",
               "Hanisch 1984", [](const Row& row) { return row.nearest_neighbour_px.value; });
  table.length("nearest_neighbour_plain", "the same over all instances, unweighted", "",
               [](const Row& row) { return row.nearest_neighbour_px.plain; });
  table.length("ecd_mean_whole", "mean ECD with every cluster taken as one particle", "",
               [](const Row& row) { return row.ecd_mean_whole_px; });
  table.add("n_sized_whole", "", "particles and clusters in ecd_mean_whole", "",
            [](const Row& row) { return row.n_sized_whole; });
  table.length("ecd_mean_exclude", "mean ECD with clusters left out", "",
               [](const Row& row) { return row.ecd_mean_exclude_px; });
  table.add("n_sized_exclude", "", "particles in ecd_mean_exclude", "",
            [](const Row& row) { return row.n_sized_exclude; });
  table.add(
      "window_n", "",
      "particles centred in the common window: what every frame saw of the specimen, less the "
      "farthest that any instance of the recording reaches from its centroid and 1 px on "
      "every side, so that no particle cut by the field counts",
      "", [](const Row& row) {
        return row.window_n ? std::optional(static_cast<double>(*row.window_n)) : std::nullopt;
      });
  table.density("window_areal_number_density",
                "window_n / area of that window, pixels left out of the field not counted",
                [](const Row& row) { return row.window_areal_density_per_px2; });
  table.length("window_ecd_mean",
               "mean ECD of instances centred in that window, neither shared nor at the border", "",
               [](const Row& row) { return row.window_ecd_mean_px; });
  table.add("flags", "", "what to mind in this frame, `;` between (below)", "",
            [](const Row& row) { return fmt::format("{}", fmt::join(row.flags, ";")); });
  table.add("warnings", "", "warnings that reading and segmenting the frame gave (run.json)", "",
            [](const Row& row) { return row.warnings; });
  for (const std::string& name : value_names) {
    if (name != "threshold") {
      table.add(name, "", "named value of the segmenter or the recording", "", value(name));
    }
  }
  return table.columns();
}

std::vector<Column<EventRow>> event_columns(std::span<const std::string> evidence_names) {
  using Row = EventRow;
  auto table = table_with_info<Row>();
  table.add("event", "", "number of the event", "", [](const Row& row) { return row.id; });
  table.add("type", "", "what happened (below)", "",
            [](const Row& row) { return std::string(name(row.event.type)); });
  table.add("frame_before", "",
            "last frame before it; equal to `frame` where the recording begins with it", "",
            [](const Row& row) { return row.event.frame_before; });
  table.frame_and_time();
  table.add("recorded_frame_before", "", "last frame before it, in the recording as it is on disk",
            "", [](const Row& row) { return row.recorded_frame_before; });
  table.add("time_before_s", "s", "time of the last frame before it", "",
            [](const Row& row) { return row.time_before_s; });
  table.add("tracks", "", "to whom: the parents of a merge or split", "",
            [](const Row& row) { return row.event.tracks; });
  table.add("children", "", "tracks that begin by it", "",
            [](const Row& row) { return row.event.children; });
  table.position("",
                 "where, in camera coordinates of `frame`, of `frame_before` for `lost` and `left`",
                 [](const Row& row) { return row.event.position; });
  table.position("specimen_", "where, with the drift of that frame taken off", [](const Row& row) {
    return Point{row.event.position.y_px - row.drift.y_px,
                 row.event.position.x_px - row.drift.x_px};
  });
  table.add("confidence", "", "0 to 1", "", [](const Row& row) { return row.event.confidence; });
  table.add("source", "", kSource, "",
            [](const Row& row) { return std::string(name(row.event.source)); });
  for (const std::string& evidence : evidence_names) {
    table.add(evidence, "", "evidence", "", [evidence](const Row& row) -> std::optional<double> {
      const auto found = row.event.evidence.find(evidence);
      return found == row.event.evidence.end() ? std::nullopt : std::optional(found->second);
    });
  }
  return table.columns();
}

std::string columns_markdown() {
  std::string out;
  add_markdown(out, "particles.csv: a row an instance, in order of frame and label",
               particle_columns());
  add_markdown(out, "tracks.csv: a row a track, in order of number", track_columns());
  add_markdown(out, "events.csv: a row an event, in order of frame", event_columns());
  add_markdown(out, "necks.csv: a row a pair in contact and frame, in order of frame and tracks",
               neck_columns());
  add_markdown(out, "neck_fits.csv: a row a pair, behind one of all pairs", neck_fit_columns());
  add_markdown(out, "frames.csv: a row a frame", frame_columns());
  add_markdown(out, "drift.csv: a row a frame", drift_columns());
  add_markdown(out, "sizes.csv: a row a time, region, rule for clusters, and weighting",
               sizes_columns());
  add_markdown(out, "size_curves.csv: a row a bin of each row of sizes.csv", size_curve_columns());
  add_markdown(out, "motion.csv: a row a track, in order of number", motion_columns());
  add_markdown(out, "msd.csv: a row a lag, of tracks and of pairs", msd_columns());
  add_markdown(out, "growth.csv: a row a fit", growth_columns());
  add_markdown(out, "rates.csv: a row a track and time bin", rate_columns());
  add_markdown(out, "survival.csv: a row a time of dissolution, by size class", survival_columns());
  add_markdown(out, "budget.csv: a row a frame", budget_columns());
  return out;
}

}  // namespace mote::measure
