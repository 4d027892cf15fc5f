#include "mote/learned/network_segmenter.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "mote/core/bytes.h"
#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/learned/grey_range.h"
#include "mote/learned/guard.h"
#include "mote/learned/memory.h"
#include "mote/learned/stitching.h"
#include "mote/learned/tiles.h"
#include "mote/segment/network_regions.h"

namespace mote::learned {
namespace {

class NetworkFrame : public segment::Prepared {
 public:
  GreyRange range;  // the frame's own, until it is settled
};

void check(const segment::NetworkOptions& options) {
  require_option(options.min_probability > 0 && options.min_probability < 1, "min-probability",
                 options.min_probability, "more than 0 and less than 1");
  require_option(options.min_score >= 0 && options.min_score <= 1, "min-score", options.min_score,
                 "0 to 1");
  require_option(options.max_overlap >= 0 && options.max_overlap <= 1, "max-overlap",
                 options.max_overlap, "0 to 1");
  require_option(options.tiles_at_once >= 1 && options.tiles_at_once <= 1024, "tiles-at-once",
                 options.tiles_at_once, "1 to 1024");
  require_option(options.tile_overlap_px >= 0, "tile-overlap-px", options.tile_overlap_px,
                 "0 or more");
  require_option(options.tile_px >= 0 && options.tile_px <= 1 << 14, "tile-px", options.tile_px,
                 "0 to 16384");
  require_grey_range(options.black, options.white);
}

/// What a user may do where memory runs out with so many pieces at once.
std::string less_memory(int64_t at_once) {
  return fmt::format("; a smaller {}--tile-px takes less",
                     at_once > 1 ? "--tiles-at-once or " : "");
}

class NetworkSegmenter : public segment::Segmenter {
 public:
  NetworkSegmenter(const segment::NetworkOptions& options, const segment::ThresholdOptions& found,
                   torch::Device device, std::unique_ptr<MapNetwork> map,
                   std::unique_ptr<InstanceNetwork> instances)
      : options_(options),
        found_(found),
        device_(device),
        map_(std::move(map)),
        instances_(std::move(instances)) {
    check(options_);
    if (options_.tile_px != 0) {
      tile_side_px({}, options_.tile_px, network().tile_px(), network().multiple_px());
    }
  }

  std::unique_ptr<segment::Prepared> prepare(const segment::SegmenterInput& input) const override;
  void settle(segment::Prepared& frame) override;
  Segmentation segment(const segment::SegmenterInput& input,
                       const segment::Prepared& frame) const override;
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  const TileNetwork& network() const {
    return map_ ? static_cast<const TileNetwork&>(*map_) : *instances_;
  }
  segment::NetworkFinding finding(const segment::SegmenterInput& input, GreyRange range) const;
  void require_memory_for(int64_t pieces, int64_t side_px) const;
  Grid<float> probability(const torch::Tensor& grey, const std::vector<Box>& tiles,
                          int64_t overlap_px, const segment::ShareDone& progress) const;
  LabelImage instances(const torch::Tensor& grey, const std::vector<Box>& tiles,
                       const segment::ShareDone& progress) const;

