#include "mote/eval/clear_mot.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/eval/tracked.h"

namespace mote::eval {
namespace {

using testing_support::overlaps_at;
using Json = nlohmann::json;

// Cases of py-motmetrics' own tests, as data.
const std::filesystem::path kCases =
    MOTE_SOURCE_DIR "/../shared/data/metrics-small/motmetrics_cases.json";

std::vector<PairingFrame> frames_of(const Json& frames) {
  std::vector<PairingFrame> result;
  for (const Json& frame : frames) {
    PairingFrame& out = result.emplace_back();
    out.truth_ids = frame.at("gt").get<std::vector<int32_t>>();
    out.result_ids = frame.at("hyp").get<std::vector<int32_t>>();
    const Json& rows = frame.at("dist");
    for (size_t t = 0; t < rows.size(); ++t) {
      for (size_t r = 0; r < rows[t].size(); ++r) {
        if (!rows[t][r].is_null()) {
          out.pairs.push_back(
              {static_cast<int32_t>(t), static_cast<int32_t>(r), rows[t][r].get<double>()});
        }
      }
    }
  }
  return result;
}

void expect_count(const Json& expected, const char* key, int64_t found) {
  EXPECT_EQ(expected.value(key, found), found) << key;
}

void expect_number(const Json& expected, const char* key, std::optional<double> found) {
  if (expected.contains(key)) {
    ASSERT_TRUE(found.has_value()) << key;
    EXPECT_NEAR(*found, expected.at(key).get<double>(), 1e-12) << key;
  }
}

// Every published number is compared but these: mote does not tell kinds of switches apart, and the
// frames that tracks share only go into the pairing for the whole recording, tested below.
const std::set<std::string> kNotCompared = {"num_transfer", "num_ascend", "num_migrate",
                                            "gt_counts",    "hyp_counts", "pair_counts"};
const std::set<std::string> kCompared = {
    "num_frames", "num_objects", "num_predictions",     "num_matches", "num_switches",
    "idtp",       "idfp",        "num_false_positives", "num_misses",  "idfn",
    "mota",       "motp",        "num_detections"};

TEST(ClearMot, LeavesNoPublishedNumberOut) {
  if (!std::filesystem::exists(kCases)) {
    GTEST_SKIP() << "no " << kCases;
  }

  const Json cases = Json::parse(std::ifstream(kCases)).at("cases");
  std::set<std::string> published;
  for (const Json& example : cases) {
    for (const auto& [key, value] : example.at("expected").items()) {
      published.insert(key);
    }
  }

  std::set<std::string> known = kCompared;
  known.insert(kNotCompared.begin(), kNotCompared.end());
  EXPECT_EQ(published, known);
}

TEST(ClearMot, AgreesWithPyMotmetrics) {
  if (!std::filesystem::exists(kCases)) {
    GTEST_SKIP() << "no " << kCases;
  }

  const Json cases = Json::parse(std::ifstream(kCases)).at("cases");

  ASSERT_EQ(cases.size(), 6);
  for (const Json& example : cases) {
    SCOPED_TRACE(example.at("name").get<std::string>());
    const Json& expected = example.at("expected");
    const std::vector<PairingFrame> frames = frames_of(example.at("frames"));
    const ClearMot scores = clear_mot(frames);
    const Counts identities = identity_counts(frames);
    expect_count(expected, "num_frames", scores.frames);
    expect_count(expected, "num_objects", scores.truths);
    expect_count(expected, "num_predictions", scores.results);
    expect_count(expected, "num_matches", scores.matches);
    expect_count(expected, "num_switches", scores.switches);
    expect_count(expected, "num_false_positives", scores.wrong);
    expect_count(expected, "num_misses", scores.missed);
    expect_count(expected, "num_detections", scores.matches + scores.switches);
    expect_count(expected, "idtp", identities.right);
    expect_count(expected, "idfp", identities.wrong);
    expect_count(expected, "idfn", identities.missed);
    expect_number(expected, "mota", scores.mota);
    expect_number(expected, "motp", scores.mean_distance);
  }
}

// The case's tracks are together 3, 2, 2 and 3 times: pairing 1 with 1 and 2 with 2 is best.
TEST(IdentityCounts, PairTracksForTheWholeRecording) {
  if (!std::filesystem::exists(kCases)) {
    GTEST_SKIP() << "no " << kCases;
  }

  const Json cases = Json::parse(std::ifstream(kCases)).at("cases");

  EXPECT_EQ(identity_counts(frames_of(cases.at(1).at("frames"))),
            (Counts{.right = 6, .wrong = 2, .missed = 2}));
}

std::vector<PairingFrame> pairing_frames(const std::vector<Overlaps>& frames) {
  std::vector<PairingFrame> result;
  for (const Overlaps& frame : frames) {
    result.push_back(pairing_frame(frame));
  }
  return result;
}

TEST(ClearMot, OfATrackThatIsRenamedHalfway) {
  const std::vector<PairingFrame> frames = pairing_frames(testing_support::renamed_halfway());

  const ClearMot scores = clear_mot(frames);
  const Counts identities = identity_counts(frames);

  EXPECT_EQ(scores.switches, 1);
  EXPECT_DOUBLE_EQ(*scores.mota, 0.75);
  EXPECT_DOUBLE_EQ(*scores.mean_distance, 0);
  EXPECT_DOUBLE_EQ(*identities.f1(), 0.5);
}

TEST(ClearMot, KeepsAPairThatIsAllowedThoughAnotherIsNearer) {
  std::vector<PairingFrame> frames(2);
  frames[0] = {.truth_ids = {1}, .result_ids = {1}, .pairs = {{0, 0, 0.4}}};
  frames[1] = {.truth_ids = {1}, .result_ids = {1, 2}, .pairs = {{0, 0, 0.4}, {0, 1, 0.1}}};

  const ClearMot scores = clear_mot(frames);

  EXPECT_EQ(scores.switches, 0);
  EXPECT_DOUBLE_EQ(*scores.mean_distance, 0.4);
}

TEST(ClearMot, RemembersTheNameAcrossAGap) {
  const ClearMot scores =
      clear_mot(pairing_frames({overlaps_at({{1, 0}}, {{5, 0}}), overlaps_at({{1, 0}}, {}),
                                overlaps_at({{1, 0}}, {{6, 0}})}));

  EXPECT_EQ(scores.switches, 1);
  EXPECT_EQ(scores.missed, 1);
}

TEST(ClearMot, PairsAsManyAsPossible) {
  const std::vector<PairingFrame> frames = {
      {.truth_ids = {1, 2}, .result_ids = {1, 2}, .pairs = {{0, 0, 0}, {0, 1, 0.5}, {1, 0, 0.5}}}};

  EXPECT_EQ(clear_mot(frames).matches, 2);
}

TEST(ClearMot, HalfOverlapIsEnough) {
  Overlaps frame = overlaps_at({{1, 0}}, {{1, 0}});
  frame.result_areas[0] = 20;

  EXPECT_EQ(pairing_frame(frame).pairs.size(), 1);
  EXPECT_TRUE(pairing_frame(frame, 0.51).pairs.empty());
}

TEST(ClearMot, IsDefinedWithoutTruthOrResult) {
  const ClearMot no_truth = clear_mot(pairing_frames({overlaps_at({}, {{1, 0}})}));
  const ClearMot no_result = clear_mot(pairing_frames({overlaps_at({{1, 0}}, {})}));

  EXPECT_FALSE(clear_mot({}).mota.has_value());
  EXPECT_FALSE(no_truth.mota.has_value());
  EXPECT_EQ(no_truth.wrong, 1);
  EXPECT_EQ(no_result.mota, 0);
  EXPECT_FALSE(no_result.mean_distance.has_value());
  EXPECT_FALSE(identity_counts({}).f1().has_value());
}

}  // namespace
}  // namespace mote::eval
