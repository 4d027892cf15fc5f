// Tracks that other programs wrote, of ../shared/data.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/import.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

const std::string kData = MOTE_SOURCE_DIR "/../shared/data/";

class ImportSamples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kData)) {
      GTEST_SKIP() << "needs ../shared/data";
    }
  }

  ImportResult imported(const std::string& sample) const {
    return import_tracks({.input = kData + sample, .radius_px = 3, .output = folder_ / "out"});
  }

  TemporaryFolder folder_;
};

// 141 nuclei that come from none, and two daughters of each of 61 divisions.
TEST_F(ImportSamples, ReadsATableOfMotileTracker) {
  const ImportResult result = imported("tracks/motile/hela_example_tracks.csv");

  EXPECT_EQ(result.frames, 92);
  EXPECT_EQ(result.instances, 8601);
  EXPECT_EQ(result.tracks, 141 + 2 * 61);
}

TEST_F(ImportSamples, ReadsAResultOfTheCellTrackingChallenge) {
  const ImportResult result = imported("tracks/hela_01_RES");

  EXPECT_EQ(result.format, "CTC");
  EXPECT_EQ(result.tracks, 137);
  EXPECT_THAT(result.warnings, ElementsAre("30 of 41 frames have no mask"));
}

TEST_F(ImportSamples, ReadsASessionOfTrackMate) {
  const ImportResult result = imported("seq-faketracks/trackmate/FakeTracks.xml");

  EXPECT_EQ(result.format, "TrackMate");
  EXPECT_EQ(result.frames, 50);
  EXPECT_EQ(result.instances, 243);
}

// Its column `label` holds the state of a cell; which rows are a track stands in another file.
TEST_F(ImportSamples, RefusesATableWhoseLabelsAreNoTracks) {
  EXPECT_THAT([&] { imported("tracks/btrack/test_data.csv"); },
              ThrowsMessage<Error>(HasSubstr("track 3 has two rows in frame 29")));
}

}  // namespace
}  // namespace mote::pipeline
