#include <gtest/gtest.h>

#include "mote/nn/efficient_sam.h"
#include "mote/nn/plain.h"
#include "mote/nn/threads.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

EfficientSam network_of(const golden::Fixture& fixture, const EfficientSamOptions& options) {
  set_threads(0);
  EfficientSam network(options);
  fixture.fill(*network);
  network->eval();
  return network;
}

void expect_masks(const golden::Fixture& fixture, EfficientSam& network,
                  const torch::Tensor& embedding, const std::string& name,
                  const SamImageSize& size) {
  const SamMasks masks = network->decode(
      embedding,
      {.points = fixture.input(name + ".points"), .labels = fixture.input(name + ".labels")}, size);
  MOTE_EXPECT_GOLDEN(fixture, name + ".low_res_logits", masks.logits);
  MOTE_EXPECT_GOLDEN(fixture, name + ".iou", masks.iou);
}

void expect_tiny(const golden::Fixture& fixture) {
  const torch::NoGradGuard no_grad;
  EfficientSam network = network_of(fixture, {});

  const torch::Tensor embedding = network->encode(fixture.input("input"));

  MOTE_EXPECT_GOLDEN(fixture, "enc.image_embedding", embedding);
  for (const std::string name : {"point1", "box", "multi"}) {
    expect_masks(fixture, network, embedding, name, {.height = 1024, .width = 1024});
  }
}

TEST(EfficientSamTiny, IsThePublishedNetworkInItsFastForm) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt");

  expect_tiny(fixture);
}

TEST(EfficientSamTiny, IsThePublishedNetworkOperatorByOperator) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt");
  const PlainOperators plain;

  expect_tiny(fixture);
}

TEST(EfficientSamTiny, TakesImagesSmallerThanItsOwnSize) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt");
  const torch::NoGradGuard no_grad;
  EfficientSam network = network_of(fixture, {});

  const SamMasks masks = network->forward(fixture.input("input_small"),
                                          {.points = fixture.input("small_point.points"),
                                           .labels = fixture.input("small_point.labels")});

  MOTE_EXPECT_GOLDEN(fixture, "small_point.masks", masks.logits);
  MOTE_EXPECT_GOLDEN(fixture, "small_point.iou", masks.iou);
}

TEST(EfficientSamSmall, IsThePublishedNetworkInItsFastForm) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vits");
  const torch::NoGradGuard no_grad;
  EfficientSam network = network_of(fixture, efficient_sam_small());

  MOTE_EXPECT_GOLDEN(fixture, "enc.image_embedding", network->encode(fixture.input("input")));
}

TEST(EfficientSamSmall, IsThePublishedNetworkOperatorByOperator) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vits");
  const torch::NoGradGuard no_grad;
  const PlainOperators plain;
  EfficientSam network = network_of(fixture, efficient_sam_small());

  MOTE_EXPECT_GOLDEN(fixture, "enc.image_embedding", network->encode(fixture.input("input")));
}

}  // namespace
}  // namespace mote::nn
