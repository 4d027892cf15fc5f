#pragma once

#include <string>
#include <vector>

#include "mote/nn/deaot.h"
#include "tests/nn/golden.h"

/// What the fixtures of DeAOT share.
namespace mote::golden {

inline constexpr double kDeAotTolerance = 1e-4;  // relative; as the fixtures suggest
inline constexpr Size kDeAotInput = {161, 193};

inline nn::DeAot filled(const Fixture& fixture, const nn::DeAotOptions& options) {
  nn::DeAot network(options);
  fixture.fill(*network);
  network->eval();
  return network;
}

/// The network input that frame t of the synthetic video is.
inline torch::Tensor deaot_input(int64_t objects, int64_t t) {
  const torch::Tensor mean = torch::tensor({0.485F, 0.456F, 0.406F}).reshape({1, 3, 1, 1});
  const torch::Tensor deviation = torch::tensor({0.229F, 0.224F, 0.225F}).reshape({1, 3, 1, 1});
  return (video_image("frame", objects, t, kDeAotInput.height, kDeAotInput.width) - mean) /
         deviation;
}

/// The first `kept` of the objects drawn at t, (1, H, W).
inline torch::Tensor deaot_labels(int64_t objects, int64_t kept, int64_t t, Size size) {
  const torch::Tensor labels = video_labels(objects, t, size.height, size.width);
  return (labels * (labels <= kept)).unsqueeze(0);
}

/// Of `tensor`, without its first axis of one, the samples that the fixture stores of `name`: on
/// each axis the smallest step that gives so many.
inline torch::Tensor samples_of(const Fixture& fixture, const std::string& name,
                                const torch::Tensor& tensor) {
  const auto shape = fixture.stored(name).sizes().vec();
  std::vector<int64_t> steps;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const int64_t full = tensor.size(static_cast<int64_t>(axis) + 1);
    int64_t step = 1;
    while (step < full && (full + step - 1) / step > shape[axis]) {
      ++step;
    }
    steps.push_back(step);
  }
  return sampled(tensor.squeeze(0), steps);
}

}  // namespace mote::golden

/// Expects a tensor of one image to be what a fixture of DeAOT stores samples of.
#define MOTE_EXPECT_DEAOT(fixture, name, tensor)                                      \
  MOTE_EXPECT_SAMPLES(fixture, name, mote::golden::samples_of(fixture, name, tensor), \
                      mote::golden::kDeAotTolerance)
