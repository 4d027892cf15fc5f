#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mote/nn/deaot_engine.h"
#include "tests/nn/deaot_fixture.h"

/// The scenarios of the fixtures of DeAOT: recordings tracked by the published engines.
namespace mote::golden {

using nlohmann::json;

/// Argmax margins go down to 1e-7, so that single pixels may differ.
inline constexpr double kDifferentPixels = 1e-3;

inline Size size_in(const json& list) {
  return {list.at(0), list.at(1)};
}

inline torch::Tensor frame_of(const Fixture& fixture, const std::string& name, int64_t frame) {
  return fixture.stored(name)[frame].to(torch::kInt64).unsqueeze(0);
}

inline double share_of_differences(const torch::Tensor& a, const torch::Tensor& b) {
  return a.ne(b).to(torch::kFloat64).mean().item<double>();
}

inline const json& scenario_of(const Fixture& fixture, const std::string& tag) {
  for (const json& scenario : fixture.manifest().at("scenarios")) {
    if (scenario.at("tag") == tag) {
      return scenario;
    }
  }
  throw std::runtime_error("no scenario " + tag);
}

inline void expect_counters(const json& scenario, int64_t frame, const nn::DeAotEngine& engine) {
  const json& tokens = scenario.at("long_term_tokens_after_each_frame").at(frame);
  const json& steps = scenario.at("engine_frame_step_and_last_mem_step_after_each_frame").at(frame);
  ASSERT_EQ(engine.groups().size(), tokens.size());
  for (size_t g = 0; g < tokens.size(); ++g) {
    const nn::DeAotGroup& group = engine.groups()[g];
    EXPECT_EQ(group.long_term_tokens(), tokens[g]) << "frame " << frame;
    EXPECT_EQ(group.frame(), steps[g][0]) << "frame " << frame;
    EXPECT_EQ(group.last_memory_frame(), steps[g][1]) << "frame " << frame;
  }
}

inline void expect_memory(const Fixture& fixture, const std::string& prefix,
                          const std::string& term, const nn::PropagationMemory& memory) {
  const std::map<std::string, torch::Tensor> parts = {{"K", memory.key},
                                                      {"V", memory.value.narrow(2, 0, 512)},
                                                      {"IDV", memory.value.narrow(2, 512, 512)}};
  for (const auto& [part, tensor] : parts) {
    const std::string name = prefix + term + "_" + part + "_sub";
    if (fixture.has(name)) {
      MOTE_EXPECT_SAMPLES(fixture, name, sampled(tensor.squeeze(0), {13, 16}), kDeAotTolerance);
    }
  }
}

inline void expect_memories(const Fixture& fixture, const std::string& prefix, int64_t layers,
                            const nn::DeAotEngine& engine) {
  for (size_t g = 0; g < engine.groups().size(); ++g) {
    for (int64_t l = 0; l < layers; ++l) {
      const std::string name =
          prefix + "final.engine" + std::to_string(g) + ".layer" + std::to_string(l) + ".";
      expect_memory(fixture, name, "longterm", engine.groups()[g].long_term(l));
      expect_memory(fixture, name, "shortterm", engine.groups()[g].short_term(l));
    }
  }
}

/// Compares what the engine says of a frame, before anything is remembered of it.
inline void expect_frame(const Fixture& fixture, const std::string& tag, int64_t frame, Size output,
                         nn::DeAotEngine& engine) {
  const std::string name = tag + ".f" + std::to_string(frame) + ".";
  const std::vector<torch::Tensor> logits = engine.logits_of_groups();
  for (size_t g = 0; g < logits.size(); ++g) {
    MOTE_EXPECT_DEAOT(fixture, name + "engine" + std::to_string(g) + ".logits_lowres",
                      logits[g].narrow(1, 0, engine.groups()[g].ids() + 1));
  }
  const torch::Tensor merged = engine.logits(output);
  MOTE_EXPECT_DEAOT(fixture, name + "prob_s8", merged.softmax(1));
  if (fixture.has(name + "merged_logits_s8")) {
    MOTE_EXPECT_DEAOT(fixture, name + "merged_logits_s8", merged);
  }
  const std::string labels = fixture.has(tag + ".labels_out") ? "labels_out" : "labels_memory";
  EXPECT_LE(
      share_of_differences(engine.labels(output), frame_of(fixture, tag + "." + labels, frame)),
      kDifferentPixels)
      << name;
}

/// Runs a scenario as its description says, remembering the labels that it stores.
inline void expect_scenario(const Fixture& fixture, const nn::DeAotOptions& options,
                            const std::string& tag) {
  const json& scenario = scenario_of(fixture, tag);
  const int64_t drawn = scenario.at("objects_drawn_in_frames");
  const Size output = size_in(scenario.at("output_size"));
  nn::DeAotEngine engine(filled(fixture, options),
                         {.long_term_gap = scenario.at("long_term_mem_gap"),
                          .short_term_skip = scenario.at("short_term_mem_skip")});
  const std::string memory = tag + ".labels_memory";

  for (int64_t frame = 0; frame < scenario.at("frames"); ++frame) {
    engine.see(deaot_input(drawn, frame));
    const torch::Tensor labels = frame_of(fixture, memory, frame);
    if (frame == 0) {
      engine.reference(labels, scenario.at("objects_in_reference"));
    } else {
      engine.propagate();
      expect_frame(fixture, tag, frame, output, engine);
      if (frame == scenario.at("grow_at_frame")) {
        engine.reference(labels, scenario.at("objects_after_growth"));
      }
      engine.update(labels);
    }
    expect_counters(scenario, frame, engine);
  }
  expect_memories(fixture, tag + ".", options.layers, engine);
}

inline void expect_all_scenarios(const Fixture& fixture, const nn::DeAotOptions& options) {
  for (const json& scenario : fixture.manifest().at("scenarios")) {
    SCOPED_TRACE(scenario.at("description").get<std::string>());
    expect_scenario(fixture, options, scenario.at("tag"));
  }
}

}  // namespace mote::golden
