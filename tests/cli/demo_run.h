#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/core/image.h"
#include "mote/core/lineage.h"
#include "mote/io/open.h"
#include "tests/demo_events.h"
#include "tests/temporary_folder.h"

/// A simulated recording through the program, read back from the files that it writes.
namespace mote::cli {

using testing_support::DemoRun;

/// Runs the program; throws where it fails.
inline void mote(const std::string& arguments) {
  const std::string line = MOTE_PROGRAM " " + arguments + " >/dev/null 2>&1";
  if (std::system(line.c_str()) != 0) {
    throw std::runtime_error(line);
  }
}

/// The rows of a CSV file without quotes, by column.
inline std::vector<std::map<std::string, std::string>> read_csv(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  const auto cells_of = [&] {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) {
      cells.push_back(cell);
    }
    return cells;
  };
  std::getline(file, line);
  const std::vector<std::string> names = cells_of();
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    std::vector<std::string> cells = cells_of();
    cells.resize(names.size());
    auto& row = rows.emplace_back();
    for (size_t i = 0; i < names.size(); ++i) {
      row[names[i]] = std::move(cells[i]);
    }
  }
  return rows;
}

inline std::vector<int32_t> ids_of(const std::string& list) {
  std::vector<int32_t> ids;
  std::istringstream text(list);
  for (std::string id; std::getline(text, id, ';');) {
    ids.push_back(std::stoi(id));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

inline EventType event_type(const std::string& text) {
  constexpr std::array kTypes = {
      EventType::kNucleated, EventType::kDissolved,   EventType::kContrastLost,
      EventType::kAppeared,  EventType::kEntered,     EventType::kLost,
      EventType::kLeft,      EventType::kContact,     EventType::kOverlap,
      EventType::kParted,    EventType::kCoalescence, EventType::kUnresolved,
      EventType::kSplit};
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](EventType type) { return name(type) == text; });
  if (found == kTypes.end()) {
    throw std::runtime_error("event of type " + text);
  }
  return *found;
}

/// What `tracks.csv` and `events.csv` in `folder` tell.
inline Lineage read_lineage(const std::string& folder) {
  Lineage lineage;
  for (const auto& row : read_csv(folder + "/tracks.csv")) {
    lineage.tracks.push_back({.id = std::stoi(row.at("track")),
                              .first_frame = std::stoll(row.at("first_frame")),
                              .last_frame = std::stoll(row.at("last_frame")),
                              .parents = ids_of(row.at("parents"))});
  }
  for (const auto& row : read_csv(folder + "/events.csv")) {
    lineage.events.push_back(
        {.type = event_type(row.at("type")),
         .frame_before = std::stoll(row.at("frame_before")),
         .frame = std::stoll(row.at("frame")),
         .tracks = ids_of(row.at("tracks")),
         .children = ids_of(row.at("children")),
         .position = {.y_px = std::stod(row.at("y_px")), .x_px = std::stod(row.at("x_px"))},
         .confidence = 1,
         .evidence = {}});
  }
  return lineage;
}

/// How many pixels each found track has in common with each true one, where it does not share them.
inline void count_shared_px(const std::string& result, const std::string& truth, DemoRun& run) {
  std::map<std::pair<int64_t, int32_t>, std::vector<int32_t>> tracks_of;  // by frame and label
  for (const auto& row : read_csv(result + "/particles.csv")) {
    tracks_of[{std::stoll(row.at("frame")), std::stoi(row.at("label"))}] = ids_of(row.at("tracks"));
  }
  const std::unique_ptr<FrameSource> found_labels = io::open_frames(result + "/labels.tif");
  const std::unique_ptr<FrameSource> true_labels = io::open_frames(truth + "/labels.tif");
  for (int64_t index = 0; index < run.frames; ++index) {
    const Grid<float> found = to_float32(found_labels->read(index).image);
    const Grid<float> real = to_float32(true_labels->read(index).image);
    for (size_t i = 0; i < found.values().size(); ++i) {
      const auto label = static_cast<int32_t>(found.values()[i]);
      const auto track = static_cast<int32_t>(real.values()[i]);
      if (label == 0 || track == 0) {
        continue;
      }
      const std::vector<int32_t>& tracks = tracks_of.at({index, label});
      if (tracks.size() == 1) {
        ++run.shared_px[tracks.front()][track];
      }
    }
  }
}

/// What `mote simulate --preset demo` makes of a seed.
class SimulatedDemo {
 public:
  explicit SimulatedDemo(uint64_t seed) {
    mote("simulate --preset demo --seed " + std::to_string(seed) + " -o " + (folder_ / "demo"));
  }

  /// `mote track` with `options`, beside the truth.
  DemoRun tracked(const std::string& options = "") const {
    const std::string recording = folder_ / "demo/recording.tif";
    const std::string truth = folder_ / "demo/truth";
    const std::string result = folder_ / "result";
    mote("track " + recording + " --no-overlay --no-report --force -o " + result + " " + options);
    DemoRun run{.truth = read_lineage(truth), .found = read_lineage(result)};
    run.frames = io::open_frames(recording)->info().frames;
    count_shared_px(result, truth, run);
    return run;
  }

 private:
  testing_support::TemporaryFolder folder_;
};

}  // namespace mote::cli
