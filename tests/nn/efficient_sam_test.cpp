#include "mote/nn/efficient_sam.h"

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/plain.h"
#include "mote/nn/weights.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

/// Both forms of the network: operator by operator, and by mote's kernels.
class EfficientSamForms : public testing::TestWithParam<bool> {
 protected:
  EfficientSamForms() {
    if (GetParam()) {
      plain_.emplace();
    }
  }

  torch::NoGradGuard no_grad_;
  std::optional<PlainOperators> plain_;
};
INSTANTIATE_TEST_SUITE_P(Plain, EfficientSamForms, testing::Values(true));
INSTANTIATE_TEST_SUITE_P(Fast, EfficientSamForms, testing::Values(false));

EfficientSam quick_network(const golden::Fixture& fixture) {
  EfficientSam network(EfficientSamOptions{.encoder = {.image_px = 256}});
  fixture.fill(*network);
  network->eval();
  return network;
}

SamQueries queries(const golden::Fixture& fixture, const std::string& name) {
  return {.points = fixture.input(name + ".points"), .labels = fixture.input(name + ".labels")};
}

SamMasks decoded(const golden::Fixture& fixture, const std::string& name, EfficientSam& network,
                 const torch::Tensor& image, bool several = true) {
  return network->decode(network->encode(image), queries(fixture, name),
                         {.height = image.size(2), .width = image.size(3)}, several);
}

TEST(EfficientSam, HasTheParametersOfThePublishedNetworks) {
  EfficientSam tiny;
  EfficientSam small(efficient_sam_small());

  EXPECT_EQ(parameter_count(*tiny), 10'223'204);
  EXPECT_EQ(parameter_count(*small), 26'413'028);
}

TEST(EfficientSam, RefusesASizeThatPatchesDoNotDivide) {
  EXPECT_THROW(EfficientSam(EfficientSamOptions{.encoder = {.image_px = 250}}), Error);
}

TEST(EfficientSam, RefusesAnImageOfOneChannel) {
  EfficientSam network(EfficientSamOptions{.encoder = {.image_px = 64}});

  EXPECT_THROW(network->encode(torch::zeros({1, 1, 64, 64})), Error);
}

TEST(EfficientSam, RefusesLabelsThatAreNotOneAPoint) {
  EfficientSam network(EfficientSamOptions{.encoder = {.image_px = 64}});
  const SamQueries wrong{.points = torch::zeros({1, 1, 2, 2}), .labels = torch::ones({1, 1, 3})};

  EXPECT_THROW(network->decode(torch::zeros({1, 256, 4, 4}), wrong, {.height = 64, .width = 64}),
               Error);
}

TEST(EfficientSam, ComesBackAsItWasStored) {
  torch::NoGradGuard no_grad;
  const EfficientSamOptions options{.encoder = {.image_px = 64, .depth = 1}};
  EfficientSam from(options);
  EfficientSam to(options);
  const torch::Tensor image = torch::rand({1, 3, 64, 64});

  const WeightsMismatch mismatch = load(weights_of(*from), *to);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(from->encode(image), to->encode(image)));
}

TEST(EfficientSam, EncodesWithTheWeightsThatItHasNow) {
  torch::NoGradGuard no_grad;
  EfficientSam network(EfficientSamOptions{.encoder = {.image_px = 64, .depth = 1}});
  const torch::Tensor image = torch::rand({1, 3, 64, 64});
  const torch::Tensor before = network->encode(image);

  network->image_encoder->neck->norm2->bias.add_(1);

  EXPECT_TRUE(torch::allclose(network->encode(image), before + 1, 1e-5, 1e-5));
}

TEST(EfficientSam, DrawsNearlyTheSameMasksInBFloat16) {
  if (!has_fast_bf16()) {
    GTEST_SKIP() << "this processor does not multiply bfloat16";
  }
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  torch::NoGradGuard no_grad;
  EfficientSam exact = quick_network(fixture);
  EfficientSam rounded(
      EfficientSamOptions{.encoder = {.image_px = 256, .precision = Precision::kBFloat16}});
  fixture.fill(*rounded);
  const torch::Tensor image = fixture.input("input");

  for (const std::string name : {"point1", "box", "multi"}) {
    const torch::Tensor a = decoded(fixture, name, exact, image).logits.gt(0);
    const torch::Tensor b = decoded(fixture, name, rounded, image).logits.gt(0);
    const double iou = a.logical_and(b).sum().item<double>() / a.logical_or(b).sum().item<double>();
    // Masks of random weights: wide areas near the threshold, harder than a trained network's.
    EXPECT_GE(iou, 0.99) << name;
  }
}

TEST(EfficientSam, GivesEveryUsedParameterAGradient) {
  EfficientSam network(EfficientSamOptions{.encoder = {.image_px = 64, .depth = 2}});
  const SamQueries query{.points = torch::full({1, 1, 1, 2}, 20.0),
                         .labels = torch::ones({1, 1, 1})};

  const SamMasks masks = network->forward(torch::rand({1, 3, 64, 64}), query);
  (masks.logits.square().mean() + masks.iou.square().mean()).backward();

  EXPECT_GT(network->image_encoder->patch_embed->parameters()[0].grad().abs().sum().item<float>(),
            0);
}

