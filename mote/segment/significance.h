#pragma once

#include <vector>

#include "mote/imaging/components.h"
#include "mote/segment/threshold_finding.h"

namespace mote::segment {

/// Takes away the labels of components that are too small or stand out too little; the contrasts of
/// the labels that are left, in order of label, that of the background first.
///
/// `labels` are `components`, some of them cut into parts; `distance` is that to their background.
std::vector<double> drop_insignificant(LabelImage& labels, const imaging::Components& components,
                                       const Grid<uint8_t>& coverage, const Grid<float>& distance,
                                       const Grid<float>& image, const Finding& applied,
                                       const ThresholdOptions& options);

}  // namespace mote::segment
