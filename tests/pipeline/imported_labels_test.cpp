#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/csv.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/pipeline/noisy_recording.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::TemporaryFolder;

constexpr Size kField{96, 160};
constexpr int64_t kFrames = 60;

/// Two particles, 4 and 9 in the labels, that come to touch in frame 20 and stay so; one, 7, that
/// is there for frames 10 to 29.
std::vector<synthetic::Disc> scene(int64_t frame) {
  const double gap_px = std::max(0.0, 20.0 - static_cast<double>(frame));
  std::vector<synthetic::Disc> discs = {{40, 40, 10}, {40, 59 + gap_px, 10}};
  if (frame >= 10 && frame < 30) {
    discs.push_back({70, 130, 8});
  }
  return discs;
}

class ImportedLabels : public ::testing::Test {
 protected:
  ImportedLabels() {
    write_noisy_recording(folder_ / "recording.tif", kField, kFrames, scene);
    job_.command = Command::kMeasure;
    job_.recording.path = folder_ / "recording.tif";
    job_.recording.pixel_size = "0.2nm";
    job_.recording.frame_interval = "0.1s";
    job_.labels = folder_ / "labels.tif";
    job_.output = folder_ / "run";
    job_.overlay.enabled = false;
    job_.report = false;
  }

  /// Label images of the scene, whose particles have these numbers, and others from a frame on.
  void write_labels(const std::vector<int32_t>& numbers, int64_t later = kFrames,
                    const std::vector<int32_t>& numbers_later = {}) const {
    io::TiffWriter labels(folder_ / "labels.tif", {.frames = kFrames});
    for (int64_t frame = 0; frame < kFrames; ++frame) {
      LabelImage page = synthetic::labels(kField, scene(frame));
      for (int32_t& label : page.values()) {
        const std::vector<int32_t>& of_frame = frame < later ? numbers : numbers_later;
        label = label == 0 ? 0 : of_frame.at(static_cast<size_t>(label) - 1);
      }
      labels.write(page);
    }
    labels.close();
  }

  /// The same as 8 bits of 0 and 255.
  void write_masks() const {
    io::TiffWriter masks(folder_ / "labels.tif", {.frames = kFrames});
    for (int64_t frame = 0; frame < kFrames; ++frame) {
      const LabelImage drawn = synthetic::labels(kField, scene(frame));
      Image page(kField, SampleType::kUint8);
      std::transform(drawn.values().begin(), drawn.values().end(), page.as<uint8_t>(),
                     [](int32_t label) { return static_cast<uint8_t>(label == 0 ? 0 : 255); });
      masks.write(page);
    }
    masks.close();
  }

  std::vector<std::vector<std::string>> cells(const std::string& table,
                                              const std::vector<std::string>& columns) const {
    return io::csv_cells(read_file(folder_ / ("run/" + table)), columns);
  }

  TemporaryFolder folder_;
  Job job_;
};

TEST_F(ImportedLabels, AreToldWithTheirEvents) {
  write_labels({4, 9, 7});

  run(job_);

  const auto events = cells("events.csv", {"type", "frame", "tracks", "children", "source"});
  EXPECT_THAT(events, Contains(ElementsAre("appeared", "10", "7", "", "imported")));
  EXPECT_THAT(events, Contains(ElementsAre("lost", "30", "7", "", "imported")));
  EXPECT_THAT(events, Contains(ElementsAre("contact", _, "4;9", "", "imported")));
}

TEST_F(ImportedLabels, AreToldWithTheirNecks) {
  write_labels({4, 9, 7});

  run(job_);

  const auto necks = cells("necks.csv", {"tracks", "began_as"});
  EXPECT_GE(necks.size(), 35U);
  EXPECT_THAT(necks, Each(ElementsAre("4;9", "contact")));
}

TEST_F(ImportedLabels, MergeWhereTheTracksThatAreGivenSaySo) {
  write_labels({4, 9, 7}, 30, {12, 12});
  write_file(folder_ / "parents.csv", "track,parents\n4,\n9,\n12,4;9\n");
  job_.tracks = folder_ / "parents.csv";

  run(job_);

  EXPECT_THAT(cells("events.csv", {"type", "frame", "tracks", "children"}),
              Contains(ElementsAre("coalescence", "30", "4;9", "12")));
  EXPECT_THAT(cells("tracks.csv", {"track", "parents"}), Contains(ElementsAre("12", "4;9")));
}

TEST_F(ImportedLabels, LeaveParentsOutThatCannotBe) {
  write_labels({4, 9, 7});
  write_file(folder_ / "parents.csv", "track,parents\n7,4;5\n");
  job_.tracks = folder_ / "parents.csv";

  const JobResult result = run(job_);

  EXPECT_THAT(result.warnings,
              AllOf(Contains(HasSubstr("line 2: parent 4 of track 7 is seen until frame 59")),
                    Contains(HasSubstr("parent 5 of track 7 is in no label image"))));
  EXPECT_THAT(cells("tracks.csv", {"track", "parents"}), Contains(ElementsAre("7", "")));
}

TEST_F(ImportedLabels, OfMasksHaveNoEvents) {
  write_masks();

  const JobResult result = run(job_);

  EXPECT_THAT(cells("events.csv", {"type"}), IsEmpty());
  EXPECT_THAT(result.warnings, Contains(HasSubstr("the label images are masks")));
}

}  // namespace
}  // namespace mote::pipeline
