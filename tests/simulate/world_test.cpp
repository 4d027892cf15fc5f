#include "mote/simulate/world.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/random.h"
#include "mote/simulate/raster.h"
#include "tests/simulate/still_world.h"

namespace mote::simulate {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double kPi = std::numbers::pi;

WorldOptions busy_world() {
  WorldOptions options = still_world();
  options.particles = 30;
  options.species[0].radius_spread = 0.2;
  options.migration.enabled = true;
  options.migration.diffusivity_nm2_per_s = 20;
  options.coalescence.enabled = true;
  options.coalescence.neck_time_s = 0.5;
  options.coalescence.relaxation_time_s = 0.3;
  return options;
}

/// Every bit of what can be seen at `time_s`.
uint64_t hash_of(World& world, double time_s) {
  uint64_t hash = 0;
  const auto add = [&](double value) { hash = mix(hash ^ std::bit_cast<uint64_t>(value)); };
  for (const SeenBody& body : world.bodies_at(time_s)) {
    hash = mix(hash ^ static_cast<uint64_t>(body.particle));
    add(body.radius_nm);
    add(body.contrast);
    for (int i = 0; i < 20; ++i) {
      add(thickness_nm(body.body, 5.0 * i, 4.0 * i));
    }
    if (const auto* pair = std::get_if<Pair>(&body.body)) {
      add(pair->shape.distance_nm);
    }
  }
  add(world.drift_at(time_s).y_nm);
  return hash;
}

PositionNm centre_of(const Body& body) {
  return std::visit([](const auto& shape) { return shape.centre; }, body);
}

double ball_nm3(double radius_nm) {
  return 4.0 / 3.0 * kPi * radius_nm * radius_nm * radius_nm;
}

TEST(World, IsTheSameWheneverAndHoweverOftenItIsLookedAt) {
  WorldOptions options = busy_world();
  options.flicker.enabled = true;
  options.stage.enabled = true;
  World often(options);
  World once(options);
  for (int i = 0; i < 300; ++i) {
    often.bodies_at(i * 0.01);
    often.forget_before(i * 0.01);
  }

  EXPECT_EQ(hash_of(often, 3), hash_of(once, 3));
  EXPECT_EQ(often.take_events(3), once.take_events(3));
}

TEST(World, IsPinnedBitByBit) {
  WorldOptions options = busy_world();
  options.stage.enabled = true;
  options.stage.jump_nm = 2;
  options.stage.jump_interval_s = 1;
  options.flicker.enabled = true;
  options.share_below = 0.3;
  options.share_inside = 0.3;
  options.species[0].shape = Shape::kTruncatedOctahedron;
  options.growth.enabled = true;
  options.nucleation.enabled = true;
  options.nucleation.rate_per_nm2_s = 1e-4;
  options.ripening.enabled = true;
  options.ripening.ensemble = 1000;
  options.temperature.steps = {{.time_s = 1, .kelvin = 320}};
  options.migration.activation.energy_ev = 0.3;
  World world(options);

  EXPECT_EQ(hash_of(world, 4.2), 17524826125172968445U);
}

TEST(World, TellsOfParticlesThatGrowIntoOneAnotherAsOverlaps) {
  WorldOptions options = still_world();
  options.particles = 60;
  options.clearance_nm = 0.5;
  options.growth.enabled = true;
  options.growth.exponent = 1;
  options.growth.rate_nm_n_per_s = 1;
  World world(options);

  const std::vector<WorldEvent> events = world.take_events(3);

  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const WorldEvent& event) {
    return event.type == WorldEventType::kOverlap && event.time_s >= 0.25;  // 0.5 nm at 2 nm/s
  }));
}

TEST(World, IsAsDarkAsItsFlipsSayWhereTheyAreFasterThanSteps) {
  WorldOptions options = still_world();
  options.flicker.enabled = true;
  options.flicker.bright_time_s = 0.01;
  options.flicker.dark_time_s = 0.01;
  World world(options);
  std::map<int64_t, bool> dark;

  for (int i = 0; i < 200; ++i) {
    const double time_s = 0.0037 * i;
    for (const WorldEvent& event : world.take_events(time_s)) {
      dark[event.particles[0]] = event.type == WorldEventType::kContrastLost;
    }
    for (const SeenBody& body : world.bodies_at(time_s)) {
      ASSERT_EQ(body.dark, dark[body.particle]) << body.particle << " at " << time_s;
    }
  }
}

