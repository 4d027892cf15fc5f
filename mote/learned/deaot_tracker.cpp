#include "mote/learned/deaot_tracker.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/imaging/components.h"
#include "mote/learned/grey_range.h"
#include "mote/learned/guard.h"
#include "mote/learned/tensor_bytes.h"
#include "mote/nn/deaot_engine.h"
#include "mote/track/id_tracks.h"
#include "mote/track/new_objects.h"
#include "mote/track/sealed_state.h"

namespace mote::learned {
namespace {

using track::TrackerOutput;

constexpr uint64_t kMark = 0x34746f61656d6f6d;  // "momeaot4": the last byte counts versions

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
  require_option(options.keyframe_gap >= 1, "keyframe-gap", options.keyframe_gap, "1 or more");
  require_option(options.short_side_px >= 17, "short-side-px", options.short_side_px, "17 or more");
  require_option(options.max_memory_frames >= 1, "max-memory-frames", options.max_memory_frames,
                 "1 or more");
  require_option(options.min_new_area_px >= 1, "min-new-area-px", options.min_new_area_px,
                 "1 or more");
  require_option(options.min_new_share > 0 && options.min_new_share <= 1, "min-new-share",
                 options.min_new_share, "more than 0, 1 at most");
  require_grey_range(options.black, options.white);
}

track::IdTracksOptions id_options(const track::DeaotOptions& options) {
  return {.max_gap_frames = options.max_gap_frames, .min_merge_share = options.min_merge_share};
}

/// As published, DeAOT-T remembers references alone.
int64_t long_term_gap(const nn::DeAotOptions& network) {
  return network.encoder == nn::DeAotEncoder::kResNet50 ? 5
                                                        : nn::DeAotEngineOptions{}.long_term_gap;
}

class DeaotTracker : public track::Tracker {
 public:
  DeaotTracker(nn::DeAot network, const track::DeaotOptions& options, Size field)
      : network_(std::move(network)),
        options_(options),
        field_(field),
        engine_(network_, engine_options()),
        tracks_(id_options(options), field) {}

  TrackerOutput push(const track::TrackerFrame& frame,
                     const track::LazySegmentation& segmentation) override;
  bool asks_for_segmentation(int64_t index) const override {
    return index % options_.keyframe_gap == 0;
  }
  BinaryImage particles() const override { return particles_; }
  TrackerOutput finish() override { return tracks_.finish(); }
  int64_t lag_frames() const override { return 0; }
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  nn::DeAotEngineOptions engine_options() const {
    return {.long_term_gap = long_term_gap(network_->options()),
            .max_long_term_frames = options_.max_memory_frames,
            .reference_every_group = false};
  }
  torch::Device device() const { return network_->parameters().front().device(); }
  torch::Tensor input_of(const Grid<float>& image) const;
  LabelImage follow(const Grid<float>& image);
  LabelImage with_new_objects(const LabelImage& tracked, const Segmentation& segmentation);
  LabelImage ids_in(const track::TrackerFrame& frame, const track::LazySegmentation& segmentation);

  nn::DeAot network_;
  track::DeaotOptions options_;
  Size field_;
  nn::DeAotEngine engine_;
  track::IdTracks tracks_;
  std::optional<GreyRange> range_;
  int64_t next_frame_ = 0;
  int32_t largest_id_ = 0;
  BinaryImage particles_;
};

/// (1, 3, H, W), normalised as DeAOT's encoders were trained.
torch::Tensor DeaotTracker::input_of(const Grid<float>& image) const {
  const Size size = deaot_input_size(field_, options_.short_side_px);
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

/// Where the objects of before are now.
LabelImage DeaotTracker::follow(const Grid<float>& image) {
  engine_.see(input_of(image));
  if (largest_id_ == 0) {
    return LabelImage(field_);
  }
  engine_.propagate();
  return labels_of(engine_.labels(field_));
}

LabelImage DeaotTracker::with_new_objects(const LabelImage& tracked,
                                          const Segmentation& segmentation) {
  // What a first frame shows is tracked however small it is.
  const track::NewObjectOptions options = {
      .min_area_px = largest_id_ == 0 ? 1 : options_.min_new_area_px,
      .min_new_share = options_.min_new_share};
  const LabelImage added = track::new_objects(tracked, segmentation.labels, largest_id_, options);
  for (const int32_t id : added.values()) {
    largest_id_ = std::max(largest_id_, id);
  }
  return track::joined_labels(tracked, added);
}

LabelImage DeaotTracker::ids_in(const track::TrackerFrame& frame,
                                const track::LazySegmentation& segmentation) {
  LabelImage ids = follow(frame.image);
  const bool is_keyframe = asks_for_segmentation(frame.index);
  if (is_keyframe) {
    ids = with_new_objects(ids, segmentation());
  }
  if (largest_id_ == 0) {
    return ids;
  }
  const torch::Tensor labels = tensor_of(ids, device());
  if (is_keyframe) {
    engine_.reference(labels, largest_id_);
  } else {
    engine_.update(labels);
  }
  return ids;
}

TrackerOutput DeaotTracker::push(const track::TrackerFrame& frame,
                                 const track::LazySegmentation& segmentation) {
  if (frame.image.size() != field_) {
    throw Error(ErrorKind::kUsage,
                "DeAOT follows pixels: frame {} has {} x {} of them, not {} x {}", frame.index,
                frame.image.height(), frame.image.width(), field_.height, field_.width);
  }
  if (frame.index != next_frame_) {
    throw Error(ErrorKind::kUsage, "frame {} follows frame {}", frame.index, next_frame_ - 1);
  }
  ++next_frame_;
  if (!range_) {
    range_ = grey_range(frame.image, {}, options_.black, options_.white);
  }
  const LabelImage ids = guarded([&] { return ids_in(frame, segmentation); });
  particles_ = imaging::mask_of(ids);
  return tracks_.push(frame.index, ids, frame.drift);
}

std::string DeaotTracker::save_state() const {
  ByteWriter content;
  content(field_, next_frame_, largest_id_, particles_);
  put_range(content, range_);
  content.put(std::string_view(tracks_.save_state()));
  if (largest_id_ > 0) {
    put_tensors(content, engine_.save_state());
  }
  return track::sealed_state(kMark, content.take());
}

void DeaotTracker::load_state(std::string_view state) {
  ByteReader reader(track::opened_state(kMark, state, "DeAOT tracker"));
  const auto field = reader.get<Size>();
  if (field != field_) {
    throw Error(ErrorKind::kBadFile, "tracker state of a field of {} x {} px, expected {} x {}",
                field.width, field.height, field_.width, field_.height);
  }
  DeaotTracker loaded(network_, options_, field_);
  reader.get(loaded.next_frame_);
  reader.get(loaded.largest_id_);
  reader.get(loaded.particles_);
  loaded.range_ = get_range(reader);
  loaded.tracks_.load_state(reader.get<std::string_view>());
  if (loaded.largest_id_ > 0) {
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

std::unique_ptr<track::Tracker> make_deaot_tracker(nn::DeAot network,
                                                   const track::DeaotOptions& options, Size field) {
  check(options);
  network->eval();
  return std::make_unique<DeaotTracker>(std::move(network), options, field);
}

}  // namespace mote::learned
