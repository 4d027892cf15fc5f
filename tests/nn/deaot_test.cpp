#include "mote/nn/deaot.h"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/plain.h"
#include "mote/nn/weights.h"
#include "mote/nn/windowed_attention.h"
#include "tests/nn/deaot_fixture.h"

namespace mote::nn {
namespace {

using golden::Fixture;

const torch::Tensor kProbedTokens = torch::tensor({0, 7, 71, 142});

/// One layer of a pass: what went in, what came out, and what was looked up.
struct LayerPass {
  LayerTokens tokens;
  PropagationMemory memory;      ///< long-term and short-term, one frame
  PropagationMemory remembered;  ///< of this frame; of a reference pass
  LayerProbe probe;
  BranchTokens out;
};

torch::Tensor norm1_of(DeAot& network, int64_t layer, const torch::Tensor& visual) {
  const std::string prefix = "LSTT.layers." + std::to_string(layer) + ".norm1.";
  const auto parameters = network->named_parameters();
  return torch::layer_norm(visual, {256}, parameters[prefix + "weight"],
                           parameters[prefix + "bias"]);
}

torch::Tensor window_weights(DeAot& network, int64_t layer, const LayerPass& pass) {
  const std::string prefix =
      "LSTT.layers." + std::to_string(layer) + ".short_term_attn.relative_emb_k.";
  const auto parameters = network->named_parameters();
  const torch::Tensor bias = torch::linear(
      pass.tokens.key, parameters[prefix + "weight"].flatten(1), parameters[prefix + "bias"]);
  return windowed_attention_weights(pass.tokens.key, pass.memory.key, bias,
                                    {.map = {11, 13}, .radius = 7, .scale = 1 / std::sqrt(128.0)});
}

/// A pass through all layers: with `embedding` a reference pass, else one with `memories`.
std::vector<LayerPass> run(DeAot& network, const DeAotFeatures& features,
                           const torch::Tensor& embedding,
                           const std::vector<PropagationMemory>& memories) {
  std::vector<LayerPass> passes;
  BranchTokens branches = {.visual = features.tokens};
  for (int64_t l = 0; l < network->options().layers; ++l) {
    LayerPass pass;
    pass.tokens = network->layer(l)->prepare(branches.visual, branches.identity);
    if (embedding.defined()) {
      pass.remembered = network->layer(l)->remember(pass.tokens, embedding);
    }
    pass.memory = embedding.defined() ? pass.remembered : memories[static_cast<size_t>(l)];
    branches = network->layer(l)->propagate(pass.tokens, pass.memory, pass.memory, features.map,
                                            &pass.probe);
    pass.out = branches;
    passes.push_back(pass);
  }
  return passes;
}

void expect_layers(const Fixture& fixture, const std::string& pass_name, DeAot& network,
                   const std::vector<LayerPass>& passes) {
  for (size_t l = 0; l < passes.size(); ++l) {
    const auto layer = static_cast<int64_t>(l);
    const LayerPass& pass = passes[l];
    const std::string name = pass_name + ".layer" + std::to_string(l) + ".";
    const torch::Tensor raw_qv = network->layer(layer)->query_and_value(pass.tokens.visual);
    const torch::Tensor scores =
        torch::matmul(pass.tokens.key, pass.memory.key.transpose(1, 2)) / std::sqrt(128.0);
    MOTE_EXPECT_DEAOT(fixture, name + "norm1", norm1_of(network, layer, pass.tokens.visual));
    MOTE_EXPECT_DEAOT(fixture, name + "QV", raw_qv);
    MOTE_EXPECT_DEAOT(fixture, name + "long_term_out", pass.probe.long_term);
    MOTE_EXPECT_DEAOT(fixture, name + "long_term_attn_rows",
                      scores.softmax(2).index_select(1, kProbedTokens));
    MOTE_EXPECT_DEAOT(fixture, name + "short_term_out", pass.probe.short_term);
    MOTE_EXPECT_DEAOT(fixture, name + "short_term_attn_cols",
                      window_weights(network, layer, pass).index_select(1, kProbedTokens));
    MOTE_EXPECT_DEAOT(fixture, name + "self_out", pass.probe.self_attention);
    MOTE_EXPECT_DEAOT(fixture, name + "out_visual", pass.out.visual);
    MOTE_EXPECT_DEAOT(fixture, name + "out_id", pass.out.identity);
  }
}

void expect_published_passes(const Fixture& fixture, const DeAotOptions& options) {
  const torch::NoGradGuard no_grad;
  DeAot network = golden::filled(fixture, options);
  const torch::Tensor input = golden::deaot_input(4, 0);
  MOTE_EXPECT_SAMPLES(fixture, "input.f0_sub", golden::sampled(input.squeeze(0), {1, 16, 16}),
                      golden::kDeAotTolerance);

  const FeaturePyramid pyramid = network->encode(input);
  MOTE_EXPECT_DEAOT(fixture, "enc.stage0", pyramid.stride4);
  MOTE_EXPECT_DEAOT(fixture, "enc.stage1", pyramid.stride8);
  MOTE_EXPECT_DEAOT(fixture, "enc.stage2", pyramid.stride16);
  MOTE_EXPECT_DEAOT(fixture, "enc.stage3", pyramid.last);
  const DeAotFeatures first = network->features(input);
  MOTE_EXPECT_DEAOT(fixture, "enc.projected",
                    first.tokens.transpose(1, 2).reshape({1, 256, 11, 13}));

  const torch::Tensor embedding =
      network->embed(golden::deaot_labels(4, 3, 0, golden::kDeAotInput));
  MOTE_EXPECT_DEAOT(fixture, "ref.id_embedding", embedding);
  const std::vector<LayerPass> reference = run(network, first, embedding, {});
  expect_layers(fixture, "ref", network, reference);
  MOTE_EXPECT_DEAOT(fixture, "ref.decoder_norm0", network->decoder_norm(reference.back().out));
  std::vector<PropagationMemory> memories;
  for (size_t l = 0; l < reference.size(); ++l) {
    const std::string name = "ref.layer" + std::to_string(l) + ".longterm_";
    const PropagationMemory& memory = reference[l].remembered;
    MOTE_EXPECT_DEAOT(fixture, name + "K", memory.key);
    MOTE_EXPECT_DEAOT(fixture, name + "V", memory.value.narrow(2, 0, 512));
    MOTE_EXPECT_DEAOT(fixture, name + "IDV", memory.value.narrow(2, 512, 512));
    memories.push_back(memory);
  }

  const DeAotFeatures second = network->features(golden::deaot_input(4, 1));
  const std::vector<LayerPass> propagation = run(network, second, {}, memories);
  expect_layers(fixture, "prop", network, propagation);
  MOTE_EXPECT_DEAOT(fixture, "prop.decoder_norm0", network->decoder_norm(propagation.back().out));
  DecoderProbe probe;
  const torch::Tensor logits = network->decode(propagation.back().out, second, &probe);
  MOTE_EXPECT_DEAOT(fixture, "prop.fpn.conv_in", probe.conv_in);
  MOTE_EXPECT_DEAOT(fixture, "prop.fpn.conv_16x", probe.conv_16x);
  MOTE_EXPECT_DEAOT(fixture, "prop.fpn.conv_8x", probe.conv_8x);
  MOTE_EXPECT_DEAOT(fixture, "prop.fpn.conv_4x", probe.conv_4x);
  MOTE_EXPECT_DEAOT(fixture, "prop.logits_lowres_unmasked", logits);
}

TEST(DeAot, OfTheSmallSizeComputesWhatWasPublished) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-t");

