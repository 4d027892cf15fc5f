#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/eval/objects.h"

namespace mote::testing_support {

/// Truth or result of a scene that tests/golden/eval/scores.py drew.
struct GoldenSide {
  std::vector<std::vector<eval::ObjectBox>> frames;
  std::vector<Track> tracks;  ///< those that have parents
};

struct GoldenScene {
  std::map<std::string, GoldenSide> sides;  ///< `truth` and `result`
  std::map<std::string, double> expected;   ///< by name of score
};

/// The cells of a CSV file without quotes, but for its header.
inline std::vector<std::vector<std::string>> golden_rows(const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::vector<std::string>& row = rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) {
      row.push_back(cell);
    }
  }
  return rows;
}

/// By number; `frames` frames on both sides, whether anything is in them or not.
inline std::map<int, GoldenScene> golden_scenes(const std::filesystem::path& folder,
                                                size_t frames) {
  std::map<int, GoldenScene> scenes;
  for (const auto& row : golden_rows(folder / "boxes.csv")) {
    GoldenSide& side = scenes[std::stoi(row.at(0))].sides[row.at(1)];
    side.frames.resize(frames);
    side.frames.at(std::stoul(row.at(2)))
        .push_back({.id = std::stoi(row.at(3)),
                    .y_px = std::stod(row.at(4)),
                    .x_px = std::stod(row.at(5)),
                    .height_px = std::stod(row.at(6)),
                    .width_px = std::stod(row.at(7)),
                    .score = std::stod(row.at(8))});
  }
  for (const auto& row : golden_rows(folder / "parents.csv")) {
    std::vector<Track>& tracks = scenes.at(std::stoi(row.at(0))).sides.at(row.at(1)).tracks;
    const int32_t child = std::stoi(row.at(2));
    if (tracks.empty() || tracks.back().id != child) {
      tracks.push_back({.id = child});
    }
    tracks.back().parents.push_back(std::stoi(row.at(3)));
  }
  for (const auto& row : golden_rows(folder / "expected.csv")) {
    scenes.at(std::stoi(row.at(0))).expected[row.at(1)] = std::stod(row.at(2));
  }
  return scenes;
}

/// Later boxes lie on top.
inline LabelImage golden_labels(const std::vector<eval::ObjectBox>& boxes, Size size) {
  LabelImage labels(size);
  for (const eval::ObjectBox& box : boxes) {
    const auto top = static_cast<int64_t>(box.y_px);
    const auto left = static_cast<int64_t>(box.x_px);
    for (int64_t y = top; y < top + static_cast<int64_t>(box.height_px); ++y) {
      for (int64_t x = left; x < left + static_cast<int64_t>(box.width_px); ++x) {
        labels(y, x) = box.id;
      }
    }
  }
  return labels;
}

}  // namespace mote::testing_support
