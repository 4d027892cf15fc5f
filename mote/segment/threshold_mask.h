#pragma once

#include <vector>

#include "mote/imaging/outline.h"
#include "mote/segment/threshold_finding.h"

namespace mote::segment {

// What is done to the pixels beyond the threshold before they are cut into regions.

/// How far over the background, in grey levels of the smoothed image, a particle must rise
/// somewhere: to the threshold, and beyond what noise reaches in a frame of this size.
double least_height(const Finding& applied, Size size);

/// Takes away components that nowhere stand out more than noise does. `smooth` is the image that
/// the mask was found on.
void drop_noise(BinaryImage& mask, const Grid<float>& smooth, const Finding& applied);

/// Fills holes and drops what is too small, as `options` say; whether the mask has changed.
/// `outlines` are those of the mask: they tell whether there is anything to do, at a fraction of
/// the cost.
bool tidy(BinaryImage& mask, const std::vector<imaging::Outline>& outlines,
          const Grid<float>& smooth, const ThresholdOptions& options);

/// Where excluded pixels cut a particle there is no edge to refine: beside and on them coverage
/// is the mask's.
void keep_cuts(Grid<uint8_t>& coverage, const BinaryImage& mask, const BinaryImage& excluded);

}  // namespace mote::segment
