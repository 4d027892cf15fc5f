#include "mote/pipeline/demo_recording.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "mote/pipeline/recording.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

/// A folder, not made yet, that is gone when the test ends.
class WriteDemo : public testing::Test {
 protected:
  WriteDemo() : folder_(fs::temp_directory_path() / fmt::format("mote_demo_{}", getpid())) {
    fs::remove_all(folder_);
  }
  ~WriteDemo() override { fs::remove_all(folder_); }

  DemoJob job(uint64_t seed = 1) const {
    return {.output = folder_.string(), .demo = {.seed = seed, .frames = 120}, .force = false};
  }
  std::string text(const char* name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
};

int64_t lines(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

TEST_F(WriteDemo, WritesARecordingThatReadsBackWithItsCalibrationAndItsTruth) {
  write_demo(job());

  Recording recording = Recording::open({.path = (folder_ / "recording.tif").string()});
  const auto demo = simulate::make_demo(job().demo);
  EXPECT_EQ(recording.info().frames, 120);
  EXPECT_NEAR(recording.info().pixel_size.value().y_nm, 0.2, 1e-9);
  EXPECT_NEAR(recording.info().frame_interval.value().seconds, 0.1, 1e-9);
  EXPECT_EQ(recording.read(77).image, demo->read(77).image);
  EXPECT_TRUE(recording.excluded().empty());
  EXPECT_TRUE(recording.info().warnings.empty());

  const auto labels = io::open_frames((folder_ / "truth/labels.tif").string());
  const Image page = labels->read(60).image;
  const LabelImage expected = demo->truth(60).labels;
  ASSERT_EQ(page.type(), SampleType::kInt32);
  EXPECT_TRUE(std::equal(expected.values().begin(), expected.values().end(), page.as<int32_t>()));
  EXPECT_EQ(lines(text("truth/tracks.csv")),
            1 + static_cast<int64_t>(demo->lineage().tracks.size()));
  EXPECT_EQ(lines(text("truth/events.csv")),
            1 + static_cast<int64_t>(demo->lineage().events.size()));
  EXPECT_EQ(lines(text("truth/drift.csv")), 121);
  EXPECT_GT(lines(text("truth/instances.csv")), 120 * 12);
  EXPECT_THAT(text("truth/events.csv"), HasSubstr(",coalescence,"));
  EXPECT_THAT(text("truth/instances.csv"), StartsWith("frame,track,y_px,x_px,radius_px,area_px\n"));
  EXPECT_THAT(text("truth/simulation.json"), HasSubstr("\"seed\": 1"));
}

TEST_F(WriteDemo, WritesTheSameBytesAgainOverWhatAKilledRunLeft) {
  write_demo(job());
  const std::string recording = text("recording.tif");
  const std::string instances = text("truth/instances.csv");
  fs::remove_all(folder_);
  fs::create_directories(folder_ / ".mote-simulate/truth");
  std::ofstream(folder_ / ".mote-simulate/recording.tif") << "half";

  write_demo(job());

  EXPECT_FALSE(fs::exists(folder_ / ".mote-simulate"));
  EXPECT_EQ(text("recording.tif"), recording);
  EXPECT_EQ(text("truth/instances.csv"), instances);
}

TEST_F(WriteDemo, RefusesAFolderThatIsNotEmptyUnlessForced) {
  write_demo(job(1));
  const std::string first = text("truth/simulation.json");

  EXPECT_THAT([&] { write_demo(job(2)); }, ThrowsMessage<Error>(HasSubstr("is not empty")));
  EXPECT_EQ(text("truth/simulation.json"), first);

  DemoJob forced = job(2);
  forced.force = true;
  write_demo(forced);
  EXPECT_THAT(text("truth/simulation.json"), HasSubstr("\"seed\": 2"));
}

TEST_F(WriteDemo, LeavesNothingBehindWhereItIsStopped) {
  std::atomic<bool> cancel = false;
  const auto stop = [&](const ProgressEvent& event) {
    EXPECT_EQ(event.total, 120);
    cancel = true;
  };

  EXPECT_THROW(write_demo(job(), {.progress = stop, .cancel = &cancel}), Cancelled);

  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(WriteDemo, NamesTheFileThatStandsInItsWay) {
  std::ofstream(folder_.string()) << "a file";

  EXPECT_THAT([&] { write_demo(job()); }, ThrowsMessage<Error>(HasSubstr("is a file")));
}

}  // namespace
}  // namespace mote::pipeline
