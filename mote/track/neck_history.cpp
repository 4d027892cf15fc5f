#include "mote/track/neck_history.h"

#include <algorithm>
#include <cmath>

namespace mote::track {
namespace {

constexpr size_t kMostBlocks = 256;
constexpr int64_t kFewestBlocks = 4;
/// 2^(1/7) - 1.
constexpr double kSlowestGrowth = 0.104;

/// Mean of the blocks that end after `begin` and up to `end`, and its standard error.
struct Mean {
  double mean = 0;
  double error = 0;
};

std::optional<Mean> mean_between(const std::vector<NeckHistory::Block>& blocks, double begin,
                                 double end) {
  double frames = 0;
  double sum = 0;
  int64_t count = 0;
  const auto each = [&](const auto& visit) {
    for (const NeckHistory::Block& block : blocks) {
      if (block.last_time > begin && block.last_time <= end) {
        visit(block, static_cast<double>(block.frames));
      }
    }
  };
  each([&](const NeckHistory::Block& block, double weight) {
    frames += weight;
    sum += weight * block.mean_ratio;
    ++count;
  });
  if (count < kFewestBlocks) {
    return std::nullopt;
  }
  const double mean = sum / frames;
  double squares = 0;
  each([&](const NeckHistory::Block& block, double weight) {
    squares += weight * (block.mean_ratio - mean) * (block.mean_ratio - mean);
  });
  return Mean{mean, std::sqrt(squares / frames / static_cast<double>(count - 1))};
}

}  // namespace

void NeckHistory::add(double time, double ratio) {
  if (blocks_.empty() || blocks_.back().frames >= frames_per_block_) {
    if (blocks_.size() >= kMostBlocks) {
      halve();
    }
    if (blocks_.empty() || blocks_.back().frames >= frames_per_block_) {
      blocks_.emplace_back();
    }
  }
  Block& block = blocks_.back();
  ++block.frames;
  block.last_time = time;
  block.mean_ratio +=
      (std::clamp(ratio, 0.0, 1.0) - block.mean_ratio) / static_cast<double>(block.frames);
  ++frames_;
  touching_ += ratio >= 0 ? 1 : 0;
}

void NeckHistory::halve() {
  std::vector<Block> halved;
  for (size_t i = 0; i < blocks_.size(); i += 2) {
    Block block = blocks_[i];
    if (i + 1 < blocks_.size()) {
      const Block& next = blocks_[i + 1];
      block.frames += next.frames;
      block.mean_ratio += (next.mean_ratio - block.mean_ratio) * static_cast<double>(next.frames) /
                          static_cast<double>(block.frames);
      block.last_time = next.last_time;
    }
    halved.push_back(block);
  }
  blocks_ = std::move(halved);
  frames_per_block_ *= 2;
}

std::optional<NeckGrowth> NeckHistory::growth(double since) const {
  const double life = last_time() - since;
  const std::optional<Mean> before = mean_between(blocks_, since + life / 4, since + life / 2);
  const std::optional<Mean> after = mean_between(blocks_, since + life / 2, last_time());
  if (!before || !after || before->mean <= 0) {
    return std::nullopt;
  }
  const double quotient = after->mean / before->mean;
  return NeckGrowth{.ratio = after->mean,
                    .growth = quotient - 1,
                    .error = std::hypot(after->error, quotient * before->error) / before->mean};
}

double NeckHistory::share_touching() const {
  return frames_ > 0 ? static_cast<double>(touching_) / static_cast<double>(frames_) : 0;
}

void NeckHistory::join(const NeckHistory& other) {
  if (other.frames_ > frames_) {
    *this = other;
  }
}

bool has_ceased(const NeckGrowth& growth) {
  return growth.growth + 2 * growth.error < kSlowestGrowth;
}

}  // namespace mote::track
