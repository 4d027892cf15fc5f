#include "mote/nn/yolo_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/yolo.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

class YoloLossOf : public testing::TestWithParam<std::tuple<std::string, std::string>> {};
INSTANTIATE_TEST_SUITE_P(, YoloLossOf,
                         testing::Combine(testing::Values("yolov8-seg-n-nc80", "yolov8-seg-n-nc1"),
                                          testing::Values("train", "eval")),
                         [](const auto& tested) {
                           return "nc" + std::get<0>(tested.param).substr(15) + "_" +
                                  std::get<1>(tested.param);
                         });

struct Trained {
  Yolo network{nullptr};
  YoloOutput output;
  YoloLoss loss;
};

/// One forward and backward pass over the fixture's batch of two images.
Trained trained(const golden::Fixture& fixture, const std::string& mode) {
  Trained trained;
  trained.network = Yolo(YoloOptions{.classes = fixture.config().at("nc")});
  fixture.fill(*trained.network);
  trained.network->train(mode == "train");
  const torch::Tensor images = torch::cat({golden::video_image("yolotrain", 6, 0, 256, 256),
                                           golden::video_image("yolotrain", 6, 1, 256, 256)});
  trained.output = trained.network->forward(images);
  const YoloTargets targets{.image = fixture.stored("loss.input.batch_idx").to(torch::kInt64),
                            .classes = fixture.stored("loss.input.cls").to(torch::kInt64),
                            .boxes = fixture.stored("loss.input.bboxes"),
                            .masks = fixture.stored("loss.input.masks")};
  trained.loss = yolo_loss(trained.output, trained.network->layers()->head22->bins(), targets);
  trained.loss.total.backward();
  return trained;
}

TEST_P(YoloLossOf, HasTheItemsOfTheFixture) {
  const auto& [name, mode] = GetParam();
  MOTE_OPEN_FIXTURE(fixture, name);

  const Trained pass = trained(fixture, mode);

  // Noise of convolution kernels: 2e-5 (README-track.md).
  const torch::Tensor items =
      torch::stack({pass.loss.box, pass.loss.mask, pass.loss.classes, pass.loss.bins});
  const torch::Tensor expected = fixture.stored("loss." + mode + ".items");
  EXPECT_TRUE(torch::allclose(items, expected, 1e-4, 0)) << items << expected;
  MOTE_EXPECT_SAMPLES(fixture, "loss." + mode + ".total", pass.loss.total.reshape(1), 1e-4);
  MOTE_EXPECT_SAMPLES(fixture, "loss." + mode + ".cls_logits_a16",
                      golden::sampled(pass.output.class_logits, {1, 16}), 1e-4);
}

TEST_P(YoloLossOf, AssignsTheAnchorsOfTheFixture) {
  const auto& [name, mode] = GetParam();
  MOTE_OPEN_FIXTURE(fixture, name);
  const std::string prefix = "loss." + mode;

  const auto assigned = trained(fixture, mode).loss.assigned;

  const auto joined = [&](torch::Tensor YoloAssignment::*part) {
    return torch::cat({assigned[0].*part, assigned[1].*part});
  };
  const torch::Tensor anchors = joined(&YoloAssignment::anchors);
  const torch::Tensor images =
      torch::cat({torch::zeros_like(assigned[0].anchors), torch::ones_like(assigned[1].anchors)});
  EXPECT_EQ(
      golden::differing_share(fixture, prefix + ".fg_index", torch::stack({images, anchors}, 1)),
      0);
  EXPECT_EQ(golden::differing_share(fixture, prefix + ".fg_gt", joined(&YoloAssignment::instances)),
            0);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".fg_score", joined(&YoloAssignment::scores), 1e-4);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".fg_iou", joined(&YoloAssignment::iou), 1e-4);
  MOTE_EXPECT_SAMPLES(fixture, prefix + ".target_scores_sum",
                      joined(&YoloAssignment::scores).sum().reshape(1), 1e-4);
}

