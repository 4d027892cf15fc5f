#include "mote/nn/yolo_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/yolo.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

using testing::ElementsAre;

class YoloMasksOf : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(, YoloMasksOf, testing::Values("yolov8-seg-n-nc80", "yolov8-seg-n-nc1"),
                         [](const auto& tested) { return "nc" + tested.param.substr(15); });

struct Found {
  YoloDetections detections;
  torch::Tensor prototypes;
};

/// What the fixture's network finds in its image of 512 px.
Found found(const golden::Fixture& fixture) {
  const torch::NoGradGuard no_grad;
  Yolo network(YoloOptions{.classes = fixture.config().at("nc")});
  fixture.fill(*network);
  network->eval();
  const YoloOutput output = network->forward(golden::video_image("yolo", 6, 0, 512, 512));
  const auto& check = fixture.manifest().at("checks").at("nms");
  const torch::Tensor decoded = yolo_decoded(output, network->layers()->head22->bins());
  return {.detections = yolo_detections(decoded[0], output.coefficients[0],
                                        {.min_confidence = check.at("conf_threshold"),
                                         .max_iou = check.at("iou_threshold"),
                                         .max_detections = check.at("max_det")}),
          .prototypes = output.prototypes[0]};
}

Letterbox native_size() {
  return letterbox(400, 500, 512, 512);
}

/// Pixels of logits near 0 flip, and so does a column where a box begins at 232.00002: half a per
/// cent of the area or 10 px.
void expect_areas(const golden::Fixture& fixture, const std::string& name,
                  const torch::Tensor& masks) {
  const torch::Tensor expected = fixture.stored(name).to(torch::kFloat64);
  const torch::Tensor areas = masks.sum({1, 2}).to(torch::kFloat64);
  ASSERT_EQ(areas.sizes(), expected.sizes());
  const torch::Tensor allowed = (0.005 * expected).clamp_min(10);
  EXPECT_TRUE(((areas - expected).abs() <= allowed).all().item<bool>()) << name;
}

TEST_P(YoloMasksOf, KeepsTheDetectionsOfTheFixture) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());

  const YoloDetections detections = found(fixture).detections;

  const torch::Tensor rows = torch::cat({detections.boxes, detections.confidence.unsqueeze(1),
                                         detections.classes.to(torch::kFloat32).unsqueeze(1)},
                                        1);
  MOTE_EXPECT_SAMPLES(fixture, "nms.detections", rows, 1e-5);
  MOTE_EXPECT_SAMPLES(fixture, "nms.mask_coef", detections.coefficients, 1e-5);
}

TEST_P(YoloMasksOf, HasTheMasksOfTheFixtureAtTheSizeOfTheInput) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const Found in_image = found(fixture);

  const torch::Tensor masks = yolo_masks(in_image.detections, in_image.prototypes);

  EXPECT_LE(golden::differing_share(fixture, "nms.masks_s4", golden::sampled(masks, {1, 4, 4})),
            0.001);
  EXPECT_LE(golden::differing_share(fixture, "nms.mask0_full", masks[0]), 0.001);
  expect_areas(fixture, "nms.masks_area", masks);
}

TEST_P(YoloMasksOf, CutsTheSameMasksToTheirBoxes) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const Found in_image = found(fixture);
  const torch::Tensor whole = yolo_masks(in_image.detections, in_image.prototypes);

  const auto cut = yolo_cut_masks(in_image.detections, in_image.prototypes);

  torch::Tensor pasted = torch::zeros_like(whole);
  for (size_t i = 0; i < cut.size(); ++i) {
    const CutMask& part = cut[i];
    pasted[static_cast<int64_t>(i)]
        .narrow(0, part.y_px, part.mask.size(0))
        .narrow(1, part.x_px, part.mask.size(1))
        .copy_(part.mask);
  }
  ASSERT_EQ(static_cast<int64_t>(cut.size()), whole.size(0));
  EXPECT_TRUE(torch::equal(pasted, whole));
}

TEST_P(YoloMasksOf, HasTheLogitsOfTheFixture) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const Found in_image = found(fixture);

  // An image of the prototypes' own size: no padding, no resizing.
  const torch::Tensor logits =
      native_mask_logits(in_image.detections.coefficients.slice(0, 0, 2), in_image.prototypes,
                         letterbox(128, 128, 512, 512));

  MOTE_EXPECT_SAMPLES(fixture, "nms.mask_logits_first2", logits, 1e-5);
}

