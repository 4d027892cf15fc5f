#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/csv.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/simulation.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing_support::TemporaryFolder;

/// A pair in a frame, where it is, and its neck.
struct PairNeck {
  double y_px = 0;
  double x_px = 0;
  double ratio = 0;
};

/// The pairs of the truth that are one instance, by frame.
std::multimap<int64_t, PairNeck> true_necks(const std::string& folder) {
  std::multimap<int64_t, PairNeck> out;
  for (const auto& row : io::csv_numbers(read_file(folder + "/truth/instances.csv"),
                                         {"frame", "y_px", "x_px", "neck_ratio"})) {
    if (row[3] > 0) {
      out.emplace(static_cast<int64_t>(row[0]), PairNeck{row[1], row[2], row[3]});
    }
  }
  return out;
}

/// Measured less true ratio of all necks that a run measured once the pair is one instance.
std::vector<double> errors_of_necks(const std::string& simulation, const std::string& run) {
  const auto truth = true_necks(simulation);
  std::map<std::string, std::string> child_of;
  for (const auto& row :
       io::csv_cells(read_file(run + "/events.csv"), {"type", "tracks", "children"})) {
    if (row[0] == "coalescence") {
      child_of[row[1]] = row[2];
    }
  }
  std::map<std::string, PairNeck> place;  // of a track, by frame and track
  for (const auto& row :
       io::csv_cells(read_file(run + "/particles.csv"), {"frame", "tracks", "y_px", "x_px"})) {
    place[row[0] + " " + row[1]] = {std::atof(row[2].c_str()), std::atof(row[3].c_str()), 0};
  }
  std::vector<double> errors;
  for (const auto& row : io::csv_cells(read_file(run + "/necks.csv"),
                                       {"frame", "tracks", "neck_ratio", "n_instances"})) {
    const auto at = place.find(row[0] + " " + child_of[row[1]]);
    if (row[2].empty() || row[3] != "1" || at == place.end()) {
      continue;
    }
    const auto [begin, end] = truth.equal_range(std::atoll(row[0].c_str()));
    const auto pair = std::find_if(begin, end, [&](const auto& entry) {
      return std::hypot(entry.second.y_px - at->second.y_px, entry.second.x_px - at->second.x_px) <
             5;
    });
    if (pair != end) {
      errors.push_back(std::atof(row[2].c_str()) - pair->second.ratio);
    }
  }
  return errors;
}

TEST(Necks, OfASimulatedCoalescenceComeNearTheTruth) {
  const TemporaryFolder folder;
  write_simulation(
      {.output = folder / "sim",
       .simulation = requested_simulation(
           {.preset = "coalescence", .frames = 70, .height_px = 320, .width_px = 320})});
  Job job;
  job.recording.path = folder / "sim/recording.tif";
  job.output = folder / "run";
  job.overlay.enabled = false;
  job.report = false;

  run(job);

  std::vector<double> errors = errors_of_necks(folder / "sim", folder / "run");
  ASSERT_GE(errors.size(), 8U);
  std::sort(errors.begin(), errors.end());
  EXPECT_NEAR(errors[errors.size() / 2], 0.04, 0.08);
  EXPECT_GT(errors[errors.size() / 10], -0.3);
  EXPECT_LT(errors[errors.size() * 9 / 10], 0.25);
}

}  // namespace
}  // namespace mote::pipeline