TEST(World, RefusesRatesThatATemperatureMakesTooFast) {
  WorldOptions options = still_world();
  options.coalescence.enabled = true;
  options.coalescence.activation.energy_ev = 3;
  options.temperature = {.reference_kelvin = 300, .steps = {{.time_s = 1, .kelvin = 900}}};

  EXPECT_THROW(World{options}, Error);
  options.coalescence.enabled = false;
  EXPECT_NO_THROW(World{options});
}

TEST(World, KeepsWhatIsSeenOfTheCurrentFrameAndForgetsTheRest) {
  World world(busy_world());
  world.bodies_at(2);
  world.forget_before(1.5);

  EXPECT_FALSE(world.bodies_at(1.5).empty());
  EXPECT_TRUE(world.bodies_at(1.4).empty());
}

TEST(Coalescence, ConservesVolumeAndCentreOfMassToAMillionth) {
  World world(busy_world());
  const std::vector<WorldEvent> events = world.take_events(4);
  int contacts = 0;
  for (const WorldEvent& event : events) {
    if (event.type != WorldEventType::kContact) {
      continue;
    }
    ++contacts;
    std::map<int64_t, SeenBody> before;
    for (const SeenBody& body : world.bodies_at(event.time_s - 1e-9)) {
      before.emplace(body.particle, body);
    }
    std::map<int64_t, SeenBody> after;
    for (const SeenBody& body : world.bodies_at(event.time_s + 1e-9)) {
      after.emplace(body.particle, body);
    }
    const SeenBody& a = before.at(event.particles[0]);
    const SeenBody& b = before.at(event.particles[1]);
    const SeenBody& whole = after.at(event.result);
    const double a_volume = ball_nm3(a.radius_nm);
    const double b_volume = ball_nm3(b.radius_nm);
    EXPECT_NEAR(ball_nm3(whole.radius_nm) / (a_volume + b_volume), 1, 1e-6);
    EXPECT_NEAR(std::get<Pair>(whole.body).shape.volume_nm3 / (a_volume + b_volume), 1, 1e-6);
    const PositionNm at_a = centre_of(a.body);
    const PositionNm at_b = centre_of(b.body);
    const PositionNm at = centre_of(whole.body);
    if (std::fabs(at_a.y_nm - at_b.y_nm) < 50 && std::fabs(at_a.x_nm - at_b.x_nm) < 50) {
      const double weight = b_volume / (a_volume + b_volume);
      EXPECT_NEAR(at.y_nm, at_a.y_nm + weight * (at_b.y_nm - at_a.y_nm), 1e-5);
      EXPECT_NEAR(at.x_nm, at_a.x_nm + weight * (at_b.x_nm - at_a.x_nm), 1e-5);
    }
    EXPECT_FALSE(after.contains(event.particles[0]));
  }
  EXPECT_GE(contacts, 10);
}

TEST(Coalescence, ConservesTheVolumeOfAllParticles) {
  World world(busy_world());
  const auto total = [&](double time_s) {
    double sum = 0;
    for (const SeenBody& body : world.bodies_at(time_s)) {
      sum += ball_nm3(body.radius_nm);
    }
    return sum;
  };
  const double first = total(0);

  EXPECT_NEAR(total(4) / first, 1, 1e-9);
  EXPECT_LT(world.particles().size(), 100U);
}

