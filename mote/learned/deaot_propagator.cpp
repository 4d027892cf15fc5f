#include "mote/learned/deaot_propagator.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "mote/core/bytes.h"
#include "mote/core/require.h"
#include "mote/learned/grey_range.h"
#include "mote/learned/guard.h"
#include "mote/learned/memory.h"
#include "mote/learned/tensor_bytes.h"
#include "mote/nn/deaot_engine.h"

namespace mote::learned {
namespace {

torch::Tensor tensor_of(const LabelImage& labels, torch::Device device) {
  return torch::from_blob(const_cast<int32_t*>(labels.data()), {1, labels.height(), labels.width()},
                          torch::kInt32)
      .to(device, torch::kInt64);
}

LabelImage labels_of(const torch::Tensor& tensor) {
  const torch::Tensor labels = tensor.to(torch::kCPU, torch::kInt32).contiguous();  // (1, H, W)
  LabelImage image({labels.size(1), labels.size(2)});
  std::copy_n(labels.data_ptr<int32_t>(), labels.numel(), image.data());
  return image;
}

void check(const track::DeaotOptions& options) {
  require_option(options.short_side_px >= 17, "short-side-px", options.short_side_px, "17 or more");
  require_option(options.max_memory_frames >= 1, "max-memory-frames", options.max_memory_frames,
                 "1 or more");
  require_grey_range(options.black, options.white);
}

/// As published, DeAOT-T remembers references alone.
int64_t long_term_gap(const nn::DeAotOptions& network) {
  return network.encoder == nn::DeAotEncoder::kResNet50 ? 5
                                                        : nn::DeAotEngineOptions{}.long_term_gap;
}

constexpr auto kLessMemory = "; a smaller --short-side-px takes less";

/// guarded, for what is computed on a frame.
template <typename Work>
auto on_frame(Work&& work) -> decltype(work()) {
  return guarded(std::forward<Work>(work), kLessMemory);
}

/// What a frame takes in the sizes in which the network sees it, with 15 particles
/// (bench_deaot_speed).
double frame_bytes(const nn::DeAotOptions& network, Size input) {
  const double bytes_per_px = network.encoder == nn::DeAotEncoder::kResNet50 ? 1500 : 600;
  return bytes_per_px * static_cast<double>(input.area());
}

class DeaotPropagator : public MaskPropagator {
 public:
  DeaotPropagator(nn::DeAot network, const track::DeaotOptions& options, Size field)
      : network_(std::move(network)),
        options_(options),
        field_(field),
        engine_(network_, engine_options()) {}

  LabelImage propagate(const Grid<float>& image) override;
  void reference(const LabelImage& ids, int32_t largest_id) override;
  void restart(const LabelImage& ids, int32_t largest_id) override;
  void update(const LabelImage& ids) override;
  double blur_px() const override;
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  nn::DeAotEngineOptions engine_options() const {
    return {.long_term_gap = long_term_gap(network_->options()),
            .max_long_term_frames = options_.max_memory_frames,
            .reference_every_group = false};
  }
  Size input_size() const { return deaot_input_size(field_, options_.short_side_px); }
  torch::Device device() const { return network_->parameters().front().device(); }
  torch::Tensor input_of(const Grid<float>& image) const;

  nn::DeAot network_;
  track::DeaotOptions options_;
  Size field_;
  nn::DeAotEngine engine_;
  std::optional<GreyRange> range_;
  torch::Tensor input_;  // the frame last seen
};

/// (1, 3, H, W), normalised as DeAOT's encoders were trained.
torch::Tensor DeaotPropagator::input_of(const Grid<float>& image) const {
  const Size size = input_size();
  const torch::Tensor grey = grey_levels(image, *range_, device()).unsqueeze(0).unsqueeze(0);
  const torch::Tensor resized =
      size == field_
          ? grey
          : torch::_upsample_bicubic2d_aa(grey, {size.height, size.width}, false).clamp(0, 1);
  const auto channels = [&](std::vector<float> values) {
    return torch::tensor(values).reshape({1, 3, 1, 1}).to(device());
  };
  return (resized - channels({0.485F, 0.456F, 0.406F})) / channels({0.229F, 0.224F, 0.225F});
}

LabelImage DeaotPropagator::propagate(const Grid<float>& image) {
  return on_frame([&] {
    if (!range_) {
      range_ = grey_range(image, {}, options_.black, options_.white);
    }
    input_ = input_of(image);
    engine_.see(input_);
    if (engine_.ids() == 0) {
      return LabelImage(field_);
    }
    engine_.propagate();
    return labels_of(engine_.labels(field_));
  });
}

void DeaotPropagator::reference(const LabelImage& ids, int32_t largest_id) {
  on_frame([&] { engine_.reference(tensor_of(ids, device()), largest_id); });
}

void DeaotPropagator::restart(const LabelImage& ids, int32_t largest_id) {
  on_frame([&] {
    engine_ = nn::DeAotEngine(network_, engine_options());
    engine_.see(input_);
    engine_.reference(tensor_of(ids, device()), largest_id);
  });
}

void DeaotPropagator::update(const LabelImage& ids) {
  on_frame([&] { engine_.update(tensor_of(ids, device())); });
}

/// Half of the way between two values of its logits.
double DeaotPropagator::blur_px() const {
  constexpr double kStridePx = 4;
  return 0.5 * kStridePx * static_cast<double>(field_.height) /
         static_cast<double>(input_size().height);
}

std::string DeaotPropagator::save_state() const {
  ByteWriter content;
  put_range(content, range_);
  content.put<uint8_t>(engine_.ids() > 0 ? 1 : 0);
  if (engine_.ids() > 0) {
    put_tensors(content, engine_.save_state());
  }
  return content.take();
}

void DeaotPropagator::load_state(std::string_view state) {
  ByteReader reader(state);
  DeaotPropagator loaded(network_, options_, field_);
  loaded.range_ = get_range(reader);
  if (reader.get<uint8_t>() != 0) {
    guarded([&] { loaded.engine_.load_state(get_tensors(reader)); });
  }
  reader.expect_end();
  *this = std::move(loaded);
}

}  // namespace

Size deaot_input_size(Size field, int64_t short_side_px) {
  const int64_t side = std::min(field.height, field.width);
  const double scale =
      std::min(1.0, static_cast<double>(short_side_px) / static_cast<double>(side));
  const auto scaled = [scale](int64_t length) {
    return std::lround(scale * static_cast<double>(length));
  };
  return nn::deaot_size({scaled(field.height), scaled(field.width)});
}

std::unique_ptr<MaskPropagator> make_deaot_propagator(nn::DeAot network,
                                                      const track::DeaotOptions& options,
                                                      Size field) {
  check(options);
  if (network->parameters().front().is_cpu()) {
    const Size input = deaot_input_size(field, options.short_side_px);
    require_memory(frame_bytes(network->options(), input),
                   fmt::format("DeAOT on frames of {} x {} px", input.width, input.height),
                   kLessMemory);
  }
  network->eval();
  return std::make_unique<DeaotPropagator>(std::move(network), options, field);
}

}  // namespace mote::learned
