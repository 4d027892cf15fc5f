#include "mote/pipeline/evaluate.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/event_table.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/frame_pairs.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/score_source.h"
#include "mote/pipeline/score_tables.h"
#include "mote/pipeline/simulation.h"
#include "mote/pipeline/simulation_options.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kHela = MOTE_SOURCE_DIR "/../shared/data/tracks/hela_01_RES";

std::optional<double> score(const Evaluation& evaluation, const std::string& name) {
  const auto found = std::find_if(evaluation.scores.begin(), evaluation.scores.end(),
                                  [&](const Score& candidate) { return candidate.name == name; });
  return found != evaluation.scores.end() ? found->value : std::nullopt;
}

void write_labels(const std::string& path, int64_t frames, Size size) {
  LabelImage labels(size);
  labels(1, 1) = 1;
  io::TiffWriter writer(path, {.frames = frames});
  for (int64_t i = 0; i < frames; ++i) {
    writer.write(labels);
  }
  writer.close();
}

TEST(Evaluate, APublishedCtcFolderAgreesWithItself) {
  if (!std::filesystem::exists(kHela)) {
    GTEST_SKIP() << "no " << kHela;
  }

  const Evaluation evaluation = evaluate({.truth = kHela, .result = kHela});

  EXPECT_EQ(evaluation.frames, 11);
  EXPECT_EQ(score(evaluation, "pq"), 1);
  EXPECT_EQ(score(evaluation, "ctc_tra"), 1);
  EXPECT_EQ(score(evaluation, "hota"), 1);
  EXPECT_EQ(score(evaluation, "mota"), 1);
}