TEST_P(YoloMasksOf, HasTheNativeBoxesAndMasksOfTheFixture) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const Found in_image = found(fixture);

  const torch::Tensor masks = native_masks(in_image.detections, in_image.prototypes, native_size());

  EXPECT_LE(golden::differing_share(fixture, "native.masks_s4", golden::sampled(masks, {1, 4, 4})),
            0.001);
  expect_areas(fixture, "native.masks_area", masks);
}

torch::Tensor three_boxes() {
  return torch::tensor({{0.0F, 0.0F, 10.0F, 10.0F},
                        {0.0F, 0.0F, 10.0F, 8.0F},  // IoU 0.8 with the first
                        {20.0F, 20.0F, 30.0F, 30.0F}});
}

TEST(Nms, KeepsTheMoreConfidentOfTwoThatOverlap) {
  const torch::Tensor scores = torch::tensor({0.5F, 0.9F, 0.7F});
  const torch::Tensor one_class = torch::zeros(3, torch::kInt64);

  EXPECT_THAT(kept_by_nms(three_boxes(), scores, one_class, {.max_iou = 0.5}), ElementsAre(1, 2));
  EXPECT_THAT(kept_by_nms(three_boxes(), scores, one_class, {.max_iou = 0.85}),
              ElementsAre(1, 2, 0));
}

TEST(Nms, KeepsOverlappingDetectionsOfDifferentClasses) {
  const torch::Tensor scores = torch::tensor({0.5F, 0.9F, 0.7F});
  const torch::Tensor classes = torch::tensor({0, 1, 0}, torch::kInt64);

  EXPECT_THAT(kept_by_nms(three_boxes(), scores, classes, {.max_iou = 0.5}), ElementsAre(1, 2, 0));
}

TEST(Nms, KeepsTheFirstOfEqualScores) {
  const torch::Tensor scores = torch::full(3, 0.5F);
  const torch::Tensor one_class = torch::zeros(3, torch::kInt64);

  EXPECT_THAT(kept_by_nms(three_boxes(), scores, one_class, {.max_iou = 0.5}), ElementsAre(0, 2));
}

TEST(Nms, KeepsNoMoreThanAskedFor) {
  const torch::Tensor scores = torch::tensor({0.5F, 0.9F, 0.7F});
  const torch::Tensor one_class = torch::zeros(3, torch::kInt64);

  EXPECT_THAT(kept_by_nms(three_boxes(), scores, one_class, {.max_iou = 0.9, .max_detections = 2}),
              ElementsAre(1, 2));
}

TEST(Nms, FindsNothingWhereNothingIsConfident) {
  const torch::Tensor decoded = torch::full({8, 5}, 0.1F);

  const YoloDetections detections = yolo_detections(decoded, torch::zeros({8, 32}), {});

  EXPECT_EQ(detections.boxes.sizes(), (std::vector<int64_t>{0, 4}));
  EXPECT_EQ(yolo_masks(detections, torch::zeros({32, 8, 8})).sizes(),
            (std::vector<int64_t>{0, 32, 32}));
}

TEST(Nms, RefusesOptionsOutOfRange) {
  const torch::Tensor decoded = torch::zeros({8, 5});
  const torch::Tensor coefficients = torch::zeros({8, 32});

  EXPECT_THROW(yolo_detections(decoded, coefficients, {.min_confidence = 1.5}), Error);
  EXPECT_THROW(yolo_detections(decoded, coefficients, {.max_iou = -0.1}), Error);
  EXPECT_THROW(yolo_detections(decoded, coefficients, {.max_detections = 0}), Error);
}

TEST(Letterbox, CentresAnOblongImage) {
  const Letterbox box = letterbox(400, 500, 512, 512);

  EXPECT_DOUBLE_EQ(box.gain, 1.024);
  EXPECT_DOUBLE_EQ(box.top, 51);
  EXPECT_DOUBLE_EQ(box.left, 0);
  EXPECT_THROW(letterbox(0, 500, 512, 512), Error);
}

}  // namespace
}  // namespace mote::nn
