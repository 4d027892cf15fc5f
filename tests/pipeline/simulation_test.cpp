#include "mote/pipeline/simulation.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/mix.h"
#include "mote/io/coco.h"
#include "mote/io/csv.h"
#include "mote/io/open.h"
#include "mote/pipeline/recording.h"
#include "mote/simulate/simulator.h"
#include "mote/simulate/truth_events.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr const char* kTruthTexts[] = {"events.csv",      "tracks.csv",     "instances.csv",
                                       "masks.json",      "drift.csv",      "temperature.csv",
                                       "simulation.json", "simulation.toml"};

class WriteSimulation : public testing::Test {
 protected:
  SimulationJob job(const std::string& preset, const std::string& name) const {
    SimulationJob job{.output = folder_ / name,
                      .simulation = requested_simulation(
                          {.preset = preset, .frames = 16, .height_px = 160, .width_px = 192})};
    job.simulation.options.world.ripening.ensemble = 2000;
    return job;
  }

  std::string text(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  LabelImage labels(FrameSource& source, int64_t index) const {
    const Image page = source.read(index).image;
    LabelImage out(page.size());
    std::copy_n(page.as<int32_t>(), out.values().size(), out.values().begin());
    return out;
  }

  uint64_t hash(const std::string& name) const {
    uint64_t hash = 0;
    for (const char* file : {"events.csv", "tracks.csv", "instances.csv", "masks.json"}) {
      for (const char letter : text(name + "/truth/" + file)) {
        hash = mix(hash ^ static_cast<uint8_t>(letter));
      }
    }
    const auto source = io::open_frames(folder_ / (name + "/truth/labels.tif"));
    for (int64_t i = 0; i < source->info().frames; ++i) {
      const LabelImage page = labels(*source, i);
      for (const int32_t label : page.values()) {
        hash = mix(hash ^ static_cast<uint64_t>(label));
      }
    }
    return hash;
  }

  testing_support::TemporaryFolder folder_;
};

TEST_F(WriteSimulation, WritesARecordingThatReadsBackWithItsCalibration) {
  const SimulationJob sintering = job("sintering", "a");

  write_simulation(sintering);

  Recording recording = Recording::open({.path = folder_ / "a/recording.tif"});
  simulate::Simulator simulator(sintering.simulation.options);
  EXPECT_EQ(recording.info().frames, 16);
  EXPECT_NEAR(recording.info().pixel_size.value().y_nm, 0.2, 1e-9);
  EXPECT_NEAR(recording.info().frame_interval.value().seconds, 0.1, 1e-9);
  EXPECT_EQ(recording.read(7).image, simulator.image(7));
}

TEST_F(WriteSimulation, WritesTheTruthThatTheWorldTells) {
  const SimulationJob overlap = job("overlap", "a");
  const simulate::WorldOptions& world = overlap.simulation.options.world;

  write_simulation(overlap);

  simulate::Simulator simulator(overlap.simulation.options);
  const auto label_pages = io::open_frames(folder_ / "a/truth/labels.tif");
  const io::CocoFile coco = io::coco_file(text("a/truth/masks.json"));
  const auto rows = io::csv_numbers(text("a/truth/instances.csv"),
                                    {"frame", "track", "y_px", "x_px", "radius_nm", "volume_nm3",
                                     "area_px2", "time_s", "specimen_y_px"});
  const auto drift = io::csv_numbers(text("a/truth/drift.csv"), {"drift_y_px", "drift_x_nm"});
  ASSERT_EQ(coco.images.size(), 16U);
  ASSERT_EQ(rows.size(), coco.annotations.size());
  size_t row = 0;
  for (int64_t index = 0; index < 16; ++index) {
    const simulate::WorldFrame frame = simulator.truth();
    EXPECT_EQ(labels(*label_pages, index), frame.labels);
    EXPECT_EQ(drift[static_cast<size_t>(index)][0], frame.drift.y_px);
    EXPECT_EQ(drift[static_cast<size_t>(index)][1], frame.drift.x_px * world.pixel_size_nm);
    for (const simulate::WorldInstance& instance : frame.instances) {
      const std::vector<double>& cells = rows.at(row);
      const io::CocoAnnotation& annotation = coco.annotations.at(row++);
      EXPECT_EQ(annotation.image_id, index + 1);
      EXPECT_EQ(io::mask_of(annotation, frame.labels.size()), instance.mask);
      EXPECT_EQ(cells[0], static_cast<double>(index));
      EXPECT_EQ(cells[1], instance.track);
      EXPECT_EQ(cells[2], instance.centre.y_px);
      EXPECT_EQ(cells[3], instance.centre.x_px);
      EXPECT_EQ(cells[4], instance.radius_nm);
      EXPECT_EQ(cells[5], instance.volume_nm3);
      EXPECT_EQ(cells[6], static_cast<double>(instance.mask.area_px()));
      EXPECT_NEAR(cells[7], 0.1 * static_cast<double>(index), 1e-12);
      EXPECT_EQ(cells[8], instance.centre.y_px - frame.drift.y_px);
    }
  }
  EXPECT_EQ(row, rows.size());
  const auto tracks = io::csv_numbers(text("a/truth/tracks.csv"), {"track", "first_frame"});
  EXPECT_EQ(tracks.size(), simulator.lineage().tracks.size());
  const auto events = truth_events(simulator.lineage(), simulator.events(), world);
  const auto told = io::csv_numbers(text("a/truth/events.csv"), {"frame", "exact_time_s"});
  ASSERT_EQ(told.size(), events.size());
  EXPECT_GE(events.size(), 3U);
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(told[i][0], static_cast<double>(events[i].at.frame));
    EXPECT_EQ(told[i][1], events[i].at.time_s);
  }
}

