#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/demo_run.h"

namespace mote::cli {
namespace {

using testing::IsEmpty;
using testing_support::mistakes;
using testing_support::mixed_tracks;

class TrackedDemoOfSeed : public testing::TestWithParam<uint64_t> {};

TEST_P(TrackedDemoOfSeed, HasItsEventsFound) {
  const SimulatedDemo demo(GetParam());

  const DemoRun at_defaults = demo.tracked();
  // The truth counts particles from a radius of 4 px on.
  const DemoRun from_radius_of_truth = demo.tracked("--min-diameter-px 8");

  EXPECT_THAT(mistakes(at_defaults), IsEmpty());
  EXPECT_THAT(mixed_tracks(at_defaults), IsEmpty());
  EXPECT_EQ(at_defaults.found.tracks.size(), at_defaults.truth.tracks.size());
  EXPECT_THAT(mistakes(from_radius_of_truth), IsEmpty());
  EXPECT_THAT(mixed_tracks(from_radius_of_truth), IsEmpty());
  EXPECT_EQ(from_radius_of_truth.found.tracks.size(), from_radius_of_truth.truth.tracks.size());
}

INSTANTIATE_TEST_SUITE_P(Program, TrackedDemoOfSeed, testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace mote::cli
