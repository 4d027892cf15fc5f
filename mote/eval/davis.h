#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "mote/eval/objects.h"

namespace mote::eval {

/// DAVIS's region similarity J (IoU) and boundary F, means over the objects of the truth.
struct DavisScores {
  double j = 0;
  double f = 0;
  double j_in_view = 0;  ///< without the frames in which both truth and result have no such object
  double f_in_view = 0;
};

/// boundary_f of every pair that overlaps; `overlaps` are those of `truth` and `result`.
std::vector<double> boundary_fs(const ObjectImage& truth, const ObjectImage& result,
                                const Overlaps& overlaps);

/// Collects frames; scores the objects of one sequence.
///
/// Pont-Tuset et al., "The 2017 DAVIS Challenge on Video Object Segmentation", arXiv:1704.00675,
/// sec. 3; objects are paired one to one for the whole sequence as in the 2019 challenge (Caelles
/// et al., arXiv:1905.00737), so that the sum of J is largest. J and F are averaged over all frames
/// of the sequence; one without the object in truth and result counts 1. We differ in that objects
/// which do not overlap in a frame have F = 0 there, however near they are.
class DavisCounter {
 public:
  /// The next frame: what overlaps, and `boundary_fs` of it.
  void add(const Overlaps& overlaps, const std::vector<double>& boundary_fs);

  int64_t objects() const { return static_cast<int64_t>(truth_frames_.size()); }

  /// Nothing where the truth has no object.
  std::optional<DavisScores> result() const;

 private:
  struct Together {
    double j_sum = 0;
    double f_sum = 0;
  };
  using Ids = std::pair<int32_t, int32_t>;

  std::map<int32_t, int32_t> pairing() const;

  int64_t frames_ = 0;
  std::map<int32_t, std::vector<int64_t>> truth_frames_;  ///< in which each is there
  std::map<int32_t, std::vector<int64_t>> result_frames_;
  std::map<Ids, Together> together_;  ///< truth and result that overlap in some frame
};

}  // namespace mote::eval
