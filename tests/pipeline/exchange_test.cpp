#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/export.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/import.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/label_input.h"
#include "tests/pipeline/noisy_recording.h"
#include "tests/python.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;
using testing_support::TemporaryFolder;

constexpr Size kField{120, 192};
constexpr int64_t kFrames = 60;

/// Two that come near each other and merge, two that pass over each other, one that stays, and one
/// that is away for two frames.
std::vector<synthetic::Disc> scene(int64_t frame) {
  const auto t = static_cast<double>(frame);
  const double distance_px = std::max(8.0, 40 - t);
  std::vector<synthetic::Disc> discs = {{40, 60 - distance_px / 2, 10},
                                        {40, 60 + distance_px / 2, 10},
                                        {100, 30 + 2 * t, 9},
                                        {100, 150 - 2 * t, 7},
                                        {70, 150, 8}};
  if (frame != 30 && frame != 31) {
    discs.push_back({30, 150, 6});
  }
  return discs;
}

/// A run whose tables and label images the tests compare.
class Exchange : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    write_noisy_recording(*folder_ / "recording.tif", kField, kFrames, scene);
    Job job;
    job.recording.path = *folder_ / "recording.tif";
    job.recording.pixel_size = "0.2nm";
    job.recording.frame_interval = "0.1s";
    job.output = *folder_ / "run";
    job.drift_from = "none";
    job.overlay.enabled = false;
    job.report = false;
    job.figures = false;
    run(job);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  void SetUp() override {
    for (const char* name : {"exported", "edited", "measured"}) {
      fs::remove_all(*folder_ / name);
    }
  }

  static std::string path(const std::string& name) { return *folder_ / name; }
  static std::string table(const std::string& folder, const std::string& name) {
    return read_file(path(folder) + "/" + name);
  }

  static ExportResult exported(const std::string& format) {
    return export_run({.run = path("run"), .to = format, .output = path("exported")});
  }
  static ImportResult returned() {
    return import_tracks({.input = path("exported"), .run = path("run"), .output = path("edited")});
  }
  static void measure() {
    Job job;
    job.command = Command::kMeasure;
    job.labels = path("edited");
    job.output = path("measured");
    job.overlay.enabled = false;
    job.report = false;
    job.figures = false;
    run(job);
  }

 private:
  inline static TemporaryFolder* folder_ = nullptr;
};

class ExchangeFormat : public Exchange, public ::testing::WithParamInterface<const char*> {};

TEST_P(ExchangeFormat, ComesBackAsTheSameTracksAndEvents) {
  exported(GetParam());
  const ImportResult result = returned();
  measure();

  for (const char* name : {"particles.csv", "tracks.csv", "events.csv"}) {
    EXPECT_TRUE(table("measured", name) == table("run", name)) << name;
  }
  EXPECT_THAT(result.warnings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ExchangeFormat,
                         ::testing::Values("geff", "ctc", "trackmate", "napari", "coco", "mots",
                                           "ome-tiff", "ome-zarr", "imagej-roi"));

TEST_F(Exchange, HasARunWithAMergeAndASharedInstance) {
  EXPECT_NE(table("run", "particles.csv").find(";"), std::string::npos);
  EXPECT_NE(table("run", "events.csv").find(",coalescence,"), std::string::npos);
}

TEST_F(Exchange, WritesAGraphThatKeepsTheSchemaAndTheRulesOfGeff) {
  exported("geff");

  const int status = testing_support::python("tests/io/geff_rules.py", {path("exported")});

  if (status == 77) {
    GTEST_SKIP() << "no zarr-python or jsonschema (packages python3-zarr, python3-jsonschema)";
  }
  EXPECT_EQ(status, 0);
}

TEST_F(Exchange, TellsWhatTheCellTrackingChallengeCannotHold) {
  EXPECT_THAT(exported("ctc").warnings, ElementsAre(HasSubstr("mote_lineage.json")));
}

TEST_F(Exchange, LabelImagesComeBackAsTheSameTracks) {
  import_tracks(
      {.input = path("run") + "/labels.tif", .run = path("run"), .output = path("edited")});
  measure();

  EXPECT_EQ(table("measured", "events.csv"), table("run", "events.csv"));
}

TEST_F(Exchange, ALinkTakenOutInTrackMateCutsTheTrack) {
  exported("trackmate");
  std::string session = read_file(path("exported"));
  // The third particle's first link, from its spot in frame 0 to that in frame 1.
  const size_t link = session.find("<Edge SPOT_SOURCE_ID=\"2\"");
  session.erase(link, session.find("/>", link) + 2 - link);
  write_file(path("exported"), session);

  returned();
  measure();

  EXPECT_THAT(table("edited", "tracks.csv"), HasSubstr("\n3,,1,22\n"));
  EXPECT_THAT(table("measured", "tracks.csv"), HasSubstr(",manual"));
}

TEST_F(Exchange, AParentLeftWithOneChildGoesOnAsIt) {
  exported("napari");
  write_file(path("exported") + "/graph.json", "{\"7\": [2]}");

  returned();

  EXPECT_THAT(table("edited", "tracks.csv"), HasSubstr("\n3,,0,22\n"));
  EXPECT_THAT(table("edited", "tracks.csv"), HasSubstr("\n7,,0,59\n"));
}

TEST_F(Exchange, ATableWithoutParentsLeavesThoseOfTheRun) {
  exported("napari");
  fs::rename(path("exported") + "/tracks.csv", path("alone.csv"));

  const ImportResult result =
      import_tracks({.input = path("alone.csv"), .run = path("run"), .output = path("edited")});

  EXPECT_THAT(table("edited", "tracks.csv"), HasSubstr("\n7,2;3,23,59\n"));
  EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("those of the run stay")));
}

