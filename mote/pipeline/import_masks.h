#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mote/pipeline/import_source.h"

namespace mote::pipeline {

/// Masks by frame, each with the number that it is to have in a label image.
using NumberedMasks = std::map<int64_t, std::vector<std::pair<int32_t, Mask>>>;

/// The node of a mask: its centroid and the radius of its area.
TrackNode node_of(const Mask& mask, int64_t frame, int32_t number);

/// Adds a node for every label of every image, and links those of a track where numbers are those
/// of tracks.
void add_nodes_of_labels(ImportedTracks& tracks, const std::vector<int64_t>& frames);

/// Readers behind `read_tracks`. The messages of what they throw do not repeat the path.
ImportedTracks read_ctc_folder(const std::string& folder);
ImportedTracks read_coco_masks(const std::string& path);
ImportedTracks read_mots_text(const std::string& path);
ImportedTracks read_imagej_rois(const std::string& path, Size size);
ImportedTracks read_label_images(const std::string& path);

}  // namespace mote::pipeline
