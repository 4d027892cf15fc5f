#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include "mote/core/weights.h"

/// Expected outputs of the published networks: fixtures beside the project, each a manifest.json
/// and a golden.safetensors, and the formulas that their weights and inputs come from.
namespace mote::golden {

class Fixture {
 public:
  /// Nothing where the fixtures are not on this machine: tests then skip with `kAbsent`.
  static std::optional<Fixture> open(const std::string& name);

  const nlohmann::json& manifest() const { return manifest_; }
  const nlohmann::json& config() const { return manifest_.at("config"); }

  /// A tensor of golden.safetensors as it is stored there.
  torch::Tensor stored(const std::string& name) const;
  bool has(const std::string& name) const;

  /// An entry of the manifest's `inputs`, by its rule.
  torch::Tensor input(const std::string& name) const;

  /// Gives every parameter and buffer of `network` its value by the manifest's rule, and checks
  /// that names and shapes are those of the manifest, except for `computed` ones.
  void fill(torch::nn::Module& network) const;

  /// An entry of the manifest's `outputs`.
  const nlohmann::json& output(const std::string& name) const;

 private:
  nlohmann::json manifest_;
  Weights weights_;
};

inline constexpr const char* kAbsent = "the fixtures of the published networks are not beside mote";

/// The value v of the weight formula at flat indices 0 to count - 1, float64 in [-1, 1).
torch::Tensor formula(const std::string& name, int64_t count);

/// A tensor by one of the rules of the fixtures.
torch::Tensor by_rule(const std::string& rule, const std::string& name,
                      const std::vector<int64_t>& shape, double gain = 1);

/// How far `tensor` is from what the fixture stores of `name`: the stored elements alone, which lie
/// `stride` apart, after its full shape was compared.
struct Difference {
  double max_abs = 0;
  double allowed = 0;  ///< max(1e-4, 20 times the noise of float32), as the fixtures suggest
};
Difference difference(const Fixture& fixture, const std::string& name, const torch::Tensor& tensor);

/// Every steps[axis]-th element of each axis, from the first: the samples that the track fixtures
/// (YOLOv8-seg, DeAOT) store of a big tensor, with steps as their `meaning` names them. Axes behind
/// those that `steps` names are kept whole.
torch::Tensor sampled(const torch::Tensor& tensor, const std::vector<int64_t>& steps);

/// How far `samples` is from what the fixture stores of `name`, after its shape was compared; the
/// allowed difference is `relative` times the largest stored magnitude.
Difference sampled_difference(const Fixture& fixture, const std::string& name,
                              const torch::Tensor& samples, double relative);

/// The share of elements in which `labels` (a mask, label map or list of indices) differs from what
/// the fixture stores of `name`; 1 where the shapes differ.
double differing_share(const Fixture& fixture, const std::string& name,
                       const torch::Tensor& labels);

/// The frames of the track fixtures ("Synthetic video"): `objects` discs at time t.
torch::Tensor video_labels(int64_t objects, int64_t t, int64_t height,
                           int64_t width);  // (H, W) i64
torch::Tensor video_image(const std::string& tag, int64_t objects, int64_t t, int64_t height,
                          int64_t width);  // (1, 3, H, W) float32, not normalised

}  // namespace mote::golden

/// Opens a fixture as `fixture`, or skips the test.
#define MOTE_OPEN_FIXTURE(fixture, name)                           \
  const auto opened_##fixture = mote::golden::Fixture::open(name); \
  if (!opened_##fixture) {                                         \
    GTEST_SKIP() << mote::golden::kAbsent;                         \
  }                                                                \
  const mote::golden::Fixture& fixture = *opened_##fixture

/// Expects a tensor to be what a fixture stores of `name`.
#define MOTE_EXPECT_GOLDEN(fixture, name, tensor)                                      \
  do {                                                                                 \
    const auto difference_of_golden = mote::golden::difference(fixture, name, tensor); \
    EXPECT_LE(difference_of_golden.max_abs, difference_of_golden.allowed) << (name);   \
  } while (false)

/// Expects the samples of a tensor (`sampled`) to be what a track fixture stores of `name`, within
/// `relative` of the largest stored magnitude.
#define MOTE_EXPECT_SAMPLES(fixture, name, samples, relative)                        \
  do {                                                                               \
    const auto difference_of_golden =                                                \
        mote::golden::sampled_difference(fixture, name, samples, relative);          \
    EXPECT_LE(difference_of_golden.max_abs, difference_of_golden.allowed) << (name); \
  } while (false)
