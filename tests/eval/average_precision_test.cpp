#include "mote/eval/average_precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

using testing_support::drawn_labels;

Overlaps scored(const std::vector<std::string>& truth, const std::vector<std::string>& result,
                std::vector<double> scores) {
  Overlaps overlaps = overlaps_of(drawn_labels(truth), drawn_labels(result));
  overlaps.result_scores = std::move(scores);
  return overlaps;
}

// Truths: IoU 1 with result 3, of score 0.9; 4/5 with result 5, of score 0.7. Result 4, of score
// 0.8, is false.
const std::vector<std::string> kTruth = {"11..2222.", "........."};
const std::vector<std::string> kResult = {"33..55555", "4........"};

// Up to 0.8 precision is 1, then 2/3 from recall 0.51 on; above, 1 and then nothing.
TEST(AveragePrecision, ByHand) {
  AveragePrecisionCounter counter(100);
  counter.add(scored(kTruth, kResult, {0.9, 0.8, 0.7}));

  const auto result = counter.result();

  const double low = (51 + 50 * 2.0 / 3) / 101;
  const double high = 51.0 / 101;
  EXPECT_NEAR(result->ap50, low, 1e-12);
  EXPECT_NEAR(result->ap75, low, 1e-12);
  EXPECT_NEAR(result->ap, (7 * low + 3 * high) / 10, 1e-12);
}

TEST(AveragePrecision, CapsTheDetectionsOfAnImage) {
  AveragePrecisionCounter capped(1);
  AveragePrecisionCounter all(0);
  const Overlaps overlaps = scored({"1.2"}, {"1.2"}, {0.5, 0.5});

  capped.add(overlaps);
  all.add(overlaps);

  EXPECT_NEAR(capped.result()->ap, 51.0 / 101, 1e-12);
  EXPECT_DOUBLE_EQ(all.result()->ap, 1);
}

TEST(AveragePrecision, OrdersDetectionsOfAllImagesByScore) {
  AveragePrecisionCounter counter(100);
  counter.add(scored({"1..."}, {"..2."}, {0.1}));  // false, but last
  counter.add(scored({"1..."}, {"1..."}, {0.9}));

  EXPECT_NEAR(counter.result()->ap50, 51.0 / 101, 1e-12);
}

TEST(AveragePrecision, NeitherAsksNorMindsACrowd) {
  ObjectImage truth = objects_of(drawn_labels({"1.22222"}));
  truth.objects[1].crowd = true;
  Overlaps overlaps = overlaps_of(truth, objects_of(drawn_labels({"1.3.4.."})));
  overlaps.result_scores = {0.3, 0.9, 0.8};
  AveragePrecisionCounter counter(100);

  counter.add(overlaps);

  EXPECT_DOUBLE_EQ(counter.result()->ap, 1);
}

TEST(AveragePrecision, IsDefinedWithoutTruthOrResult) {
  AveragePrecisionCounter nothing(100);
  AveragePrecisionCounter no_truth(100);
  AveragePrecisionCounter no_result(100);
  nothing.add(scored({"..."}, {"..."}, {}));
  no_truth.add(scored({"..."}, {"1.."}, {1}));
  no_result.add(scored({"1.."}, {"..."}, {}));

  EXPECT_FALSE(nothing.result().has_value());
  EXPECT_FALSE(no_truth.result().has_value());
  EXPECT_EQ(no_result.result()->ap, 0);
}

TEST(AveragePrecision, TakesTenThousandObjects) {
  AveragePrecisionCounter counter(0);
  counter.add(overlaps_of(testing_support::many_squares(10000, 0),
                          testing_support::many_squares(10000, 0)));

  EXPECT_DOUBLE_EQ(counter.result()->ap, 1);
}

}  // namespace
}  // namespace mote::eval
