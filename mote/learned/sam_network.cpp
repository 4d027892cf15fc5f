#include "mote/learned/sam_network.h"

#include <algorithm>
#include <utility>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/learned/loading.h"
#include "mote/nn/efficient_sam.h"

namespace mote::learned {
namespace {

using nn::SamLabel;

constexpr double kPublishedScore = 0.88;
constexpr double kSameParticle = 0.7;  // IoU of the boxes of two masks that tell one particle
constexpr float kStabilityOffset = 1;  // in logits
constexpr int64_t kQueriesAtOnce = 64;
constexpr int64_t kMostOfATile = 1000;

/// Queries of one tile: points (1, Q, 2, 2) as (x, y) and labels (1, Q, 2).
struct TileQueries {
  std::vector<float> points;
  std::vector<int64_t> labels;

  int64_t size() const { return std::ssize(labels) / 2; }
  void add_point(double x, double y) {
    points.insert(points.end(), {static_cast<float>(x), static_cast<float>(y), -1, -1});
    labels.insert(labels.end(),
                  {static_cast<int64_t>(SamLabel::kPoint), static_cast<int64_t>(SamLabel::kEmpty)});
  }
  void add_box(double x0, double y0, double x1, double y1) {
    for (const double edge : {x0, y0, x1, y1}) {
      points.push_back(static_cast<float>(edge));
    }
    labels.insert(labels.end(), {static_cast<int64_t>(SamLabel::kBoxTopLeft),
                                 static_cast<int64_t>(SamLabel::kBoxBottomRight)});
  }
};

/// Masks at a quarter of the network's size, and how good each is.
struct Candidates {
  torch::Tensor logits;  // (M, h, w)
  torch::Tensor scores;  // (M)

  int64_t size() const { return scores.defined() ? scores.size(0) : 0; }
  Candidates at(const torch::Tensor& which) const {
    return {logits.index_select(0, which), scores.index_select(0, which)};
  }
};

/// The candidates that no better one tells too, the best first.
Candidates distinct(const Candidates& all) {
  const torch::Tensor order = std::get<1>(all.scores.sort(/*stable=*/true, 0, /*descending=*/true));
  const torch::Tensor boxes = boxes_of(all.logits > 0).index_select(0, order).to(torch::kCPU);
  const auto edges = boxes.accessor<int64_t, 2>();
  const auto iou = [&edges](int64_t i, int64_t j) {
    const auto along = [&](int axis) {
      return std::max<int64_t>(0, std::min(edges[i][axis + 2], edges[j][axis + 2]) -
                                      std::max(edges[i][axis], edges[j][axis]));
    };
    const auto area = [&](int64_t k) {
      return (edges[k][2] - edges[k][0]) * (edges[k][3] - edges[k][1]);
    };
    const int64_t both = along(0) * along(1);
    return static_cast<double>(both) / static_cast<double>(area(i) + area(j) - both);
  };
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < boxes.size(0) && std::ssize(kept) < kMostOfATile; ++i) {
    if (std::none_of(kept.begin(), kept.end(),
                     [&](int64_t better) { return iou(i, better) > kSameParticle; })) {
      kept.push_back(i);
    }
  }
  const torch::Tensor which = torch::tensor(kept, torch::kInt64).to(order.device());
  return all.at(order.index_select(0, which));
}

Candidates joined(const Candidates& a, const Candidates& b) {
  if (a.size() == 0) {
    return b;
  }
  return {torch::cat({a.logits, b.logits}), torch::cat({a.scores, b.scores})};
}

class SamNetwork : public InstanceNetwork {
 public:
  SamNetwork(const segment::NetworkOptions& options, nn::EfficientSam network, torch::Device device)
      : options_(options), network_(std::move(network)), device_(device) {}

  int64_t tile_px() const override { return network_->options().encoder.image_px; }
  int64_t multiple_px() const override { return network_->options().encoder.patch_px; }
  double blur_px() const override { return 2; }
  double tile_bytes(int64_t /*side_px*/) const override {
    const auto side_px = static_cast<double>(tile_px());  // to which tiles are stretched
    return 150 * side_px * side_px;
  }
  std::vector<std::vector<FoundInstance>> instances(const torch::Tensor& tiles,
                                                    const std::vector<Box>& places,
                                                    const segment::ShareDone& progress) override;

 private:
  bool prompted() const { return !options_.points.empty() || !options_.boxes.empty(); }
  TileQueries queries_in(const Box& place) const;
  std::vector<FoundInstance> of_tile(const torch::Tensor& tile, const TileQueries& queries,
                                     const segment::ShareDone& progress);
  Candidates decoded(const torch::Tensor& embedding, const TileQueries& queries, int64_t first,
                     int64_t side);
  Candidates chosen(const nn::SamMasks& masks) const;

