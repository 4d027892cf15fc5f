#include <gtest/gtest.h>

#include "mote/nn/plain.h"
#include "mote/nn/swin_unet.h"
#include "tests/nn/gradients.h"
#include "tests/nn/swin_fixture.h"

namespace mote::nn {
namespace {

TEST(SwinUnetPlain, OfThePublishedSizesComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-official224");
  const torch::NoGradGuard no_grad;
  const PlainOperators plain;
  SwinUnet network(golden::swin_options(fixture));
  fixture.fill(*network);

  golden::expect_swin_stages(fixture, network);
}

TEST(SwinUnetPlain, OfThePaperThatMoteFollowsComputesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-paper448");
  const torch::NoGradGuard no_grad;
  const PlainOperators plain;
  SwinUnet network(golden::swin_options(fixture));
  fixture.fill(*network);

  golden::expect_swin_stages(fixture, network);
}

TEST(SwinUnetPlain, OfUnusualSizesHasThePublishedGradients) {
  MOTE_OPEN_FIXTURE(fixture, "swinunet-small448");
  const PlainOperators plain;
  SwinUnet network(golden::swin_options(fixture));
  fixture.fill(*network);

  golden::expect_swin_stages(fixture, network);
  golden::expect_gradients(fixture, *network, [&](const torch::Tensor& image) {
    return torch::sigmoid(network(image));
  });
}

}  // namespace
}  // namespace mote::nn