// One of N objects is erased in one frame: each score falls by what its definition charges for it.
TEST(Evaluate, ChargesTheOneObjectErasedFromAPublishedCtcFolder) {
  if (!std::filesystem::exists(kHela)) {
    GTEST_SKIP() << "no " << kHela;
  }
  const testing_support::TemporaryFolder folder;
  const std::string erased = folder / "erased";
  std::filesystem::copy(kHela, erased);
  std::filesystem::permissions(erased + "/mask020.tif", std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  LabelImage labels = LabelInput(kHela + "/mask020.tif").read(0);
  const int32_t victim = *std::max_element(labels.values().begin(), labels.values().end());
  std::replace(labels.values().begin(), labels.values().end(), victim, 0);
  io::TiffWriter writer(erased + "/mask020.tif", {.frames = 1});
  writer.write(labels);
  writer.close();
  int64_t objects = 0;
  for (int frame = 0; frame <= 40; frame += 4) {
    const LabelImage mask = LabelInput(fmt::format("{}/mask{:03}.tif", kHela, frame)).read(0);
    std::set<int32_t> ids(mask.values().begin(), mask.values().end());
    objects += static_cast<int64_t>(ids.size()) - (ids.contains(0) ? 1 : 0);
  }
  const auto n = static_cast<double>(objects);

  const Evaluation evaluation = evaluate({.truth = kHela, .result = erased});

  EXPECT_NEAR(*score(evaluation, "ctc_seg"), 1 - 1 / n, 1e-12);
  EXPECT_NEAR(*score(evaluation, "ctc_det"), 1 - 1 / n, 1e-12);
  EXPECT_NEAR(*score(evaluation, "mota"), 1 - 1 / n, 1e-12);
  EXPECT_NEAR(*score(evaluation, "pq"), (n - 1) / (n - 0.5), 1e-12);
  EXPECT_NEAR(*score(evaluation, "idf1"), (n - 1) / (n - 0.5), 1e-12);
  EXPECT_NEAR(*score(evaluation, "hota_deta"), 1 - 1 / n, 1e-12);
  EXPECT_EQ(score(evaluation, "id_switches"), 0);
  EXPECT_EQ(score(evaluation, "ctc_missed"), 1);
}

void write_frames(const std::string& path, const std::vector<LabelImage>& frames) {
  io::TiffWriter writer(path, {.frames = static_cast<int64_t>(frames.size())});
  for (const LabelImage& frame : frames) {
    writer.write(frame);
  }
  writer.close();
}

// 100 x 100 squares of 2 x 2 px.
LabelImage ten_thousand_squares() {
  LabelImage labels({400, 400});
  for (int64_t y = 0; y < 400; ++y) {
    for (int64_t x = 0; x < 400; ++x) {
      labels(y, x) = y % 4 < 2 && x % 4 < 2 ? static_cast<int32_t>(y / 4 * 100 + x / 4 + 1) : 0;
    }
  }
  return labels;
}

TEST(Evaluate, TakesTenThousandObjectsAFrame) {
  const testing_support::TemporaryFolder folder;
  write_frames(folder / "many.tif", std::vector(3, ten_thousand_squares()));

  const Evaluation evaluation =
      evaluate({.truth = folder / "many.tif", .result = folder / "many.tif", .as = "tracks"});

  EXPECT_EQ(score(evaluation, "pq"), 1);
  EXPECT_EQ(score(evaluation, "ap_uncapped"), 1);
  // Of 100 detections an image in 10,000 precision is 1 at recalls of 0 and 0.01, of 101 recalls.
  EXPECT_NEAR(*score(evaluation, "ap"), 2.0 / 101, 1e-12);
  for (const char* name : {"ctc_seg", "ctc_det", "ctc_tra", "ctc_lnk", "hota", "mota", "idf1"}) {
    EXPECT_EQ(score(evaluation, name), 1) << name;
  }
}

TEST(Evaluate, CountsCrossingsThatBeganBeforeTheFirstFrame) {
  const testing_support::TemporaryFolder folder;
  write_simulation({.output = folder / "truth",
                    .simulation = requested_simulation(
                        {.preset = "overlap", .frames = 24, .height_px = 256, .width_px = 256})});
  int64_t overlaps = 0;
  int64_t from_the_beginning = 0;
  for (const eval::HistoryEvent& event :
       events_of_csv(read_file(folder / "truth/truth/events.csv"), {})) {
    overlaps += event.type == "overlap" ? 1 : 0;
    from_the_beginning += event.type == "overlap" && event.frame == 0 ? 1 : 0;
  }

  const Evaluation evaluation =
      evaluate({.truth = folder / "truth", .result = folder / "truth", .as = "tracks"});

  EXPECT_GE(from_the_beginning, 1);
  EXPECT_EQ(score(evaluation, "crossings"), overlaps);
  EXPECT_EQ(score(evaluation, "false_merges_per_crossing"), 0);
}

TEST(Evaluate, CountsTheCrossingsThatGoOnWhereARunOfSomeFramesBegins) {
  const testing_support::TemporaryFolder folder;
  write_simulation({.output = folder / "truth",
                    .simulation = requested_simulation(
                        {.preset = "overlap", .frames = 24, .height_px = 256, .width_px = 256})});
  Job job{.recording = {.path = folder / "truth/recording.tif", .frames = "10:20"},
          .output = folder / "run"};
  job.overlay.enabled = false;
  run(job);
  int64_t in_sight = 0;
  int64_t going_on = 0;
  int64_t over = 0;
  for (const eval::HistoryEvent& event :
       events_of_csv(read_file(folder / "truth/truth/events.csv"), {})) {
    const bool crosses = event.type == "overlap" && event.frame < 20;
    over += crosses && event.until_frame <= 10 ? 1 : 0;
    going_on += crosses && event.frame <= 10 && event.until_frame > 10 ? 1 : 0;
    in_sight += crosses && event.until_frame > 10 ? 1 : 0;
  }

  const Evaluation evaluation = evaluate({.truth = folder / "truth", .result = folder / "run"});

  EXPECT_GE(over, 1);
  EXPECT_GE(going_on, 1);
  EXPECT_GT(in_sight, going_on);
  EXPECT_EQ(evaluation.frames, 10);
  EXPECT_EQ(score(evaluation, "crossings"), in_sight);
}

TEST(Evaluate, ScoresTheWholeMasksOfASimulationAndItsLabelImagesByCtc) {
  const testing_support::TemporaryFolder folder;
  write_simulation({.output = folder / "truth",
                    .simulation = requested_simulation(
                        {.preset = "overlap", .frames = 12, .height_px = 256, .width_px = 256})});
  int64_t shown = 0;
  for (const auto& row :
       io::csv_numbers(read_file(folder / "truth/truth/instances.csv"), {"dark"})) {
    shown += row[0] == 0 ? 1 : 0;
  }

  const auto scored = [&](const char* result) {
    return evaluate({.truth = folder / "truth",
                     .result = folder / result,
                     .as = "tracks",
                     .border_sliver_px2 = 0});
  };

  const Evaluation whole = scored("truth");
  const Evaluation labels = scored("truth/truth/labels.tif");

  EXPECT_EQ(whole.truth_format, "simulation");
  EXPECT_EQ(score(whole, "objects_truth"), shown);
  EXPECT_EQ(score(whole, "pq"), 1);
  EXPECT_EQ(score(whole, "hota"), 1);
  EXPECT_LT(*score(labels, "pq"), 1);
  EXPECT_LT(*score(labels, "hota"), 1);
  for (const Evaluation* evaluation : {&whole, &labels}) {
    EXPECT_EQ(score(*evaluation, "ctc_seg"), 1);
    EXPECT_EQ(score(*evaluation, "ctc_det"), 1);
  }
}

TEST(Evaluate, IsDefinedForEmptyFrames) {
  const testing_support::TemporaryFolder folder;
  LabelImage square({16, 16});
  square(3, 3) = square(3, 4) = square(4, 3) = square(4, 4) = 1;
  write_frames(folder / "none.tif", std::vector(2, LabelImage({16, 16})));
  write_frames(folder / "some.tif", {square, LabelImage({16, 16})});
  const auto scored = [&](const char* truth, const char* result) {
    return evaluate({.truth = folder / truth, .result = folder / result, .as = "tracks"});
  };

  const Evaluation neither = scored("none.tif", "none.tif");
  const Evaluation no_truth = scored("none.tif", "some.tif");
  const Evaluation no_result = scored("some.tif", "none.tif");

  EXPECT_EQ(score(neither, "iou_mean"), 1);
  EXPECT_EQ(score(neither, "pq"), std::nullopt);
  EXPECT_EQ(score(neither, "mota"), std::nullopt);
  EXPECT_EQ(score(neither, "ctc_det"), std::nullopt);
  EXPECT_EQ(score(no_truth, "pq"), 0);
  EXPECT_EQ(score(no_truth, "ap"), std::nullopt);
  EXPECT_EQ(score(no_truth, "iou_mean"), 0.5);
  EXPECT_EQ(score(no_truth, "hota"), 0);
  EXPECT_EQ(score(no_truth, "count_error_relative"), std::nullopt);
  EXPECT_EQ(score(no_result, "pq"), 0);
  EXPECT_EQ(score(no_result, "ap"), 0);
  EXPECT_EQ(score(no_result, "mota"), 0);
  EXPECT_EQ(score(no_result, "ctc_det"), 0);
  EXPECT_EQ(score(no_result, "hota"), 0);
}

TEST(Evaluate, RefusesOtherLengthsAndSizes) {
  const testing_support::TemporaryFolder folder;
  write_labels(folder / "two.tif", 2, {4, 4});
  write_labels(folder / "three.tif", 3, {4, 4});
  write_labels(folder / "wide.tif", 2, {4, 5});

  const auto scored = [&](const std::string& result) {
    evaluate({.truth = folder / "two.tif", .result = folder / result});
  };

  EXPECT_THAT([&] { scored("three.tif"); }, ThrowsMessage<Error>(HasSubstr("has 2 frames")));
  EXPECT_THAT([&] { scored("wide.tif"); }, ThrowsMessage<Error>(HasSubstr("frame 0 of")));
}

TEST(Evaluate, LeavesOutNoSliversOfLabelImagesUnlessTold) {
  const testing_support::TemporaryFolder folder;
  LabelImage labels({8, 8});
  labels(0, 3) = labels(0, 4) = 1;
  labels(4, 4) = labels(4, 5) = 2;
  write_frames(folder / "labels.tif", {labels});
  const auto scored = [&](std::optional<int64_t> sliver_px2) {
    return evaluate({.truth = folder / "labels.tif",
                     .result = folder / "labels.tif",
                     .border_sliver_px2 = sliver_px2});
  };

  const Evaluation all = scored(std::nullopt);
  const Evaluation fewer = scored(3);

  EXPECT_EQ(score(all, "objects_truth"), 2);
  EXPECT_EQ(score(all, "slivers_truth"), 0);
  EXPECT_EQ(score(fewer, "objects_truth"), 1);
  EXPECT_EQ(score(fewer, "slivers_truth"), 1);
  EXPECT_EQ(score(fewer, "pq"), 1);
}

TEST(Evaluate, DoesNotMissASliverThatItLeavesOut) {
  const testing_support::TemporaryFolder folder;
  LabelImage whole({8, 8});
  whole(4, 4) = whole(4, 5) = whole(4, 6) = 2;
  LabelImage with_sliver = whole;
  with_sliver(0, 3) = 1;
  write_frames(folder / "truth.tif", {whole, with_sliver, with_sliver, whole});
  write_frames(folder / "result.tif", std::vector(4, whole));
  const auto mota = [&](int64_t sliver_px2) {
    return score(evaluate({.truth = folder / "truth.tif",
                           .result = folder / "result.tif",
                           .as = "tracks",
                           .border_sliver_px2 = sliver_px2}),
                 "mota");
  };

  EXPECT_NEAR(*mota(0), 4.0 / 6, 1e-12);
  EXPECT_EQ(mota(2), 1);
}

// A run of every third frame cannot date an event better than that.
TEST(Evaluate, CountsTheScoredFramesBetweenTwoDates) {
  const testing_support::TemporaryFolder folder;
  LabelImage none({8, 8});
  LabelImage one({8, 8});
  one(4, 4) = one(4, 5) = one(4, 6) = 1;
  for (const char* name : {"truth", "run"}) {
    std::filesystem::create_directory(folder / name);
    write_file(folder / name + "/tracks.csv", "track,parents,first_frame,last_frame\n1,,4,9\n");
  }
  write_frames(folder / "truth/labels.tif", {none, none, none, none, one, one, one, one, one, one});
  write_frames(folder / "run/labels.tif", {none, none, one, one});
  write_file(folder / "run/frames.csv", "recorded_frame\n0\n3\n6\n9\n");
  write_file(folder / "truth/events.csv", "type,frame,tracks,children\nappeared,4,,1\n");
  write_file(folder / "run/events.csv", "type,frame,tracks,children\nappeared,6,,1\n");

  const Evaluation evaluation = evaluate(
      {.truth = folder / "truth", .result = folder / "run", .events = {.tolerance_frames = 0}});

  EXPECT_EQ(score(evaluation, "birth_right"), 1);
  EXPECT_EQ(score(evaluation, "birth_late_mean_frames"), 0);
}

TEST(EventTable, HasTheNumbersOfTheScoredFramesAndTheResultsNamesOfUnnamedTracks) {
  const std::vector<FramePair> frames = {{.number = 10}, {.number = 13}, {.number = 16}};
  eval::HistoryScores history;
  history.fates = {
      {.kind = "merge", .outcome = eval::EventOutcome::kMissed, .truth_frame = 1, .tracks = {3, 4}},
      {.kind = "split",
       .outcome = eval::EventOutcome::kWrong,
       .result_frame = 2,
       .tracks = {3},
       .children = {-100, 4}}};
  history.episodes = {
      {.kind = "crossing", .tracks = {1, 2}, .frame = 0, .until_frame = 3, .false_merges = 1},
      {.kind = "crossing", .tracks = {1, 3}, .frame = 1, .until_frame = 1},
      {.kind = "flicker", .tracks = {3}, .frame = 1, .false_deaths = 2, .false_dissolutions = 1}};

  EXPECT_EQ(per_event_csv(history, frames),
            "kind,outcome,truth_frame,result_frame,tracks,children,first_frame,last_frame,"
            "false_merges,false_deaths,false_dissolutions\n"
            "merge,missed,13,,3;4,,,,,,\n"
            "split,wrong,,16,3,result:99;4,,,,,\n"
            "crossing,,,,1;2,,10,16,1,,\n"
            "crossing,,,,1;3,,13,13,0,,\n"
            "flicker,,,,3,,13,,,2,1\n");
}

TEST(RequireLikeFrames, RefusesWhatOnlyOneSideAveragedBinnedOrCut) {
  const ScoreInfo simulation{.path = "sim", .reading = ReadingOptions{}};
  const ScoreInfo averaged{.path = "run", .reading = ReadingOptions{.average = 4}};
  const ScoreInfo labels{.path = "labels"};

  EXPECT_THAT([&] { require_like_frames(simulation, averaged); },
              ThrowsMessage<Error>(HasSubstr("run was made with --average 4")));
  EXPECT_NO_THROW(require_like_frames(averaged, averaged));
  EXPECT_NO_THROW(require_like_frames(labels, averaged));
  EXPECT_NO_THROW(require_like_frames(simulation, simulation));
}

TEST(FramePairs, OfAPartialResultGoByNumber) {
  const ScoreInfo truth{.path = "a", .numbers = {0, 1, 2, 3}};
  const ScoreInfo part{.path = "b", .numbers = {2, 3}, .numbered = true, .partial = true};
  const ScoreInfo other{.path = "c", .numbers = {3, 4}, .numbered = true, .partial = true};

  const std::vector<FramePair> pairs = frame_pairs(truth, part);

  ASSERT_EQ(pairs.size(), 2);
  EXPECT_EQ(pairs[0].truth, 2);
  EXPECT_EQ(pairs[0].result, 0);
  EXPECT_THAT([&] { frame_pairs(truth, other); },
              ThrowsMessage<Error>(HasSubstr("a has no frame 4")));
}

TEST(ScoreTables, ReadTheTracksAndEventsOfARun) {
  const std::vector<int64_t> numbers = {10, 12, 14};
  const auto tracks = tracks_of_csv(
      "track,parents,first_frame,last_frame,first_recorded_frame,last_recorded_frame\n"
      "3,1;2,0,2,10,14\n");
  const auto events = events_of_csv(
      "type,frame,recorded_frame,tracks,children,contact_frame\nmerge,2,14,1;2,3,1\n", numbers);

  EXPECT_THAT(tracks,
              ElementsAre(Track{.id = 3, .first_frame = 10, .last_frame = 14, .parents = {1, 2}}));
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0].frame, 14);
  EXPECT_EQ(events[0].contact_frame, 12);
  EXPECT_THAT(events[0].tracks, ElementsAre(1, 2));
  EXPECT_THROW(tracks_of_csv("track,parents,first_frame,last_frame\n1,x,0,1\n"), Error);
}

}  // namespace
}  // namespace mote::pipeline
