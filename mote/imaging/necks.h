#pragma once

#include "mote/core/segmentation.h"

namespace mote::imaging {

/// What is left of half the width of a neck between two discs when the notch beside it is filled up
/// to where they are `filled_gap_px` apart; 0 where they do not touch.
double unfilled_half_width(double half_width, double lower_radius, double higher_radius,
                           double filled_gap_px);

/// Takes off from the necks what blur put on: a threshold of a blurred image fills the notch beside
/// a neck up to where the two particles are `filled_gap_px` apart, which doubles a narrow neck and
/// makes one where a gap was.
///
/// The notch is taken for that between two discs, of the lower lobe's inscribed radius and of the
/// other's area. A neck that is nothing but a filled gap keeps its entry, with width and ratio 0.
void unfill_necks(Segmentation& segmentation, double filled_gap_px);

}  // namespace mote::imaging
