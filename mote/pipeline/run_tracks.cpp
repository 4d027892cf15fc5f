#include "mote/pipeline/run_tracks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/number_text.h"
#include "mote/io/csv.h"
#include "mote/io/json_fault.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/score_tables.h"
#include "mote/pipeline/track_numbers.h"

namespace mote::pipeline {
namespace {

// Of particles.csv: what a reader of another program looks at.
constexpr std::array kValues = {"ecd_px",       "ecd_nm",          "area_px2",       "area_nm2",
                                "min_feret_px", "min_feret_nm",    "max_feret_px",   "max_feret_nm",
                                "perimeter_px", "perimeter_nm",    "circularity",    "aspect_ratio",
                                "solidity",     "orientation_deg", "mean_intensity", "sd_intensity",
                                "background",   "border",          "touching",       "shared"};

double number_or_nan(const std::string& cell) {
  return number_from<double>(cell).value_or(std::numeric_limits<double>::quiet_NaN());
}

// What shows the field and frames that coordinates are of: the recording, where it is a file and
// was used whole, else the label images.
std::string images_of(const std::string& run, const std::string& recording,
                      const nlohmann::json& options) {
  const bool whole = options.value("roi", "").empty() && options.value("frames", "").empty() &&
                     options.value("bin", 1) == 1 && options.value("average", 1) == 1;
  std::error_code ignored;  // a recording that cannot be looked at is none to show
  const bool is_file = std::filesystem::is_regular_file(recording, ignored);
  const std::filesystem::path path = whole && is_file ? recording : run + "/labels.tif";
  return std::filesystem::absolute(path).lexically_normal().string();
}

void read_run_json(const std::string& run, TrackGraph& graph) {
  const std::string path = run + "/run.json";
  if (!exists(path)) {
    throw Error(ErrorKind::kNotFound, "{}: no finished run lies here: it has no run.json", run);
  }
  try {
    const auto json = nlohmann::json::parse(read_file(path));
    const auto& recording = json.at("recording");
    graph.recording = images_of(run, recording.value("path", ""), json.at("options"));
    graph.frames = recording.at("frames_used");
    graph.size = {.height = recording.at("height_px"), .width = recording.at("width_px")};
    if (const auto& size = recording.at("pixel_size"); !size.is_null()) {
      graph.pixel_size = PixelSize{
          .y_nm = size.at("y_nm"), .x_nm = size.at("x_nm"), .source = size.value("source", "")};
    }
    if (const auto& interval = recording.at("frame_interval"); !interval.is_null()) {
      graph.frame_interval =
          FrameInterval{.seconds = interval.at("seconds"), .source = interval.value("source", "")};
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kBadFile, "{}: is no run.json of mote: {}", path, io::json_fault(error));
  }
}

void read_times(const std::string& run, TrackGraph& graph) {
  const std::string path = run + "/frames.csv";
  try {
    for (const auto& cells : io::csv_cells(read_file(path), {"time_s"})) {
      graph.times_s.push_back(number_or_nan(cells[0]));
    }
  } catch (const Error& error) {
    throw error.in(path);
  }
  if (std::any_of(graph.times_s.begin(), graph.times_s.end(),
                  [](double time) { return std::isnan(time); })) {
    graph.times_s.clear();
  }
}

// Goes through particles.csv row by row.
class ParticleRows {
 public:
  explicit ParticleRows(const std::string& path) : path_(path), in_(path) {
    std::string header;
    if (!std::getline(in_, header)) {
      throw Error(ErrorKind::kNotFound, "{}: is not there, or has no header line", path);
    }
    names_ = io::csv_names(header);
  }

  bool next() {
    std::string line;
    if (!std::getline(in_, line)) {
      return false;
    }
    ++line_;
    cells_ = io::csv_row(line);
    return true;
  }

  size_t place(const char* column) const {
    const auto found = std::find(names_.begin(), names_.end(), column);
    if (found == names_.end()) {
      throw Error(ErrorKind::kBadFile, "{}: has no column {}", path_, column);
    }
    return static_cast<size_t>(found - names_.begin());
  }