TEST(Coalescence, GrowsNecksByThePowerLawThatIsAskedFor) {
  for (const double exponent : {1.0 / 2, 1.0 / 5, 1.0 / 6}) {
    WorldOptions options = busy_world();
    options.coalescence.neck_exponent = exponent;
    World world(options);
    double sum_x = 0;
    double sum_y = 0;
    double sum_xx = 0;
    double sum_xy = 0;
    double count = 0;
    for (int i = 0; i < 300; ++i) {
      const double time = i * 0.01;
      for (const SeenBody& body : world.bodies_at(time)) {
        const auto* pair = std::get_if<Pair>(&body.body);
        if (pair == nullptr || pair->shape.neck_ratio > 0.3 || pair->shape.neck_ratio <= 0) {
          continue;
        }
        // Times scale with r^4: measured in units of that of the pair's smaller particle.
        const double unit = std::pow(body.merger->smaller_nm / 4, 4);
        const double x = std::log((time - body.merger->contact_s) / unit);
        const double y = std::log(pair->shape.neck_ratio);
        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_xy += x * y;
        count += 1;
      }
    }
    const double slope = (count * sum_xy - sum_x * sum_y) / (count * sum_xx - sum_x * sum_x);

    EXPECT_GT(count, 100);
    EXPECT_NEAR(slope, exponent, 1e-3);
  }
}

TEST(Coalescence, DatesHalfNecksAndMergersExactly) {
  World world(busy_world());
  const std::vector<WorldEvent> events = world.take_events(4);
  const std::map<WorldEventType, double> ratios = {{WorldEventType::kHalfNeck, 0.5},
                                                   {WorldEventType::kMerged, 0.7},
                                                   {WorldEventType::kComplete, 0.95}};
  std::map<WorldEventType, int> found;
  for (const WorldEvent& event : events) {
    const auto ratio = ratios.find(event.type);
    if (ratio == ratios.end()) {
      continue;
    }
    for (const SeenBody& body : world.bodies_at(event.time_s)) {
      if (body.particle == event.result) {
        EXPECT_NEAR(std::get<Pair>(body.body).shape.neck_ratio, ratio->second, 1e-9);
        ++found[event.type];
      }
    }
  }
  EXPECT_GE(found[WorldEventType::kHalfNeck], 5);
  EXPECT_GE(found[WorldEventType::kMerged], 5);
  EXPECT_GE(found[WorldEventType::kComplete], 5);
}

TEST(Coalescence, EndsInTheSphereOfEqualVolumeWithoutAStep) {
  WorldOptions options = busy_world();
  options.species[0].radius_spread = 0.3;
  World world(options);
  std::set<int64_t> pairs;
  int relaxed = 0;
  for (int i = 0; i < 500; ++i) {
    for (const SeenBody& body : world.bodies_at(i * 0.01)) {
      if (const auto* pair = std::get_if<Pair>(&body.body)) {
        pairs.insert(body.particle);
        if (body.merger->aged_s > 0.99 * body.merger->law.end_s()) {
          const double tip = pair->shape.distance_nm + pair->shape.radius_b_nm;
          EXPECT_NEAR(0.5 * (pair->shape.radius_a_nm + tip) / body.radius_nm, 1, 0.02);
        }
      } else if (pairs.erase(body.particle) > 0) {
        ++relaxed;
      }
    }
  }
  EXPECT_GE(relaxed, 5);
}

TEST(Coalescence, StopsAtADumbbellWhereItIsToldTo) {
  WorldOptions options = busy_world();
  options.coalescence.final_neck_ratio = 0.4;
  World world(options);

  const std::vector<WorldEvent> events = world.take_events(4);

  int contacts = 0;
  for (const WorldEvent& event : events) {
    contacts += event.type == WorldEventType::kContact ? 1 : 0;
    EXPECT_NE(event.type, WorldEventType::kHalfNeck);
  }
  EXPECT_GE(contacts, 5);
  int pairs = 0;
  for (const SeenBody& body : world.bodies_at(4)) {
    pairs += body.merger ? 1 : 0;
  }
  EXPECT_EQ(pairs, contacts);
}

TEST(World, LetsNoBodiesOfOneFaceRunIntoEachOther) {
  WorldOptions options = busy_world();
  options.coalescence.enabled = false;
  World world(options);
  for (int i = 0; i < 100; ++i) {
    const std::vector<SeenBody> bodies = world.bodies_at(i * 0.02);
    for (size_t a = 0; a < bodies.size(); ++a) {
      for (size_t b = a + 1; b < bodies.size(); ++b) {
        const PositionNm at_a = centre_of(bodies[a].body);
        const PositionNm at_b = centre_of(bodies[b].body);
        const double apart = std::hypot(at_a.y_nm - at_b.y_nm, at_a.x_nm - at_b.x_nm);
        EXPECT_GT(apart, bodies[a].radius_nm + bodies[b].radius_nm - 1e-9);
      }
    }
  }
}

