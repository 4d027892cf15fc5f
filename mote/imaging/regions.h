#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mote/core/segmentation.h"

namespace mote::imaging {

/// Whether a neck is so wide that what it joins is one particle. From a `ratio` of 1 on none is,
/// not even where no waist is left.
inline bool is_one_particle(const Neck& neck, double ratio) {
  return ratio < 1 && neck.ratio >= ratio;
}

/// Joins regions whose neck makes them one particle (is_one_particle) into one: what a still image,
/// without history, can say. Labels are renumbered from 1 in the order of their lowest region;
/// coverage stays. A neck between two joined groups is the widest of those between their members.
Segmentation join_necks(Segmentation segmentation, double ratio);

/// Regions, clusters (8-connected) and necks of a label image that comes from elsewhere. Labels are
/// renumbered from 1 without holes, in ascending order.
Segmentation segmentation_of(const LabelImage& labels);

/// The same with the coverage of each pixel, which may be empty: areas and centroids then count
/// partial pixels. All labelled pixels must be covered, as in Segmentation (>= 128), lest a region
/// has no area. Coverage that `coverage_owners` gives to nobody is cleared. `distance` is
/// `distance_to_background` of the labels, where it is known already.
Segmentation segmentation_of(LabelImage labels, Grid<uint8_t> coverage,
                             const Grid<float>* distance = nullptr);

/// The labels, ascending, that have a pixel in `mask` or an 8-neighbour of one in it. None where
/// the sizes differ.
std::vector<int32_t> labels_beside(const LabelImage& labels, const BinaryImage& mask);

/// Marks the regions beside `excluded` pixels as touching the border: nobody knows how far they
/// reach. None where the sizes differ.
void mark_cut(Segmentation& segmentation, const BinaryImage& excluded);

/// Whose the partial pixels are: `labels`, and every unlabelled pixel of non-zero coverage that has
/// a labelled pixel among its eight neighbours gets the label of the most covered of its side
/// neighbours, or else of its corner neighbours (the lower label where equal).
LabelImage coverage_owners(const LabelImage& labels, const Grid<uint8_t>& coverage);

}  // namespace mote::imaging
