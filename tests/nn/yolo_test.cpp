#include "mote/nn/yolo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/fused_yolo.h"
#include "mote/nn/plain.h"
#include "mote/nn/weights.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

// Two convolution libraries differ by 1e-6 of a tensor's largest value (README-track.md); a wrong
// layer by more than 1e-2.
constexpr double kNoise = 1e-5;

class YoloOf : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(, YoloOf, testing::Values("yolov8-seg-n-nc80", "yolov8-seg-n-nc1"),
                         [](const auto& tested) { return "nc" + tested.param.substr(15); });

Yolo filled(const golden::Fixture& fixture) {
  Yolo network(YoloOptions{.classes = fixture.config().at("nc")});
  fixture.fill(*network);
  network->eval();
  return network;
}

torch::Tensor image_of(int64_t side_px) {
  return golden::video_image("yolo", 6, 0, side_px, side_px);
}

void expect_layers(const golden::Fixture& fixture, const std::string& prefix, Yolo network,
                   const torch::Tensor& image) {
  const auto features = network->features(image);
  for (const int64_t layer : {0, 1, 2, 4, 6, 8, 9, 12, 15, 18, 21}) {
    const torch::Tensor map = features[static_cast<size_t>(layer)][0];
    const std::string name = prefix + ".layer_" + std::to_string(layer);
    const torch::Tensor stored = fixture.stored(name);
    MOTE_EXPECT_SAMPLES(
        fixture, name,
        golden::sampled(map, {map.size(0) / stored.size(0), map.size(1) / stored.size(1),
                              map.size(2) / stored.size(2)}),
        kNoise);
  }
}

void expect_outputs(const golden::Fixture& fixture, const std::string& prefix,
                    const YoloOutput& output) {
  const torch::Tensor decoded = yolo_decoded(output, torch::arange(16, torch::kFloat32));
  const int64_t step = fixture.has(prefix + ".decoded_a7") ? 7 : 3;

  MOTE_EXPECT_SAMPLES(fixture, prefix + ".box_logits_a37",
                      golden::sampled(output.box_logits[0], {37}), kNoise);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".cls_logits_a37",
                      golden::sampled(output.class_logits[0], {37}), kNoise);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".mask_coef_a37",
                      golden::sampled(output.coefficients[0], {37}), kNoise);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".proto_s8",
                      golden::sampled(output.prototypes[0], {1, 8, 8}), kNoise);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".decoded_a" + std::to_string(step),
                      golden::sampled(decoded[0], {step}), kNoise);
}

TEST_P(YoloOf, HasTheLayersOfTheFixtureAt512) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const torch::NoGradGuard no_grad;
  Yolo network = filled(fixture);

  expect_layers(fixture, "s512", network, image_of(512));
}

TEST_P(YoloOf, HasTheLayersOfTheFixtureAt640) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const torch::NoGradGuard no_grad;
  Yolo network = filled(fixture);

  expect_layers(fixture, "s640", network, image_of(640));
}

TEST_P(YoloOf, HasThePrototypeBranchOfTheFixture) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const torch::NoGradGuard no_grad;
  Yolo network = filled(fixture);
  YoloPrototypes branch = network->layers()->head22->prototypes();

  const torch::Tensor first = branch->first()->forward(network->features(image_of(512))[15]);
  const torch::Tensor doubled = branch->upsample()->forward(first);

  MOTE_EXPECT_SAMPLES(fixture, "s512.layer_proto_cv1", golden::sampled(first[0], {8, 4, 4}),
                      kNoise);
  MOTE_EXPECT_SAMPLES(fixture, "s512.layer_proto_up", golden::sampled(doubled[0], {8, 8, 8}),
                      kNoise);
}

TEST_P(YoloOf, HasTheOutputsOfTheFixtureAt512) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const torch::NoGradGuard no_grad;
  Yolo network = filled(fixture);

  expect_outputs(fixture, "s512", network->forward(image_of(512)));
}

TEST_P(YoloOf, HasTheOutputsOfTheFixtureAt640) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const torch::NoGradGuard no_grad;
  Yolo network = filled(fixture);

  expect_outputs(fixture, "s640", network->forward(image_of(640)));
}

TEST_P(YoloOf, HasTheOutputsOfTheFixtureWhenFused) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const FusedYolo fused(filled(fixture));

  expect_outputs(fixture, "s512", fused.forward(image_of(512)));
  expect_outputs(fixture, "s640", fused.forward(image_of(640)));
}

TEST_P(YoloOf, HasTheOutputsOfTheFixtureWhenFusedButComputedByOperators) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const PlainOperators plain;
  const FusedYolo fused(filled(fixture));

  expect_outputs(fixture, "s512", fused.forward(image_of(512)));
}