TEST_F(Exchange, ATrackWithoutALineIsTakenOut) {
  exported("ctc");
  const std::string lines = read_file(path("exported") + "/res_track.txt");
  const size_t fourth = lines.find("\n4 0 59 0");
  write_file(path("exported") + "/res_track.txt",
             lines.substr(0, fourth) + lines.substr(lines.find('\n', fourth + 1)));

  const ImportResult result = returned();

  EXPECT_THAT(table("edited", "tracks.csv"), Not(HasSubstr("\n4,")));
  LabelInput labels(path("edited") + "/labels.tif");
  EXPECT_EQ(labels.read(0)(70, 150), 0);
  EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("1 labels have no line")));
}

TEST_F(Exchange, RefusesTracksOfAnotherField) {
  exported("trackmate");
  std::string session = read_file(path("exported"));
  const std::string height = "height=\"120\"";
  session.replace(session.find(height), height.size(), "height=\"512\"");
  write_file(path("exported"), session);

  EXPECT_THAT([] { returned(); }, ThrowsMessage<Error>(HasSubstr("192 x 512 px")));
}

TEST_F(Exchange, RefusesPointsThatMostlyLieOnNothing) {
  write_file(path("exported"), "t,y,x,track\n0,2,2,1\n0,70,150,2\n1,2,2,1\n");
  fs::rename(path("exported"), path("points.csv"));

  EXPECT_THAT(
      [] {
        import_tracks({.input = path("points.csv"), .run = path("run"), .output = path("edited")});
      },
      ThrowsMessage<Error>(HasSubstr("points.csv: 2 of its 3 points lie on no particle")));
}

TEST_F(Exchange, NamesTheRecordingByItsWholePath) {
  exported("trackmate");

  EXPECT_NE(read_file(path("exported")).find("filename=\"recording.tif\" folder=\"/"),
            std::string::npos);
}

TEST_F(Exchange, MasksWithoutARunAreLabelsAndParents) {
  exported("ctc");

  const ImportResult result = import_tracks({.input = path("exported"), .output = path("edited")});

  LabelInput labels(path("edited") + "/labels.tif");
  LabelInput of_run(path("run"));
  EXPECT_EQ(labels.read(40), of_run.read(40));
  EXPECT_THAT(table("edited", "tracks.csv"), HasSubstr(",2;3,"));
  EXPECT_THAT(result.next, HasSubstr("--tracks"));
}

TEST_F(Exchange, SpotsWithoutARunAreDrawnByTheirOutlines) {
  exported("trackmate");

  const ImportResult result = import_tracks({.input = path("exported"), .output = path("edited")});

  LabelInput labels(path("edited") + "/labels.tif");
  LabelInput of_run(path("run"));
  EXPECT_EQ(labels.read(40), of_run.read(40));
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST_F(Exchange, PointsWithoutARunAreDrawnAsDiscs) {
  exported("napari");

  const ImportResult result =
      import_tracks({.input = path("exported"), .radius_px = 3, .output = path("edited")});

  LabelInput labels(path("edited") + "/labels.tif");
  EXPECT_EQ(labels.read(0)(70, 152), 4);
  EXPECT_EQ(labels.read(0)(65, 150), 0);
  EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("drawn as discs")));
}

TEST_F(Exchange, PointsWithoutSizeNeedARunOrARadius) {
  write_file(path("exported"), "t,y,x,track\n0,5,5,1\n");
  fs::rename(path("exported"), path("points.csv"));

  EXPECT_THAT([] { import_tracks({.input = path("points.csv"), .output = path("edited")}); },
              ThrowsMessage<Error>(HasSubstr("--radius-px")));
  EXPECT_FALSE(fs::exists(path("edited")));
}

TEST_F(Exchange, DoesNotReplaceWhatIsNoExport) {
  fs::create_directory(path("exported"));
  write_file(path("exported") + "/notes.txt", "keep me");

  EXPECT_THAT(
      [] {
        export_run({.run = path("run"), .to = "ctc", .output = path("exported"), .force = true});
      },
      ThrowsMessage<Error>(HasSubstr("holds notes.txt")));
  EXPECT_EQ(table("exported", "notes.txt"), "keep me");
}

TEST_F(Exchange, RefusesATableThatWasDamaged) {
  fs::copy(path("run"), path("edited"), fs::copy_options::recursive);
  std::string particles = table("run", "particles.csv");
  particles.replace(particles.find('\n') + 1, 1, "1e300");
  write_file(path("edited") + "/particles.csv", particles);

  EXPECT_THAT([] { export_run({.run = path("edited"), .to = "geff", .output = path("exported")}); },
              ThrowsMessage<Error>(HasSubstr("line 2: frame is '1e300")));
}

TEST_F(Exchange, LeavesNothingWhenItIsStopped) {
  const std::atomic<bool> stop = true;

  EXPECT_THROW(
      export_run({.run = path("run"), .to = "coco", .output = path("exported")}, {.cancel = &stop}),
      Cancelled);

  EXPECT_FALSE(fs::exists(path("exported")));
  EXPECT_FALSE(fs::exists(path(".exported.part")));
}

TEST_F(Exchange, RefusesAnUnknownFormat) {
  EXPECT_THAT([] { exported("xls"); }, ThrowsMessage<Error>(HasSubstr("expected one of geff")));
}

}  // namespace
}  // namespace mote::pipeline
