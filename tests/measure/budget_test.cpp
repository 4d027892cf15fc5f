#include "mote/measure/budget.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::measure {
namespace {

using testing::Each;

std::map<int32_t, TrackEnds> ends_of(
    const std::vector<std::tuple<int32_t, std::string, std::string>>& causes) {
  std::map<int32_t, TrackEnds> out;
  for (const auto& [id, start, end] : causes) {
    out[id] = {.start_cause = start, .end_cause = end, .children = {}};
  }
  return out;
}

/// n of every frame less what the budget makes of it: 0 where it balances.
std::vector<int64_t> imbalance(const std::vector<Budget>& budget) {
  std::vector<int64_t> out;
  for (const Budget& b : budget) {
    out.push_back(
        b.n - budget.front().n -
        (b.nucleated + b.entered + b.split - b.merged - b.dissolved - b.left - b.unresolved));
  }
  return out;
}

const std::vector<Track> kTracks{{1, 0, 4, {}}, {2, 0, 4, {}}, {3, 5, 9, {1, 2}}, {4, 2, 6, {}},
                                 {5, 3, 7, {}}, {6, 0, 3, {}}, {7, 4, 9, {6}},    {8, 4, 8, {6}},
                                 {9, 6, 7, {}}, {10, 1, 5, {}}};
const std::map<int32_t, TrackEnds> kEnds = ends_of({{1, "recording_start", "coalescence"},
                                                    {2, "recording_start", "coalescence"},
                                                    {3, "coalescence", "recording_end"},
                                                    {4, "nucleated", "dissolved"},
                                                    {5, "entered", "left"},
                                                    {6, "recording_start", "split"},
                                                    {7, "split", "recording_end"},
                                                    {8, "split", "lost"},
                                                    {9, "appeared", "contrast_lost"},
                                                    {10, "a new word", "another"}});

TEST(MechanismBudget, SumsToTheChangeOfNumberInEveryFrame) {
  const std::vector<Budget> budget = mechanism_budget(kTracks, kEnds, 10);

  EXPECT_THAT(imbalance(budget), Each(0));
}

TEST(MechanismBudget, TellsWhereParticlesWent) {
  const std::vector<Budget> budget = mechanism_budget(kTracks, kEnds, 10);

  EXPECT_EQ(budget[0].n, 3);
  EXPECT_EQ(budget[4].n, 7);  // tracks 1, 2, 4, 5, 7, 8, 10
  EXPECT_EQ(budget[5].merged, 1);
  EXPECT_EQ(budget[9], (Budget{.n = 2,
                               .nucleated = 1,
                               .entered = 1,
                               .split = 1,
                               .merged = 1,
                               .dissolved = 1,
                               .left = 1,
                               .unresolved = 1}));
}

TEST(MechanismBudget, OfTracksWithoutEventsIsUnresolved) {
  const std::vector<Track> tracks{{1, 0, 3, {}}, {2, 2, 9, {}}};

  const std::vector<Budget> budget = mechanism_budget(tracks, {}, 10);

  EXPECT_EQ(budget[2].n, 2);
  EXPECT_EQ(budget[2].unresolved, -1);
  EXPECT_EQ(budget[9].unresolved, 0);
  EXPECT_THAT(imbalance(budget), Each(0));
}

ParticleRow particle(double ecd_px, Point at, std::vector<int32_t> tracks) {
  ParticleRow row;
  row.measures.area_px2 = std::numbers::pi * ecd_px * ecd_px / 4;
  row.measures.centroid = at;
  row.measures.mean_intensity = 60;
  row.measures.background = 100;
  row.tracks = std::move(tracks);
  return row;
}

TEST(Conservation, SumsVolumeAndIntensityInTheWindow) {
  Conservation conservation(Box{.y = 10, .x = 10, .height = 80, .width = 80});
  const std::vector<ParticleRow> particles{particle(10, {50, 50}, {1}), particle(4, {20, 20}, {2}),
                                           particle(30, {5, 50}, {3})};

  const Conserved sums = conservation.add(particles).value();

  EXPECT_EQ(sums.particles, 2);
  EXPECT_NEAR(sums.volume_px3, 1000 + 64, 1e-9);
  EXPECT_NEAR(sums.intensity, -40 * std::numbers::pi / 4 * (100 + 16), 1e-9);
}

TEST(Conservation, KeepsTheVolumeOfParticlesThatShareAnInstance) {
  Conservation conservation(Box{.y = 0, .x = 0, .height = 100, .width = 100});
  conservation.add(
      std::vector<ParticleRow>{particle(10, {50, 45}, {1}), particle(10, {50, 55}, {2})});
  // A dumbbell of twice the area: taken for a sphere it would have 1.41 times the volume.
  const std::vector<ParticleRow> dumbbell{particle(10 * std::sqrt(2.0), {50, 50}, {1, 2})};

  EXPECT_NEAR(conservation.add(dumbbell)->volume_px3, 2000, 1e-9);
}

TEST(Conservation, CountsWhatItLacks) {
  Conservation conservation(Box{.y = 0, .x = 0, .height = 100, .width = 100});
  ParticleRow crowded = particle(10, {50, 50}, {1});
  crowded.measures.background.reset();

  const Conserved sums =
      conservation.add(std::vector<ParticleRow>{crowded, particle(10, {20, 20}, {2, 3})}).value();

  EXPECT_EQ(sums.without_background, 1);
  EXPECT_EQ(sums.without_size, 2);
}

TEST(Conservation, WithoutAWindowIsNothing) {
  EXPECT_FALSE(Conservation(std::nullopt).add({}));
}

}  // namespace
}  // namespace mote::measure
