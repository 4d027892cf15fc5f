#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mote/eval/average_precision.h"
#include "mote/eval/clear_mot.h"
#include "mote/eval/ctc.h"
#include "mote/eval/hota.h"
#include "tests/eval/golden_scenes.h"

// Against tests/golden/eval/scores.py, a second program written from the papers in exact fractions.
// Its numbers are not those of pycocotools, py-ctcmetrics or TrackEval.

namespace mote::eval {
namespace {

using testing_support::golden_labels;
using testing_support::golden_scenes;
using testing_support::GoldenScene;

const std::filesystem::path kFolder = MOTE_SOURCE_DIR "/tests/golden/eval";
constexpr size_t kFrames = 8;
constexpr Size kSize{.height = 24, .width = 32};
constexpr size_t kScenes = 20;

// Both sides add up fewer than 1000 numbers of at most 1, each right to 1.1e-16; the smallest step
// that another decision makes (one recall of 101 at one threshold of 10) is about 1e-5.
constexpr double kTolerance = 1e-12;

using Scores = std::map<std::string, double>;

std::vector<Overlaps> overlaps_of_boxes(const GoldenScene& scene) {
  std::vector<Overlaps> frames;
  for (size_t f = 0; f < kFrames; ++f) {
    frames.push_back(
        overlaps_of(scene.sides.at("truth").frames[f], scene.sides.at("result").frames[f]));
  }
  return frames;
}

std::vector<Overlaps> overlaps_of_labels(const GoldenScene& scene) {
  std::vector<Overlaps> frames;
  for (size_t f = 0; f < kFrames; ++f) {
    frames.push_back(overlaps_of(golden_labels(scene.sides.at("truth").frames[f], kSize),
                                 golden_labels(scene.sides.at("result").frames[f], kSize)));
  }
  return frames;
}

AveragePrecision average_precision(const GoldenScene& scene, int64_t max_detections) {
  AveragePrecisionCounter counter(max_detections);
  for (const Overlaps& frame : overlaps_of_boxes(scene)) {
    counter.add(frame);
  }
  return counter.result().value();
}

CtcScores ctc(const GoldenScene& scene) {
  return ctc_scores(overlaps_of_labels(scene), scene.sides.at("truth").tracks,
                    scene.sides.at("result").tracks);
}

std::vector<PairingFrame> pairing_frames(const GoldenScene& scene) {
  std::vector<PairingFrame> frames;
  for (const Overlaps& frame : overlaps_of_boxes(scene)) {
    frames.push_back(pairing_frame(frame));
  }
  return frames;
}

void expect_scores(const GoldenScene& scene, const Scores& found) {
  for (const auto& [name, value] : found) {
    EXPECT_NEAR(value, scene.expected.at(name), kTolerance) << name;
  }
}

TEST(Golden, HasScenesOfAllKindsOfErrors) {
  const auto scenes = golden_scenes(kFolder, kFrames);

  Scores sums;
  for (const auto& [number, scene] : scenes) {
    for (const auto& [name, value] : scene.expected) {
      sums[name] += value;
    }
  }

  EXPECT_EQ(scenes.size(), kScenes);
  EXPECT_EQ(sums.size(), 26);
  for (const char* name : {"splits", "missed", "wrong", "wrong_links", "missed_links",
                           "mistaken_links", "id_switches"}) {
    EXPECT_GE(sums.at(name), 1) << name;
  }
}

TEST(Golden, AveragePrecisionAgreesWithASecondProgram) {
  for (const auto& [number, scene] : golden_scenes(kFolder, kFrames)) {
    SCOPED_TRACE(number);
    const AveragePrecision all = average_precision(scene, 100);
    const AveragePrecision two = average_precision(scene, 2);

    expect_scores(scene, {{"ap", all.ap}, {"ap50", all.ap50}, {"ap75", all.ap75}});
    expect_scores(scene, {{"ap_of_2", two.ap}, {"ap50_of_2", two.ap50}, {"ap75_of_2", two.ap75}});
  }
}

TEST(Golden, CtcAgreesWithASecondProgram) {
  for (const auto& [number, scene] : golden_scenes(kFolder, kFrames)) {
    SCOPED_TRACE(number);
    const CtcScores scores = ctc(scene);
    const GraphErrors& errors = scores.errors;

    expect_scores(scene, {{"ctc_seg", scores.seg.value()},
                          {"ctc_det", scores.det.value()},
                          {"ctc_tra", scores.tra.value()},
                          {"ctc_lnk", scores.lnk.value()}});
    expect_scores(scene, {{"splits", errors.splits},
                          {"missed", errors.missed},
                          {"wrong", errors.wrong},
                          {"wrong_links", errors.wrong_links},
                          {"missed_links", errors.missed_links},
                          {"mistaken_links", errors.mistaken_links}});
  }
}

TEST(Golden, HotaAgreesWithASecondProgram) {
  for (const auto& [number, scene] : golden_scenes(kFolder, kFrames)) {
    SCOPED_TRACE(number);
    const Hota scores = hota(overlaps_of_boxes(scene));

    expect_scores(scene, {{"hota", scores.hota},
                          {"hota_deta", scores.det_a},
                          {"hota_assa", scores.ass_a},
                          {"hota_loca", scores.loc_a}});
  }
}

TEST(Golden, ClearMotAndIdentitiesAgreeWithASecondProgram) {
  for (const auto& [number, scene] : golden_scenes(kFolder, kFrames)) {
    SCOPED_TRACE(number);
    const std::vector<PairingFrame> frames = pairing_frames(scene);
    const ClearMot scores = clear_mot(frames);
    const Counts identities = identity_counts(frames);

    expect_scores(scene, {{"mota", scores.mota.value()},
                          {"motp", 1 - scores.mean_distance.value()},
                          {"id_switches", static_cast<double>(scores.switches)}});
    expect_scores(scene, {{"idf1", identities.f1().value()},
                          {"idp", identities.precision().value()},
                          {"idr", identities.recall().value()}});
  }
}

}  // namespace
}  // namespace mote::eval
