#include "mote/simulate/demo.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "mote/core/error.h"
#include "mote/core/rounded.h"
#include "mote/simulate/plan.h"
#include "mote/simulate/random.h"
#include "mote/simulate/support.h"

namespace mote::simulate {
namespace {

constexpr double kEdgePx = 1.5;  // half the width over which a disc's edge goes from dark to light
constexpr float kDome = 0.12F;   // how much more a disc attenuates in its middle than at its edge

void check_range(const char* what, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    throw Error(ErrorKind::kUsage, "{} {}: the demo takes {} to {}", what, value, low, high);
  }
}

void check_options(const DemoOptions& options) {
  check_range("frames", static_cast<double>(options.frames), 120, 1e6);
  check_range("height", static_cast<double>(options.height), 384, 16384);
  check_range("width", static_cast<double>(options.width), 384, 16384);
  check_range("pixel size in nm", options.pixel_size_nm, 1e-4, 1e4);
  check_range("frame interval in s", options.frame_interval_s, 1e-6, 1e6);
  check_range("noise", options.noise_sd, 0, 60);
  check_range("drift in px", options.drift_px, 0, 80);
  check_range("smallest radius in px", options.min_radius_px, 1, 8);
}

/// 1 inside, 0 outside, half on the outline.
float coverage(double depth_px) {
  const auto t = static_cast<float>(std::clamp(0.5 + 0.5 * depth_px / kEdgePx, 0.0, 1.0));
  return t * t * (3 - 2 * t);
}

/// The share of light that discs which are one body take away at a pixel, over `attenuation`.
float darkness(const std::vector<Disc>& discs, double y, double x) {
  float most = 0;
  float dome = 0;
  for (const Disc& disc : discs) {
    const double dy = y - disc.centre.y_px;
    const double dx = x - disc.centre.x_px;
    const double squared = dy * dy + dx * dx;
    const double reach = disc.radius_px + kEdgePx;
    if (squared < reach * reach) {
      most = std::max(most, coverage(disc.radius_px - std::sqrt(squared)));
      const double outwards = std::min(1.0, squared / (disc.radius_px * disc.radius_px));
      dome = std::max(dome, 1 - static_cast<float>(outwards));
    }
  }
  return most * (1 - kDome + kDome * dome);
}

void shade(Grid<float>& image, const std::vector<Disc>& discs, double attenuation) {
  if (discs.empty()) {
    return;
  }
  double y_low = 1e9;
  double y_high = -1e9;
  double x_low = 1e9;
  double x_high = -1e9;
  for (const Disc& disc : discs) {
    const double reach = disc.radius_px + kEdgePx;
    y_low = std::min(y_low, disc.centre.y_px - reach);
    y_high = std::max(y_high, disc.centre.y_px + reach);
    x_low = std::min(x_low, disc.centre.x_px - reach);
    x_high = std::max(x_high, disc.centre.x_px + reach);
  }
  const auto y_begin = std::max<int64_t>(0, static_cast<int64_t>(std::floor(y_low)));
  const auto x_begin = std::max<int64_t>(0, static_cast<int64_t>(std::floor(x_low)));
  const auto y_end = std::min(image.height(), static_cast<int64_t>(std::ceil(y_high)) + 1);
  const auto x_end = std::min(image.width(), static_cast<int64_t>(std::ceil(x_high)) + 1);
  for (int64_t y = y_begin; y < y_end; ++y) {
    for (int64_t x = x_begin; x < x_end; ++x) {
      const float taken = darkness(discs, static_cast<double>(y), static_cast<double>(x));
      image(y, x) *= 1 - static_cast<float>(attenuation) * taken;
    }
  }
}

/// Adds noise that (seed, frame, pixel) alone decides, and rounds to 8 bits.
Image with_noise(const Grid<float>& image, uint64_t frame_seed, double noise_sd) {
  constexpr size_t kPerHash = 64 / kNormalBits;
  constexpr uint64_t kMask = (uint64_t{1} << kNormalBits) - 1;
  const float* deviates = normal_deviates();
  const auto sd = static_cast<float>(noise_sd);
  Image out(image.size(), SampleType::kUint8);
  auto* to = out.as<uint8_t>();
  const auto values = image.values();
  for (size_t i = 0; i < values.size(); i += kPerHash) {
    uint64_t bits = mix(frame_seed + i);
    const size_t end = std::min(values.size(), i + kPerHash);
    for (size_t j = i; j < end; ++j) {
      const float grey = values[j] + sd * deviates[bits & kMask];
      to[j] = grey_level(grey);
      bits >>= kNormalBits;
    }
  }
  return out;
}

class DiscDemo : public Demo {
 public:
  explicit DiscDemo(const DemoOptions& options)
      : options_(options),
        plan_(make_plan(options)),
        support_(mix(options.seed), {options.height, options.width}, 1.2 * options.drift_px) {
    info_.format = "simulated demo";
    info_.frames = options.frames;
    info_.size = {options.height, options.width};
    info_.pixel_size = PixelSize{options.pixel_size_nm, options.pixel_size_nm, {}, "simulation"};
    info_.frame_interval = FrameInterval{options.frame_interval_s, "simulation"};
  }