TEST(World, LetsParticlesOfOppositeFacesCrossWithoutContact) {
  WorldOptions options = busy_world();
  options.share_below = 0.5;
  World world(options);
  std::map<int64_t, Face> faces;
  int overlaps = 0;
  int parted = 0;
  for (int i = 0; i <= 100; ++i) {
    for (const SeenBody& body : world.bodies_at(i * 0.02)) {
      faces[body.particle] = body.face;
    }
  }

  for (const WorldEvent& event : world.take_events(2)) {
    if (event.type == WorldEventType::kContact) {
      EXPECT_EQ(faces.at(event.particles[0]), faces.at(event.particles[1]));
    } else if (event.type == WorldEventType::kOverlap) {
      EXPECT_NE(faces.at(event.particles[0]), faces.at(event.particles[1]));
      ++overlaps;
    } else if (event.type == WorldEventType::kParted) {
      ++parted;
    }
  }
  EXPECT_GE(overlaps, 10);
  EXPECT_GE(parted, 10);
}

TEST(Nucleation, HappensAtItsRateAndGrowthFollowsItsLaw) {
  WorldOptions options = still_world();
  options.particles = 0;
  options.nucleation.enabled = true;
  options.nucleation.rate_per_nm2_s = 2e-3;
  options.growth.enabled = true;
  options.growth.rate_nm_n_per_s = 0.3;
  options.growth.exponent = 2;
  World world(options);
  const double edge = 100 + 2 * (6 * 4 * std::exp(0.0) + 64 * 0.5);

  std::map<int64_t, double> born;
  for (const WorldEvent& event : world.take_events(2)) {
    if (event.type == WorldEventType::kNucleated) {
      born[event.particles[0]] = event.time_s;
    }
  }

  // A few begin on top of another and are not counted.
  const double expected = 2e-3 * edge * edge * 2;
  EXPECT_NEAR(static_cast<double>(born.size()), 0.97 * expected, 4 * std::sqrt(expected));
  for (const SeenBody& body : world.bodies_at(2)) {
    // r^2 = r0^2 + 2 K t; within the step of its birth a nucleus does not grow yet.
    const double radius = std::sqrt(0.16 + 2 * 0.3 * (2 - born.at(body.particle)));
    EXPECT_NEAR(body.radius_nm, radius, 0.02);
  }
}

TEST(Dissolution, EndsEachParticleAtTheTimeThatItsSizeSays) {
  WorldOptions options = still_world();
  options.species[0].median_radius_nm = 2;
  options.species[0].radius_spread = 0.2;
  options.dissolution.enabled = true;
  options.dissolution.rate_nm_n_per_s = 1;
  options.dissolution.exponent = 2;
  World world(options);
  std::map<int64_t, double> radii;
  for (const SeenBody& body : world.bodies_at(0)) {
    radii[body.particle] = body.radius_nm;
  }

  std::map<int64_t, double> ends;
  for (const WorldEvent& event : world.take_events(10)) {
    if (event.type == WorldEventType::kDissolved) {
      ends[event.particles[0]] = event.time_s;
    }
  }

  EXPECT_EQ(ends.size(), radii.size());
  for (const auto& [particle, time] : ends) {
    const double radius = radii.at(particle);
    EXPECT_NEAR(time, (radius * radius - 0.16) / 2, 0.01) << particle;
  }
  EXPECT_TRUE(world.bodies_at(10).empty());
}

TEST(Ripening, MakesSmallParticlesSmallerAndLargeOnesLarger) {
  WorldOptions options = still_world();
  options.ripening.enabled = true;
  options.ripening.rate_nm_n_per_s = 2;
  options.ripening.ensemble = 1000;
  World world(options);
  std::map<int64_t, double> radii;
  for (const SeenBody& body : world.bodies_at(0)) {
    radii[body.particle] = body.radius_nm;
  }

  for (const SeenBody& body : world.bodies_at(1)) {
    const double before = radii.at(body.particle);
    if (before > 4.2) {
      EXPECT_GT(body.radius_nm, before);
    } else if (before < 3.9) {
      EXPECT_LT(body.radius_nm, before);
    }
  }
}