  expect_published_passes(fixture, deaot_t());
}

TEST(DeAot, OfTheSmallSizeComputesWhatWasPublishedOperatorByOperator) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-t");
  const PlainOperators plain;

  expect_published_passes(fixture, deaot_t());
}

TEST(DeAot, OfTheLargeSizeComputesWhatWasPublished) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-r50l");

  expect_published_passes(fixture, r50_deaot_l());
}

TEST(DeAot, OfTheLargeSizeComputesWhatWasPublishedOperatorByOperator) {
  MOTE_OPEN_FIXTURE(fixture, "deaot-r50l");
  const PlainOperators plain;

  expect_published_passes(fixture, r50_deaot_l());
}

TEST(DeAot, HasAsManyParametersAsPublished) {
  EXPECT_EQ(parameter_count(*DeAot(deaot_t())), 7238188);
  EXPECT_EQ(parameter_count(*DeAot(r50_deaot_l())), 19814894);
}

TEST(DeAot, RefusesImagesWhoseCornersDoNotMeetItsGrid) {
  DeAot network(deaot_t());

  EXPECT_THROW(network->features(torch::zeros({1, 3, 160, 193})), Error);
  EXPECT_THROW(network->features(torch::zeros({1, 1, 161, 193})), Error);
  EXPECT_THROW(network->features(torch::zeros({3, 161, 193})), Error);
}

TEST(DeAot, TakesTheNearestSizeOfItsGrid) {
  EXPECT_EQ(deaot_size({465, 833}), (Size{465, 833}));
  EXPECT_EQ(deaot_size({164, 196}), (Size{161, 193}));
  EXPECT_EQ(deaot_size({3, 40}), (Size{17, 33}));
}

TEST(DeAot, LearnsInEveryPartButItsNormalisations) {
  DeAot network(deaot_t());
  const torch::Tensor labels = golden::deaot_labels(2, 2, 0, {33, 33});
  const DeAotFeatures features = network->features(torch::rand({1, 3, 33, 33}));
  const torch::Tensor embedding = network->embed(labels);

  const std::vector<LayerPass> passes = run(network, features, embedding, {});
  network->decode(passes.back().out, features).square().mean().backward();

  for (const auto& parameter : network->named_parameters()) {
    EXPECT_TRUE(parameter.value().grad().defined()) << parameter.key();
  }
}

}  // namespace
}  // namespace mote::nn