TEST_P(EfficientSamForms, EncodesStepByStepAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  EfficientSam network = quick_network(fixture);
  SamEncoder& encoder = network->image_encoder;

  const torch::Tensor preprocessed = encoder->preprocessed(fixture.input("input"));
  const torch::Tensor patches = encoder->patches(preprocessed);
  const torch::Tensor table = encoder->position_table();
  const torch::Tensor tokens = (patches.permute({0, 2, 3, 1}) + table).flatten(1, 2);
  SamBlockImpl& block0 = encoder->blocks->at<SamBlockImpl>(0);
  const torch::Tensor after0 = block0.forward(tokens);

  MOTE_EXPECT_GOLDEN(fixture, "enc.preprocessed", preprocessed);
  MOTE_EXPECT_GOLDEN(fixture, "enc.patch_embed", patches);
  MOTE_EXPECT_GOLDEN(fixture, "enc.pos_embed_resized", table);
  MOTE_EXPECT_GOLDEN(fixture, "enc.block0_attn", block0.attn(block0.norm1(tokens)));
  MOTE_EXPECT_GOLDEN(fixture, "enc.block0", after0);
  MOTE_EXPECT_GOLDEN(fixture, "enc.block1", encoder->blocks->at<SamBlockImpl>(1).forward(after0));
}

TEST_P(EfficientSamForms, EncodesImagesOfAnySizeAndNumber) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  EfficientSam network = quick_network(fixture);

  MOTE_EXPECT_GOLDEN(fixture, "enc.image_embedding", network->encode(fixture.input("input")));
  MOTE_EXPECT_GOLDEN(fixture, "encsmall.image_embedding",
                     network->encode(fixture.input("input_small")));
  MOTE_EXPECT_GOLDEN(fixture, "encbatch.image_embedding",
                     network->encode(fixture.input("input_batch")));
}

TEST_P(EfficientSamForms, DecodesStepByStepAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  EfficientSam network = quick_network(fixture);
  SamDecoder& decoder = network->mask_decoder;
  const torch::Tensor image = fixture.input("input");

  const torch::Tensor prompts =
      network->prompt_tokens(queries(fixture, "point1"), {.height = 256, .width = 256});
  const torch::Tensor code = network->prompt_encoder->dense(16);
  const torch::Tensor code_tokens = code.flatten(2).transpose(1, 2);
  const SamStreams start{.tokens = decoder->tokens(prompts),
                         .image = network->encode(image).flatten(2).transpose(1, 2)};
  const SamStreams layer0 =
      decoder->transformer->layer(0).forward(start, start.tokens, code_tokens);
  const SamStreams end = decoder->transformer->forward(start, code_tokens);
  const torch::Tensor up1 =
      decoder->upscaled_once(end.image.transpose(1, 2).unflatten(2, {16, 16}));

  MOTE_EXPECT_GOLDEN(fixture, "point1.sparse", prompts);
  MOTE_EXPECT_GOLDEN(fixture, "point1.layer0_queries", layer0.tokens);
  MOTE_EXPECT_GOLDEN(fixture, "point1.layer0_keys", layer0.image);
  MOTE_EXPECT_GOLDEN(fixture, "point1.tokens_out", end.tokens);
  MOTE_EXPECT_GOLDEN(fixture, "point1.image_out", end.image);
  MOTE_EXPECT_GOLDEN(fixture, "point1.upscale0", up1);
  MOTE_EXPECT_GOLDEN(fixture, "point1.upscale1", decoder->upscaled_twice(up1));
}

TEST_P(EfficientSamForms, DecodesEveryKindOfPromptAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  EfficientSam network = quick_network(fixture);
  const torch::Tensor image = fixture.input("input");

  for (const std::string name :
       {"point1", "point2", "box", "boxpoint_neg", "multi", "seven_points"}) {
    const SamMasks masks = decoded(fixture, name, network, image);
    MOTE_EXPECT_GOLDEN(fixture, name + ".low_res_logits", masks.logits);
    MOTE_EXPECT_GOLDEN(fixture, name + ".iou", masks.iou);
  }
}

TEST_P(EfficientSamForms, DecodesASingleMask) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  EfficientSam network = quick_network(fixture);

  const SamMasks masks = decoded(fixture, "single_mask", network, fixture.input("input"), false);

  MOTE_EXPECT_GOLDEN(fixture, "single_mask.low_res_logits", masks.logits);
  MOTE_EXPECT_GOLDEN(fixture, "single_mask.iou", masks.iou);
}

TEST_P(EfficientSamForms, GivesMasksAtTheSizeOfTheImage) {
  MOTE_OPEN_FIXTURE(fixture, "efficientsam-vitt-img256");
  EfficientSam network = quick_network(fixture);

  const SamMasks small =
      network->forward(fixture.input("input_small"), queries(fixture, "small_point"));
  const SamMasks batch = network->forward(fixture.input("input_batch"), queries(fixture, "batch"));

  MOTE_EXPECT_GOLDEN(fixture, "small_point.masks", small.logits);
  MOTE_EXPECT_GOLDEN(fixture, "small_point.iou", small.iou);
  MOTE_EXPECT_GOLDEN(fixture, "batch.masks", batch.logits);
  MOTE_EXPECT_GOLDEN(fixture, "batch.iou", batch.iou);
}

TEST_P(EfficientSamForms, DecodesQueriesInBatchesAsOneByOne) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  EfficientSam network(
      EfficientSamOptions{.encoder = {.image_px = 64, .depth = 1}, .query_batch = 3});
  const torch::Tensor embedding = torch::randn({1, 256, 4, 4});
  const SamQueries all{.points = torch::rand({1, 7, 1, 2}) * 64, .labels = torch::ones({1, 7, 1})};
  const SamQueries last{.points = all.points.slice(1, 6), .labels = all.labels.slice(1, 6)};

  const SamMasks together = network->decode(embedding, all, {.height = 64, .width = 64});
  const SamMasks alone = network->decode(embedding, last, {.height = 64, .width = 64});

  EXPECT_TRUE(torch::allclose(together.logits.slice(1, 6), alone.logits, 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(together.iou.slice(1, 6), alone.iou, 1e-4, 1e-5));
}

}  // namespace
}  // namespace mote::nn
