#include "mote/eval/instances.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

using testing_support::drawn_labels;

InstanceCounts counts_of(const std::vector<std::string>& truth,
                         const std::vector<std::string>& result) {
  return instance_counts(overlaps_of(drawn_labels(truth), drawn_labels(result)));
}

// Truths 1 to 3: IoU 4/5, IoU 3/5, missed; one result too many.
const std::vector<std::string> kTruth = {"1111..22222..333", "................"};
const std::vector<std::string> kResult = {"44444.555.......", ".............66."};

TEST(InstanceScores, PanopticQualityByHand) {
  const std::vector<InstanceCounts> images = {counts_of(kTruth, kResult)};

  const auto scores = instance_scores(images);

  EXPECT_EQ(scores->counts, (Counts{.right = 2, .wrong = 1, .missed = 1}));
  EXPECT_DOUBLE_EQ(*scores->sq, 0.7);
  EXPECT_DOUBLE_EQ(*scores->rq, 2.0 / 3);
  EXPECT_DOUBLE_EQ(*scores->pq, 1.4 / 3);
}

// At 0.5 and 0.55 two of four, at 0.6 (IoU must exceed it) to 0.75 one of five, then none.
TEST(InstanceScores, DataScienceBowlByHand) {
  const std::vector<InstanceCounts> images = {counts_of(kTruth, kResult)};

  const auto scores = instance_scores(images);

  EXPECT_DOUBLE_EQ(scores->accuracy[1], 0.5);
  EXPECT_DOUBLE_EQ(scores->accuracy[2], 0.2);
  EXPECT_DOUBLE_EQ(scores->accuracy[6], 0);
  EXPECT_NEAR(scores->dsb_mean, (2 * 0.5 + 4 * 0.2) / 10, 1e-12);
  EXPECT_NEAR(scores->dsb_pooled, 0.18, 1e-12);
}

TEST(InstanceScores, MeanAndPooledBowlDiffer) {
  const std::vector<InstanceCounts> images = {counts_of(kTruth, kResult), counts_of({"1"}, {"1"})};

  const auto scores = instance_scores(images);

  EXPECT_NEAR(scores->dsb_mean, (0.18 + 1) / 2, 1e-12);
  EXPECT_NEAR(scores->dsb_pooled, (2 * 3.0 / 5 + 4 * 2.0 / 6 + 4 * 1.0 / 7) / 10, 1e-12);
}

TEST(InstanceScores, CountAndDiameterErrors) {
  const std::vector<InstanceCounts> images = {counts_of({"1111.2"}, {"1....."}),
                                              counts_of({"1111."}, {"11112"})};

  const auto scores = instance_scores(images);

  EXPECT_DOUBLE_EQ(scores->count_error_mean, 0);
  EXPECT_DOUBLE_EQ(scores->absolute_count_error_mean, 1);
  EXPECT_DOUBLE_EQ(*scores->relative_count_error, 0);
  EXPECT_EQ(scores->diameter_error_px->count, 1);
  EXPECT_DOUBLE_EQ(scores->diameter_error_px->mean, 0);
}

TEST(InstanceScores, ADiameterErrorIsThatOfTheDiscOfEqualArea) {
  const std::vector<InstanceCounts> images = {counts_of({"1111"}, {"111."})};

  const auto scores = instance_scores(images);

  EXPECT_NEAR(scores->relative_diameter_error->mean, std::sqrt(0.75) - 1, 1e-12);
  EXPECT_NEAR(scores->diameter_error_px->mean, 2 * (std::sqrt(3 / M_PI) - std::sqrt(4 / M_PI)),
              1e-12);
}

TEST(InstanceScores, AreDefinedWithoutTruthOrResult) {
  const std::vector<InstanceCounts> both = {counts_of({"..."}, {"..."})};
  const std::vector<InstanceCounts> no_truth = {counts_of({"..."}, {"1.2"})};
  const std::vector<InstanceCounts> no_result = {counts_of({"1.2"}, {"..."})};

  EXPECT_FALSE(instance_scores({}).has_value());
  EXPECT_FALSE(instance_scores(both)->pq.has_value());
  EXPECT_EQ(instance_scores(both)->dsb_mean, 1);
  EXPECT_EQ(*instance_scores(no_truth)->pq, 0);
  EXPECT_EQ(instance_scores(no_truth)->dsb_mean, 0);
  EXPECT_FALSE(instance_scores(no_truth)->relative_count_error.has_value());
  EXPECT_EQ(*instance_scores(no_result)->sq, 0);
  EXPECT_EQ(*instance_scores(no_result)->relative_count_error, -1);
  EXPECT_FALSE(instance_scores(no_result)->diameter_error_px.has_value());
}

TEST(InstanceScores, TellWhatAPixelOfErosionCosts) {
  const ObjectImage truth = objects_of(
      drawn_labels({".......", ".11111.", ".11111.", ".11111.", ".11111.", ".11111.", "......2"}));

  EXPECT_DOUBLE_EQ(eroded_iou_sum(truth), 9.0 / 25);
}

TEST(InstanceScores, TakeTenThousandObjects) {
  const std::vector<InstanceCounts> images = {instance_counts(overlaps_of(
      testing_support::many_squares(10000, 0), testing_support::many_squares(10000, 0)))};

  EXPECT_EQ(*instance_scores(images)->pq, 1);
}

}  // namespace
}  // namespace mote::eval
