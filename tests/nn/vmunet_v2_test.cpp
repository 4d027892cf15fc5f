#include "mote/nn/vmunet_v2.h"

#include <gmock/gmock.h>

#include "mote/core/error.h"
#include "mote/nn/weights.h"
#include "tests/nn/forms.h"
#include "tests/nn/gradients.h"
#include "tests/nn/vmunet_fixture.h"

namespace mote::nn {
namespace {

using golden::part;

VmUnetV2Options options_of(const golden::Fixture& fixture) {
  return {.encoder = golden::encoder_options(fixture),
          .mid_channels = fixture.config().at("mid_channel"),
          .classes = fixture.config().at("num_classes")};
}

VmUnetV2Options small() {
  return {.encoder = {.channels = {16, 32, 64, 128}, .depths = {1, 1, 1, 1}, .states = 4},
          .mid_channels = 8};
}

void expect_joined_scales(const golden::Fixture& fixture, VmUnetV2& network) {
  const auto features = part<VssEncoderImpl>(*network, "vmunet")->encode(fixture.input("input"), 3);
  std::vector<torch::Tensor> maps;
  for (size_t s = 0; s < 4; ++s) {
    const std::string number = std::to_string(s + 1);
    const auto map = features[s].permute({0, 3, 1, 2});
    const auto channels = part<ChannelAttention>(*network, "ca_" + number)->forward(map);
    MOTE_EXPECT_GOLDEN(fixture, "ca_" + number, channels);
    const auto places = part<SpatialAttention>(*network, "sa_" + number)->forward(channels * map);
    MOTE_EXPECT_GOLDEN(fixture, "sa_" + number, places);
    maps.push_back(
        part<ReduceChannels>(*network, "Translayer_" + number)->forward(places * (channels * map)));
    MOTE_EXPECT_GOLDEN(fixture, "Translayer_" + number, maps.back());
  }
  for (size_t s = 0; s < 4; ++s) {
    const std::string number = std::to_string(s + 1);
    MOTE_EXPECT_GOLDEN(fixture, "sdi_" + number,
                       part<SemanticsInfusion>(*network, "sdi_" + number)->forward(maps, s));
  }
}

class VmUnetV2Forms : public golden::BothForms {};
MOTE_BOTH_FORMS(VmUnetV2Forms);

TEST_P(VmUnetV2Forms, JoinsItsScalesAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "vmunetv2-mini");
  const torch::NoGradGuard no_grad;
  VmUnetV2 network(options_of(fixture));
  network->eval();
  fixture.fill(*network);

  golden::expect_first_block(fixture, *network);
  expect_joined_scales(fixture, network);
  MOTE_EXPECT_GOLDEN(fixture, "output", network(fixture.input("input")));
}

TEST_P(VmUnetV2Forms, HasThePublishedLossAndGradients) {
  MOTE_OPEN_FIXTURE(fixture, "vmunetv2-mini");
  VmUnetV2 network(options_of(fixture));
  fixture.fill(*network);

  golden::expect_gradients(fixture, *network,
                           [&](const torch::Tensor& image) { return network(image); });
}

TEST(VmUnetV2, HasThePublishedParameters) {
  const VmUnetV2 network(VmUnetV2Options{});

  EXPECT_EQ(parameter_count(*network), 22770934);
}

// The published code takes squares alone.
TEST(VmUnetV2, TakesImagesThatAreNotSquare) {
  const torch::NoGradGuard no_grad;
  VmUnetV2 network(small());

  EXPECT_THAT(network(torch::rand({2, 1, 32, 96})).sizes().vec(),
              testing::ElementsAre(2, 1, 32, 96));
}

TEST(VmUnetV2, RefusesWhatItCannotTake) {
  VmUnetV2 network(small());
  VmUnetV2Options supervised = small();
  supervised.classes = 3;

  EXPECT_THROW(network(torch::rand({1, 3, 40, 32})), Error);
  EXPECT_THROW(VmUnetV2{supervised}, Error);
}

TEST(VmUnetV2, ComputesTheSameAfterItsWeightsWereSavedAndLoaded) {
  const torch::NoGradGuard no_grad;
  VmUnetV2 network(small());
  VmUnetV2 other(small());
  network->eval();
  other->eval();
  const auto image = torch::rand({1, 3, 32, 32});

  const WeightsMismatch mismatch = load(weights_of(*network), *other);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(network(image), other(image)));
}

}  // namespace
}  // namespace mote::nn
