#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/track/drift.h"
#include "mote/track/sealed_state.h"
#include "tests/drift_scene.h"

namespace mote::track {
namespace {

using synthetic::DriftScene;
using synthetic::wander;
using testing::Contains;
using testing::HasSubstr;

constexpr Size kSize = {256, 256};

struct Told {
  std::vector<DriftRow> running;
  DriftResult result;
  std::string state;
};

// A recording estimated in one go, or saved and loaded into a new estimator before each frame of
// `stops`.
Told told(const DriftScene& scene, const std::vector<int64_t>& stops, bool masked = true) {
  Told out;
  auto estimator = make_drift_estimator({}, kSize);
  for (int64_t i = 0; i < scene.frames(); ++i) {
    if (std::find(stops.begin(), stops.end(), i) != stops.end()) {
      const std::string state = estimator->save_state();
      estimator = make_drift_estimator({}, kSize);
      estimator->load_state(state);
    }
    const BinaryImage particles = masked ? scene.particles(i) : BinaryImage{};
    out.running.push_back(estimator->push(i, estimator->prepare(scene.image(i), particles)));
  }
  out.result = estimator->solve();
  out.state = estimator->save_state();
  return out;
}

void expect_same(const Told& a, const Told& b) {
  EXPECT_EQ(a.running, b.running);
  EXPECT_EQ(a.result, b.result);
  EXPECT_TRUE(a.state == b.state);
}

TEST(DriftState, ResumedEqualsUninterruptedToTheBit) {
  const DriftScene scene({.size = kSize, .pattern_sd = 6}, wander(50, 20, 0.5, 5));

  const Told whole = told(scene, {});
  const Told resumed = told(scene, {1, 12, 30});

  expect_same(resumed, whole);
}

TEST(DriftState, ResumedInACrowdEqualsUninterruptedToTheBit) {
  // Small discs that each go their own way, and no support.
  const DriftScene crowd({.size = kSize,
                          .texture_sd = 0,
                          .noise_sd = 8,
                          .particles = 250,
                          .radius_px = 3,
                          .speed_px = 0.5},
                         std::vector<Point>(36));

  const Told whole = told(crowd, {}, false);
  const Told resumed = told(crowd, {5, 14, 31}, false);

  EXPECT_THAT(whole.result.warnings, Contains(HasSubstr("does not move as one")));
  expect_same(resumed, whole);
}

// Of a small field, so that a state is short.
constexpr Size kSmall = {48, 64};

DriftScene small_scene() {
  return {{.size = kSmall, .pattern_sd = 4, .noise_sd = 1, .particles = 0}, wander(20, 20, 0.6, 5)};
}

void push_all(DriftEstimator& estimator, const DriftScene& scene, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; ++i) {
    estimator.push(i, estimator.prepare(scene.image(i), {}));
  }
}

std::string small_state() {
  const auto estimator = make_drift_estimator({}, kSmall);
  push_all(*estimator, small_scene(), 0, 18);
  return estimator->save_state();
}

ErrorKind refusal_of(DriftEstimator& estimator, const std::string& state) {
  try {
    estimator.load_state(state);
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "loaded";
  return ErrorKind::kUsage;
}

TEST(DriftState, RefusesOneThatIsCutOff) {
  const std::string state = small_state();
  const auto estimator = make_drift_estimator({}, kSmall);

  for (size_t bytes = 0; bytes < state.size(); bytes += bytes < 600 ? 1 : 1009) {
    EXPECT_EQ(refusal_of(*estimator, state.substr(0, bytes)), ErrorKind::kBadFile) << bytes;
  }
  EXPECT_EQ(refusal_of(*estimator, state + "x"), ErrorKind::kBadFile);
}

TEST(DriftState, RefusesOneWithAFlippedBit) {
  std::string state = small_state();
  const auto estimator = make_drift_estimator({}, kSmall);

  for (size_t byte = 0; byte < state.size(); byte += byte < 600 ? 1 : 1009) {
    state[byte] = static_cast<char>(state[byte] ^ 0x10);
    EXPECT_EQ(refusal_of(*estimator, state), ErrorKind::kBadFile) << "byte " << byte;
    state[byte] = static_cast<char>(state[byte] ^ 0x10);
  }
}

TEST(DriftState, RefusesThatOfAnotherFieldOrOfOtherOptions) {
  const std::string state = small_state();

  EXPECT_EQ(refusal_of(*make_drift_estimator({}, {64, 48}), state), ErrorKind::kBadFile);
  EXPECT_EQ(refusal_of(*make_drift_estimator({.max_shift_px = 63}, kSmall), state),
            ErrorKind::kBadFile);
  EXPECT_EQ(refusal_of(*make_drift_estimator({.from = DriftFrom::kAll}, kSmall), state),
            ErrorKind::kBadFile);
}

TEST(DriftState, RefusedLeavesTheEstimatorAsItWas) {
  const auto estimator = make_drift_estimator({}, kSmall);
  push_all(*estimator, small_scene(), 0, 5);
  const std::string before = estimator->save_state();

  EXPECT_EQ(refusal_of(*estimator, small_state() + "x"), ErrorKind::kBadFile);

  EXPECT_TRUE(estimator->save_state() == before);
}

// What stands in front of the content of a sealed state.
constexpr size_t kHeadBytes = 16;

// `state` with one byte changed and a checksum that fits: made up, not damaged.
std::string made_up(const std::string& state, size_t byte, char change) {
  uint64_t mark = 0;
  std::memcpy(&mark, state.data(), sizeof(mark));
  std::string content = state.substr(kHeadBytes);
  content[byte] = static_cast<char>(content[byte] ^ change);
  return sealed_state(mark, content);
}

TEST(DriftState, MadeUpIsRefusedOrSurvived) {
  const std::string state = small_state();
  const DriftScene scene = small_scene();
  const size_t content = state.size() - kHeadBytes;

  int64_t refused = 0;
  for (size_t byte = 0; byte < content; byte += byte < 600 ? 1 : 509) {
    for (const char change : {0x01, 0x40, -0x80}) {
      const auto estimator = make_drift_estimator({}, kSmall);
      try {
        estimator->load_state(made_up(state, byte, change));
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
        ++refused;
        continue;
      }
      push_all(*estimator, scene, 18, 20);
      EXPECT_EQ(estimator->solve().rows.size(), 20);
    }
  }

  EXPECT_GT(refused, 300);
}

// Field, options and the number of frames come first; then the number of links, and the links.
constexpr size_t kFirstLinkByte = 16 + 28 + 4 + 8;

TEST(DriftState, RefusesLinksThatLeadOutOfTheRecording) {
  const auto estimator = make_drift_estimator({}, kSmall);
  const size_t highest_of_from = kFirstLinkByte + 3;
  const size_t second_of_to = kFirstLinkByte + 4 + 1;

  EXPECT_EQ(refusal_of(*estimator, made_up(small_state(), highest_of_from, -0x80)),
            ErrorKind::kBadFile);
  EXPECT_EQ(refusal_of(*estimator, made_up(small_state(), second_of_to, 0x01)),
            ErrorKind::kBadFile);
}

}  // namespace
}  // namespace mote::track
