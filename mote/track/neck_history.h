#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mote::track {

/// By how much the neck of a contact has grown over the latter half of its life.
struct NeckGrowth {
  double ratio = 0;   ///< mean over the latter half
  double growth = 0;  ///< that, over the mean of the quarter before the latter half, less 1
  double error = 0;   ///< standard error of `growth`
};

/// The neck ratios of a contact since it opened, in bounded memory: blocks of as many frames as
/// keep them within kMostBlocks.
class NeckHistory {
 public:
  /// Frames that follow one another.
  struct Block {
    double last_time = 0;
    double mean_ratio = 0;
    int64_t frames = 0;
  };

  /// Times ascend; a ratio above 1 counts as 1, one below 0 as 0.
  void add(double time, double ratio);

  /// Of a contact that opened at `since`; nothing with fewer than four blocks in either part.
  std::optional<NeckGrowth> growth(double since) const;

  /// Of the frames, in how many the two were seen to touch.
  double share_touching() const;

  /// In order of time.
  const std::vector<Block>& blocks() const { return blocks_; }

  double last_time() const { return blocks_.empty() ? 0 : blocks_.back().last_time; }

  /// Takes the frames of `other`, where it has been told of for longer.
  void join(const NeckHistory& other);

  template <typename Archive>
  friend void archive(Archive& archive, NeckHistory& history) {
    archive(history.blocks_, history.frames_per_block_, history.frames_, history.touching_);
  }

 private:
  void halve();

  std::vector<Block> blocks_;
  int64_t frames_per_block_ = 1;
  int64_t frames_ = 0;
  int64_t touching_ = 0;
};

/// Whether the neck has ceased to grow: by every classical law x/r ~ t^a (Kuczynski, Trans. AIME
/// 185, 169, 1949; a = 1/7 to 1/2) it would be 2^(1/7) - 1 = 10 % wider in the mean over the latter
/// half of the contact than in the quarter before it, and it is not, by two standard errors.
bool has_ceased(const NeckGrowth& growth);

}  // namespace mote::track
