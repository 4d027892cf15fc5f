#include "mote/pipeline/evaluate.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/score_source.h"
#include "mote/pipeline/score_tables.h"
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
