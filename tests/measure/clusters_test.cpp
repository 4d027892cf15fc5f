#include "mote/measure/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/measure/frame.h"

namespace mote::measure {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr Size kField{100, 100};

ParticleRow particle(Box box, double area_px2, int32_t cluster, std::vector<int32_t> tracks) {
  InstanceMeasures m;
  m.box = box;
  m.area_px2 = area_px2;
  m.centroid = {static_cast<double>(box.y), static_cast<double>(box.x)};
  return particle_row({.drift = {1, 2}}, m, std::move(tracks), cluster, kField);
}

/// Two that touch, and one by itself.
std::vector<ParticleRow> pair_and_single() {
  return {particle({10, 10, 10, 10}, 75, 3, {1}), particle({10, 20, 10, 10}, 25, 3, {2}),
          particle({50, 50, 10, 10}, 50, 0, {7})};
}

TEST(SizedBodies, AreAllInstancesWhereClustersAreSplit) {
  const auto bodies = sized_bodies(pair_and_single(), kField, ClusterRule::kSplit);

  ASSERT_THAT(bodies, SizeIs(3));
  EXPECT_DOUBLE_EQ(bodies[0].ecd_px, equivalent_diameter_px(75));
  EXPECT_EQ(bodies[0].cluster, bodies[1].cluster);
  EXPECT_LT(bodies[2].cluster, 0);
  EXPECT_EQ(bodies[2].track, 7);
}

TEST(SizedBodies, AreClustersWithTheirJoinedAreaPlaceAndBox) {
  const auto bodies = sized_bodies(pair_and_single(), kField, ClusterRule::kWhole);

  ASSERT_THAT(bodies, SizeIs(2));
  const SizedBody& single = bodies[0];
  const SizedBody& cluster = bodies[1];
  EXPECT_DOUBLE_EQ(single.ecd_px, equivalent_diameter_px(50));
  EXPECT_DOUBLE_EQ(cluster.ecd_px, equivalent_diameter_px(100));
  EXPECT_DOUBLE_EQ(cluster.border_weight, 1e4 / ((100 - 10 - 1) * (100 - 20 - 1)));
  EXPECT_DOUBLE_EQ(cluster.specimen.x_px, 0.75 * 10 + 0.25 * 20 - 2);
}

TEST(SizedBodies, AreThoseThatTouchNoOtherWhereClustersAreExcluded) {
  const auto bodies = sized_bodies(pair_and_single(), kField, ClusterRule::kExclude);

  ASSERT_THAT(bodies, SizeIs(1));
  EXPECT_EQ(bodies[0].track, 7);
}

TEST(SizedBodies, CountASharedInstanceOnlyAsAClusterOfItsOwn) {
  const std::vector<ParticleRow> shared{particle({10, 10, 10, 10}, 75, 0, {1, 2})};

  EXPECT_THAT(sized_bodies(shared, kField, ClusterRule::kSplit), IsEmpty());
  EXPECT_THAT(sized_bodies(shared, kField, ClusterRule::kWhole), SizeIs(1));
  EXPECT_THAT(sized_bodies(shared, kField, ClusterRule::kExclude), IsEmpty());
}

TEST(SizedBodies, HaveNoWeightAtTheBorder) {
  const std::vector<ParticleRow> cut{particle({0, 10, 10, 10}, 75, 3, {1}),
                                     particle({10, 10, 10, 10}, 75, 3, {2})};

  EXPECT_EQ(sized_bodies(cut, kField, ClusterRule::kWhole).at(0).border_weight, 0);
}

}  // namespace
}  // namespace mote::measure
