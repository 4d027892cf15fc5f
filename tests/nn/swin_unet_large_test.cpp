#include <gtest/gtest.h>

#include "mote/nn/swin_unet.h"
#include "tests/nn/forms.h"
#include "tests/nn/gradients.h"
#include "tests/nn/swin_fixture.h"

namespace mote::nn {
namespace {

class SwinUnetForms : public golden::BothForms {};
MOTE_BOTH_FORMS(SwinUnetForms);

TEST_P(SwinUnetForms, OfThePublishedSizesComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-official224");
  const torch::NoGradGuard no_grad;
  SwinUnet network(golden::swin_options(fixture));
  fixture.fill(*network);

  golden::expect_swin_stages(fixture, network);
}

TEST_P(SwinUnetForms, OfThePaperThatMoteFollowsComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-paper448");
  const torch::NoGradGuard no_grad;
  SwinUnet network(golden::swin_options(fixture));
  fixture.fill(*network);

  golden::expect_swin_stages(fixture, network);
}

TEST_P(SwinUnetForms, OfUnusualSizesHasThePublishedGradients) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-small448");
  SwinUnet network(golden::swin_options(fixture));
  fixture.fill(*network);

  golden::expect_swin_stages(fixture, network);
  golden::expect_gradients(fixture, *network, [&](const torch::Tensor& image) {
    return torch::sigmoid(network(image));
  });
}

}  // namespace
}  // namespace mote::nn