  segment::NetworkOptions options_;
  segment::ThresholdOptions found_;
  torch::Device device_;
  std::unique_ptr<MapNetwork> map_;
  std::unique_ptr<InstanceNetwork> instances_;
  std::optional<GreyRange> range_;
  mutable std::mutex one_at_a_time_;
  mutable double taken_bytes_ = 0;  // by the largest pieces so far
};

std::unique_ptr<segment::Prepared> NetworkSegmenter::prepare(
    const segment::SegmenterInput& input) const {
  auto frame = std::make_unique<NetworkFrame>();
  frame->range = grey_range(input.image, input.excluded, options_.black, options_.white);
  return frame;
}

void NetworkSegmenter::settle(segment::Prepared& prepared) {
  auto& frame = static_cast<NetworkFrame&>(prepared);
  range_ = range_.value_or(frame.range);
  frame.range = *range_;
}

/// The tiles [first, last) of a field: (N, 1, S, S).
torch::Tensor batch_of(const torch::Tensor& grey, const std::vector<Box>& tiles, size_t first,
                       size_t last) {
  std::vector<torch::Tensor> cuts;
  for (size_t i = first; i < last; ++i) {
    cuts.push_back(cut(grey, tiles[i]));
  }
  return torch::stack(cuts).unsqueeze(1);
}

Grid<float> NetworkSegmenter::probability(const torch::Tensor& grey, const std::vector<Box>& tiles,
                                          int64_t overlap_px,
                                          const segment::ShareDone& progress) const {
  const int64_t side = tiles.front().height;
  const int64_t height = grey.size(0);
  const int64_t width = grey.size(1);
  const torch::Tensor weights = blending_weights(side, overlap_px).to(device_);
  const torch::Tensor sum = torch::zeros({height, width}, grey.options());
  const torch::Tensor weight = torch::zeros_like(sum);
  const auto at_once = static_cast<size_t>(options_.tiles_at_once);
  for (size_t first = 0; first < tiles.size(); first += at_once) {
    segment::part_of(progress, first, 1, tiles.size())(0);
    const size_t last = std::min(tiles.size(), first + at_once);
    const torch::Tensor answers = map_->probability(batch_of(grey, tiles, first, last));
    for (size_t i = first; i < last; ++i) {
      const int64_t rows = std::min(side, height - tiles[i].y);
      const int64_t columns = std::min(side, width - tiles[i].x);
      const auto in_field = [&](const torch::Tensor& whole) {
        return whole.narrow(0, tiles[i].y, rows).narrow(1, tiles[i].x, columns);
      };
      const auto in_tile = [&](const torch::Tensor& whole) {
        return whole.narrow(0, 0, rows).narrow(1, 0, columns);
      };
      const torch::Tensor answer = answers[static_cast<int64_t>(i - first)];
      in_field(sum).add_(in_tile(answer * weights));
      in_field(weight).add_(in_tile(weights));
    }
  }
  const torch::Tensor mean = (sum / weight).to(torch::kCPU).contiguous();
  auto grid = Grid<float>::unfilled({height, width});
  std::copy_n(mean.data_ptr<float>(), mean.numel(), grid.data());
  return grid;
}

LabelImage NetworkSegmenter::instances(const torch::Tensor& grey, const std::vector<Box>& tiles,
                                       const segment::ShareDone& progress) const {
  std::vector<TileInstances> found;
  const auto at_once = static_cast<size_t>(options_.tiles_at_once);
  for (size_t first = 0; first < tiles.size(); first += at_once) {
    const size_t last = std::min(tiles.size(), first + at_once);
    const std::vector<Box> places(tiles.begin() + static_cast<ptrdiff_t>(first),
                                  tiles.begin() + static_cast<ptrdiff_t>(last));
    const segment::ShareDone of_these =
        segment::part_of(progress, first, places.size(), tiles.size());
    of_these(0);
    auto of_tiles = instances_->instances(batch_of(grey, tiles, first, last), places, of_these);
    for (size_t i = 0; i < places.size(); ++i) {
      found.push_back({.place = places[i], .instances = std::move(of_tiles[i])});
    }
  }
  return stitched(found, {grey.size(0), grey.size(1)}, options_.max_overlap);
}

/// The memory of frames before is kept and taken again, so that only more than they took is asked
/// for.
void NetworkSegmenter::require_memory_for(int64_t pieces, int64_t side_px) const {
  const double bytes = static_cast<double>(pieces) * network().tile_bytes(side_px);
  if (bytes > taken_bytes_) {
    require_memory(bytes,
                   fmt::format("{0} of {1} x {1} px at once", counted(pieces, "piece"), side_px),
                   less_memory(pieces));
    taken_bytes_ = bytes;
  }
}

segment::NetworkFinding NetworkSegmenter::finding(const segment::SegmenterInput& input,
                                                  GreyRange range) const {
  const torch::InferenceMode inference;
  const Size field = input.image.size();
  const int64_t side =
      tile_side_px(field, options_.tile_px, network().tile_px(), network().multiple_px());
  const int64_t overlap = std::min(options_.tile_overlap_px, side / 2);
  const std::vector<Box> tiles = tiles_of(field, side, overlap);
  if (device_.is_cpu()) {
    require_memory_for(std::min(options_.tiles_at_once, std::ssize(tiles)), side);
  }
  const torch::Tensor grey = grey_levels(input.image, range, device_);
  if (instances_) {
    return segment::finding_of(instances(grey, tiles, input.progress), network().blur_px());
  }
  segment::NetworkFinding finding{.field = probability(grey, tiles, overlap, input.progress),
                                  .instances = {},
                                  .blur_px = network().blur_px()};
  for (float& value : finding.field.values()) {
    value -= static_cast<float>(options_.min_probability);
  }
  return finding;
}

Segmentation NetworkSegmenter::segment(const segment::SegmenterInput& input,
                                       const segment::Prepared& prepared) const {
  const GreyRange range = static_cast<const NetworkFrame&>(prepared).range;
  segment::NetworkFinding found;
  {
    const std::lock_guard lock(one_at_a_time_);
    found = guarded([&] { return finding(input, range); }, less_memory(options_.tiles_at_once));
  }
  Segmentation segmentation = segment::regions_of(found, input, found_);
  segmentation.values["black"] = range.black;
  segmentation.values["white"] = range.white;
  return segmentation;
}

std::string NetworkSegmenter::save_state() const {
  ByteWriter out;
  put_range(out, range_);
  return out.take();
}

void NetworkSegmenter::load_state(std::string_view state) {
  ByteReader in(state);
  const std::optional<GreyRange> range = get_range(in);
  in.expect_end();
  range_ = range;
}

}  // namespace

std::unique_ptr<segment::Segmenter> make_network_segmenter(
    const segment::NetworkOptions& options, const segment::ThresholdOptions& found,
    torch::Device device, std::unique_ptr<MapNetwork> map,
    std::unique_ptr<InstanceNetwork> instances) {
  return std::make_unique<NetworkSegmenter>(options, found, device, std::move(map),
                                            std::move(instances));
}

}  // namespace mote::learned