/// The largest difference over the largest value.
double relative(const torch::Tensor& found, const torch::Tensor& expected) {
  return ((found - expected).abs().max() / expected.abs().max()).item<double>();
}

TEST_P(YoloOf, LosesLittleInBFloat16) {
  MOTE_OPEN_FIXTURE(fixture, GetParam());
  const torch::NoGradGuard no_grad;
  Yolo network = filled(fixture);
  const torch::Tensor image = image_of(512);

  const YoloOutput exact = network->forward(image);
  const YoloOutput rounded = FusedYolo(network, Precision::kBFloat16).forward(image);

  // 8 bits of significand over some 20 layers; measured 0.016 to 0.024
  EXPECT_LE(relative(rounded.box_logits, exact.box_logits), 0.06);
  EXPECT_LE(relative(rounded.class_logits, exact.class_logits), 0.06);
  EXPECT_LE(relative(rounded.coefficients, exact.coefficients), 0.06);
  EXPECT_LE(relative(rounded.prototypes, exact.prototypes), 0.06);
}

TEST(FusedYolo, ComputesABatchAsItsImages) {
  const torch::NoGradGuard no_grad;
  Yolo network(YoloOptions{.classes = 2});
  network->eval();
  const FusedYolo fused(network);
  const torch::Tensor images = torch::rand({2, 3, 160, 192});

  const YoloOutput both = fused.forward(images);
  const YoloOutput second = fused.forward(images.slice(0, 1));

  EXPECT_LE(relative(both.class_logits[1], second.class_logits[0]), 1e-5);
  EXPECT_LE(relative(both.prototypes[1], second.prototypes[0]), 1e-5);
  EXPECT_LE(relative(both.prototypes, network->forward(images).prototypes), 1e-5);
}

TEST(FusedYolo, LeavesTheNetworkAsItWas) {
  Yolo network(YoloOptions{.classes = 1});
  Yolo as_before(YoloOptions{.classes = 1});
  load(weights_of(*network), *as_before);

  const FusedYolo fused(network);
  fused.forward(torch::rand({1, 3, 64, 64}));

  const auto names = network->named_parameters();
  for (const auto& parameter : as_before->named_parameters()) {
    EXPECT_TRUE(torch::equal(parameter.value(), names[parameter.key()])) << parameter.key();
  }
}

TEST(FusedYolo, RefusesImagesThatItCannotTake) {
  const FusedYolo fused(Yolo(YoloOptions{.classes = 1}));

  EXPECT_THROW(fused.forward(torch::zeros({1, 3, 64, 100})), Error);
}

TEST(Yolo, HasTheParametersOfThePublishedNetworks) {
  const YoloOptions small{.width = 0.5};

  EXPECT_EQ(parameter_count(*Yolo(YoloOptions{})), 3'409'968);
  EXPECT_EQ(parameter_count(*Yolo(YoloOptions{.classes = 1})), 3'263'811);
  EXPECT_NEAR(static_cast<double>(parameter_count(*Yolo(small))), 11.8e6, 0.05e6);  // published
}

TEST(Yolo, TakesAnyNumberOfImagesOfUnequalSides) {
  const torch::NoGradGuard no_grad;
  Yolo network(YoloOptions{.classes = 2});
  network->eval();

  const YoloOutput output = network->forward(torch::zeros({2, 3, 64, 96}));

  const int64_t anchors = 8 * 12 + 4 * 6 + 2 * 3;
  EXPECT_EQ(output.box_logits.sizes(), (std::vector<int64_t>{2, anchors, 64}));
  EXPECT_EQ(output.class_logits.sizes(), (std::vector<int64_t>{2, anchors, 2}));
  EXPECT_EQ(output.coefficients.sizes(), (std::vector<int64_t>{2, anchors, 32}));
  EXPECT_EQ(output.prototypes.sizes(), (std::vector<int64_t>{2, 32, 16, 24}));
}

TEST(Yolo, RefusesImagesThatItCannotTake) {
  Yolo network(YoloOptions{.classes = 1});

  EXPECT_THROW(network->forward(torch::zeros({1, 3, 64, 100})), Error);
  EXPECT_THROW(network->forward(torch::zeros({1, 1, 64, 64})), Error);
  EXPECT_THROW(network->forward(torch::zeros({3, 64, 64})), Error);
}

TEST(Yolo, ComputesTheSameAfterSavingAndLoading) {
  const torch::NoGradGuard no_grad;
  Yolo from(YoloOptions{.classes = 1});
  Yolo to(YoloOptions{.classes = 1});
  from->eval();
  to->eval();
  const torch::Tensor image = torch::rand({1, 3, 64, 64});

  const WeightsMismatch mismatch = load(weights_of(*from), *to);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(from->forward(image).prototypes, to->forward(image).prototypes));
}

}  // namespace
}  // namespace mote::nn
