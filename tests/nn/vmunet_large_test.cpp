#include <gtest/gtest.h>

#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "tests/nn/forms.h"
#include "tests/nn/vmunet_fixture.h"

namespace mote::nn {
namespace {

class VmUnetForms : public golden::BothForms {};
MOTE_BOTH_FORMS(VmUnetForms);

class VmUnetV2Forms : public golden::BothForms {};
MOTE_BOTH_FORMS(VmUnetV2Forms);

TEST_P(VmUnetForms, OfThePublishedSizesComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-official256");
  const torch::NoGradGuard no_grad;
  VmUnet network(golden::vmunet_options(fixture));
  fixture.fill(*network);

  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_wide", network(fixture.input("input_wide")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_gray", network(fixture.input("input_gray")));
}

TEST_P(VmUnetForms, OfThePaperThatMoteFollowsComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-paper512");
  const torch::NoGradGuard no_grad;
  VmUnet network(golden::vmunet_options(fixture));
  fixture.fill(*network);

  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
}

TEST_P(VmUnetV2Forms, OfThePublishedSizesComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunetv2-official256");
  const torch::NoGradGuard no_grad;
  VmUnetV2 network(VmUnetV2Options{.encoder = golden::encoder_options(fixture)});
  network->eval();
  fixture.fill(*network);

  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_small", network(fixture.input("input_small")));
}

}  // namespace
}  // namespace mote::nn