  segment::NetworkOptions options_;
  nn::EfficientSam network_;
  torch::Device device_;
};

/// The prompts that lie in a tile, in its pixels, or its grid.
TileQueries SamNetwork::queries_in(const Box& place) const {
  TileQueries queries;
  if (!prompted()) {
    const double step =
        static_cast<double>(place.width) / static_cast<double>(options_.points_per_side);
    for (int64_t row = 0; row < options_.points_per_side; ++row) {
      for (int64_t column = 0; column < options_.points_per_side; ++column) {
        queries.add_point((static_cast<double>(column) + 0.5) * step,
                          (static_cast<double>(row) + 0.5) * step);
      }
    }
    return queries;
  }
  const auto left = static_cast<double>(place.x);
  const auto top = static_cast<double>(place.y);
  const auto side = static_cast<double>(place.width);
  for (const Point& point : options_.points) {
    const double x = point.x_px - left;
    const double y = point.y_px - top;
    if (x >= 0 && y >= 0 && x < side && y < side) {
      queries.add_point(x, y);
    }
  }
  for (const Box& box : options_.boxes) {
    const double x0 = std::max(0.0, static_cast<double>(box.x) - left);
    const double y0 = std::max(0.0, static_cast<double>(box.y) - top);
    const double x1 = std::min(side, static_cast<double>(box.x_end()) - left);
    const double y1 = std::min(side, static_cast<double>(box.y_end()) - top);
    if (x0 < x1 && y0 < y1) {
      queries.add_box(x0, y0, x1, y1);
    }
  }
  return queries;
}

/// What is kept of the masks of some queries: the best of each prompt, or those of a grid that are
/// sure, stable, and no background.
Candidates SamNetwork::chosen(const nn::SamMasks& masks) const {
  const torch::Tensor logits = masks.logits[0];  // (Q, 3, h, w)
  const torch::Tensor scores = masks.iou[0];     // (Q, 3)
  if (prompted()) {
    const torch::Tensor best = scores.argmax(1);
    const torch::Tensor row = torch::arange(scores.size(0), scores.device());
    return {logits.index({row, best}), scores.index({row, best})};
  }
  const torch::Tensor flat = logits.flatten(0, 1);
  const torch::Tensor flat_scores = scores.flatten();
  const auto area = [&flat](float level) {
    return (flat > level).flatten(1).sum(1, /*keepdim=*/false, torch::kFloat32);
  };
  const torch::Tensor stability = area(kStabilityOffset) / area(-kStabilityOffset).clamp_min(1);
  const torch::Tensor inside = area(0);
  const double pixels = static_cast<double>(flat.size(1) * flat.size(2));
  const double least_score = options_.min_score > 0 ? options_.min_score : kPublishedScore;
  const torch::Tensor good = (flat_scores >= least_score) & (stability >= options_.min_stability) &
                             (inside > 0) & (inside <= options_.max_area_fraction * pixels);
  return Candidates{flat, flat_scores}.at(good.nonzero().squeeze(1));
}

Candidates SamNetwork::decoded(const torch::Tensor& embedding, const TileQueries& queries,
                               int64_t first, int64_t side) {
  const int64_t count = std::min(kQueriesAtOnce, queries.size() - first);
  const torch::Tensor points =
      torch::tensor(queries.points).reshape({1, -1, 2, 2}).narrow(1, first, count).to(device_);
  const torch::Tensor labels =
      torch::tensor(queries.labels).reshape({1, -1, 2}).narrow(1, first, count).to(device_);
  return chosen(network_->decode(embedding, {points, labels}, {side, side}));
}

std::vector<FoundInstance> SamNetwork::of_tile(const torch::Tensor& tile,
                                               const TileQueries& queries,
                                               const segment::ShareDone& progress) {
  const int64_t side = tile.size(-1);
  const int64_t batches = (queries.size() + kQueriesAtOnce - 1) / kQueriesAtOnce;
  const torch::Tensor embedding = network_->encode(tile.expand({1, 3, side, side}));
  Candidates found;
  for (int64_t first = 0; first < queries.size(); first += kQueriesAtOnce) {
    // The encoder counts as a batch.
    progress(static_cast<double>(1 + first / kQueriesAtOnce) / static_cast<double>(1 + batches));
    found = joined(found, decoded(embedding, queries, first, side));
    if (!prompted() && found.size() > 0) {
      found = distinct(found);
    }
  }
  std::vector<FoundInstance> instances;
  for (int64_t i = 0; i < found.size(); ++i) {
    const torch::Tensor logits = found.logits[i].unsqueeze(0).unsqueeze(0);
    const torch::Tensor mask = nn::EfficientSamImpl::resized(logits, {side, side})[0] > 0;
    FoundInstance instance =
        found_instance(mask[0], std::clamp(found.scores[i].item<double>(), 0.0, 1.0));
    if (!instance.mask.empty()) {
      instances.push_back(std::move(instance));
    }
  }
  return instances;
}

std::vector<std::vector<FoundInstance>> SamNetwork::instances(const torch::Tensor& tiles,
                                                              const std::vector<Box>& places,
                                                              const segment::ShareDone& progress) {
  std::vector<std::vector<FoundInstance>> all;
  for (size_t i = 0; i < places.size(); ++i) {
    const TileQueries queries = queries_in(places[i]);
    const segment::ShareDone in_tile = segment::part_of(progress, i, 1, places.size());
    all.push_back(queries.size() > 0
                      ? of_tile(tiles[static_cast<int64_t>(i)].unsqueeze(0), queries, in_tile)
                      : std::vector<FoundInstance>());
  }
  return all;
}

}  // namespace

std::unique_ptr<InstanceNetwork> make_sam_network(const segment::NetworkOptions& options,
                                                  const Weights* weights, torch::Device device) {
  require_option(options.points_per_side >= 1 && options.points_per_side <= 256, "points-per-side",
                 options.points_per_side, "1 to 256");
  require_option(options.min_stability >= 0 && options.min_stability <= 1, "min-stability",
                 options.min_stability, "0 to 1");
  require_option(options.max_area_fraction > 0 && options.max_area_fraction <= 1,
                 "max-area-fraction", options.max_area_fraction, "more than 0, at most 1");
  nn::EfficientSamOptions sizes = nn::efficient_sam_options(options.model);
  if (options.tile_px > 0) {
    sizes.encoder.image_px = options.tile_px;
  }
  sizes.encoder.precision = precision_of(options);
  nn::EfficientSam network(sizes);
  make_ready(*network, options.model, weights, device);
  return std::make_unique<SamNetwork>(options, network, device);
}

}  // namespace mote::learned