TEST_F(WriteSimulation, SaysWhatItWasMadeFrom) {
  const SimulationJob haadf = job("haadf", "a");

  write_simulation(haadf);

  const auto json = nlohmann::ordered_json::parse(text("a/truth/simulation.json"));
  EXPECT_EQ(json.at("preset"), "haadf");
  EXPECT_EQ(json.at("exposure_s"), 0.5);
  EXPECT_NEAR(json.at("electrons_per_pixel").get<double>(), 400, 1e-9);
  EXPECT_EQ(json.at("options").at("species").at(1).at("name"), "titania");
}

TEST_F(WriteSimulation, WritesTheSameBytesOnOneAndTwoThreadsAndFromItsOwnTomlFile) {
  SimulationJob one = job("coalescence", "one");
  one.threads = 1;
  SimulationJob two = job("coalescence", "two");
  two.threads = 2;

  write_simulation(one);
  write_simulation(two);
  SimulationJob again{
      .output = folder_ / "again",
      .simulation = requested_simulation({.config = folder_ / "one/truth/simulation.toml"})};
  again.simulation.preset = one.simulation.preset;
  write_simulation(again);

  for (const char* other : {"two", "again"}) {
    const std::string prefix(other);
    EXPECT_EQ(text(prefix + "/recording.tif"), text("one/recording.tif"));
    EXPECT_EQ(text(prefix + "/truth/labels.tif"), text("one/truth/labels.tif"));
    for (const char* name : kTruthTexts) {
      EXPECT_EQ(text(prefix + "/truth/" + name), text(std::string("one/truth/") + name)) << name;
    }
  }
}

// The world and its truth are the same on every machine, so this number is.
TEST_F(WriteSimulation, WritesTheTruthOfWhichTheHashIsKnown) {
  write_simulation(job("coalescence", "a"));
  write_simulation(job("flicker", "b"));

  EXPECT_EQ(hash("a"), 5523040255999570588U);
  EXPECT_EQ(hash("b"), 7752697318564137121U);
}

TEST_F(WriteSimulation, LeavesNothingBehindWhereItIsStopped) {
  std::atomic<bool> cancel = false;
  const JobContext context{.progress = [&](const ProgressEvent&) { cancel = true; },
                           .cancel = &cancel};

  EXPECT_THROW(write_simulation(job("drift", "a"), context), Cancelled);

  EXPECT_TRUE(fs::is_empty(folder_ / "a"));
}

TEST_F(WriteSimulation, RefusesAFolderThatIsNotEmptyUnlessForced) {
  write_simulation(job("drift", "a"));
  SimulationJob other = job("flicker", "a");

  EXPECT_THAT([&] { write_simulation(other); }, ThrowsMessage<Error>(HasSubstr("is not empty")));
  EXPECT_THAT(text("a/truth/simulation.json"), HasSubstr("\"preset\": \"drift\""));

  other.force = true;
  write_simulation(other);
  EXPECT_THAT(text("a/truth/simulation.json"), HasSubstr("\"preset\": \"flicker\""));
}

}  // namespace
}  // namespace mote::pipeline
