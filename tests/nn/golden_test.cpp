#include "tests/nn/golden.h"

#include <gtest/gtest.h>

namespace mote::golden {
namespace {

TEST(Golden, SamplesEveryNthElementOfEachAxis) {
  const torch::Tensor numbers = torch::arange(24).reshape({4, 6});

  const torch::Tensor samples = sampled(numbers, {2, 3});

  EXPECT_TRUE(torch::equal(samples, torch::tensor({{0, 3}, {12, 15}})));
}

TEST(Golden, MeasuresSamplesAgainstTheLargestStoredMagnitude) {
  MOTE_OPEN_FIXTURE(fixture, "yolov8-seg-n-nc1");
  const torch::Tensor stored = fixture.stored("s512.layer_0");
  const double largest = stored.abs().max().item<double>();

  const Difference off = sampled_difference(fixture, "s512.layer_0", stored + 0.25, 0.1);

  EXPECT_NEAR(off.max_abs, 0.25, 1e-6);
  EXPECT_NEAR(off.allowed, 0.1 * largest, 1e-9);
}

TEST(Golden, CountsTheShareOfElementsThatDiffer) {
  MOTE_OPEN_FIXTURE(fixture, "yolov8-seg-n-nc1");
  torch::Tensor mask = fixture.stored("nms.mask0_full").clone();
  mask[3][5] = 1 - mask[3][5];

  EXPECT_DOUBLE_EQ(differing_share(fixture, "nms.mask0_full", mask), 1.0 / (512 * 512));
}

TEST(Golden, DrawsTheVideoThatTheFixturesSawAsInput) {
  MOTE_OPEN_FIXTURE(fixture, "yolov8-seg-n-nc1");

  const torch::Tensor image = video_image("yolo", 6, 0, 512, 512)[0];

  // float32 rounds once
  MOTE_EXPECT_SAMPLES(fixture, "s512.input_sub", sampled(image, {1, 64, 64}), 1e-7);
}

}  // namespace
}  // namespace mote::golden
