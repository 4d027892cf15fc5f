#include <string>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/learned/networks.h"
#include "tests/synthetic.h"

namespace mote::learned {
namespace {

const BinaryImage kNothing;

LabelImage labels_on(const std::string& device, const std::string& model,
                     const Grid<float>& image) {
  segment::NetworkOptions options;
  options.model = model;
  options.device = device;
  options.seed = 1;  // the same random weights on both devices
  options.min_score = 0.01;
  options.points_per_side = 4;
  const auto segmenter = make_segmenter(options, {}, nullptr);
  return segment::segment_one(*segmenter, {.image = image, .excluded = kNothing}).labels;
}

double share_that_differs(const LabelImage& a, const LabelImage& b) {
  double differing = 0;
  for (size_t i = 0; i < a.values().size(); ++i) {
    differing += (a.values()[i] != 0) != (b.values()[i] != 0) ? 1 : 0;
  }
  return differing / static_cast<double>(a.values().size());
}

/// A network on the GPU finds what it finds on the CPU.
class OnAGpu : public testing::TestWithParam<std::string> {};

TEST_P(OnAGpu, MasksAreThoseOfTheProcessor) {
  if (!torch::cuda::is_available()) {
    GTEST_SKIP() << "libtorch sees no CUDA device";
  }
  const auto discs = synthetic::scattered({600, 700}, 8, 30, 0.2, 6, 3);
  const auto image = synthetic::image({600, 700}, discs, {.blur_px = 1});

  const LabelImage on_cpu = labels_on("cpu", GetParam(), image);
  const LabelImage on_gpu = labels_on("cuda", GetParam(), image);

  // Pixels on the boundary may fall to either side: sums are taken in another order there.
  EXPECT_LE(share_that_differs(on_cpu, on_gpu), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Networks, OnAGpu,
                         testing::Values("efficientsam-tiny", "swin-unet", "vm-unet", "vm-unet-v2",
                                         "autoencoder", "unet", "yolov8n-seg"));

}  // namespace
}  // namespace mote::learned