  const RecordingInfo& info() const override { return info_; }
  const Lineage& lineage() const override { return plan_.lineage; }

  Frame read(int64_t index) override {
    check_index(index);
    const auto time = static_cast<double>(index);
    Grid<float> image = support_.seen(plan_.drift_at(time));
    for (const Scene& scene : plan_.scenes) {
      const std::vector<Disc> discs = plan_.seen_at(scene, time);
      if (is_one_body(scene)) {
        shade(image, discs, scene.attenuation);
        continue;
      }
      for (const Disc& disc : discs) {
        shade(image, {disc}, scene.attenuation);
      }
    }
    const uint64_t frame_seed = mix(mix(options_.seed) + static_cast<uint64_t>(index));
    return {.index = index,
            .time_s = {},
            .values = {},
            .image = with_noise(image, frame_seed, options_.noise_sd)};
  }

  TruthFrame truth(int64_t index) const override {
    check_index(index);
    const auto time = static_cast<double>(index);
    TruthFrame frame{.index = index,
                     .drift = plan_.drift_at(time),
                     .labels = LabelImage(info_.size),
                     .instances = {}};
    for (const Role& role : plan_.roles) {
      if (index >= role.first_frame && index <= role.last_frame) {
        frame.instances.push_back(instance(role, time));
      }
    }
    for (auto it = frame.instances.rbegin(); it != frame.instances.rend(); ++it) {
      paint(frame.labels, it->mask, it->track);  // the lowest last, so that it lies on top
    }
    return frame;
  }

 private:
  void check_index(int64_t index) const {
    if (index < 0 || index >= options_.frames) {
      throw Error(ErrorKind::kUsage, "frame {} of a recording of {} frames", index,
                  options_.frames);
    }
  }

  TruthInstance instance(const Role& role, double time) const {
    const Scene& scene = plan_.scenes[role.scene];
    const std::vector<Disc> discs = plan_.seen_at(scene, time);
    if (discs.size() == 1 || !is_one_body(scene)) {
      const Disc& disc = role.part == Part::kB ? discs[1] : discs[0];
      return {role.track, disc.centre, disc.radius_px, mask_of({disc}, info_.size)};
    }
    const DiscPair pair = measure(discs[0], discs[1]);
    const auto radius = [](double area) { return std::sqrt(area / std::numbers::pi); };
    switch (role.part) {
      case Part::kA:
        return {role.track, pair.centroid_a, radius(pair.part_a_px),
                part_mask_of(discs[0], discs[1], info_.size)};
      case Part::kB:
        return {role.track, pair.centroid_b, radius(pair.part_b_px),
                part_mask_of(discs[1], discs[0], info_.size)};
      case Part::kWhole: break;
    }
    return {role.track, pair.centroid, radius(pair.part_a_px + pair.part_b_px),
            mask_of(discs, info_.size)};
  }

  DemoOptions options_;
  RecordingInfo info_;
  Plan plan_;
  Support support_;
};

}  // namespace

std::unique_ptr<Demo> make_demo(const DemoOptions& options) {
  check_options(options);
  return std::make_unique<DiscDemo>(options);
}

}  // namespace mote::simulate
