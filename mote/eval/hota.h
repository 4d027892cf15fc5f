#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "mote/eval/objects.h"

namespace mote::eval {

/// IoU thresholds alpha = 0.05, 0.1, ..., 0.95.
constexpr size_t kHotaThresholds = 19;

/// HOTA = sqrt(DetA x AssA) at each alpha, averaged over them; DetA = TP / (TP + FN + FP), AssA the
/// mean over TP of TPA / (TPA + FNA + FPA), LocA the mean IoU of TP.
///
/// Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021
/// (arXiv:2009.07736), sec. 5. Pairs of a frame are those of the largest sum of IoU x (how well the
/// two tracks agree over the whole recording), as in the authors' program.
///
/// Without truth or without result HOTA, DetA and AssA are 0 and LocA is 1; without both there is
/// nothing to be wrong, but as in the authors' program they are the same.
struct Hota {
  double hota = 0;
  double det_a = 0;
  double ass_a = 0;
  double loc_a = 1;
  std::array<double, kHotaThresholds> hota_at{};
};
Hota hota(std::span<const Overlaps> frames);

}  // namespace mote::eval
