#include "mote/nn/deaot_engine.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/plain.h"
#include "tests/nn/deaot_scenarios.h"

namespace mote::nn {
namespace {

TEST(DeAotEngine, OfTheSmallSizeTracksAsPublishedInEveryScenario) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-t");

  golden::expect_all_scenarios(fixture, deaot_t());
}

TEST(DeAotEngine, OfTheSmallSizeTracksAsPublishedOperatorByOperator) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-t");
  const PlainOperators plain;

  golden::expect_all_scenarios(fixture, deaot_t());
}

std::map<std::string, torch::Tensor> as_map(
    const std::vector<std::pair<std::string, torch::Tensor>>& state) {
  return {state.begin(), state.end()};
}

TEST(DeAotEngine, ContinuesFromASavedStateToTheBit) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  DeAot network(deaot_t());
  const DeAotEngineOptions options = {.long_term_gap = 1, .short_term_skip = 2};
  DeAotEngine engine(network, options);
  const Size size = {49, 65};
  const torch::Tensor images = torch::rand({3, 1, 3, size.height, size.width});
  engine.see(images[0]);
  engine.reference(golden::deaot_labels(12, 12, 0, size), 12);
  engine.see(images[1]);
  engine.propagate();
  engine.update(engine.labels(size));
  DeAotEngine other(network, options);

  other.load_state(as_map(engine.save_state()));

  for (DeAotEngine* each : {&engine, &other}) {
    each->see(images[2]);
    each->propagate();
  }
  EXPECT_TRUE(torch::equal(engine.logits(size), other.logits(size)));
  EXPECT_EQ(other.ids(), 12);
}

TEST(DeAotEngine, RefusesAStateThatLacksSomething) {
  DeAot network(deaot_t());
  DeAotEngine engine(network, {});
  engine.see(torch::rand({1, 3, 49, 65}));
  engine.reference(golden::deaot_labels(3, 3, 0, {49, 65}), 3);
  auto state = as_map(engine.save_state());
  state.erase("group.0.long_term.0.value");
  DeAotEngine other(network, {});

  EXPECT_THROW(other.load_state(state), Error);
  EXPECT_THROW(other.load_state({}), Error);
}

TEST(DeAotEngine, RefusesToPropagateBeforeAReference) {
  DeAotEngine engine(DeAot(deaot_t()), {});
  engine.see(torch::rand({1, 3, 49, 65}));

  EXPECT_THROW(engine.propagate(), Error);
}

TEST(DeAotEngine, RefusesReferencesThatShowIdsItIsNotToldOf) {
  DeAotEngine engine(DeAot(deaot_t()), {});
  engine.see(torch::rand({1, 3, 49, 65}));

  EXPECT_THROW(engine.reference(torch::full({1, 49, 65}, 3), 2), Error);
}

TEST(ResizedLabels, TakeTheNearestPixel) {
  const torch::Tensor labels = torch::arange(4).reshape({1, 2, 2});

  const torch::Tensor resized = resized_labels(labels, {3, 4});

  const torch::Tensor expected =
      torch::tensor({0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3}).reshape({1, 3, 4});
  EXPECT_TRUE(torch::equal(resized, expected));
}

}  // namespace
}  // namespace mote::nn