TEST(Border, IsCrossedWithAnEventAtTheTimeOfTheCrossing) {
  WorldOptions options = still_world();
  options.stage.enabled = true;
  options.stage.wander_nm = 0;
  options.stage.velocity_x_nm_per_s = 10;
  World world(options);
  std::map<int64_t, double> columns;
  for (const SeenBody& body : world.bodies_at(0)) {
    columns[body.particle] = centre_of(body.body).x_nm;
  }

  int entered = 0;
  int left = 0;
  for (const WorldEvent& event : world.take_events(3)) {
    const double x = columns.at(event.particles[0]) + 10 * event.time_s;
    if (event.type == WorldEventType::kEntered) {
      EXPECT_NEAR(x, -0.25 - 4, 1e-6);
      ++entered;
    } else {
      EXPECT_EQ(event.type, WorldEventType::kLeft);
      EXPECT_NEAR(x, 99.75 + 4, 1e-6);
      ++left;
    }
  }
  EXPECT_GE(entered, 2);
  EXPECT_GE(left, 2);
}

TEST(Flicker, KeepsTheMeanTimesThatItIsGiven) {
  WorldOptions options = still_world();
  options.flicker.enabled = true;
  options.flicker.bright_time_s = 2;
  options.flicker.dark_time_s = 0.5;
  options.step_s = 0.1;
  World world(options);
  int lost = 0;
  double dark = 0;
  for (const WorldEvent& event : world.take_events(100)) {
    const bool begins = event.type == WorldEventType::kContrastLost;
    lost += begins ? 1 : 0;
    dark += begins ? -event.time_s : event.time_s;
  }
  for (const SeenBody& body : world.bodies_at(100)) {
    dark += body.dark ? 100 : 0;
    EXPECT_EQ(body.contrast, body.dark ? 0.05 : 1);
  }

  const auto particles = static_cast<double>(world.particles().size());
  const double expected = particles * 100 / 2.5;
  EXPECT_NEAR(lost, expected, 4 * std::sqrt(expected));
  EXPECT_NEAR(dark / lost, 0.5, 4 * 0.5 / std::sqrt(expected));
}

TEST(World, RefusesWhatCannotBe) {
  WorldOptions crowded = still_world();
  crowded.particles = 5000;
  WorldOptions backwards = still_world();
  backwards.step_s = -1;

  EXPECT_THAT([&] { World world(crowded); }, ThrowsMessage<Error>(HasSubstr("found no room")));
  EXPECT_THAT([&] { World world(backwards); },
              ThrowsMessage<Error>(HasSubstr("step-s is -1, expected 1e-06 to 1000000")));
}

TEST(World, RefusesRatesThatNoSpecimenHas) {
  WorldOptions steep;
  steep.migration.activation.energy_ev = 60;
  WorldOptions racing;
  racing.stage.velocity_x_nm_per_s = -2e6;
  WorldOptions explosive;
  explosive.growth.rate_nm_n_per_s = 1e5;
  WorldOptions crowd;
  crowd.ripening.ensemble = 10000000;

  EXPECT_THAT([&] { check(steep); },
              ThrowsMessage<Error>(HasSubstr("migration.activation-ev is 60, expected -10 to 10")));
  EXPECT_THAT([&] { check(racing); },
              ThrowsMessage<Error>(HasSubstr(
                  "stage.velocity-x-nm-per-s is -2000000, expected -1000000 to 1000000")));
  EXPECT_THAT([&] { check(explosive); },
              ThrowsMessage<Error>(HasSubstr("growth.rate-nm-n-per-s is 100000, expected 0 to")));
  EXPECT_THAT(
      [&] { check(crowd); },
      ThrowsMessage<Error>(HasSubstr("ripening.ensemble is 10000000, expected 1000 to 1000000")));
}

}  // namespace
}  // namespace mote::simulate
