#include "mote/nn/vmunet.h"

#include <gmock/gmock.h>

#include "mote/core/error.h"
#include "mote/nn/weights.h"
#include "tests/nn/forms.h"
#include "tests/nn/gradients.h"
#include "tests/nn/vmunet_fixture.h"

namespace mote::nn {
namespace {

using golden::expect_first_block;
using golden::part;
using golden::vmunet_options;

VmUnetOptions small() {
  return {.encoder = {.channels = {16, 32, 64, 128}, .depths = {1, 1, 1, 1}, .states = 4},
          .decoder_depths = {1, 1, 1, 1}};
}

void expect_stages(const golden::Fixture& fixture, VmUnet& network) {
  auto* vssm = part<Vssm>(*network, "vmunet");
  const auto encoded = vssm->encode(fixture.input("input"), 4);
  const auto decoded = vssm->decode(encoded);

  for (size_t stage = 0; stage < 4; ++stage) {
    MOTE_EXPECT_GOLDEN(fixture, "enc" + std::to_string(stage), encoded[stage + 1]);
    MOTE_EXPECT_GOLDEN(fixture, "dec" + std::to_string(stage), decoded[stage]);
  }
  MOTE_EXPECT_GOLDEN(fixture, "final_up",
                     part<PatchExpand>(*network, "vmunet.final_up")->forward(decoded.back()));
  MOTE_EXPECT_GOLDEN(fixture, "logits", vssm->classify(decoded.back()));
}

class VmUnetForms : public golden::BothForms {};
MOTE_BOTH_FORMS(VmUnetForms);

TEST_P(VmUnetForms, ComputesTheFirstBlockAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-mini");
  const torch::NoGradGuard no_grad;
  VmUnet network(vmunet_options(fixture));
  fixture.fill(*network);

  expect_first_block(fixture, *network);
}

TEST_P(VmUnetForms, ComputesEveryStageAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-mini");
  const torch::NoGradGuard no_grad;
  VmUnet network(vmunet_options(fixture));
  fixture.fill(*network);

  expect_stages(fixture, network);
  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
  MOTE_EXPECT_GOLDEN(fixture, "output.input_gray", network(fixture.input("input_gray")));
}

TEST_P(VmUnetForms, HasThePublishedLossAndGradients) {
  MOTE_OPEN_FIXTURE(fixture, "vmunet-mini");
  VmUnet network(vmunet_options(fixture));
  fixture.fill(*network);

  golden::expect_gradients(fixture, *network,
                           [&](const torch::Tensor& image) { return network(image); });
}

TEST(VmUnet, HasTheParametersOfThePaperThatMoteFollows) {
  const VmUnet network(VmUnetOptions{.classes = 3});

  EXPECT_EQ(parameter_count(*network), 27427611);
}

TEST(VmUnet, GivesOneMapAClass) {
  const torch::NoGradGuard no_grad;
  VmUnetOptions options = small();
  options.classes = 3;
  VmUnet network(options);

  EXPECT_THAT(network(torch::rand({2, 1, 32, 64})).sizes().vec(),
              testing::ElementsAre(2, 3, 32, 64));
}

TEST(VmUnet, RefusesWhatDoesNotDivide) {
  VmUnet network(small());

  EXPECT_THROW(network(torch::rand({1, 3, 32, 48})), Error);
  EXPECT_THROW(network(torch::rand({1, 2, 32, 32})), Error);
  EXPECT_THROW(network(torch::rand({3, 32, 32})), Error);
}

TEST(VmUnet, ComputesTheSameAfterItsWeightsWereSavedAndLoaded) {
  const torch::NoGradGuard no_grad;
  VmUnet network(small());
  VmUnet other(small());
  const auto image = torch::rand({1, 3, 32, 32});

  const WeightsMismatch mismatch = load(weights_of(*network), *other);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(network(image), other(image)));
}

}  // namespace
}  // namespace mote::nn
