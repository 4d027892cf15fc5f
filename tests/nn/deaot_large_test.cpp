#include <string>

#include <gtest/gtest.h>

#include "mote/nn/deaot_engine.h"
#include "mote/nn/plain.h"
#include "tests/nn/deaot_scenarios.h"

namespace mote::nn {
namespace {

TEST(DeAotEngine, OfTheLargeSizeTracksAsPublishedInEveryScenario) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-r50l");

  golden::expect_all_scenarios(fixture, r50_deaot_l());
}

TEST(DeAotEngine, OfTheLargeSizeTracksAsPublishedOperatorByOperator) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-r50l");
  const PlainOperators plain;

  golden::expect_all_scenarios(fixture, r50_deaot_l());
}

TEST(DeAotEngine, KeepsItsMemoryBoundedAsSamTrackDoes) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-r50l-samtrack-engine");
  MOTE_OPEN_FIXTURE(weights, "deaot-r50l");
  const nlohmann::json& config = fixture.config();
  const Size output = golden::size_in(config.at("output_size"));
  DeAotEngine engine(golden::filled(weights, r50_deaot_l()),
                     {.long_term_gap = config.at("long_term_mem_gap"),
                      .short_term_skip = config.at("short_term_mem_skip"),
                      .max_long_term_frames = config.at("max_len_long_term"),
                      .reference_every_group = false});

  for (int64_t frame = 0; frame < 7; ++frame) {
    engine.see(golden::deaot_input(config.at("objects_drawn"), frame));
    const std::string name = "f" + std::to_string(frame) + ".merged_logits_s8";
    if (frame > 0) {
      engine.propagate();
      const int64_t stored = fixture.stored(name).size(0);
      MOTE_EXPECT_DEAOT(fixture, name, engine.logits(output).narrow(1, 0, stored));
      EXPECT_LE(golden::share_of_differences(engine.labels(output),
                                             golden::frame_of(fixture, "labels_out", frame)),
                golden::kDifferentPixels);
    }
    const torch::Tensor labels = golden::frame_of(fixture, "labels_memory", frame);
    const std::string key = std::to_string(frame);
    const nlohmann::json& known = config.at("objects_known_after_keyframe");
    if (known.contains(key)) {
      engine.reference(labels, known.at(key));
    } else {
      engine.update(labels);
    }
    golden::expect_counters(fixture.manifest(), frame, engine);
  }
  golden::expect_memories(fixture, "", r50_deaot_l().layers, engine);
}

}  // namespace
}  // namespace mote::nn