  const std::string& cell(size_t place) const {
    static const std::string empty;
    return place < cells_.size() ? cells_[place] : empty;
  }

  double number(size_t place) const {
    const double value = number_or_nan(cell(place));
    if (!std::isfinite(value)) {
      refuse(place, "a number");
    }
    return value;
  }

  int32_t whole(size_t place) const {
    const double value = number(place);
    if (value < 0 || value > std::numeric_limits<int32_t>::max() || value != std::floor(value)) {
      refuse(place, "a whole number from 0 on");
    }
    return static_cast<int32_t>(value);
  }

  [[noreturn]] void refuse(size_t place, const char* expected) const {
    throw Error(ErrorKind::kBadFile, "{}: line {}: {} is '{}', expected {}", path_, line_,
                names_[place], cell(place), expected);
  }

 private:
  std::string path_;
  std::ifstream in_;
  std::vector<std::string> names_;
  std::vector<std::string> cells_;
  int64_t line_ = 1;
};

void read_particles(const std::string& run, TrackGraph& graph) {
  ParticleRows rows(run + "/particles.csv");
  const size_t frame = rows.place("frame");
  const size_t label = rows.place("label");
  const size_t tracks = rows.place("tracks");
  const size_t y = rows.place("y_px");
  const size_t x = rows.place("x_px");
  const size_t ecd = rows.place("ecd_px");
  std::vector<size_t> values;
  for (const char* name : kValues) {
    values.push_back(rows.place(name));
    graph.value_names.emplace_back(name);
  }
  while (rows.next()) {
    TrackNode node{.frame = rows.whole(frame),
                   .position = {.y_px = rows.number(y), .x_px = rows.number(x)},
                   .label = rows.whole(label),
                   .radius_px = rows.number(ecd) / 2};
    if (node.frame >= graph.frames) {
      rows.refuse(frame, "a frame of the run");
    }
    for (const size_t place : values) {
      node.values.push_back(number_or_nan(rows.cell(place)));
    }
    const auto numbers = track_numbers(rows.cell(tracks));
    if (!numbers) {
      rows.refuse(tracks, "numbers of tracks with ; between");
    }
    for (const int32_t track : *numbers) {
      node.track = track;
      graph.nodes.push_back(node);
    }
    if (numbers->empty()) {
      graph.nodes.push_back(std::move(node));
    }
  }
}

// Takes out the values that no node has, as nanometres are where no pixel size is known.
void drop_empty_values(TrackGraph& graph) {
  for (size_t i = graph.value_names.size(); i-- > 0;) {
    const auto at = static_cast<int64_t>(i);
    if (std::all_of(graph.nodes.begin(), graph.nodes.end(),
                    [i](const TrackNode& node) { return std::isnan(node.values[i]); })) {
      graph.value_names.erase(graph.value_names.begin() + at);
      for (TrackNode& node : graph.nodes) {
        node.values.erase(node.values.begin() + at);
      }
    }
  }
}

}  // namespace

bool has_tracks(const std::string& run) {
  return exists(run + "/tracks.csv");
}

TrackGraph tracks_of_run(const std::string& run) {
  TrackGraph graph;
  read_run_json(run, graph);
  read_times(run, graph);
  read_particles(run, graph);
  drop_empty_values(graph);
  put_in_order(graph);
  if (has_tracks(run)) {
    const std::string path = run + "/tracks.csv";
    try {
      link_tracks(graph, tracks_of_csv(read_file(path)));
    } catch (const Error& error) {
      throw error.in(path);
    }
  }
  return graph;
}

TrackCounts counts_of(const TrackGraph& graph) {
  std::set<std::tuple<int64_t, int32_t, double, double>> instances;
  std::set<int32_t> tracks;
  for (const TrackNode& node : graph.nodes) {
    instances.emplace(node.frame, node.label, node.position.y_px, node.position.x_px);
    tracks.insert(node.track);
  }
  return {.instances = static_cast<int64_t>(instances.size()),
          .tracks = static_cast<int64_t>(tracks.size())};
}

}  // namespace mote::pipeline