TEST_P(YoloLossOf, HasTheGradientsOfTheFixture) {
  const auto& [name, mode] = GetParam();
  MOTE_OPEN_FIXTURE(fixture, name);

  const Trained pass = trained(fixture, mode);

  const auto parameters = pass.network->named_parameters();
  for (const char* parameter :
       {"model.0.conv.weight", "model.22.cv2.0.2.bias", "model.22.cv3.1.2.bias",
        "model.22.cv4.0.2.bias", "model.22.proto.upsample.bias", "model.9.cv1.bn.weight"}) {
    MOTE_EXPECT_SAMPLES(fixture, "loss." + mode + ".grad." + parameter,
                        parameters[parameter].grad(), 1e-3);
  }
  const auto& squares = fixture.manifest().at("checks").at("loss_" + mode).at("grad_sumsq");
  EXPECT_GT(squares.size(), 200U);
  for (const auto& [parameter, expected] : squares.items()) {
    const double square =
        parameters[parameter].grad().to(torch::kFloat64).square().sum().item<double>();
    EXPECT_NEAR(square, expected.get<double>(), 1e-3 * expected.get<double>()) << parameter;
  }
}

TEST(YoloLoss, MovesTheRunningStatisticsAsTheFixtureDoes) {
  MOTE_OPEN_FIXTURE(fixture, "yolov8-seg-n-nc80");

  const auto buffers = trained(fixture, "train").network->named_buffers();

  for (const char* norm : {"model.0.bn", "model.22.proto.cv3.bn"}) {
    for (const char* statistic : {".running_mean", ".running_var"}) {
      const std::string name = std::string(norm) + statistic;
      MOTE_EXPECT_SAMPLES(fixture, "loss.train." + name + "_after", buffers[name], 1e-5);
    }
  }
}

YoloTargets no_targets(int64_t images, int64_t cells) {
  return {.image = torch::empty(0, torch::kInt64),
          .classes = torch::empty(0, torch::kInt64),
          .boxes = torch::empty({0, 4}),
          .masks = torch::zeros({images, cells, cells})};
}

TEST(YoloLoss, LearnsThatAnEmptyImageIsBackground) {
  Yolo network(YoloOptions{.classes = 1});
  const YoloOutput output = network->forward(torch::rand({2, 3, 64, 64}));

  const YoloLoss loss = yolo_loss(output, network->layers()->head22->bins(), no_targets(2, 16));
  loss.total.backward();

  EXPECT_GT(loss.classes.item<float>(), 0);
  EXPECT_EQ(loss.box.item<float>(), 0);
  EXPECT_EQ(loss.mask.item<float>(), 0);
}

TEST(YoloLoss, RefusesTargetsThatDoNotFitTheOutput) {
  Yolo network(YoloOptions{.classes = 1});
  const YoloOutput output = network->forward(torch::rand({1, 3, 64, 64}));
  const torch::Tensor bins = network->layers()->head22->bins();
  YoloTargets of_a_third_class = no_targets(1, 16);
  of_a_third_class.image = torch::zeros(1, torch::kInt64);
  of_a_third_class.classes = torch::full(1, 2, torch::kInt64);
  of_a_third_class.boxes = torch::full({1, 4}, 0.5);

  EXPECT_THROW(yolo_loss(output, bins, no_targets(1, 64)), Error);
  EXPECT_THROW(yolo_loss(output, bins, of_a_third_class), Error);
}

TEST(CompleteIou, IsOneForEqualBoxesAndFallsWithDistance) {
  const torch::Tensor box = torch::tensor({0.0F, 0.0F, 10.0F, 10.0F});
  const torch::Tensor apart = torch::tensor({20.0F, 0.0F, 30.0F, 10.0F});

  EXPECT_NEAR(complete_iou(box, box).item<float>(), 1, 1e-6);
  // no overlap, centres 20 px apart in a hull of 30 x 10 px: -400 / 1000
  EXPECT_NEAR(complete_iou(box, apart).item<float>(), -0.4, 1e-6);
}

}  // namespace
}  // namespace mote::nn
