#include <ostream>
#include <string>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/imaging/regions.h"
#include "mote/learned/networks.h"
#include "tests/nn/pretended_gpu.h"
#include "tests/synthetic.h"

namespace mote::learned {
namespace {

const BinaryImage kNothing;

/// A network with random weights, and the field it looks at.
struct Seen {
  std::string model;
  Size field;
  int64_t tile_px = 0;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  *out << seen.model;
}

std::string name_of(const testing::TestParamInfo<Seen>& info) {
  std::string name = info.param.model;
  std::erase(name, '-');
  return name;
}

LabelImage labels_on(torch::Device device, const Seen& seen) {
  const segment::NetworkOptions options = {.model = seen.model,
                                           .seed = 1,
                                           .tile_px = seen.tile_px,
                                           .tile_overlap_px = 16,
                                           .min_score = 0.01,
                                           .points_per_side = 4,
                                           .min_stability = 0};
  const auto discs = synthetic::scattered(seen.field, 8, 30, 0.2, 6, 3);
  const auto image = synthetic::image(seen.field, discs, {.blur_px = 1});
  const auto segmenter = make_segmenter_on(device, options, {}, nullptr);
  return segment::segment_one(*segmenter, {.image = image, .excluded = kNothing}).labels;
}

LabelImage tracked_on(torch::Device device, const std::string& model) {
  constexpr Size kField = {65, 97};
  const auto tracker =
      make_tracker_on(device, {.model = model, .seed = 1, .keyframe_gap = 2}, {}, kField, nullptr);
  for (int64_t frame = 0; frame < 4; ++frame) {
    const std::vector<synthetic::Disc> discs = {{20, 20.0 + static_cast<double>(frame), 9},
                                                {40, 70, 12}};
    const auto image = synthetic::image(kField, discs, {.blur_px = 1});
    const Segmentation segmentation = imaging::segmentation_of(synthetic::labels(kField, discs));
    tracker->push({.index = frame, .image = image, .drift = {}},
                  [&]() -> const Segmentation& { return segmentation; });
    const std::string state = tracker->save_state();
    tracker->load_state(state);
  }
  return tracker->finish().frames.back().labels;
}

double share_that_differs(const LabelImage& a, const LabelImage& b) {
  double differing = 0;
  for (size_t i = 0; i < a.values().size(); ++i) {
    differing += (a.values()[i] != 0) != (b.values()[i] != 0) ? 1 : 0;
  }
  return differing / static_cast<double>(a.values().size());
}

/// What a network finds on a device, beside what it finds on the processor. Pixels on the boundary
/// may fall to either side: sums are taken in another order there.
void expect_masks_of_the_processor(const LabelImage& found, const LabelImage& on_processor) {
  EXPECT_LE(share_that_differs(found, on_processor), 1e-3);
}

class OnAGpu : public testing::TestWithParam<Seen> {
 protected:
  void SetUp() override {
    if (!torch::cuda::is_available()) {
      GTEST_SKIP() << "libtorch sees no CUDA device";
    }
  }
};

TEST_P(OnAGpu, MasksAreThoseOfTheProcessor) {
  const LabelImage on_processor = labels_on(torch::kCPU, GetParam());
  const LabelImage on_gpu = labels_on({torch::kCUDA, 0}, GetParam());

  expect_masks_of_the_processor(on_gpu, on_processor);
}

INSTANTIATE_TEST_SUITE_P(Networks, OnAGpu,
                         testing::Values(Seen{"efficientsam-tiny", {600, 700}},
                                         Seen{"swin-unet", {600, 700}}, Seen{"vm-unet", {600, 700}},
                                         Seen{"vm-unet-v2", {600, 700}},
                                         Seen{"autoencoder", {600, 700}}, Seen{"unet", {600, 700}},
                                         Seen{"yolov8n-seg", {600, 700}}),
                         name_of);

/// The same code on a device that is none, where there is no GPU.
class OnAPretendedGpu : public testing::TestWithParam<Seen> {};

TEST_P(OnAPretendedGpu, MasksAreThoseOfTheProcessor) {
  const LabelImage on_processor = labels_on(torch::kCPU, GetParam());
  const LabelImage on_gpu = labels_on(pretended::gpu(), GetParam());

  expect_masks_of_the_processor(on_gpu, on_processor);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, OnAPretendedGpu,
    testing::Values(Seen{"efficientsam-tiny", {100, 130}, 96}, Seen{"swin-unet", {200, 240}, 224},
                    Seen{"vm-unet", {60, 90}, 64}, Seen{"vm-unet-v2", {60, 90}, 64},
                    Seen{"autoencoder", {100, 130}, 64}, Seen{"unet", {100, 130}, 64},
                    Seen{"yolov8n-seg", {100, 130}, 96}),
    name_of);

class TrackingOnAGpu : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(, TrackingOnAGpu, testing::Values("deaot-t", "r50-deaot-l"));

TEST_P(TrackingOnAGpu, FindsTheMasksOfTheProcessor) {
  if (!torch::cuda::is_available()) {
    GTEST_SKIP() << "libtorch sees no CUDA device";
  }
  const LabelImage on_processor = tracked_on(torch::kCPU, GetParam());
  const LabelImage on_gpu = tracked_on({torch::kCUDA, 0}, GetParam());

  expect_masks_of_the_processor(on_gpu, on_processor);
}

TEST_P(TrackingOnAGpu, FindsTheMasksOfTheProcessorWhereTheGpuIsPretended) {
  const LabelImage on_processor = tracked_on(torch::kCPU, GetParam());
  const LabelImage on_gpu = tracked_on(pretended::gpu(), GetParam());

  expect_masks_of_the_processor(on_gpu, on_processor);
}

}  // namespace
}  // namespace mote::learned
