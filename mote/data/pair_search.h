#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/data/alignment.h"
#include "mote/data/fingerprint.h"
#include "mote/data/orientation.h"

namespace mote::data {

/// What two images have in common, the worst for a split first.
enum class Kinship {
  kCopy,      ///< the same recorded pixels, perhaps turned, mirrored or of other grey levels
  kOverlap,   ///< the same region of the specimen
  kAbutting,  ///< neighbouring regions of one frame, cut along a common edge
  kDetector,  ///< the same region of the detector: its fixed pattern, not the specimen
};

/// `copy`, `overlap`, `abutting`, `detector`.
std::string_view name(Kinship kinship);

/// That two images are kin, and how the second lies on (or beside) the first.
struct Finding {
  Kinship kinship = Kinship::kOverlap;
  Orientation orientation;     ///< how the second is laid down first
  Point shift;                 ///< where its first pixel then lies in the first image
  Box shared;                  ///< of the first image: the shared region, or a strip at the seam
  Box shared_of_second;        ///< the same in the second image, as it is itself
  double shared_fraction = 0;  ///< of the smaller image; 0 for kAbutting
  double correlation = 0;      ///< of what was compared; negative where grey levels are inverted
  double confidence = 0;  ///< the correlation over what chance makes it, in standard deviations
  bool same_detector = false;  ///< the detector's fixed pattern agrees as well
};

/// What counts as a finding. The defaults leave a gap on both sides on the published tiles
/// (docs/data-sets.md).
struct KinshipOptions {
  double min_confidence = 9;           ///< standard deviations by chance
  double min_spread = 6.8;             ///< Student's t over blocks
  double min_shape_correlation = 0.3;  ///< below: the fixed pattern agrees, not the specimen
  double min_noise_correlation = 0.4;  ///< from here on the same pixels, not another frame
  double min_copy_fraction = 0.9;      ///< of the smaller image
  double min_seam_correlation = 0.3;
  double min_seam_confidence = 6.5;  ///< sides are short and the ways to lay them few
  double min_seam_spread = 5;
};

/// Compares one image with others.
///
/// Not safe to share between threads.
class PairSearch {
 public:
  /// `second` must outlive it and must not be blank.
  explicit PairSearch(const Fingerprint& second, const KinshipOptions& options = {});

  /// The closest kinship of `first`, which must not be blank and have the same bin, with `second`.
  std::optional<Finding> find(const Fingerprint& first);

 private:
  std::optional<Finding> same_specimen(const Fingerprint& first,
                                       const std::optional<Finding>& detector);
  std::optional<Finding> seam(const Fingerprint& first) const;
  std::optional<Finding> same_detector(const Fingerprint& first) const;

  const Fingerprint& second_;
  KinshipOptions options_;
  Aligner aligner_;
  std::vector<Grid<int8_t>> noise_;  // of the second, by orientation
};

}  // namespace mote::data
