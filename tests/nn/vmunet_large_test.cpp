#include <gtest/gtest.h>

#include "mote/nn/plain.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "tests/nn/vmunet_fixture.h"

namespace mote::nn {
namespace {

TEST(VmUnetPlain, OfThePublishedSizesComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-official256");
  const torch::NoGradGuard no_grad;
  const PlainOperators plain;
  VmUnet network(golden::vmunet_options(fixture));
  fixture.fill(*network);

  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_wide", network(fixture.input("input_wide")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_gray", network(fixture.input("input_gray")));
}

TEST(VmUnetPlain, OfThePaperThatMoteFollowsComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-paper512");
  const torch::NoGradGuard no_grad;
  const PlainOperators plain;
  VmUnet network(golden::vmunet_options(fixture));
  fixture.fill(*network);

  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
}

TEST(VmUnetV2Plain, OfThePublishedSizesComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunetv2-official256");
  const torch::NoGradGuard no_grad;
  const PlainOperators plain;
  VmUnetV2 network(VmUnetV2Options{.encoder = golden::encoder_options(fixture)});
  network->eval();
  fixture.fill(*network);

  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_small", network(fixture.input("input_small")));
}

}  // namespace
}  // namespace mote::nn
