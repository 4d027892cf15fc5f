#include "mote/nn/swin_unet.h"

#include <gmock/gmock.h>

#include "mote/core/error.h"
#include "mote/nn/weights.h"
#include "tests/nn/forms.h"
#include "tests/nn/gradients.h"
#include "tests/nn/swin_fixture.h"

namespace mote::nn {
namespace {

using golden::expect_swin_stages;
using golden::swin_options;

SwinUnetOptions small() {
  return {.channels = 12, .depths = {2, 2, 1, 1}, .heads = {1, 2, 4, 8}, .classes = 2};
}

/// In probabilities, from logits.
auto predicting(SwinUnet& network) {
  return [&](const torch::Tensor& image) { return torch::sigmoid(network(image)); };
}

TEST(SwinBlocks, HaveThePublishedIndicesAndMasks) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-mini224");

  MOTE_EXPECT_GOLDEN(fixture, "relative_position_index", relative_position_index(7));
  MOTE_EXPECT_GOLDEN(fixture, "layers0_block1_attn_mask", shifted_window_mask(56, 56, 7, 3));
}

class SwinUnetForms : public golden::BothForms {};
MOTE_BOTH_FORMS(SwinUnetForms);

TEST_P(SwinUnetForms, ComputesEveryStageAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-mini224");
  const torch::NoGradGuard no_grad;
  SwinUnet network(swin_options(fixture));
  fixture.fill(*network);

  expect_swin_stages(fixture, network);
}

TEST_P(SwinUnetForms, HasThePublishedLossAndGradients) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-mini224");
  SwinUnet network(swin_options(fixture));
  fixture.fill(*network);

  golden::expect_gradients(fixture, *network, predicting(network));
}

TEST(SwinUnet, HasTheParametersOfThePaperThatMoteFollows) {
  const SwinUnet network(SwinUnetOptions{.classes = 3});

  EXPECT_EQ(parameter_count(*network), 27168324);
}

TEST(SwinUnet, TakesImagesThatAreNotSquare) {
  const torch::NoGradGuard no_grad;
  SwinUnet network(small());

  EXPECT_THAT(network(torch::rand({1, 1, 224, 448})).sizes().vec(),
              testing::ElementsAre(1, 2, 224, 448));
}

TEST(SwinUnet, RefusesWhatItCannotTake) {
  SwinUnet network(small());
  SwinUnetOptions heads = small();
  heads.heads = {5, 2, 4, 8};

  EXPECT_THROW(network(torch::rand({1, 3, 224, 256})), Error);
  EXPECT_THROW(network(torch::rand({1, 2, 224, 224})), Error);
  EXPECT_THROW(SwinUnet{heads}, Error);
}

TEST(SwinUnet, ComputesTheSameAfterItsWeightsWereSavedAndLoaded) {
  const torch::NoGradGuard no_grad;
  SwinUnet network(small());
  SwinUnet other(small());
  const auto image = torch::rand({1, 3, 224, 224});

  const WeightsMismatch mismatch = load(weights_of(*network), *other);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(network(image), other(image)));
}

}  // namespace
}  // namespace mote::nn
